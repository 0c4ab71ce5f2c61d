package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// AddBranch makes a branch. A name that exists refuses with roster.ErrBranchExists, an unknown zone with roster.ErrNoZone.
type AddBranch struct {
	Name      string
	TimeZone  string          // IANA name
	Parent    *uuid.UUID      // the branch it belongs to; nil: none
	Hours     hours.Week      // of its sites, where they name none; unknown: 09:00 to 18:00 from Monday to Friday
	ShiftFrom hours.TimeOfDay // of its reps
	ShiftTo   hours.TimeOfDay // zero: shifts are 09:00 to 18:00; before ShiftFrom: past midnight
}

// The working day where nobody says otherwise.
const (
	usualStart hours.TimeOfDay = 9 * 60
	usualEnd   hours.TimeOfDay = 18 * 60
)

func (c AddBranch) run(ctx context.Context, tx *Tx) (roster.Branch, error) {
	if err := tx.mustBe(auth.Admin); err != nil {
		return roster.Branch{}, err
	}
	name, err := cleanName(c.Name)
	if err != nil {
		return roster.Branch{}, err
	}
	if err := c.checkZone(ctx, tx); err != nil {
		return roster.Branch{}, err
	}
	if c.Parent != nil {
		if _, err := tx.Branch(ctx, *c.Parent); err != nil {
			return roster.Branch{}, fmt.Errorf("parent %s: %w", c.Parent, err)
		}
	}
	if c.ShiftTo == 0 {
		c.ShiftFrom, c.ShiftTo = usualStart, usualEnd
	}
	if c.ShiftTo == c.ShiftFrom {
		return roster.Branch{}, Invalid{Path: []string{"shiftTo"}, Code: "ORDER"}
	}
	if !c.Hours.Known {
		c.Hours = hours.Every(usualStart, usualEnd, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)
	}
	branch := roster.Branch{
		ID: newID(), ParentID: c.Parent, Name: name, TimeZone: c.TimeZone, Hours: c.Hours, ShiftFrom: c.ShiftFrom, ShiftTo: c.ShiftTo,
		Detour: geo.CityTravel.Detour, Speed: geo.CityTravel.Speed,
	}
	tx.concerns(branch.ID)
	return branch, tx.AddBranch(ctx, branch)
}

// checkZone wants a name that this program and the database understand alike.
func (c AddBranch) checkZone(ctx context.Context, tx *Tx) error {
	if _, err := time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		return fmt.Errorf("%w: %q", roster.ErrNoZone, c.TimeZone)
	}
	known, err := tx.KnowsZone(ctx, c.TimeZone)
	if err == nil && !known {
		err = fmt.Errorf("%w in the database: %q", roster.ErrNoZone, c.TimeZone)
	}
	return err
}
