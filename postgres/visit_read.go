package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

const visitsByID = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.id = ANY(@ids) AND ` + visitVisible + `
ORDER  BY v.id`

// Visits reads those of the visits that the caller may see.
func (tx *Tx) Visits(ctx context.Context, c auth.Caller, ids []uuid.UUID) ([]dispatch.Visit, error) {
	return all[dispatch.Visit](ctx, tx, visitsByID, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids}))
}

// VisitFilter says which visits to list. What is left out does not narrow.
type VisitFilter struct {
	States []dispatch.State
	Rep    *uuid.UUID
	Branch *uuid.UUID
	Site   *uuid.UUID
	Date   *hours.Date
}

func (f VisitFilter) args(tx *Tx) pgx.StrictNamedArgs {
	var states []string
	for _, s := range f.States {
		states = append(states, string(s))
	}
	return pgx.StrictNamedArgs{
		"organization": tx.Organization, "states": states, "rep": f.Rep, "branch": f.Branch, "site": f.Site, "date": f.Date,
	}
}

const visitFilter = `
FROM   visit AS v
WHERE  v.organization_id = @organization AND ` + visitVisible + `
AND    (@states::text[] IS NULL OR v.state = ANY(@states))
AND    (@rep::uuid IS NULL OR v.rep_id = @rep)
AND    (@branch::uuid IS NULL OR v.branch_id = @branch)
AND    (@site::uuid IS NULL OR v.site_id = @site)
AND    (@date::date IS NULL OR v.date = @date)`

// DueKey is where a list of visits by due time goes on: after this one.
type DueKey struct {
	DueTo time.Time
	ID    uuid.UUID
}

const visitPage = `
SELECT ` + visitColumns + visitFilter + `
AND    (@after_id::uuid IS NULL OR (v.due_to, v.id) > (@after_due::timestamptz, @after_id))
ORDER  BY v.due_to, v.id
LIMIT  @limit`

// VisitPage lists visits by due time, after a key where one is given.
func (tx *Tx) VisitPage(ctx context.Context, c auth.Caller, f VisitFilter, after *DueKey, limit int) ([]dispatch.Visit, error) {
	args := scope(c, f.args(tx))
	args["after_due"], args["after_id"], args["limit"] = nil, nil, limit
	if after != nil {
		args["after_due"], args["after_id"] = after.DueTo, after.ID
	}
	return all[dispatch.Visit](ctx, tx, visitPage, args)
}

const visitCount = `SELECT count(*)::integer` + visitFilter

// VisitCount is how many visits the filter lets through.
func (tx *Tx) VisitCount(ctx context.Context, c auth.Caller, f VisitFilter) (int, error) {
	return count(ctx, tx, visitCount, scope(c, f.args(tx)))
}

// A site lies in a territory when the published alignment placed it there or, for one that came later, when its cell
// is one of the territory's or lies in one (see parentCell).
const queueFilter = `
FROM   visit AS v` + queueSince + `
WHERE  v.organization_id = @organization AND v.state = 'QUEUED' AND ` + visitVisible + `
AND    (@territory::uuid IS NULL OR EXISTS (
           SELECT
           FROM   site AS s
           JOIN   branch AS b ON b.organization_id = s.organization_id AND b.id = s.branch_id
           JOIN   alignment AS al ON al.organization_id = s.organization_id AND al.branch_id = s.branch_id
           WHERE  s.organization_id = v.organization_id AND s.id = v.site_id AND al.line_id = v.line_id AND al.state = 'PUBLISHED'
           AND    al.valid_from <= (@now::timestamptz AT TIME ZONE b.time_zone)::date
           AND    (al.valid_to IS NULL OR al.valid_to > (@now::timestamptz AT TIME ZONE b.time_zone)::date)
           AND    coalesce(
                      (SELECT als.territory_id FROM alignment_site AS als
                       WHERE  als.organization_id = s.organization_id AND als.alignment_id = al.id AND als.site_id = s.id),
                      (SELECT tc.territory_id FROM territory_cell AS tc
                       WHERE  tc.organization_id = s.organization_id AND tc.alignment_id = al.id
                       AND    tc.cell IN (SELECT ` + parentCell + ` FROM generate_series(0, 9) AS g (resolution)))
                  ) = @territory))`

// UrgencyKey is where the queue goes on: after this visit.
type UrgencyKey struct {
	Score int
	Since time.Time
	ID    uuid.UUID
}

// Queued is a visit of the queue with its place in the order.
type Queued struct {
	dispatch.Visit
	Score int       `db:"score"` // the greater goes first; see dispatch.Score
	Since time.Time `db:"since"` // when it came into the queue: of equal score the earlier goes first
}

const queuePage = `
SELECT ` + visitColumns + `, ` + queueScore + ` AS score, qa.assigned_at AS since` + queueFilter + `
AND    (@after_id::uuid IS NULL OR (-` + queueScore + `, qa.assigned_at, v.id) > (-@after_score::integer, @after_since::timestamptz, @after_id))
ORDER  BY score DESC, since, v.id
LIMIT  @limit`

// QueuePage lists visits without a rep, the greatest score first and whoever came first within equal score, after a key where one is given.
func (tx *Tx) QueuePage(ctx context.Context, c auth.Caller, territory *uuid.UUID, now time.Time, after *UrgencyKey, limit int) ([]Queued, error) {
	args := scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "territory": territory, "now": now,
		"after_score": nil, "after_since": nil, "after_id": nil, "limit": limit,
	})
	if after != nil {
		args["after_score"], args["after_since"], args["after_id"] = after.Score, after.Since, after.ID
	}
	return all[Queued](ctx, tx, queuePage, args)
}

const queueCount = `SELECT count(*)::integer` + queueFilter

// QueueCount is how many visits wait for a rep.
func (tx *Tx) QueueCount(ctx context.Context, c auth.Caller, territory *uuid.UUID, now time.Time) (int, error) {
	return count(ctx, tx, queueCount, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "territory": territory, "now": now,
	}))
}

const stopsOfVisits = `
SELECT ` + stopColumns + `
FROM   stop AS st
WHERE  st.organization_id = @organization AND st.visit_id = ANY(@visits)
ORDER  BY st.visit_id`

// StopsOf reads the places that visits have in routes; a visit without one is left out.
func (tx *Tx) StopsOf(ctx context.Context, visits []uuid.UUID) ([]dispatch.Stop, error) {
	return all[dispatch.Stop](ctx, tx, stopsOfVisits, pgx.StrictNamedArgs{"organization": tx.Organization, "visits": visits})
}

// count reads a single number.
func count(ctx context.Context, tx *Tx, sql string, args pgx.StrictNamedArgs) (int, error) {
	var n int
	err := tx.QueryRow(ctx, sql, args).Scan(&n)
	return n, err
}
