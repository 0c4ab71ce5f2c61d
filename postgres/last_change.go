package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// ErrNoChange is returned for a visit of which no event tells.
var ErrNoChange = errors.New("nothing is known to have happened to the visit")

// LastChange is what happened to a visit last.
type LastChange struct {
	At         time.Time  `db:"recorded_at"`
	Actor      *uuid.UUID `db:"actor"` // nil: the engine
	Kind       string     `db:"type"`
	Code       *string    `db:"code"`
	DecisionID *uuid.UUID `db:"decision_id"`
	Branch     *uuid.UUID `db:"branch_id"`
}

const lastChange = `
SELECT e.recorded_at, e.actor, e.type, nullif(e.code, '') AS code, e.branch_id,
       (SELECT de.id FROM decision AS de
        WHERE  de.organization_id = e.organization_id AND de.visit_id = e.visit_id AND de.decided_at >= e.recorded_at
        ORDER  BY de.decided_at DESC, de.id DESC
        LIMIT  1) AS decision_id
FROM   event AS e
WHERE  e.organization_id = @organization AND e.visit_id = @visit
ORDER  BY e.recorded_at DESC, e.id DESC
LIMIT  1`

// LastChange reads what happened to a visit last, with the decision it came with.
func (tx *Tx) LastChange(ctx context.Context, visit uuid.UUID) (LastChange, error) {
	return one[LastChange](ctx, tx, ErrNoChange, lastChange, pgx.StrictNamedArgs{"organization": tx.Organization, "visit": visit})
}
