package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
)

// OpenShifts gives a shift of the own hours, or else of the branch's, with a lunch, to the reps of a branch who have none on a day. On a day
// the branch is closed it does nothing, unless a window is given.
type OpenShifts struct {
	Branch uuid.UUID
	Date   hours.Date
	Window *hours.Window // of everybody; nil: the usual working time
}

func (c OpenShifts) run(ctx context.Context, tx *Tx) (int, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return 0, err
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	tx.concerns(c.Branch)
	if c.Window == nil && branch.WorkingTime(c.Date).Length() == 0 {
		return 0, nil
	}
	reps, err := tx.RepsOf(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	own, err := tx.OwnHoursOf(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	opened := 0
	for _, rep := range reps {
		window := branch.WorkingTimeOf(own[rep.ID], c.Date)
		if c.Window != nil {
			window = *c.Window
		}
		shift, engagements := branch.UsualDay(rep, c.Date, window)
		shift.ID = newID()
		added, err := tx.AddShift(ctx, shift)
		if err != nil {
			return opened, err
		}
		if !added {
			continue
		}
		opened++
		for _, e := range engagements {
			e.ID = newID()
			if err := tx.AddEngagement(ctx, e, c.Date); err != nil {
				return opened, err
			}
		}
	}
	return opened, nil
}
