package postgres

import (
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// Which rows a caller may see. A wider role sees its branches; a rep sees the own work and the branch's queue.
// Each condition uses all four of scope's arguments, as StrictNamedArgs demands.
const (
	visitVisible = `(@everywhere OR v.branch_id = ANY(@branches) OR v.rep_id = @caller_rep
    OR (v.state = 'QUEUED' AND v.branch_id = @caller_branch))`
	repVisible = `(@everywhere OR r.branch_id = ANY(@branches) OR r.id = @caller_rep
    OR (r.id = @caller_rep AND r.branch_id = @caller_branch))`
	branchVisible = `(@everywhere OR b.id = ANY(@branches) OR b.id = @caller_branch
    OR EXISTS (SELECT FROM rep AS own WHERE own.organization_id = b.organization_id AND own.id = @caller_rep AND own.branch_id = b.id))`
	// A rep sees the sites of visits that may be seen, and those the published alignment puts into the own territories.
	siteVisible = `(@everywhere OR s.branch_id = ANY(@branches) OR (s.branch_id = @caller_branch AND (
    EXISTS (SELECT FROM visit AS sv WHERE sv.organization_id = s.organization_id AND sv.site_id = s.id
            AND (sv.rep_id = @caller_rep OR sv.state = 'QUEUED'))
    OR EXISTS (SELECT FROM alignment_site AS als
               JOIN alignment AS ali ON ali.organization_id = als.organization_id AND ali.id = als.alignment_id AND ali.state = 'PUBLISHED'
               JOIN responsibility AS res ON res.organization_id = als.organization_id AND res.territory_id = als.territory_id
               WHERE als.organization_id = s.organization_id AND als.site_id = s.id AND res.rep_id = @caller_rep
               AND (ali.valid_to IS NULL OR ali.valid_to > current_date) AND (res.valid_to IS NULL OR res.valid_to > current_date)))))`
)

// scope is what a query must know of the caller, with the query's own arguments.
func scope(c auth.Caller, args pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	if args == nil {
		args = pgx.StrictNamedArgs{}
	}
	wide := c.Has(auth.Dispatcher)
	args["everywhere"] = wide && c.Everywhere
	args["branches"] = []uuid.UUID{}
	if wide && c.Branches != nil {
		args["branches"] = c.Branches
	}
	args["caller_rep"] = c.Rep
	args["caller_branch"] = c.RepBranch
	return args
}
