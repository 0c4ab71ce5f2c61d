package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

type dispatchRulesRow struct {
	Version int                 `db:"version"`
	Weights dispatch.Weights    `db:"weights"`
	Auto    bool                `db:"auto"`
	Idle    time.Duration       `db:"idle"`
	Replan  dispatch.ReplanRule `db:"replan"`
}

const dispatchRules = `
SELECT dr.version, dr.weights, dr.auto, dr.idle, dr.replan
FROM   dispatch_rules AS dr
WHERE  dr.organization_id = @organization AND dr.branch_id = @branch
ORDER  BY dr.version DESC
LIMIT  1`

// DispatchRules reads how a branch's visits find their reps: dispatch.StandardRules where it has not said.
func (tx *Tx) DispatchRules(ctx context.Context, branch uuid.UUID) (dispatch.Rules, error) {
	rows, err := all[dispatchRulesRow](ctx, tx, dispatchRules, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	if err != nil || len(rows) == 0 {
		return dispatch.StandardRules, err
	}
	return dispatch.Rules(rows[0]), nil
}

const insertDispatchRules = `
INSERT INTO dispatch_rules (organization_id, branch_id, version, weights, auto, idle, replan, set_by, set_at)
VALUES (@organization, @branch, @version, @weights, @auto, @idle, @replan, @by, @at)`

// AddDispatchRules keeps the next version of a branch's rules. The branch must be locked by this transaction.
func (tx *Tx) AddDispatchRules(ctx context.Context, branch uuid.UUID, r dispatch.Rules, by uuid.UUID, at time.Time) error {
	return tx.exec(ctx, -1, insertDispatchRules, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "version": r.Version, "weights": r.Weights, "auto": r.Auto, "idle": r.Idle,
		"replan": r.Replan, "by": orNull(by), "at": at,
	})
}

const decisionsBetween = `
SELECT de.input
FROM   decision AS de
JOIN   visit AS v ON v.organization_id = de.organization_id AND v.id = de.visit_id
WHERE  de.organization_id = @organization AND v.branch_id = @branch AND de.decided_at >= @from AND de.decided_at < @to
ORDER  BY de.decided_at, de.id
LIMIT  @limit`

// DecisionInputs reads what a branch's decisions of a time were made from, in their order.
func (tx *Tx) DecisionInputs(ctx context.Context, branch uuid.UUID, from, to time.Time, limit int) ([]string, error) {
	return values[string](ctx, tx, decisionsBetween, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "from": from, "to": to, "limit": limit,
	})
}
