package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/riverqueue/river"
)

// replanEvery is how often a branch's day is planned anew by itself at most. A morning on which ten things happen in a minute is looked at
// once, when they have happened.
const replanEvery = 30 * time.Second

// dayAhead is how far today reaches at the most, anywhere.
const dayAhead = 24 * time.Hour

// leavesUndone notes that work of a branch's day has nobody, or a promise to a customer can't be kept.
func (tx *Tx) leavesUndone(branch uuid.UUID) {
	if tx.upset == nil {
		tx.upset = map[uuid.UUID]bool{}
	}
	tx.upset[branch] = true
}

// upsets notes the branches in which a transfer leaves a promise broken. What the engine did by itself upsets nothing: it would plan again
// and again what it could not better.
func (tx *Tx) upsets(out dispatch.Transferred) {
	if tx.Caller.Door == auth.Engine || len(out.Days) == 0 {
		return
	}
	for _, p := range out.Promises {
		if !p.Kept && p.After != nil {
			tx.leavesUndone(out.Days[0].After.Rep.BranchID)
		}
	}
}

// late notes that a day as it goes now breaks a promise that it kept before.
func (tx *Tx) late(before, after *dispatch.RepDay) {
	if before != nil && after != nil && dispatch.Breaks(*before, *after) {
		tx.leavesUndone(after.Rep.BranchID)
	}
}

// replanUpset leaves a job for each branch where this command left work undone and whose rules want the day planned anew by itself. Like
// tendStirred it comes last.
func (tx *Tx) replanUpset(ctx context.Context) error {
	if tx.desk.Jobs == nil {
		return nil
	}
	for _, id := range slices.SortedFunc(maps.Keys(tx.upset), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) {
		rules, err := tx.DispatchRules(ctx, id)
		if err != nil {
			return fmt.Errorf("read the rules of branch %s: %w", id, err)
		}
		if _, wanted := rules.Replan.Budget(); !wanted {
			continue
		}
		at := tx.Now.Truncate(replanEvery).Add(replanEvery)
		if _, err := tx.desk.Jobs.InsertTx(ctx, tx.Tx, ReplanDays{
			Organization: tx.Organization, Branch: id, Reason: "OTHER", Slot: at.UTC().Format(time.RFC3339),
		}, &river.InsertOpts{ScheduledAt: at}); err != nil {
			return fmt.Errorf("have branch %s planned anew: %w", id, err)
		}
	}
	return nil
}
