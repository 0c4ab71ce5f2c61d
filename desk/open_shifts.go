package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// Lunch is taken between these hours of a shift, and takes this long.
const (
	lunchFrom   = 3 * time.Hour
	lunchTo     = 6 * time.Hour
	lunchLength = 45 * time.Minute
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
	window := c.window(branch)
	if window.Length() == 0 {
		return 0, nil
	}
	reps, err := tx.RepsOf(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	opened := 0
	for _, rep := range reps {
		added, err := tx.AddShift(ctx, roster.Shift{
			ID: newID(), RepID: rep.ID, Date: c.Date, StartsAt: window.From, EndsAt: window.To,
			Start: rep.Start, End: rep.Start, TimeZone: branch.TimeZone,
		})
		if err != nil {
			return opened, err
		}
		if !added {
			continue
		}
		opened++
		if window.Length() <= lunchTo {
			continue // a short day has no lunch
		}
		if err := tx.AddEngagement(ctx, roster.Engagement{
			ID: newID(), RepID: rep.ID, Kind: "LUNCH", StartsAt: window.From.Add(lunchFrom), EndsAt: window.From.Add(lunchTo),
			Length: lunchLength, Flexible: true, TimeZone: branch.TimeZone,
		}, c.Date); err != nil {
			return opened, err
		}
	}
	return opened, nil
}

func (c OpenShifts) window(b roster.Branch) hours.Window {
	if c.Window != nil {
		return *c.Window
	}
	if len(b.Hours.On(c.Date, b.Zone())) == 0 {
		return hours.Window{}
	}
	last := c.Date
	if b.ShiftTo <= b.ShiftFrom {
		last++ // past midnight
	}
	return hours.Window{From: c.Date.At(b.ShiftFrom, b.Zone()), To: last.At(b.ShiftTo, b.Zone())}
}
