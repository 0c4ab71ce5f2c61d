package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// ClaimVisit gives a visit of the queue to the calling rep, on the service day that counts for the rep now. Of many who claim it one gets it.
type ClaimVisit struct {
	Visit uuid.UUID
	Seen  *dispatch.Revision // nil: whatever it is, as long as it waits
	// Others are weighed besides, as in ReassignVisit.
	Others []uuid.UUID `json:"-"`
}

// VisitClaimed is what came of it.
type VisitClaimed struct {
	Visit    dispatch.Visit
	Decision uuid.UUID
	Batch    uuid.UUID
	Day      DayChange
}

func (c ClaimVisit) run(ctx context.Context, tx *Tx) (VisitClaimed, error) {
	if tx.Caller.Rep == uuid.Nil {
		return VisitClaimed{}, ErrNotARep
	}
	visit, err := tx.LockVisit(ctx, c.Visit)
	if err != nil {
		return VisitClaimed{}, err
	}
	if !tx.maySee(visit) {
		return VisitClaimed{}, c.missed(ctx, tx, visit)
	}
	tx.concerns(visit.ID)
	call, err := tx.callOf(ctx, visit)
	if err != nil {
		return VisitClaimed{}, err
	}
	duties, err := tx.dutiesOf(ctx, append([]uuid.UUID{tx.Caller.Rep}, c.Others...)...)
	if err != nil {
		return VisitClaimed{}, err
	}
	days, err := tx.lockDaysOf(ctx, duties[0])
	if err != nil {
		return VisitClaimed{}, err
	}
	others, err := tx.daysOf(ctx, duties[1:]...)
	if err != nil {
		return VisitClaimed{}, err
	}
	outcome, err := dispatch.Claim(call, days[0], c.Seen, tx.Now, others...)
	if err != nil {
		return VisitClaimed{}, err
	}
	outcome.Decision.ID = newID()
	day := outcome.Day
	if _, err := tx.hand(ctx, "CLAIM", dispatch.VisitClaimed, handed{
		before: []dispatch.Call{call}, given: []dispatch.Given{outcome}, was: days, days: []*dispatch.RepDay{&day},
		notices: outcome.Notices, pinned: true,
	}); err != nil {
		return VisitClaimed{}, err
	}
	return VisitClaimed{
		Visit: outcome.Visit, Decision: outcome.Decision.ID, Batch: tx.Batch,
		Day: DayChange{Rep: day.Rep.ID, Before: outcome.Load.Before, After: outcome.Load.After, Route: day.Route},
	}, nil
}

// missed is why a visit can't be claimed that the rep may not see: a colleague took it out of the queue that they share, or it is none of
// the rep's business.
func (c ClaimVisit) missed(ctx context.Context, tx *Tx, v dispatch.Visit) error {
	if v.BranchID != tx.Caller.RepBranch {
		return dispatch.ErrNoVisit
	}
	waited, err := tx.EverQueued(ctx, v.ID)
	switch {
	case err != nil:
		return err
	case !waited:
		return dispatch.ErrNoVisit
	case v.State.Ended():
		return dispatch.ErrEnded
	}
	return dispatch.ErrTaken
}
