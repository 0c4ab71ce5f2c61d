package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// ReplanDay betters the rest of a branch's day: visits of the queue find places, and what is planned moves as far as a budget allows. It
// is carried out by Replan.
type ReplanDay struct {
	Branch  uuid.UUID
	Date    *hours.Date   // nil: of each rep the day that counts now
	Frozen  time.Duration // what begins within this stays as it is
	Changes int           // that each rep sees at most; 0: visits of the queue are inserted, nothing else
	Priced  bool          // also say what stability costs
	Reason  string
	Note    string

	found *newDay // what was found before anything was locked; nil: lock the branch's day, then look
}

// DayReplanned is what came of it: nothing where the plan is as good as the budget allows. Moves name visits of the queue, too, that
// found no place, with the reason.
type DayReplanned struct {
	Transferred
	Was, Is dispatch.Outlook
	Free    *dispatch.Outlook // without a budget
	Price   *float64          // minutes paid for each change that the budget avoids; nil where it avoids none
}

// Limits on a wish for a new plan.
const (
	mostFrozen      = 24 * time.Hour
	mostDayChanges  = 1000
	mostReplanTries = 3
)

// errMovedOn says that a day is not what it was when its plan was made.
var errMovedOn = errors.New("the day changed while it was planned")

// Replan carries the wish out. The search for a plan of a large branch takes seconds, so it looks first and locks then: days that changed
// meanwhile are planned once more, the last time with everything locked.
func Replan(ctx context.Context, d *Desk, request uuid.UUID, c ReplanDay) (DayReplanned, error) {
	return c.patiently(ctx, d, func(c ReplanDay) (DayReplanned, error) { return Do(ctx, d, request, c) })
}

// TryReplan answers what Replan would, and keeps nothing of it.
func TryReplan(ctx context.Context, d *Desk, c ReplanDay) (DayReplanned, error) {
	return c.patiently(ctx, d, func(c ReplanDay) (DayReplanned, error) { return Try(ctx, d, c) })
}

func (c ReplanDay) patiently(ctx context.Context, d *Desk, act func(ReplanDay) (DayReplanned, error)) (DayReplanned, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return DayReplanned{}, err
	}
	for range mostReplanTries {
		var wish dispatch.Replan
		if err := d.DB.Read(ctx, caller.Organization, func(ptx *postgres.Tx) (err error) {
			tx := d.begin(ptx, caller, uuid.Nil)
			if err = c.check(ctx, tx); err == nil {
				wish, err = c.read(ctx, tx, false)
			}
			return err
		}); err != nil {
			break // what stands against it is said, and remembered, by the command itself
		}
		found := c.plan(wish)
		c.found = &found
		if done, err := act(c); !errors.Is(err, errMovedOn) {
			return done, err
		}
	}
	c.found = nil
	return act(c)
}

func (c ReplanDay) run(ctx context.Context, tx *Tx) (DayReplanned, error) {
	if err := c.check(ctx, tx); err != nil {
		return DayReplanned{}, err
	}
	if c.found == nil {
		wish, err := c.read(ctx, tx, true)
		if err != nil {
			return DayReplanned{}, err
		}
		found := c.plan(wish)
		c.found = &found
	} else if err := c.found.hold(ctx, tx); err != nil {
		return DayReplanned{}, err
	}
	return c.write(ctx, tx, c.found.plan)
}

func (c ReplanDay) check(ctx context.Context, tx *Tx) error {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return err
	}
	switch {
	case !tx.Caller.MaySeeBranch(c.Branch):
		return roster.ErrNoBranch
	case c.Frozen < 0 || c.Frozen > mostFrozen:
		return Invalid{Path: []string{"frozenMinutes"}, Code: "OUT_OF_RANGE"}
	case c.Changes < 0 || c.Changes > mostDayChanges:
		return Invalid{Path: []string{"mostChangesPerRep"}, Code: "OUT_OF_RANGE"}
	}
	return tx.because(ctx, "REASSIGN", c.Reason, c.Note)
}

// read reads the branch's day and its queue, locked or as they are at the moment: visits first, as every command locks them.
func (c ReplanDay) read(ctx context.Context, tx *Tx, locked bool) (dispatch.Replan, error) {
	wish := dispatch.Replan{
		Budget: dispatch.Budget{Frozen: c.Frozen, Changes: c.Changes}, Priced: c.Priced, Reason: c.Reason, Now: tx.Now,
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return wish, err
	}
	crew, err := tx.crew(ctx, c.Branch, c.Date)
	if err != nil || len(crew) == 0 {
		return wish, err
	}
	if wish.Waiting, err = tx.Queue(ctx, c.Branch, tx.dueBy(branch, c.Date), MostVisits); err != nil {
		return wish, fmt.Errorf("read the queue: %w", err)
	}
	if locked {
		var ids []uuid.UUID
		for _, call := range wish.Waiting {
			ids = append(ids, call.Visit.ID)
		}
		if _, err := tx.LockAssignedOn(ctx, crew); err != nil {
			return wish, err
		}
		if wish.Waiting, err = tx.LockQueued(ctx, ids); err != nil {
			return wish, err
		}
		if err := tx.LockDaysOf(ctx, crew); err != nil {
			return wish, err
		}
	}
	wish.Days, err = tx.daysOf(ctx, crew...)
	if err != nil {
		return wish, err
	}
	return wish, tx.know(ctx, wish.Days)
}

// know adds to the visits of days whose ground they are on, and who gave them back.
func (tx *Tx) know(ctx context.Context, days []dispatch.RepDay) error {
	var visits []dispatch.Visit
	var ids []uuid.UUID
	zone := ""
	for _, day := range days {
		for _, c := range day.Calls {
			visits, ids, zone = append(visits, c.Visit), append(ids, c.Visit.ID), c.Site.TimeZone
		}
	}
	if err := tx.place(ctx, zone, visits...); err != nil {
		return err
	}
	declined, err := tx.Decliners(ctx, ids...)
	if err != nil {
		return fmt.Errorf("read who gave visits back: %w", err)
	}
	for _, day := range days {
		for i, c := range day.Calls {
			day.Calls[i].Owner, day.Calls[i].DeclinedBy = tx.placed[c.Visit.SiteID].Owner, declined[c.Visit.ID]
		}
	}
	return nil
}

// newDay is a plan, with what it was made of.
type newDay struct {
	plan dispatch.Replanned
	was  map[uuid.UUID]string // the days it changes, by rep
}

func (c ReplanDay) plan(wish dispatch.Replan) newDay {
	found := newDay{plan: wish.Plan(), was: map[uuid.UUID]string{}}
	changed := map[uuid.UUID]bool{}
	for _, day := range found.plan.Days {
		changed[day.After.Rep.ID] = true
	}
	for _, day := range wish.Days {
		if changed[day.Rep.ID] {
			found.was[day.Rep.ID] = stamp(day)
		}
	}
	return found
}

// stamp is everything about a day that a plan rests on, but for where the rep is.
func stamp(day dispatch.RepDay) string {
	versions := map[uuid.UUID]dispatch.Revision{}
	for _, c := range day.Calls {
		versions[c.Visit.ID] = c.Visit.Version
	}
	text, err := json.Marshal([]any{day.Shift, day.Absent, day.Engagements, day.Route, versions})
	if err != nil {
		return uuid.NewString() // like no other: the plan is made anew
	}
	return string(text)
}

// hold locks what the plan changes, and answers errMovedOn where that is not what it was.
func (f newDay) hold(ctx context.Context, tx *Tx) error {
	if len(f.plan.Days) == 0 {
		return nil
	}
	var ids []uuid.UUID
	var moved []dispatch.Visit
	was := map[uuid.UUID]dispatch.Revision{}
	for _, m := range f.plan.Visits {
		if m.Changed() {
			ids, moved = append(ids, m.After.ID), append(moved, m.After)
			was[m.After.ID] = m.Before.Visit.Version
		}
	}
	visits, err := tx.LockVisits(ctx, ids)
	if err != nil {
		return err
	}
	if len(visits) < len(ids) {
		return errMovedOn
	}
	for _, v := range visits {
		if v.Version != was[v.ID] {
			return errMovedOn
		}
	}
	var changed []postgres.DayOfRep
	for _, day := range f.plan.Days {
		changed = append(changed, postgres.DayOfRep{Rep: day.After.Rep.ID, Date: day.After.Route.Date})
	}
	days, err := tx.lockDaysOf(ctx, changed...)
	if err != nil {
		return err
	}
	for _, day := range days {
		if stamp(day) != f.was[day.Rep.ID] {
			return errMovedOn
		}
	}
	zone := ""
	for _, c := range f.plan.Days[0].After.Calls {
		zone = c.Site.TimeZone
	}
	return tx.place(ctx, zone, moved...)
}

func (c ReplanDay) write(ctx context.Context, tx *Tx, plan dispatch.Replanned) (DayReplanned, error) {
	done := DayReplanned{Was: plan.Was, Is: plan.Is, Free: plan.Free}
	if minutes, avoids := plan.StabilityPrice(); avoids {
		done.Price = &minutes
	}
	tx.concerns(c.Branch)
	if len(plan.Days) > 0 {
		if err := tx.openTraced(ctx, "REPLAN", c.Reason, c.Note, &deed{Trace: plan.Trace}); err != nil {
			return DayReplanned{}, err
		}
	}
	var err error
	done.Transferred, err = tx.writeTransfer(ctx, c.Reason, plan.Transferred)
	if len(plan.Days) == 0 {
		done.Batch = uuid.Nil
		tx.foundNothing()
	}
	return done, err
}
