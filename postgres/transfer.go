package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

const lockVisits = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.id = ANY(@ids)
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockVisits is LockVisit for many, locked in the order of their ids; one that does not exist is left out.
func (tx *Tx) LockVisits(ctx context.Context, ids []uuid.UUID) ([]dispatch.Visit, error) {
	return all[dispatch.Visit](ctx, tx, lockVisits, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

const lockAssignedTo = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = ANY(@reps) AND v.state = 'ASSIGNED' AND v.date = ANY(@dates)
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockAssignedTo reads what reps were to do on some dates and have not begun; nobody else can change these visits until the transaction ends.
func (tx *Tx) LockAssignedTo(ctx context.Context, reps []uuid.UUID, dates []hours.Date) ([]dispatch.Visit, error) {
	return all[dispatch.Visit](ctx, tx, lockAssignedTo, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps, "dates": dates})
}

const lockAssignedOn = `
SELECT ` + visitColumns + `
FROM   visit AS v
JOIN   unnest(@dates::date[], @reps::uuid[]) AS given (date, rep) ON given.date = v.date AND given.rep = v.rep_id
WHERE  v.organization_id = @organization AND v.state = 'ASSIGNED'
ORDER  BY v.id
FOR NO KEY UPDATE OF v`

// LockAssignedOn is LockAssignedTo for days that need not be of the same dates; each is named once.
func (tx *Tx) LockAssignedOn(ctx context.Context, days []DayOfRep) ([]dispatch.Visit, error) {
	dates, reps := columns(days)
	return all[dispatch.Visit](ctx, tx, lockAssignedOn, pgx.StrictNamedArgs{"organization": tx.Organization, "dates": dates, "reps": reps})
}

// LocatedVisit is a visit and where its site is.
type LocatedVisit struct {
	ID  uuid.UUID `db:"id"`
	Lat float64   `db:"lat"`
	Lon float64   `db:"lon"`
}

// Point is the place of its site.
func (v LocatedVisit) Point() geo.Point { return geo.Point{Lat: v.Lat, Lon: v.Lon} }

const assignedOn = `
SELECT v.id, s.lat, s.lon
FROM   visit AS v
JOIN   site AS s ON s.organization_id = v.organization_id AND s.id = v.site_id
JOIN   unnest(@dates::date[], @reps::uuid[]) AS given (date, rep) ON given.date = v.date AND given.rep = v.rep_id
WHERE  v.organization_id = @organization AND v.state = 'ASSIGNED' AND s.lat IS NOT NULL
ORDER  BY v.id`

// AssignedOn lists what reps are to do on days and have not begun, as far as it is on the map.
func (tx *Tx) AssignedOn(ctx context.Context, days []DayOfRep) ([]LocatedVisit, error) {
	dates, reps := columns(days)
	return all[LocatedVisit](ctx, tx, assignedOn, pgx.StrictNamedArgs{"organization": tx.Organization, "dates": dates, "reps": reps})
}

// columns are days as the arrays that a statement takes.
func columns(days []DayOfRep) (dates []hours.Date, reps []uuid.UUID) {
	dates, reps = make([]hours.Date, len(days)), make([]uuid.UUID, len(days))
	for i, d := range days {
		dates[i], reps[i] = d.Date, d.Rep
	}
	return dates, reps
}

const branchIDs = `
SELECT b.id FROM branch AS b WHERE b.organization_id = @organization ORDER BY b.id`

// BranchIDs lists every branch of the organization.
func (tx *Tx) BranchIDs(ctx context.Context) ([]uuid.UUID, error) {
	return values[uuid.UUID](ctx, tx, branchIDs, pgx.StrictNamedArgs{"organization": tx.Organization})
}

const branchesOfReps = `
SELECT r.branch_id
FROM   unnest(@reps::uuid[]) WITH ORDINALITY AS given (id, n)
JOIN   rep AS r ON r.organization_id = @organization AND r.id = given.id
ORDER  BY given.n`

// BranchesOfReps are the branches of reps, one for each that exists, in the order asked for.
func (tx *Tx) BranchesOfReps(ctx context.Context, reps []uuid.UUID) ([]uuid.UUID, error) {
	return values[uuid.UUID](ctx, tx, branchesOfReps, pgx.StrictNamedArgs{"organization": tx.Organization, "reps": reps})
}

const updateTransferred = `
UPDATE visit AS v
SET    state = given.state, queue_reason = given.queue_reason, rep_id = given.rep, date = given.date, epoch = given.epoch,
       version = given.version, promised_from = given.promised_from, promised_to = given.promised_to, due_from = given.due_from,
       due_to = given.due_to, rep_pinned = given.pinned,
       rep_pinned_by = CASE WHEN given.pinned THEN @person::uuid END, rep_pinned_door = CASE WHEN given.pinned THEN @door::text END
FROM   unnest(@ids::uuid[], @states::text[], @reasons::text[], @reps::uuid[], @dates::date[], @epochs::integer[], @versions::integer[],
              @promised_from::timestamptz[], @promised_to::timestamptz[], @due_from::timestamptz[], @due_to::timestamptz[], @pinned::boolean[])
       AS given (id, state, queue_reason, rep, date, epoch, version, promised_from, promised_to, due_from, due_to, pinned)
WHERE  v.organization_id = @organization AND v.id = given.id AND v.version = given.version - 1`

// SaveTransferred writes many locked visits over the versions before them, with when they are due, what they were promised and who pinned
// their reps.
func (tx *Tx) SaveTransferred(ctx context.Context, visits []dispatch.Visit, person uuid.UUID, door string) error {
	var ids []uuid.UUID
	var states []string
	var reasons []*dispatch.QueueReason
	var reps []*uuid.UUID
	var dates []*hours.Date
	var epochs, versions []int
	var from, to []*time.Time
	var dueFrom, dueTo []time.Time
	var pinned []bool
	for _, v := range visits {
		begins, finishes := ends(v.Promised)
		ids, states, reasons = append(ids, v.ID), append(states, string(v.State)), append(reasons, v.QueueReason)
		reps, dates = append(reps, v.RepID), append(dates, v.Date)
		epochs, versions = append(epochs, v.Epoch), append(versions, int(v.Version))
		from, to, pinned = append(from, begins), append(to, finishes), append(pinned, v.RepPinned)
		dueFrom, dueTo = append(dueFrom, v.DueFrom), append(dueTo, v.DueTo)
	}
	return tx.exec(ctx, len(visits), updateTransferred, pgx.StrictNamedArgs{
		"organization": tx.Organization, "ids": ids, "states": states, "reasons": reasons, "reps": reps, "dates": dates,
		"epochs": epochs, "versions": versions, "promised_from": from, "promised_to": to, "pinned": pinned,
		"due_from": dueFrom, "due_to": dueTo,
		"person": orNull(person), "door": door,
	})
}

const lockDaysOf = `
SELECT sh.id
FROM   shift AS sh
JOIN   unnest(@dates::date[], @reps::uuid[]) AS given (date, rep) ON given.date = sh.date AND given.rep = sh.rep_id
WHERE  sh.organization_id = @organization
ORDER  BY sh.date, sh.rep_id
FOR NO KEY UPDATE OF sh`

// LockDaysOf is LockRepDays for several dates: locked date after date, of each date in the order of the reps.
func (tx *Tx) LockDaysOf(ctx context.Context, days []DayOfRep) error {
	dates, reps := columns(days)
	return tx.exec(ctx, -1, lockDaysOf, pgx.StrictNamedArgs{"organization": tx.Organization, "dates": dates, "reps": reps})
}
