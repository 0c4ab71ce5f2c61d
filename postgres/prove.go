package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

// owedReps are who must hear of the reassignments of a time: who got a visit, and who had it before, but for who did it.
const owedReps = `
SELECT DISTINCT b.id AS batch, b.created_at AS at, who.rep
FROM   batch AS b
JOIN   assignment AS a ON a.organization_id = b.organization_id AND a.batch_id = b.id
LEFT   JOIN assignment AS before ON before.organization_id = a.organization_id AND before.visit_id = a.visit_id AND before.epoch = a.epoch - 1
CROSS  JOIN LATERAL (VALUES (a.rep_id), (before.rep_id)) AS who (rep)
LEFT   JOIN rep AS r ON r.organization_id = b.organization_id AND r.id = who.rep
WHERE  b.organization_id = @organization AND b.kind = 'REASSIGN' AND b.created_at >= @from AND b.created_at < @to AND who.rep IS NOT NULL
AND    r.person_id IS DISTINCT FROM b.actor
ORDER  BY b.created_at, b.id, who.rep`

const alertsMade = `
SELECT ` + alertColumns + `,
       coalesce((SELECT jsonb_agg(jsonb_build_object('device', de.device_id, 'at', de.tried_at, 'outcome', de.outcome) ORDER BY de.tried_at, de.id)
                 FROM   delivery AS de
                 WHERE  de.organization_id = al.organization_id AND de.alert_id = al.id), '[]') AS tries
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.created_at >= @from AND al.created_at < @to
ORDER  BY al.created_at, al.id`

const inboxCounts = `
SELECT i.rep_id AS rep, i.last_seq AS last, (SELECT count(*) FROM alert AS al WHERE al.organization_id = i.organization_id AND al.rep_id = i.rep_id) AS count
FROM   inbox AS i
WHERE  i.organization_id = @organization
ORDER  BY i.rep_id`

// AlertChanges reads what is to be proved of a time: every change that concerned a rep, with the alerts it made and all that was tried, and
// how many alerts each inbox holds.
func (tx *Tx) AlertChanges(ctx context.Context, from, to time.Time) ([]notify.Case, []notify.Inbox, error) {
	args := func() pgx.StrictNamedArgs {
		return pgx.StrictNamedArgs{"organization": tx.Organization, "from": from, "to": to}
	}
	owed, err := all[struct {
		Batch, Rep uuid.UUID
		At         time.Time
	}](ctx, tx, owedReps, args())
	if err != nil {
		return nil, nil, err
	}
	made, err := all[struct {
		notify.Alert
		Tries []notify.Try `db:"tries"`
	}](ctx, tx, alertsMade, args())
	if err != nil {
		return nil, nil, err
	}
	inboxes, err := all[notify.Inbox](ctx, tx, inboxCounts, pgx.StrictNamedArgs{"organization": tx.Organization})
	if err != nil {
		return nil, nil, err
	}
	type key struct{ batch, rep uuid.UUID }
	var changes []notify.Case
	at := map[key]int{}
	for _, o := range owed {
		at[key{o.Batch, o.Rep}] = len(changes)
		changes = append(changes, notify.Case{Batch: o.Batch, Rep: o.Rep, At: o.At, Owed: true})
	}
	for _, m := range made {
		k := key{m.BatchID, m.RepID}
		i, known := at[k]
		if !known {
			i, at[k] = len(changes), len(changes)
			changes = append(changes, notify.Case{Batch: m.BatchID, Rep: m.RepID, At: m.CreatedAt})
		}
		changes[i].Alerts = append(changes[i].Alerts, notify.History{Alert: m.Alert, Tries: m.Tries})
	}
	return changes, inboxes, nil
}
