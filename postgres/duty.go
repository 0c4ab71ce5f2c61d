package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// dutyRows are reps with the shifts that may be under way at a moment or lie on its day, wherever on earth: a shift lasts a day at most.
const dutyRows = `
SELECT r.id AS rep_id, b.time_zone AS zone, sh.date, sh.starts_at, sh.ends_at
FROM   rep AS r
JOIN   branch AS b ON b.organization_id = r.organization_id AND b.id = r.branch_id
LEFT   JOIN shift AS sh ON sh.organization_id = r.organization_id AND sh.rep_id = r.id
                       AND sh.date BETWEEN @now::timestamptz::date - 2 AND @now::timestamptz::date + 1
WHERE  r.organization_id = @organization`

const (
	dutiesOfReps   = dutyRows + ` AND r.id = ANY(@reps) ORDER BY r.id, sh.date`
	dutiesOfBranch = dutyRows + ` AND r.branch_id = @branch ORDER BY r.id, sh.date`
)

type dutyRow struct {
	Rep   uuid.UUID   `db:"rep_id"`
	Zone  string      `db:"zone"`
	Date  *hours.Date `db:"date"`
	Begin *time.Time  `db:"starts_at"`
	End   *time.Time  `db:"ends_at"`
}

// roll is what rows say of each rep, in the order of ids: the service day that counts, and whether the rep works on it.
func roll(rows []dutyRow, now time.Time) (duties roster.Duties, works []DayOfRep) {
	duties = roster.Duties{}
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Rep == rows[0].Rep {
			n++
		}
		rep, zone := rows[0].Rep, hours.Zone(rows[0].Zone)
		var shifts []roster.Shift
		for _, r := range rows[:n] {
			if r.Date != nil {
				shifts = append(shifts, roster.Shift{RepID: rep, Date: *r.Date, StartsAt: *r.Begin, EndsAt: *r.End})
			}
		}
		duties[rep] = roster.DutyAt(now, zone, shifts...)
		for _, s := range shifts {
			if s.Date == duties[rep].Date {
				works = append(works, DayOfRep{rep, s.Date})
			}
		}
		rows = rows[n:]
	}
	return duties, works
}

// Duties says which service day counts for each of the reps at a moment. A rep who does not exist is missing.
func (tx *Tx) Duties(ctx context.Context, now time.Time, reps ...uuid.UUID) (roster.Duties, error) {
	rows, err := all[dutyRow](ctx, tx, dutiesOfReps, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "now": now})
	duties, _ := roll(rows, now)
	return duties, err
}

// Crew is whom a branch has at a moment: each rep who has a shift on the service day that counts for the rep, in the order of ids. At night
// these are days of two dates: of shifts that began in the evening, and of those that begin in the morning.
func (tx *Tx) Crew(ctx context.Context, branch uuid.UUID, now time.Time) ([]DayOfRep, error) {
	rows, err := all[dutyRow](ctx, tx, dutiesOfBranch, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch, "now": now})
	_, works := roll(rows, now)
	return works, err
}

// CrewOn is a branch's reps who work on a date, as Crew is for now.
func (tx *Tx) CrewOn(ctx context.Context, branch uuid.UUID, date hours.Date) ([]DayOfRep, error) {
	reps, err := tx.RepsOnShift(ctx, branch, date)
	crew := make([]DayOfRep, len(reps))
	for i, rep := range reps {
		crew[i] = DayOfRep{rep, date}
	}
	return crew, err
}

const crewDuring = `
SELECT sh.rep_id, sh.date
FROM   shift AS sh
JOIN   rep AS r ON r.organization_id = sh.organization_id AND r.id = sh.rep_id
WHERE  sh.organization_id = @organization AND r.branch_id = @branch AND sh.starts_at < @to AND sh.ends_at > @from
AND    sh.date BETWEEN @from::timestamptz::date - 2 AND @to::timestamptz::date + 1
ORDER  BY sh.date, sh.rep_id`

// CrewDuring are the service days of a branch's reps whose shifts a stretch of time falls into.
func (tx *Tx) CrewDuring(ctx context.Context, branch uuid.UUID, w hours.Window) ([]DayOfRep, error) {
	return all[DayOfRep](ctx, tx, crewDuring, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "from": w.From, "to": w.To,
	})
}

// DaysOf is RepDays for days that need not be of one date, in the order asked for and in as many statements.
func (tx *Tx) DaysOf(ctx context.Context, since time.Time, wanted ...DayOfRep) ([]dispatch.RepDay, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	var reps []uuid.UUID
	var dates []hours.Date
	seenRep, seenDate := map[uuid.UUID]bool{}, map[hours.Date]bool{}
	for _, w := range wanted {
		if !seenRep[w.Rep] {
			seenRep[w.Rep], reps = true, append(reps, w.Rep)
		}
		if !seenDate[w.Date] {
			seenDate[w.Date], dates = true, append(dates, w.Date)
		}
	}
	found, err := tx.RepDaysOn(ctx, dates, since, reps...)
	if err != nil || len(dates) == 1 && len(reps) == len(wanted) {
		return found, err
	}
	at := byKey(found, func(d dispatch.RepDay) DayOfRep { return DayOfRep{d.Rep.ID, d.Route.Date} })
	days := make([]dispatch.RepDay, len(wanted))
	for i, w := range wanted {
		days[i] = at[w]
	}
	return days, nil
}
