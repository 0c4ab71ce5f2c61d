package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// VisitToReassign is what the record says of a visit that is to change hands, before any day is looked at. What is not there is empty.
type VisitToReassign struct {
	KnownReason bool
	Visits      []dispatch.Visit // one, locked, or none
	Sites       []customer.Site  // its site
	Takers      []roster.Rep     // one or none
	Duties      roster.Duties    // the service days that count for the taker, for who has the visit, and for the others asked about
}

const siteOfVisit = `
SELECT ` + siteColumns + `
FROM   site AS s
WHERE  s.organization_id = @organization AND s.id = (SELECT v.site_id FROM visit AS v WHERE v.organization_id = @organization AND v.id = @id)`

const dutiesAround = dutyRows + `
AND    (r.id = ANY(@reps) OR r.id = (SELECT v.rep_id FROM visit AS v WHERE v.organization_id = @organization AND v.id = @id))
ORDER  BY r.id, sh.date`

// LockVisitToReassign locks a visit and reads, in the same round trip, its site, who is to take it, on which of their days reps are now, and
// whether the reason is one.
func (tx *Tx) LockVisitToReassign(ctx context.Context, now time.Time, visit, taker uuid.UUID, reason string, others ...uuid.UUID) (VisitToReassign, error) {
	var h VisitToReassign
	var known []bool
	id := pgx.StrictNamedArgs{"organization": tx.Organization, "id": visit}
	queueColumn(&tx.pending, &known, knownReason, pgx.StrictNamedArgs{"organization": tx.Organization, "act": "REASSIGN", "code": reason})
	queue(&tx.pending, &h.Visits, lockVisit, id)
	queue(&tx.pending, &h.Sites, siteOfVisit, id)
	queue(&tx.pending, &h.Takers, repByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": taker})
	var duties []dutyRow
	queue(&tx.pending, &duties, dutiesAround, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": visit, "reps": append([]uuid.UUID{taker}, others...), "now": now,
	})
	err := tx.flush(ctx)
	h.Duties, _ = roll(duties, now)
	h.KnownReason = len(known) == 1 && known[0]
	return h, err
}
