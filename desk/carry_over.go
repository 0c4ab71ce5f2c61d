package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// CarryOver returns what a rep did not get to on an earlier day to the rep's backlog, and what had been promised to the queue. While that
// day's shift goes on, it changes nothing.
type CarryOver struct {
	Rep  uuid.UUID
	Date hours.Date // the day that went by
}

// run says how many visits were carried over.
func (c CarryOver) run(ctx context.Context, tx *Tx) (int, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return 0, err
	}
	rep, err := tx.Rep(ctx, c.Rep)
	if err != nil {
		return 0, err
	}
	branch, err := tx.Branch(ctx, rep.BranchID)
	if err != nil {
		return 0, err
	}
	// Visits before days, as every command locks them.
	left, err := tx.LockAssigned(ctx, c.Rep, c.Date)
	if err != nil {
		return 0, err
	}
	days, err := tx.lockDays(ctx, c.Date, c.Rep)
	if err != nil {
		return 0, err
	}
	outcome := dispatch.CarryOver(days[0], c.Date, left, tx.Now)
	if len(outcome.Visits) == 0 {
		return 0, nil
	}
	tx.concerns(c.Rep)
	if err := tx.open(ctx, "CARRY_OVER", "", ""); err != nil {
		return 0, err
	}
	if err := tx.SaveVisits(ctx, outcome.Visits); err != nil {
		return 0, err
	}
	if outcome.Day.Route.Version != days[0].Route.Version {
		if err := tx.saveDays(ctx, &outcome.Day); err != nil {
			return 0, err
		}
	}
	if err := tx.place(ctx, branch.TimeZone, outcome.Visits...); err != nil {
		return 0, err
	}
	return len(outcome.Visits), tx.carried(ctx, calls(left...), outcome.Visits, outcome.Notices)
}

// carried writes the history of visits that a day or a backlog lost, and tells the reps who lost any.
func (tx *Tx) carried(ctx context.Context, before callsByVisit, visits []dispatch.Visit, notices []dispatch.Notice) error {
	var changes []postgres.FeedChange
	var events []dispatch.Event
	var assignments []postgres.Assignment
	for _, v := range visits {
		was := before[v.ID].Visit
		tx.stirs(was, v)
		changes = append(changes, postgres.FeedChange{
			Kind: "visit", ID: v.ID, Version: int(v.Version), RepBefore: was.RepID, RepAfter: v.RepID,
			BranchBefore: &v.BranchID, BranchAfter: &v.BranchID,
		})
		event := tx.event(dispatch.VisitCarriedOver, before[v.ID], was.RepID)
		if v.Epoch != was.Epoch {
			event.Owner, event.TakenFrom, event.Code = v.RepID, was.RepID, string(dispatch.Endangered)
			assignments = append(assignments, postgres.Assignment{Visit: v.ID, Epoch: v.Epoch, Rep: v.RepID, Batch: tx.Batch, At: tx.Now})
		}
		events = append(events, event)
	}
	if err := tx.AddAssignments(ctx, assignments...); err != nil {
		return err
	}
	if err := tx.AddChanges(ctx, tx.Now, changes...); err != nil {
		return err
	}
	if err := tx.happened(ctx, events...); err != nil {
		return err
	}
	_, err := tx.tell(ctx, "", before, notices)
	return err
}

// carryOver goes through the days of a branch that went by with visits left, each in its own transaction.
func carryOver(ctx context.Context, d *Desk, organization, branch uuid.UUID, today hours.Date) (sum int, err error) {
	var left []postgres.DayOfRep
	if err := d.DB.Read(ctx, organization, func(tx *postgres.Tx) (err error) {
		left, err = tx.DaysLeft(ctx, branch, today)
		return err
	}); err != nil {
		return 0, err
	}
	for _, day := range left {
		n, err := Do(ctx, d, uuid.Nil, CarryOver{Rep: day.Rep, Date: day.Date})
		if err != nil {
			return sum, err
		}
		sum += n
	}
	return sum, nil
}
