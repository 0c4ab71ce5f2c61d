package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// Today is everything a rep's first screen shows.
type Today struct {
	Cursor    Cursor // read before everything else, so that nothing falls between
	Branch    roster.Branch
	Duty      roster.Duty // the service day that counts now
	Date      hours.Date  // the one shown
	Day       dispatch.RepDay
	Customers []customer.Customer  // of the day's sites
	Kinds     []dispatch.VisitKind // of the organization
	Backlog   int                  // visits the rep owes that are on no day yet
	Alerts    []notify.Alert       // not acknowledged yet, the newest first; one more than limit when there are more
}

const branchOfRep = `
SELECT ` + branchColumns + `,
       (SELECT jsonb_agg(x) FROM (SELECT ` + shiftColumns + ` FROM shift AS sh
        WHERE  sh.organization_id = r.organization_id AND sh.rep_id = r.id
        AND    sh.date BETWEEN @now::timestamptz::date - 2 AND @now::timestamptz::date + 1) AS x) AS shifts
FROM   branch AS b
JOIN   rep AS r ON r.organization_id = b.organization_id AND r.branch_id = b.id
WHERE  r.organization_id = @organization AND r.id = @rep`

const todayCustomers = `
SELECT cu.id, cu.name, cu.segment
FROM   customer AS cu
WHERE  cu.organization_id = @organization AND cu.id = ANY(ARRAY(
           SELECT ts.customer_id FROM site AS ts
           WHERE  ts.organization_id = @organization AND ts.id = ANY(ARRAY(` + daySiteIDs + `))))
ORDER  BY cu.id`

const todayKinds = `
SELECT k.code, k.name_ru, k.name_en
FROM   visit_kind AS k
WHERE  k.organization_id = @organization
ORDER  BY k.code`

const todayBacklog = `
SELECT count(*)
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = ANY(@reps) AND v.state = 'BACKLOG'`

// An alert that nobody need acknowledge any more is not shown on the first screen.
const todayAlerts = `
SELECT ` + alertColumns + `
FROM   alert AS al
WHERE  al.organization_id = @organization AND al.rep_id = ANY(@reps)
AND    al.state NOT IN ('ACKNOWLEDGED', 'SUPERSEDED', 'ANNULLED', 'EXPIRED')
ORDER  BY al.created_at DESC, al.id DESC
LIMIT  @limit + 1`

const todayDay = `
SELECT (SELECT jsonb_agg(x) FROM (` + dayReps + `) AS x) AS reps,
       (SELECT jsonb_agg(x) FROM (` + dayShifts + `) AS x) AS shifts,
       (SELECT jsonb_agg(x) FROM (` + dayAbsences + `) AS x) AS absent,
       (SELECT jsonb_agg(x) FROM (` + dayEngagements + `) AS x) AS engagements,
       (SELECT jsonb_agg(x) FROM (` + dayRoutes + `) AS x) AS routes,
       (SELECT jsonb_agg(x) FROM (` + dayStops + `) AS x) AS stops,
       (SELECT jsonb_agg(x) FROM (` + dayVisits + `) AS x) AS visits,
       (SELECT jsonb_agg(x) FROM (` + daySites + `) AS x) AS sites,
       (SELECT jsonb_agg(x) FROM (` + dayPositions + `) AS x) AS positions,
       (SELECT jsonb_agg(x) FROM (` + todayCustomers + `) AS x) AS customers,
       (SELECT jsonb_agg(x) FROM (` + todayKinds + `) AS x) AS kinds,
       (SELECT jsonb_agg(x) FROM (` + todayAlerts + `) AS x) AS alerts,
       (` + todayBacklog + `) AS backlog`

type todayRow struct {
	Reps        []byte `db:"reps"`
	Shifts      []byte `db:"shifts"`
	Absent      []byte `db:"absent"`
	Engagements []byte `db:"engagements"`
	Routes      []byte `db:"routes"`
	Stops       []byte `db:"stops"`
	Visits      []byte `db:"visits"`
	Sites       []byte `db:"sites"`
	Positions   []byte `db:"positions"`
	Customers   []byte `db:"customers"`
	Kinds       []byte `db:"kinds"`
	Alerts      []byte `db:"alerts"`
	Backlog     int    `db:"backlog"`
}

// Today reads a rep's first screen in three statements, whatever the number of visits: where the feed stands, the rep's
// branch and shifts, which say what day it is, and the day. Without a date it is the service day that counts now; a position older than fresh is not
// where the rep is.
func (tx *Tx) Today(ctx context.Context, rep uuid.UUID, date *hours.Date, now time.Time, fresh time.Duration, alerts int) (Today, error) {
	var t Today
	var err error
	if t.Cursor, err = tx.FeedCursor(ctx); err != nil {
		return t, err
	}
	home, err := one[struct {
		roster.Branch
		Shifts []byte `db:"shifts"` // around the moment
	}](ctx, tx, roster.ErrNoRep, branchOfRep, pgx.StrictNamedArgs{"organization": tx.Organization, "rep": rep, "now": now})
	if err != nil {
		return t, err
	}
	shifts, err := nested[roster.Shift](home.Shifts)
	if err != nil {
		return t, err
	}
	t.Branch, t.Duty = home.Branch, roster.DutyAt(now, home.Zone(), shifts...)
	if t.Date = t.Duty.Date; date != nil {
		t.Date = *date
	}
	reps := []uuid.UUID{rep}
	row, err := one[todayRow](ctx, tx, roster.ErrNoRep, todayDay, pgx.StrictNamedArgs{
		"organization": tx.Organization, "reps": reps, "dates": []hours.Date{t.Date}, "since": now.Add(-fresh), "limit": alerts,
	})
	if err != nil {
		return t, err
	}
	t.Backlog = row.Backlog
	return t, t.read(row, reps)
}

func (t *Today) read(row todayRow, reps []uuid.UUID) error {
	var rows dayRows
	for _, read := range []func() error{
		into(&rows.people, row.Reps), into(&rows.shifts, row.Shifts), into(&rows.absent, row.Absent),
		into(&rows.engagements, row.Engagements), into(&rows.routes, row.Routes), into(&rows.stops, row.Stops),
		into(&rows.visits, row.Visits), into(&rows.sites, row.Sites), into(&rows.positions, row.Positions),
		into(&t.Customers, row.Customers), into(&t.Kinds, row.Kinds), into(&t.Alerts, row.Alerts),
	} {
		if err := read(); err != nil {
			return err
		}
	}
	days, err := rows.days([]hours.Date{t.Date}, reps)
	if err != nil {
		return err
	}
	t.Day = days[0]
	t.Alerts, err = local(t.Alerts, nil)
	return err
}

func into[T any](list *[]T, doc []byte) func() error {
	return func() (err error) {
		*list, err = nested[T](doc)
		return err
	}
}
