package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

// alertColumns are notify.Alert's, of an alert called al.
const alertColumns = `al.id, al.rep_id, al.batch_id, al.kind, al.state, al.version, al.created_at, al.sent_at, al.acknowledged_at,
    coalesce((SELECT jsonb_agg(jsonb_build_object('visitId', ai.visit_id, 'site', ai.site, 'arrival', ai.arrival,
                  'timeZone', ai.time_zone, 'reason', ai.reason, 'moved', ai.moved) ORDER BY ai.n)
              FROM   alert_item AS ai
              WHERE  ai.organization_id = al.organization_id AND ai.alert_id = al.id), '[]') AS items`

const insertAlert = `
INSERT INTO alert (organization_id, id, rep_id, batch_id, kind, state, version, created_at)
VALUES (@organization, @id, @rep, @batch, @kind, @state, @version, @created_at)`

// AddAlert puts an alert into its rep's inbox.
func (tx *Tx) AddAlert(ctx context.Context, a notify.Alert) error {
	if err := tx.exec(ctx, 1, insertAlert, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "rep": a.RepID, "batch": a.BatchID, "kind": a.Kind, "state": a.State,
		"version": a.Version, "created_at": a.CreatedAt,
	}); err != nil {
		return err
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"alert_item"}, []string{
		"organization_id", "alert_id", "n", "visit_id", "site", "arrival", "time_zone", "reason", "moved",
	}, pgx.CopyFromSlice(len(a.Items), func(i int) ([]any, error) {
		item := a.Items[i]
		return []any{tx.Organization, a.ID, i + 1, item.VisitID, item.Site, item.Arrival, item.TimeZone, item.Reason, item.Moved}, nil
	}))
	return err
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

const updateAlert = `
UPDATE alert
SET    state = @state, version = @version, sent_at = @sent_at, acknowledged_at = @acknowledged_at
WHERE  organization_id = @organization AND id = @id AND version = @version - 1`

// SaveAlert writes a changed alert over the version before it.
func (tx *Tx) SaveAlert(ctx context.Context, a notify.Alert) error {
	return tx.exec(ctx, 1, updateAlert, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "state": a.State, "version": a.Version, "sent_at": a.SentAt,
		"acknowledged_at": a.AcknowledgedAt,
	})
}

const alertByID = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.id = @id`

// Alert reads an alert for a worker, whosever it is.
func (tx *Tx) Alert(ctx context.Context, id uuid.UUID) (notify.Alert, error) {
	return one[notify.Alert](ctx, tx, notify.ErrNoAlert, alertByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}
