package postgres

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

// alertColumns are notify.Alert's, of an alert called al.
const alertColumns = `al.id, al.rep_id, al.batch_id, al.seq, al.kind, al.priority, al.state, al.version, al.created_at, al.expires_at,
    al.sent_at, al.delivered_at, al.seen_at, al.acknowledged_at, al.escalated_at, al.ended_at, al.reason, al.superseded_by,
    al.trying_at, al.channels, al.asked_at, al.hold, al.due_at, al.resent_at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('visitId', ai.visit_id, 'site', ai.site, 'arrival', ai.arrival, 'told', ai.told,
                  'timeZone', ai.time_zone, 'reason', ai.reason, 'moved', ai.moved, 'heard', ai.heard, 'struck', ai.struck) ORDER BY ai.n)
              FROM   alert_item AS ai
              WHERE  ai.organization_id = al.organization_id AND ai.alert_id = al.id), '[]') AS items`

// unread are the states of an alert that its rep has not acknowledged and need not forget.
const unread = `('QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ESCALATED')`

const (
	lockInboxes = `
SELECT i.rep_id, i.last_seq
FROM   inbox AS i
WHERE  i.organization_id = @organization AND i.rep_id = ANY(@reps)
ORDER  BY i.rep_id
FOR NO KEY UPDATE`

	openInboxes = `
INSERT INTO inbox (organization_id, rep_id)
SELECT @organization, r.id FROM unnest(@reps::uuid[]) AS r (id) ORDER BY r.id
ON CONFLICT DO NOTHING`

	countInboxes = `
UPDATE inbox AS i SET last_seq = given.last
FROM   unnest(@reps::uuid[], @lasts::bigint[]) AS given (rep, last)
WHERE  i.organization_id = @organization AND i.rep_id = given.rep`
)

// inbox is the last number given in a rep's inbox.
type inbox struct {
	Rep  uuid.UUID `db:"rep_id"`
	Last int       `db:"last_seq"`
}

const unreadAlerts = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.rep_id = ANY(@reps) AND al.state IN ` + unread + `
AND    (al.kind IN ('DAY_PLANNED', 'OFFER') OR EXISTS (
           SELECT FROM alert_item AS ai
           WHERE ai.organization_id = al.organization_id AND ai.alert_id = al.id AND NOT ai.struck AND ai.visit_id = ANY(@visits)))
ORDER  BY al.rep_id, al.seq
FOR NO KEY UPDATE OF al`

// LockInboxesToTell lets nobody else write into the reps' inboxes until the transaction ends. It reads their unread alerts about any of
// the visits, about whole days, and offers, in the order of each inbox, and how the reps are to be told as things stand now.
func (tx *Tx) LockInboxesToTell(ctx context.Context, now time.Time, reps, visits []uuid.UUID) ([]notify.Alert, map[uuid.UUID]RepToTell, error) {
	var inboxes []inbox
	var alerts []notify.Alert
	var told []repToTellRow
	for try := 1; ; try++ {
		queue(&tx.pending, &inboxes, lockInboxes, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps})
		queue(&tx.pending, &alerts, unreadAlerts, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "visits": visits})
		queue(&tx.pending, &told, repsToTell, pgx.StrictNamedArgs{"organization": tx.Organization, "now": now, "reps": reps})
		if err := tx.flush(ctx); err != nil {
			return nil, nil, err
		}
		if try > 1 || len(inboxes) == len(reps) {
			break
		}
		// Somebody's first alert: the inbox is opened, and everything read anew behind its lock.
		tx.later(openInboxes, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps})
	}
	if tx.numbers == nil {
		tx.numbers = map[uuid.UUID]int{}
	}
	for _, i := range inboxes {
		tx.numbers[i.Rep] = i.Last
	}
	return alerts, repsToTellOf(told, now), nil
}

// AddAlerts puts alerts into their reps' inboxes, which must be locked by this transaction; each gets the next number there.
func (tx *Tx) AddAlerts(ctx context.Context, alerts ...notify.Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	var reps []uuid.UUID
	var lasts []int
	for i, a := range alerts {
		last, locked := tx.numbers[a.RepID]
		if !locked {
			return fmt.Errorf("the inbox of rep %s is not locked", a.RepID)
		}
		alerts[i].Seq = last + 1
		tx.numbers[a.RepID] = alerts[i].Seq
		if at := slices.Index(reps, a.RepID); at >= 0 {
			lasts[at] = alerts[i].Seq
		} else {
			reps, lasts = append(reps, a.RepID), append(lasts, alerts[i].Seq)
		}
	}
	if err := tx.exec(ctx, len(reps), countInboxes, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "lasts": lasts}); err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"alert"}, []string{
		"organization_id", "id", "rep_id", "batch_id", "seq", "kind", "priority", "state", "version", "created_at", "expires_at", "ended_at", "reason",
		"channels", "asked_at", "hold", "due_at",
	}, pgx.CopyFromSlice(len(alerts), func(i int) ([]any, error) {
		a := alerts[i]
		return []any{
			tx.Organization, a.ID, a.RepID, a.BatchID, a.Seq, string(a.Kind), string(a.Priority), string(a.State), a.Version, a.CreatedAt, a.ExpiresAt,
			a.EndedAt, string(a.Reason), orNone(a.Channels), a.AskedAt, string(a.Hold), a.DueAt,
		}, nil
	})); err != nil {
		return err
	}
	tx.addItems(alerts)
	return nil
}

const insertItems = `
INSERT INTO alert_item (organization_id, alert_id, n, visit_id, site, arrival, told, time_zone, reason, moved, heard, struck)
SELECT @organization, x.alert, x.n, x.visit_id, x.site, x.arrival, x.told, x.time_zone, x.reason, x.moved, x.heard, x.struck
FROM   unnest(@alerts::uuid[], @ns::integer[], @visits::uuid[], @sites::text[], @arrivals::timestamptz[], @tolds::timestamptz[], @zones::text[],
              @reasons::text[], @moved::boolean[], @heard::boolean[], @struck::boolean[])
       AS x (alert, n, visit_id, site, arrival, told, time_zone, reason, moved, heard, struck)`

func (tx *Tx) addItems(alerts []notify.Alert) {
	var of, visits []uuid.UUID
	var ns []int
	var sites, zones, reasons []string
	var arrivals, tolds []*time.Time
	var moved, heard, struck []bool
	for _, a := range alerts {
		for n, item := range a.Items {
			of, ns = append(of, a.ID), append(ns, n+1)
			visits, sites, zones = append(visits, item.VisitID), append(sites, item.Site), append(zones, item.TimeZone)
			reasons, arrivals, tolds = append(reasons, item.Reason), append(arrivals, item.Arrival), append(tolds, item.Told)
			moved, heard, struck = append(moved, item.Moved), append(heard, item.Heard), append(struck, item.Struck)
		}
	}
	if len(of) == 0 {
		return
	}
	tx.later(insertItems, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alerts": of, "ns": ns, "visits": visits, "sites": sites, "arrivals": arrivals, "tolds": tolds,
		"zones": zones, "reasons": reasons, "moved": moved, "heard": heard, "struck": struck,
	})
}

const lockAlert = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.id = @id
FOR NO KEY UPDATE OF al`

// LockAlert reads an alert that nobody else can change until the transaction ends.
func (tx *Tx) LockAlert(ctx context.Context, id uuid.UUID) (notify.Alert, error) {
	return one[notify.Alert](ctx, tx, notify.ErrNoAlert, lockAlert, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

// LockedAlert is an alert that nobody else can change until the transaction ends, with its rep's branch.
type LockedAlert struct {
	notify.Alert
	Branch uuid.UUID `db:"branch"`
}

const lockAlerts = `
SELECT ` + alertColumns + `, r.branch_id AS branch
FROM   alert AS al
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  al.organization_id = @organization AND al.id = ANY(@ids)
ORDER  BY al.id
FOR NO KEY UPDATE OF al`

// LockAlerts locks and reads alerts by age, leaving out those that are not there.
func (tx *Tx) LockAlerts(ctx context.Context, ids ...uuid.UUID) ([]LockedAlert, error) {
	return all[LockedAlert](ctx, tx, lockAlerts, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

// LockAlertsToTell is LockAlerts, and lists in the same round trip the devices of a transport that each of the alerts has not been
// handed to yet. Of a rep whose person is disabled there is none.
func (tx *Tx) LockAlertsToTell(ctx context.Context, transport string, ids ...uuid.UUID) ([]LockedAlert, map[uuid.UUID][]DeviceToTell, error) {
	var alerts []LockedAlert
	var devices []DeviceToTell
	queue(&tx.pending, &alerts, lockAlerts, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
	queue(&tx.pending, &devices, devicesToTell, pgx.StrictNamedArgs{"organization": tx.Organization, "alerts": ids, "transport": transport})
	if err := tx.flush(ctx); err != nil {
		return nil, nil, err
	}
	of := map[uuid.UUID][]DeviceToTell{}
	for _, d := range devices {
		of[d.Alert] = append(of[d.Alert], d)
	}
	return alerts, of, nil
}

const lockDueAlerts = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.due_at <= @now
ORDER  BY al.due_at, al.id
LIMIT  @limit
FOR NO KEY UPDATE OF al SKIP LOCKED`

// LockDueAlerts reads alerts whose next step is due, the longest due first, leaving out what others have locked.
func (tx *Tx) LockDueAlerts(ctx context.Context, now time.Time, limit int) ([]notify.Alert, error) {
	return all[notify.Alert](ctx, tx, lockDueAlerts, pgx.StrictNamedArgs{"organization": tx.Organization, "now": now, "limit": limit})
}

const (
	updateAlert = `
UPDATE alert
SET    kind = @kind, state = @state, version = @version, sent_at = @sent_at, delivered_at = @delivered_at, seen_at = @seen_at,
       acknowledged_at = @acknowledged_at, escalated_at = @escalated_at, ended_at = @ended_at, reason = @reason,
       superseded_by = @superseded_by, trying_at = @trying_at, channels = @channels, asked_at = @asked_at, hold = @hold, due_at = @due_at,
       resent_at = @resent_at
WHERE  organization_id = @organization AND id = @id AND version IN (@version, @version - 1)`

	updateItems = `
UPDATE alert_item AS ai
SET    moved = x.moved, struck = x.struck
FROM   unnest(@alerts::uuid[], @ns::integer[], @moved::boolean[], @struck::boolean[]) AS x (alert, n, moved, struck)
WHERE  ai.organization_id = @organization AND ai.alert_id = x.alert AND ai.n = x.n`
)

// SaveAlert writes a locked alert's new state, over the version before it or, where only its handing over went on, over the same.
func (tx *Tx) SaveAlert(ctx context.Context, a notify.Alert) error {
	return tx.exec(ctx, 1, updateAlert, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "kind": a.Kind, "state": a.State, "version": a.Version, "sent_at": a.SentAt,
		"delivered_at": a.DeliveredAt, "seen_at": a.SeenAt, "acknowledged_at": a.AcknowledgedAt, "escalated_at": a.EscalatedAt,
		"ended_at": a.EndedAt, "reason": a.Reason, "superseded_by": a.SupersededBy, "trying_at": a.TryingAt,
		"channels": orNone(a.Channels), "asked_at": a.AskedAt, "hold": a.Hold, "due_at": a.DueAt,
		"resent_at": a.ResentAt,
	})
}

// AlertItem is an item of an alert, by its place there.
type AlertItem struct {
	Alert uuid.UUID
	N     int // from 1
	notify.Item
}

// SaveItems writes that items of alerts are struck, or moved on account of others.
func (tx *Tx) SaveItems(ctx context.Context, items ...AlertItem) error {
	if len(items) == 0 {
		return nil
	}
	var of []uuid.UUID
	var ns []int
	var moved, struck []bool
	for _, item := range items {
		of, ns, moved, struck = append(of, item.Alert), append(ns, item.N), append(moved, item.Moved), append(struck, item.Struck)
	}
	return tx.exec(ctx, len(items), updateItems, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alerts": of, "ns": ns, "moved": moved, "struck": struck,
	})
}

// orNone is the list, never NULL.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

const alertByID = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.id = @id`

// Alert reads an alert for a worker, whosever it is.
func (tx *Tx) Alert(ctx context.Context, id uuid.UUID) (notify.Alert, error) {
	return one[notify.Alert](ctx, tx, notify.ErrNoAlert, alertByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

const tryAlerts = `UPDATE alert SET trying_at = @at WHERE organization_id = @organization AND id = ANY(@ids) AND trying_at IS NULL`

// TryAlerts marks alerts as ones that a channel may have from now on.
func (tx *Tx) TryAlerts(ctx context.Context, ids []uuid.UUID, at time.Time) error {
	return tx.exec(ctx, -1, tryAlerts, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids, "at": at})
}

const alertsDue = `SELECT EXISTS (SELECT FROM alert AS al WHERE al.organization_id = @organization AND al.due_at <= @now)`

// AlertsDue says whether the next step of an alert is due.
func (tx *Tx) AlertsDue(ctx context.Context, now time.Time) (bool, error) {
	due, err := values[bool](ctx, tx, alertsDue, pgx.StrictNamedArgs{"organization": tx.Organization, "now": now})
	return len(due) == 1 && due[0], err
}
