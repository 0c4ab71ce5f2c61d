package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

// A decision names colleagues and what they cost, so only who assigns in the visit's branch may see it.
const decisionByID = `
SELECT ` + decisionColumns + `
FROM   decision AS de
JOIN   visit AS v ON v.organization_id = de.organization_id AND v.id = de.visit_id
WHERE  de.organization_id = @organization AND de.id = @id AND (@everywhere OR v.branch_id = ANY(@branches))`

// DecisionFor reads a decision the caller may see.
func (tx *Tx) DecisionFor(ctx context.Context, c auth.Caller, id uuid.UUID) (dispatch.Decision, error) {
	wide := scope(c, nil)
	return one[dispatch.Decision](ctx, tx, dispatch.ErrNoDecision, decisionByID, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id, "everywhere": wide["everywhere"], "branches": wide["branches"],
	})
}
