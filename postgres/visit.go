package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// visitColumns are dispatch.Visit's, of a visit called v.
const visitColumns = `v.id, v.branch_id, v.site_id, v.line_id, v.kind, v.origin, v.state, v.queue_reason, v.due_from, v.due_to,
    CASE WHEN v.promised_from IS NOT NULL THEN jsonb_build_object('from', v.promised_from, 'to', v.promised_to) END AS promised,
    v.priority, v.service, v.needs, v.rep_id, v.date, v.rep_pinned, v.epoch, v.version, v.created_at`

const lockVisit = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.id = @id
FOR NO KEY UPDATE`

// LockVisit reads a visit that nobody else can change until the transaction ends.
//
// Locks here and below are FOR NO KEY UPDATE: a stop that is written checks its visit by a lock FOR KEY SHARE, and who writes another
// visit's route would otherwise wait for us, while we wait for that route.
func (tx *Tx) LockVisit(ctx context.Context, id uuid.UUID) (dispatch.Visit, error) {
	return one[dispatch.Visit](ctx, tx, dispatch.ErrNoVisit, lockVisit, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id,
	})
}

const updateVisit = `
UPDATE visit
SET    state = @state, queue_reason = @queue_reason, rep_id = @rep, date = @date, rep_pinned = @rep_pinned,
       epoch = @epoch, version = @version, promised_from = @promised_from, promised_to = @promised_to
WHERE  organization_id = @organization AND id = @id AND version = @version - 1`

// SaveVisit writes a changed visit over the version before it. The visit must be locked by this transaction.
func (tx *Tx) SaveVisit(ctx context.Context, v dispatch.Visit) error {
	return tx.exec(ctx, 1, updateVisit, visitArgs(tx.Organization, v))
}

// visitArgs are what a change of a visit may touch.
func visitArgs(organization uuid.UUID, v dispatch.Visit) pgx.StrictNamedArgs {
	from, to := ends(v.Promised)
	return pgx.StrictNamedArgs{
		"organization": organization, "id": v.ID, "state": v.State, "queue_reason": v.QueueReason, "rep": v.RepID, "date": v.Date,
		"rep_pinned": v.RepPinned, "epoch": v.Epoch, "version": v.Version, "promised_from": from, "promised_to": to,
	}
}

func ends(w *hours.Window) (from, to *time.Time) {
	if w == nil {
		return nil, nil
	}
	return &w.From, &w.To
}

const updatePinnedVisit = `
UPDATE visit
SET    state = @state, queue_reason = @queue_reason, rep_id = @rep, date = @date, rep_pinned = @rep_pinned,
       epoch = @epoch, version = @version, promised_from = @promised_from, promised_to = @promised_to,
       rep_pinned_by = @person, rep_pinned_door = @door
WHERE  organization_id = @organization AND id = @id AND version = @version - 1`

// SavePinnedVisit is SaveVisit for a visit whose rep a person chose, and keeps who did and through which door.
func (tx *Tx) SavePinnedVisit(ctx context.Context, v dispatch.Visit, person uuid.UUID, door auth.Door) error {
	args := visitArgs(tx.Organization, v)
	args["person"], args["door"] = person, door
	return tx.exec(ctx, 1, updatePinnedVisit, args)
}

// AddVisits writes new visits in bulk.
func (tx *Tx) AddVisits(ctx context.Context, visits []dispatch.Visit) error {
	columns := []string{
		"organization_id", "id", "branch_id", "site_id", "line_id", "kind", "origin", "state", "queue_reason", "due_from", "due_to",
		"promised_from", "promised_to", "priority", "service", "needs", "rep_id", "date", "rep_pinned", "epoch", "version", "created_at",
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"visit"}, columns, pgx.CopyFromSlice(len(visits), func(i int) ([]any, error) {
		v := visits[i]
		from, to := ends(v.Promised)
		return []any{
			tx.Organization, v.ID, v.BranchID, v.SiteID, v.LineID, v.Kind, v.Origin, string(v.State), v.QueueReason, v.DueFrom, v.DueTo,
			from, to, v.Priority, v.Service, orNone(v.Needs), v.RepID, v.Date, v.RepPinned, v.Epoch, int(v.Version), v.CreatedAt,
		}, nil
	}))
	return err
}

const insertVisit = `
INSERT INTO visit (organization_id, id, branch_id, site_id, line_id, kind, origin, state, queue_reason, due_from, due_to,
       promised_from, promised_to, priority, service, needs, rep_id, date, rep_pinned, epoch, version, created_at)
VALUES (@organization, @id, @branch, @site, @line, @kind, @origin, @state, @queue_reason, @due_from, @due_to,
       @promised_from, @promised_to, @priority, @service, @needs, @rep, @date, @rep_pinned, @epoch, @version, @created_at)
ON CONFLICT (organization_id, id) DO NOTHING`

// ErrTaken refuses a new thing under an id that names another already.
var ErrTaken = errors.New("the id is taken")

// AddVisit writes one new visit. An id that is a visit's already refuses with ErrTaken.
func (tx *Tx) AddVisit(ctx context.Context, v dispatch.Visit) error {
	from, to := ends(v.Promised)
	tag, err := tx.Exec(ctx, insertVisit, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": v.ID, "branch": v.BranchID, "site": v.SiteID, "line": v.LineID, "kind": v.Kind,
		"origin": v.Origin, "state": v.State, "queue_reason": v.QueueReason, "due_from": v.DueFrom, "due_to": v.DueTo,
		"promised_from": from, "promised_to": to, "priority": v.Priority, "service": v.Service, "needs": orNone(v.Needs), "rep": v.RepID, "date": v.Date,
		"rep_pinned": v.RepPinned, "epoch": v.Epoch, "version": v.Version, "created_at": v.CreatedAt,
	})
	if err == nil && tag.RowsAffected() == 0 {
		return ErrTaken
	}
	return err
}

const updateVisits = `
UPDATE visit AS v
SET    state = given.state, queue_reason = given.queue_reason, rep_id = given.rep, date = given.date, rep_pinned = given.pinned,
       epoch = given.epoch, version = given.version
FROM   unnest(@ids::uuid[], @states::text[], @reasons::text[], @reps::uuid[], @dates::date[], @pins::boolean[],
              @epochs::integer[], @versions::integer[])
       AS given (id, state, queue_reason, rep, date, pinned, epoch, version)
WHERE  v.organization_id = @organization AND v.id = given.id AND v.version = given.version - 1`

// SaveVisits writes states, reps, pins and days of many changed visits, each over the version before it.
func (tx *Tx) SaveVisits(ctx context.Context, visits []dispatch.Visit) error {
	var ids []uuid.UUID
	var states []string
	var reps []*uuid.UUID
	var dates []*hours.Date
	var reasons []*dispatch.QueueReason
	var pins []bool
	var epochs, versions []int
	for _, v := range visits {
		reasons, epochs = append(reasons, v.QueueReason), append(epochs, v.Epoch)
		ids, states, reps = append(ids, v.ID), append(states, string(v.State)), append(reps, v.RepID)
		dates, versions = append(dates, v.Date), append(versions, int(v.Version))
		pins = append(pins, v.RepPinned)
	}
	return tx.exec(ctx, len(visits), updateVisits, pgx.StrictNamedArgs{
		"organization": tx.Organization, "ids": ids, "states": states, "reps": reps, "dates": dates,
		"reasons": reasons, "pins": pins, "epochs": epochs, "versions": versions,
	})
}
