package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// lockDays locks and reads the days of reps. Locks come before reads: what is read is what will be changed.
func (tx *Tx) lockDays(ctx context.Context, date hours.Date, reps ...uuid.UUID) ([]dispatch.RepDay, error) {
	if err := tx.LockRepDays(ctx, date, reps...); err != nil {
		return nil, err
	}
	return tx.RepDays(ctx, date, tx.Now.Add(-dispatch.PositionFresh), reps...)
}

// lockDaysOf is lockDays for days that need not be of one date, in the order asked for.
func (tx *Tx) lockDaysOf(ctx context.Context, wanted ...postgres.DayOfRep) ([]dispatch.RepDay, error) {
	if err := tx.LockDaysOf(ctx, wanted); err != nil {
		return nil, err
	}
	return tx.daysOf(ctx, wanted...)
}

// daysOf reads days of reps as they are at the moment.
func (tx *Tx) daysOf(ctx context.Context, wanted ...postgres.DayOfRep) ([]dispatch.RepDay, error) {
	return tx.DaysOf(ctx, tx.Now.Add(-dispatch.PositionFresh), wanted...)
}

// duty is the service day that counts for a rep now.
func (tx *Tx) duty(ctx context.Context, rep uuid.UUID) (roster.Duty, error) {
	duties, err := tx.Duties(ctx, tx.Now, rep)
	if err != nil {
		return roster.Duty{}, err
	}
	duty, found := duties[rep]
	if !found {
		return duty, roster.ErrNoRep
	}
	return duty, nil
}

// dutiesOf are the days that count for reps now, in their order.
func (tx *Tx) dutiesOf(ctx context.Context, reps ...uuid.UUID) ([]postgres.DayOfRep, error) {
	duties, err := tx.Duties(ctx, tx.Now, reps...)
	if err != nil {
		return nil, err
	}
	list := make([]postgres.DayOfRep, len(reps))
	for i, rep := range reps {
		duty, found := duties[rep]
		if !found {
			return nil, roster.ErrNoRep
		}
		list[i] = postgres.DayOfRep{Rep: rep, Date: duty.Date}
	}
	return list, nil
}

// crew is whom a branch has on a date; without one: whom it has now, each on the service day that counts.
func (tx *Tx) crew(ctx context.Context, branch uuid.UUID, date *hours.Date) ([]postgres.DayOfRep, error) {
	if date != nil {
		return tx.CrewOn(ctx, branch, *date)
	}
	return tx.Crew(ctx, branch, tx.Now)
}

// dueBy is until when what waits in a branch's queue falls due for a date; without one: for today.
func (tx *Tx) dueBy(branch roster.Branch, date *hours.Date) time.Time {
	if date != nil {
		return date.In(branch.Zone()).To
	}
	return hours.DateOf(tx.Now.In(branch.Zone())).In(branch.Zone()).To
}

// lockCall locks a visit and reads its site. A visit the caller may not see is missing.
func (tx *Tx) lockCall(ctx context.Context, visit uuid.UUID) (dispatch.Call, error) {
	v, err := tx.LockVisit(ctx, visit)
	if err != nil {
		return dispatch.Call{}, err
	}
	if !tx.maySee(v) {
		return dispatch.Call{}, dispatch.ErrNoVisit
	}
	tx.concerns(v.ID)
	return tx.callOf(ctx, v)
}

// lockDispatched locks a visit that the caller wants to move or call off. Seeing it as a rep is not enough.
func (tx *Tx) lockDispatched(ctx context.Context, visit uuid.UUID) (dispatch.Call, error) {
	call, err := tx.lockCall(ctx, visit)
	if err == nil && !tx.Caller.MaySeeBranch(call.Visit.BranchID) {
		return dispatch.Call{}, auth.ErrForbidden
	}
	return call, err
}

// maySee mirrors the record's rule: a wider role sees its branches, a rep the own work and the branch's queue.
func (tx *Tx) maySee(v dispatch.Visit) bool {
	return tx.Caller.MaySeeBranch(v.BranchID) || v.RepID != nil && *v.RepID == tx.Caller.Rep && tx.Caller.Rep != uuid.Nil ||
		v.State == dispatch.Queued && v.BranchID == tx.Caller.RepBranch
}

// callsByVisit are calls by the id of their visit.
type callsByVisit map[uuid.UUID]dispatch.Call

// calls indexes calls by their visit.
func calls(list ...dispatch.Call) callsByVisit {
	m := callsByVisit{}
	for _, c := range list {
		m[c.Visit.ID] = c
	}
	return m
}

// and adds the calls of days: a change of one visit may move others, and their reps are told where.
func (m callsByVisit) and(days ...*dispatch.RepDay) callsByVisit {
	for _, day := range days {
		if day == nil {
			continue
		}
		for _, c := range day.Calls {
			m[c.Visit.ID] = c
		}
	}
	return m
}

// mustBe admits who holds a role or a wider one.
func (tx *Tx) mustBe(least auth.Role) error {
	if !tx.Caller.Has(least) {
		return auth.ErrForbidden
	}
	return nil
}
