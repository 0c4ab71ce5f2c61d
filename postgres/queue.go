package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

// The order of the queue: see dispatch.Score, which this repeats, and who came first within equal score. Since when a visit waits
// stands in its assignments, of a visit called v in a branch called vb.
const (
	queueScore = `(v.priority + CASE WHEN v.promised_from IS NULL THEN 0 ELSE 100 END
    - 5 * (((v.due_to - interval '1 microsecond') AT TIME ZONE vb.time_zone)::date - date '2020-01-01'))`

	queueSince = `
JOIN   branch AS vb ON vb.organization_id = v.organization_id AND vb.id = v.branch_id
JOIN   assignment AS qa ON qa.organization_id = v.organization_id AND qa.visit_id = v.id AND qa.epoch = v.epoch`
)

// Decline is a visit that its rep gave back.
type Decline struct {
	Visit  uuid.UUID
	Epoch  int // the one that ended by it
	Rep    uuid.UUID
	Reason string
	Note   string
	At     time.Time
}

const insertDecline = `
INSERT INTO decline (organization_id, visit_id, epoch, rep_id, reason, note, declined_at)
VALUES (@organization, @visit, @epoch, @rep, @reason, @note, @at)`

// AddDecline keeps who gave a visit back, and why.
func (tx *Tx) AddDecline(ctx context.Context, d Decline) error {
	return tx.exec(ctx, -1, insertDecline, pgx.StrictNamedArgs{
		"organization": tx.Organization, "visit": d.Visit, "epoch": d.Epoch, "rep": d.Rep, "reason": d.Reason, "note": d.Note, "at": d.At,
	})
}

const decliners = `
SELECT DISTINCT de.visit_id, de.rep_id
FROM   decline AS de
WHERE  de.organization_id = @organization AND de.visit_id = ANY(@visits)
ORDER  BY de.visit_id, de.rep_id`

// Decliners are the reps who gave visits back, by visit.
func (tx *Tx) Decliners(ctx context.Context, visits ...uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	rows, err := all[struct {
		Visit uuid.UUID `db:"visit_id"`
		Rep   uuid.UUID `db:"rep_id"`
	}](ctx, tx, decliners, pgx.StrictNamedArgs{"organization": tx.Organization, "visits": visits})
	by := map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		by[r.Visit] = append(by[r.Visit], r.Rep)
	}
	return by, err
}

const everQueued = `
SELECT EXISTS (SELECT FROM assignment AS a
               WHERE a.organization_id = @organization AND a.visit_id = @visit AND a.rep_id IS NULL)`

// EverQueued says whether the visit was ever in the queue.
func (tx *Tx) EverQueued(ctx context.Context, visit uuid.UUID) (bool, error) {
	found, err := values[bool](ctx, tx, everQueued, pgx.StrictNamedArgs{"organization": tx.Organization, "visit": visit})
	return err == nil && found[0], err
}

const stateOfTaken = `
SELECT v.state
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.id = @visit AND v.branch_id = @branch
AND    EXISTS (SELECT FROM assignment AS a WHERE a.organization_id = v.organization_id AND a.visit_id = v.id AND a.rep_id IS NULL)`

// StateOfTaken is where a visit stands that the branch's reps have seen in their queue; dispatch.ErrNoVisit for any other.
func (tx *Tx) StateOfTaken(ctx context.Context, branch, visit uuid.UUID) (dispatch.State, error) {
	found, err := values[dispatch.State](ctx, tx, stateOfTaken, pgx.StrictNamedArgs{
		"organization": tx.Organization, "visit": visit, "branch": branch,
	})
	if err == nil && len(found) == 0 {
		err = dispatch.ErrNoVisit
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}

const branchQueue = `
SELECT ` + visitColumns + `
FROM   visit AS v` + queueSince + `
JOIN   site AS s ON s.organization_id = v.organization_id AND s.id = v.site_id AND s.lat IS NOT NULL
WHERE  v.organization_id = @organization AND v.state = 'QUEUED' AND v.branch_id = @branch AND v.due_from < @until
AND    v.id <> ALL(@passed)
ORDER  BY ` + queueScore + ` DESC, qa.assigned_at, v.id
LIMIT  @limit`

// Queue lists the visits of a branch's queue that have a place on the map and are owed before a moment, in their order, with their sites
// and who gave them back, without those passed over.
func (tx *Tx) Queue(ctx context.Context, branch uuid.UUID, until time.Time, limit int, passed ...uuid.UUID) ([]dispatch.Call, error) {
	if passed == nil {
		passed = []uuid.UUID{}
	}
	visits, err := all[dispatch.Visit](ctx, tx, branchQueue, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "until": until, "limit": limit, "passed": passed,
	})
	if err != nil {
		return nil, err
	}
	return tx.waiting(ctx, visits)
}

const lockQueued = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.id = ANY(@ids) AND v.state = 'QUEUED'
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockQueued reads those of the visits that still are in the queue, as Queue does; nobody else can change them until the transaction ends.
func (tx *Tx) LockQueued(ctx context.Context, ids []uuid.UUID) ([]dispatch.Call, error) {
	visits, err := all[dispatch.Visit](ctx, tx, lockQueued, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
	if err != nil {
		return nil, err
	}
	return tx.waiting(ctx, visits)
}

// waiting reads what decisions about waiting visits rest on.
func (tx *Tx) waiting(ctx context.Context, visits []dispatch.Visit) ([]dispatch.Call, error) {
	if len(visits) == 0 {
		return nil, nil
	}
	ids, sites := make([]uuid.UUID, len(visits)), make([]uuid.UUID, len(visits))
	for i, v := range visits {
		ids[i], sites[i] = v.ID, v.SiteID
	}
	found, err := tx.Sites(ctx, sites)
	if err != nil {
		return nil, err
	}
	declined, err := tx.Decliners(ctx, ids...)
	if err != nil {
		return nil, err
	}
	siteOf := byKey(found, func(s customer.Site) uuid.UUID { return s.ID })
	calls := make([]dispatch.Call, len(visits))
	for i, v := range visits {
		calls[i] = dispatch.Call{Visit: v, Site: siteOf[v.SiteID], DeclinedBy: declined[v.ID]}
	}
	return calls, nil
}
