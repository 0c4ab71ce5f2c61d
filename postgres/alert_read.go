package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

// local gives every arrival the offset of its site's zone.
func local(list []notify.Alert, err error) ([]notify.Alert, error) {
	for _, a := range list {
		for i, item := range a.Items {
			if item.Arrival != nil {
				arrival := item.Arrival.In(hours.Zone(item.TimeZone))
				a.Items[i].Arrival = &arrival
			}
		}
	}
	return list, err
}

// MadeKey is where a list of the newest first goes on: after this one.
type MadeKey struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

const inboxPage = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.rep_id = @rep
AND    (@state::text IS NULL OR al.state = @state)
AND    (@after_id::uuid IS NULL OR (al.created_at, al.id) < (@after_at::timestamptz, @after_id))
ORDER  BY al.created_at DESC, al.id DESC
LIMIT  @limit`

// Inbox lists a rep's alerts, the newest first, after a key where one is given.
func (tx *Tx) Inbox(ctx context.Context, rep uuid.UUID, state *notify.State, after *MadeKey, limit int) ([]notify.Alert, error) {
	args := pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "state": state, "after_at": nil, "after_id": nil, "limit": limit,
	}
	if after != nil {
		args["after_at"], args["after_id"] = after.CreatedAt, after.ID
	}
	return local(all[notify.Alert](ctx, tx, inboxPage, args))
}

const alertsByID = `
SELECT ` + alertColumns + `
FROM   alert AS al
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  al.organization_id = @organization AND al.id = ANY(@ids) AND ` + repVisible + `
ORDER  BY al.id`

// Alerts reads those of the alerts that the caller may see: the own ones, and a dispatcher's reps'.
func (tx *Tx) Alerts(ctx context.Context, c auth.Caller, ids []uuid.UUID) ([]notify.Alert, error) {
	return local(all[notify.Alert](ctx, tx, alertsByID, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})))
}
