package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// BranchPlanned sums up a branch's planned day.
type BranchPlanned struct {
	Shifts  int // opened
	Carried int // visits of earlier days that were not made
	Owed    VisitsOwed
	Reps    int
	Placed  int
	Queued  int // promised for the day, and no rep's day had room
}

// PlanBranch plans a day for every rep of a branch who works: returns to the backlog what was left on earlier days, opens shifts, makes the visits that fall due, and plans rep after
// rep, each in its own transaction, so that nothing waits long and an interrupted plan goes on where it stopped. What was promised for the day and
// found no place in it goes into the queue.
// Progress hears of each rep done; it may be nil.
func PlanBranch(ctx context.Context, d *Desk, branch uuid.UUID, date hours.Date, shift *hours.Window, progress func(done, of int)) (BranchPlanned, error) {
	var sum BranchPlanned
	if err := d.DB.Analyze(ctx); err != nil {
		return sum, fmt.Errorf("look at the record's size: %w", err)
	}
	caller, err := auth.From(ctx)
	if err != nil {
		return sum, err
	}
	if sum.Carried, err = carryOver(ctx, d, caller.Organization, branch, date); err != nil {
		return sum, fmt.Errorf("carry over what was left: %w", err)
	}
	if sum.Shifts, err = Do(ctx, d, uuid.Nil, OpenShifts{Branch: branch, Date: date, Window: shift}); err != nil {
		return sum, fmt.Errorf("open shifts: %w", err)
	}
	if sum.Owed, err = Do(ctx, d, uuid.Nil, OweVisits{Branch: branch, Date: date}); err != nil {
		return sum, fmt.Errorf("make visits that fall due: %w", err)
	}
	var reps []uuid.UUID
	if err := d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) (err error) {
		reps, err = tx.RepsOnShift(ctx, branch, date)
		return err
	}); err != nil {
		return sum, fmt.Errorf("list reps on shift: %w", err)
	}
	for i, rep := range reps {
		day, err := Do(ctx, d, uuid.Nil, PlanDay{Rep: rep, Date: date})
		if err != nil {
			return sum, fmt.Errorf("plan rep %s: %w", rep, err)
		}
		sum.Reps++
		sum.Placed += day.Placed
		if progress != nil {
			progress(i+1, len(reps))
		}
	}
	if sum.Queued, err = Do(ctx, d, uuid.Nil, QueuePromises{Branch: branch, Date: date}); err != nil {
		return sum, fmt.Errorf("queue what was promised: %w", err)
	}
	return sum, nil
}
