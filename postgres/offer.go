package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

const offersOf = `
SELECT ` + alertColumns + `
FROM   alert AS al
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  al.organization_id = @organization AND r.branch_id = @branch AND al.kind = 'OFFER' AND al.created_at > @since
AND    al.state NOT IN ('ANNULLED', 'SUPERSEDED')
ORDER  BY al.rep_id, al.seq`

// OffersSince lists the offers made to a branch's reps after a moment that they could have read, open ones and ended ones.
func (tx *Tx) OffersSince(ctx context.Context, branch uuid.UUID, since time.Time) ([]notify.Alert, error) {
	return all[notify.Alert](ctx, tx, offersOf, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch, "since": since})
}

const branchesToTend = `
SELECT b.id
FROM   branch AS b
LEFT   JOIN LATERAL (SELECT dr.auto FROM dispatch_rules AS dr
                     WHERE dr.organization_id = b.organization_id AND dr.branch_id = b.id ORDER BY dr.version DESC LIMIT 1) AS now ON true
WHERE  b.organization_id = @organization
AND   (EXISTS (SELECT FROM visit AS v WHERE v.organization_id = b.organization_id AND v.branch_id = b.id AND v.state = 'QUEUED')
OR     EXISTS (SELECT FROM alert AS al JOIN rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
               WHERE al.organization_id = b.organization_id AND al.due_at IS NOT NULL AND al.kind = 'OFFER' AND r.branch_id = b.id)
OR     now.auto AND EXISTS (SELECT FROM visit AS v
                            WHERE v.organization_id = b.organization_id AND v.branch_id = b.id AND v.state = 'ASSIGNED'
                            AND v.promised_to > @now AND v.promised_from < @now + interval '1 day'))
ORDER  BY b.id`

// BranchesToTend lists the branches where something waits in the queue, where an offer is open, or where the engine must see to promises.
func (tx *Tx) BranchesToTend(ctx context.Context, now time.Time) ([]uuid.UUID, error) {
	return values[uuid.UUID](ctx, tx, branchesToTend, pgx.StrictNamedArgs{"organization": tx.Organization, "now": now})
}
