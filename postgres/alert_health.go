package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

const escalatedPage = `
SELECT ` + alertColumns + `
FROM   alert AS al
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  al.organization_id = @organization AND al.state = 'ESCALATED' AND ` + repVisible + `
AND    (@after_id::uuid IS NULL OR (al.created_at, al.id) < (@after_at::timestamptz, @after_id))
ORDER  BY al.created_at DESC, al.id DESC
LIMIT  @limit`

// Escalated lists the alerts of the caller's reps that nobody acknowledged in time, the newest first, after a key where one is given.
func (tx *Tx) Escalated(ctx context.Context, c auth.Caller, after *MadeKey, limit int) ([]notify.Alert, error) {
	return local(all[notify.Alert](ctx, tx, escalatedPage, scope(c, after.args(tx, limit))))
}

// args are the arguments of a page that goes on after the key; nil is the first page.
func (k *MadeKey) args(tx *Tx, limit int) pgx.StrictNamedArgs {
	args := pgx.StrictNamedArgs{"organization": tx.Organization, "after_at": nil, "after_id": nil, "limit": limit}
	if k != nil {
		args["after_at"], args["after_id"] = k.CreatedAt, k.ID
	}
	return args
}

// DeadLetter is an alert that a device can't be handed.
type DeadLetter struct {
	ID        uuid.UUID `db:"id"`
	Alert     uuid.UUID `db:"alert_id"`
	Transport string    `db:"transport"`
	Reason    string    `db:"reason"` // the provider's word
	Tries     int       `db:"tries"`
	TriedAt   time.Time `db:"tried_at"`
}

// dead are deliveries given up that nothing later has made good: de, of an alert al, to a device d of a rep r.
const dead = `
FROM   delivery AS de
JOIN   alert AS al ON al.organization_id = de.organization_id AND al.id = de.alert_id
JOIN   device AS d ON d.organization_id = de.organization_id AND d.id = de.device_id
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  de.organization_id = @organization AND de.outcome = 'DEAD' AND (al.resent_at IS NULL OR de.tried_at > al.resent_at)
AND    NOT EXISTS (SELECT FROM delivery AS ok
                   WHERE  ok.organization_id = de.organization_id AND ok.alert_id = de.alert_id AND ok.device_id = de.device_id
                   AND    ok.outcome IN ('SENT', 'CONFIRMED'))`

const deadPage = `
SELECT de.id, de.alert_id, d.transport, de.detail AS reason, de.tried_at,
       (SELECT count(*) FROM delivery AS t
        WHERE  t.organization_id = de.organization_id AND t.alert_id = de.alert_id AND t.device_id = de.device_id) AS tries` + dead + `
AND    ` + repVisible + `
AND    (@after_id::uuid IS NULL OR (de.tried_at, de.id) < (@after_at::timestamptz, @after_id))
ORDER  BY de.tried_at DESC, de.id DESC
LIMIT  @limit`

// DeadLetters lists what could not be handed to devices of the caller's reps, the newest first, after a key where one is given.
func (tx *Tx) DeadLetters(ctx context.Context, c auth.Caller, after *MadeKey, limit int) ([]DeadLetter, error) {
	return all[DeadLetter](ctx, tx, deadPage, scope(c, after.args(tx, limit)))
}

// AlertHealth is how alerts get through.
type AlertHealth struct {
	Waiting   int        `db:"waiting"`
	Oldest    *time.Time `db:"oldest"` // since when the longest of them waits
	Escalated int        `db:"escalated"`
	Channels  []ChannelHealth
}

// ChannelHealth is what became of a channel's tries.
type ChannelHealth struct {
	Transport string `db:"transport"`
	Handed    int    `db:"handed"`
	Retried   int    `db:"retried"`
	Dead      int    `db:"dead"`
	Forgotten int    `db:"forgotten"`
}

const (
	alertsWaiting = `
SELECT count(*) FILTER (WHERE al.state <> 'ESCALATED') AS waiting, min(al.created_at) FILTER (WHERE al.state <> 'ESCALATED') AS oldest,
       count(*) FILTER (WHERE al.state = 'ESCALATED') AS escalated
FROM   alert AS al
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  al.organization_id = @organization AND al.state IN ` + unread + ` AND ` + repVisible

	channelHealth = `
SELECT d.transport, count(*) FILTER (WHERE de.outcome IN ('SENT', 'CONFIRMED')) AS handed, count(*) FILTER (WHERE de.outcome = 'RETRY') AS retried,
       count(*) FILTER (WHERE de.outcome = 'DEAD') AS dead, count(*) FILTER (WHERE de.outcome = 'FORGOTTEN') AS forgotten
FROM   delivery AS de
JOIN   alert AS al ON al.organization_id = de.organization_id AND al.id = de.alert_id
JOIN   device AS d ON d.organization_id = de.organization_id AND d.id = de.device_id
JOIN   rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  de.organization_id = @organization AND de.tried_at > @since AND ` + repVisible + `
GROUP  BY d.transport
ORDER  BY d.transport`
)

// AlertHealth says how alerts of the caller's reps get through, each channel since a moment.
func (tx *Tx) AlertHealth(ctx context.Context, c auth.Caller, since time.Time) (AlertHealth, error) {
	type counts struct {
		Waiting   int        `db:"waiting"`
		Oldest    *time.Time `db:"oldest"`
		Escalated int        `db:"escalated"`
	}
	n, err := one[counts](ctx, tx, nil, alertsWaiting, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization}))
	if err != nil {
		return AlertHealth{}, err
	}
	channels, err := all[ChannelHealth](ctx, tx, channelHealth, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization, "since": since}))
	return AlertHealth{Waiting: n.Waiting, Oldest: n.Oldest, Escalated: n.Escalated, Channels: channels}, err
}

// AlertsNow is how alerts stand in all organizations together.
type AlertsNow struct {
	Waiting, Escalated, Dead int
	Oldest                   time.Duration // for how long the oldest of the waiting has waited
}

// AlertsNow counts the alerts of the whole installation, for its operator.
func (db *DB) AlertsNow(ctx context.Context) (n AlertsNow, err error) {
	err = db.pool.QueryRow(ctx, `
SELECT count(*) FILTER (WHERE al.state <> 'ESCALATED'), count(*) FILTER (WHERE al.state = 'ESCALATED'),
       coalesce(now() - min(al.created_at) FILTER (WHERE al.state <> 'ESCALATED'), '0'),
       (SELECT count(*) FROM delivery AS de
        JOIN   alert AS a ON a.organization_id = de.organization_id AND a.id = de.alert_id
        WHERE  de.outcome = 'DEAD' AND (a.resent_at IS NULL OR de.tried_at > a.resent_at))
FROM   alert AS al
WHERE  al.state IN `+unread).Scan(&n.Waiting, &n.Escalated, &n.Oldest, &n.Dead)
	return n, unavailable(ctx, err)
}
