package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/jackc/pgx/v5"
)

// owedReps are who must hear of which visits after the changes of a time, but for who made the change. It asks the history of hands and the
// ledger, and not what the commands thought of telling.
//
//   - A batch took a visit from one rep, or gave it to one: whoever has it at the end and had not before, and the other way round. The first
//     hands count where a decision put them there; what a cadence only owes is in nobody's day yet.
//   - The ledger says of a visit of the rep that it was planned, moved or called off. New types count, so that they are told or named here.
//     The night's carrying over is told with the next plan; a visit on no day is called off, and owed again, in silence.
//   - Somebody else made the rep's visit, which opened a batch of its own.
const owedReps = `
WITH changed AS (
    SELECT b.id, b.kind, b.actor, b.created_at, b.trace
    FROM   batch AS b
    WHERE  b.organization_id = @organization AND b.created_at >= @from AND b.created_at < @to),
spans AS (
    SELECT c.id AS batch, a.visit_id, min(a.epoch) AS first, max(a.epoch) AS last
    FROM   changed AS c
    JOIN   assignment AS a ON a.organization_id = @organization AND a.batch_id = c.id
    GROUP  BY c.id, a.visit_id),
hands AS (
    SELECT s.batch, s.visit_id AS visit, who.rep
    FROM   spans AS s
    JOIN   assignment AS after ON after.organization_id = @organization AND after.visit_id = s.visit_id AND after.epoch = s.last
    LEFT   JOIN assignment AS before ON before.organization_id = @organization AND before.visit_id = s.visit_id AND before.epoch = s.first - 1
    CROSS  JOIN LATERAL (VALUES (before.rep_id), (after.rep_id)) AS who (rep)
    WHERE  before.rep_id IS DISTINCT FROM after.rep_id AND (before.visit_id IS NOT NULL OR after.decision_id IS NOT NULL)),
facts AS (
    SELECT c.id AS batch, e.visit_id AS visit, who.rep
    FROM   changed AS c
    JOIN   event AS e ON e.organization_id = @organization AND e.recorded_at = c.created_at AND e.correlation_id = c.id
    CROSS  JOIN LATERAL (VALUES (e.owner), (e.taken_from)) AS who (rep)
    WHERE  e.type LIKE 'visit.%' AND e.type NOT IN ('visit.created', 'visit.carried_over')
    AND    (e.type NOT IN ('visit.cancelled', 'visit.restored') OR EXISTS (
           SELECT FROM jsonb_array_elements(c.trace -> 'visits') AS t
           WHERE  t.value ->> 'visit' = e.visit_id::text AND t.value -> 'before' ->> 'date' IS NOT NULL))
    OR     c.kind = 'FACT' AND e.type = 'attempt.completed')
SELECT c.id AS batch, c.created_at AS at, o.rep, array_agg(DISTINCT o.visit) AS visits
FROM   changed AS c
JOIN   (SELECT * FROM hands UNION ALL SELECT * FROM facts) AS o ON o.batch = c.id
JOIN   rep AS r ON r.organization_id = @organization AND r.id = o.rep
WHERE  r.person_id IS DISTINCT FROM c.actor
GROUP  BY c.id, c.created_at, o.rep
ORDER  BY c.created_at, c.id, o.rep`

// toldTimes compares what counts as told on the days since a time with what the alerts said.
const toldTimes = `
WITH ahead AS (
    SELECT ro.id AS route, ro.rep_id AS rep, r.person_id AS person, st.visit_id AS visit, st.told
    FROM   route AS ro
    JOIN   stop AS st ON st.organization_id = ro.organization_id AND st.route_id = ro.id
    JOIN   visit AS v ON v.organization_id = st.organization_id AND v.id = st.visit_id
    JOIN   rep AS r ON r.organization_id = ro.organization_id AND r.id = ro.rep_id
    WHERE  ro.organization_id = @organization AND ro.date >= @from::timestamptz::date AND st.told IS NOT NULL AND v.state = 'ASSIGNED'),
word AS (
    SELECT DISTINCT ON (al.rep_id, ai.visit_id) al.rep_id AS rep, ai.visit_id AS visit, ai.arrival, al.created_at
    FROM   alert_item AS ai
    JOIN   alert AS al ON al.organization_id = ai.organization_id AND al.id = ai.alert_id
    WHERE  ai.organization_id = @organization AND al.kind <> 'OFFER' AND (al.rep_id, ai.visit_id) IN (SELECT a.rep, a.visit FROM ahead AS a)
    ORDER  BY al.rep_id, ai.visit_id, al.seq DESC)
SELECT a.rep, a.visit, a.told, w.created_at AS said,
       (SELECT max(au.at) FROM audit AS au
        WHERE  au.organization_id = @organization AND au.actor = a.person AND a.route = ANY(au.targets) AND au.refused IS NULL) AS own_at
FROM   ahead AS a
LEFT   JOIN word AS w ON w.rep = a.rep AND w.visit = a.visit
WHERE  w.arrival IS DISTINCT FROM a.told
ORDER  BY a.told, a.visit`

const alertsMade = `
SELECT ` + alertColumns + `,
       coalesce((SELECT jsonb_agg(jsonb_build_object('device', de.device_id, 'at', de.tried_at, 'outcome', de.outcome) ORDER BY de.tried_at, de.id)
                 FROM   delivery AS de
                 WHERE  de.organization_id = al.organization_id AND de.alert_id = al.id), '[]') AS tries
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.created_at >= @from AND al.created_at < @to
ORDER  BY al.created_at, al.id`

const inboxCounts = `
SELECT i.rep_id AS rep, i.last_seq AS last, i.forgotten + (SELECT count(*) FROM alert AS al WHERE al.organization_id = i.organization_id AND al.rep_id = i.rep_id) AS count
FROM   inbox AS i
WHERE  i.organization_id = @organization
ORDER  BY i.rep_id`

// AlertEvidence reads what is to be proved of a time: every change that concerned a rep, with the alerts it made and all that was tried, how
// many alerts each inbox holds, and which arrivals count as told without an alert that says so.
func (tx *Tx) AlertEvidence(ctx context.Context, from, to time.Time) (notify.Evidence, error) {
	args := pgx.StrictNamedArgs{"organization": tx.Organization, "from": from, "to": to}
	owed, err := all[struct {
		Batch, Rep uuid.UUID
		At         time.Time
		Visits     []uuid.UUID
	}](ctx, tx, owedReps, args)
	if err != nil {
		return notify.Evidence{}, err
	}
	made, err := all[struct {
		notify.Alert
		Tries []notify.Try `db:"tries"`
	}](ctx, tx, alertsMade, args)
	if err != nil {
		return notify.Evidence{}, err
	}
	var e notify.Evidence
	if e.Inboxes, err = all[notify.Inbox](ctx, tx, inboxCounts, pgx.StrictNamedArgs{"organization": tx.Organization}); err != nil {
		return notify.Evidence{}, err
	}
	if e.Times, err = all[notify.ToldTime](ctx, tx, toldTimes, pgx.StrictNamedArgs{"organization": tx.Organization, "from": from}); err != nil {
		return notify.Evidence{}, err
	}
	type key struct{ batch, rep uuid.UUID }
	at := map[key]int{}
	for _, o := range owed {
		at[key{o.Batch, o.Rep}] = len(e.Cases)
		e.Cases = append(e.Cases, notify.Case{Batch: o.Batch, Rep: o.Rep, At: o.At, Owed: o.Visits})
	}
	for _, m := range made {
		k := key{m.BatchID, m.RepID}
		i, known := at[k]
		if !known {
			i, at[k] = len(e.Cases), len(e.Cases)
			e.Cases = append(e.Cases, notify.Case{Batch: m.BatchID, Rep: m.RepID, At: m.CreatedAt})
		}
		e.Cases[i].Alerts = append(e.Cases[i].Alerts, notify.History{Alert: m.Alert, Tries: m.Tries})
	}
	return e, nil
}
