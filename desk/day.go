package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
)

// lockDays locks and reads the days of reps. Locks come before reads: what is read is what will be changed.
func (tx *Tx) lockDays(ctx context.Context, date hours.Date, reps ...uuid.UUID) ([]dispatch.RepDay, error) {
	if err := tx.LockRepDays(ctx, date, reps...); err != nil {
		return nil, err
	}
	return tx.RepDays(ctx, date, tx.Now.Add(-dispatch.PositionFresh), reps...)
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
