package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// repColumns are roster.Rep's, of a rep called r joined with person_detail called pd.
const repColumns = `r.id, r.person_id, r.branch_id, pd.name,
    CASE WHEN pd.home_lat IS NOT NULL THEN jsonb_build_object('lat', pd.home_lat, 'lon', pd.home_lon) END AS start`

const repFrom = `
FROM   rep AS r
JOIN   person_detail AS pd ON pd.organization_id = r.organization_id AND pd.person_id = r.person_id`

const repByID = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.id = @id`

// Rep reads a rep for a command, whoever asks.
func (tx *Tx) Rep(ctx context.Context, id uuid.UUID) (roster.Rep, error) {
	return one[roster.Rep](ctx, tx, roster.ErrNoRep, repByID, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id,
	})
}

const repsOfBranch = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.branch_id = @branch
ORDER  BY pd.name, r.id`

// RepsOf lists a branch's reps by name.
func (tx *Tx) RepsOf(ctx context.Context, branch uuid.UUID) ([]roster.Rep, error) {
	return all[roster.Rep](ctx, tx, repsOfBranch, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
}
