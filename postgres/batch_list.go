package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// ListedBatch is a batch as a list shows it: what kind of thing was done, not what came of it.
type ListedBatch struct {
	ID         uuid.UUID  `db:"id"`
	Kind       string     `db:"kind"`
	Reason     *string    `db:"reason"` // a code
	Note       string     `db:"note"`
	Actor      *uuid.UUID `db:"actor"` // nil: the engine
	CreatedAt  time.Time  `db:"created_at"`
	VisitCount int        `db:"visit_count"` // visits that it changed
	Undone     bool       `db:"undone"`
}

// Ids grow with time, so that the newest batches are the last of the primary key. What a batch did is in the trace: the same that UndoBatch
// reads to say whether a caller may know of it.
const batchPage = `
SELECT ba.id, ba.kind, ba.reason, ba.note, ba.actor, ba.created_at, ba.undone_by IS NOT NULL AS undone,
       coalesce(jsonb_array_length(ba.trace -> 'visits'), 0) AS visit_count
FROM   batch AS ba
WHERE  ba.organization_id = @organization AND ba.trace ?| ARRAY['visits', 'absences', 'slow']
AND    (@after::uuid IS NULL OR ba.id < @after)
AND    (@everywhere OR NOT EXISTS (
           SELECT FROM jsonb_path_query(ba.trace, '$.visits[*].visit') AS did (visit)
           LEFT   JOIN visit AS v ON v.organization_id = ba.organization_id AND v.id = (did.visit #>> '{}')::uuid
           WHERE  v.branch_id IS NULL OR v.branch_id <> ALL(@branches))
       AND NOT EXISTS (
           SELECT FROM jsonb_path_query(ba.trace, '$.absences[*].RepID') AS did (rep)
           LEFT   JOIN rep AS r ON r.organization_id = ba.organization_id AND r.id = (did.rep #>> '{}')::uuid
           WHERE  r.branch_id IS NULL OR r.branch_id <> ALL(@branches))
       AND NOT EXISTS (
           SELECT FROM jsonb_path_query(ba.trace, '$.slow[*].branch') AS did (branch)
           WHERE  (did.branch #>> '{}')::uuid <> ALL(@branches)))
ORDER  BY ba.id DESC
LIMIT  @limit`

// Batches lists what was done together and can be taken back, the newest first, after a batch where one is given: what lies wholly in
// branches of the caller.
func (tx *Tx) Batches(ctx context.Context, c auth.Caller, after *uuid.UUID, limit int) ([]ListedBatch, error) {
	wide := c.Has(auth.Dispatcher)
	args := pgx.StrictNamedArgs{
		"organization": tx.Organization, "after": after, "limit": limit, "everywhere": wide && c.Everywhere, "branches": []uuid.UUID{},
	}
	if wide && c.Branches != nil {
		args["branches"] = c.Branches
	}
	return all[ListedBatch](ctx, tx, batchPage, args)
}
