package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

const lockBacklog = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = @rep AND v.state = 'BACKLOG' AND v.due_from <= @until
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockBacklog reads what a rep owes up to a moment, with the sites; nobody else can change these visits until the transaction ends.
func (tx *Tx) LockBacklog(ctx context.Context, rep uuid.UUID, until time.Time) ([]dispatch.Call, error) {
	visits, err := all[dispatch.Visit](ctx, tx, lockBacklog, pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "until": until,
	})
	if err != nil {
		return nil, err
	}
	return tx.callsOf(ctx, rep, visits)
}

const lockAssigned = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = @rep AND v.state IN ('ASSIGNED', 'UNDER_WAY') AND v.date = @date
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockAssigned reads what a rep was to do on a day and has not ended, as LockBacklog does.
func (tx *Tx) LockAssigned(ctx context.Context, rep uuid.UUID, date hours.Date) ([]dispatch.Call, error) {
	visits, err := all[dispatch.Visit](ctx, tx, lockAssigned, pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "date": date,
	})
	if err != nil {
		return nil, err
	}
	return tx.callsOf(ctx, rep, visits)
}

const lockPromised = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.branch_id = @branch AND v.state = 'BACKLOG' AND v.promised_from < @until
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockPromised reads the visits of a branch that are on no day though a time before the moment was promised, as LockQueued does.
func (tx *Tx) LockPromised(ctx context.Context, branch uuid.UUID, until time.Time) ([]dispatch.Call, error) {
	visits, err := all[dispatch.Visit](ctx, tx, lockPromised, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "until": until,
	})
	if err != nil {
		return nil, err
	}
	return tx.waiting(ctx, visits)
}

const daysLeft = `
SELECT DISTINCT v.rep_id, v.date
FROM   rep AS r
JOIN   visit AS v ON v.organization_id = r.organization_id AND v.rep_id = r.id AND v.state IN ('ASSIGNED', 'UNDER_WAY')
WHERE  r.organization_id = @organization AND r.branch_id = @branch AND v.date < @today
ORDER  BY v.date, v.rep_id`

// DayOfRep is one day of one rep.
type DayOfRep struct {
	Rep  uuid.UUID  `db:"rep_id"`
	Date hours.Date `db:"date"`
}

// DaysLeft lists the days before today on which reps of a branch have visits that have not ended.
func (tx *Tx) DaysLeft(ctx context.Context, branch uuid.UUID, today hours.Date) ([]DayOfRep, error) {
	return all[DayOfRep](ctx, tx, daysLeft, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "today": today,
	})
}

// callsOf reads the sites of a rep's visits.
func (tx *Tx) callsOf(ctx context.Context, rep uuid.UUID, visits []dispatch.Visit) ([]dispatch.Call, error) {
	ids := make([]uuid.UUID, 0, len(visits))
	for _, v := range visits {
		ids = append(ids, v.SiteID)
	}
	sites, err := tx.Sites(ctx, ids)
	if err != nil {
		return nil, err
	}
	siteOf := byKey(sites, func(s customer.Site) uuid.UUID { return s.ID })
	calls := make([]dispatch.Call, 0, len(visits))
	for _, v := range visits {
		calls = append(calls, dispatch.Call{Visit: v, Site: siteOf[v.SiteID], Owner: &rep})
	}
	return calls, nil
}
