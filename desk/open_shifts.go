package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
)

// OpenShifts gives the branch's usual shift, with a lunch, to its reps who have none on a day. On a day the branch is closed it
// does nothing, unless a window is given.
type OpenShifts struct {
	Branch uuid.UUID
	Date   hours.Date
	Window *hours.Window // nil: the branch's usual working time
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
	window := branch.WorkingTime(c.Date)
	if c.Window != nil {
		window = *c.Window
	}
	if window.Length() == 0 {
		return 0, nil
	}
	reps, err := tx.RepsOf(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	opened := 0
	for _, rep := range reps {
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
