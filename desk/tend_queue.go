package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// TendQueue is the job that sees to a branch's queue: the engine gives out what the branch leaves to it, and the rest is offered to idle reps.
type TendQueue struct {
	Organization uuid.UUID `json:"organization" river:"unique"`
	Branch       uuid.UUID `json:"branch" river:"unique"`
}

// Kind names the job in the queue.
func (TendQueue) Kind() string { return "tend_queue" }

// InsertOpts lets one job a second stand for everything that happens to a queue. It may find little to do, and what fails is done by the next.
func (TendQueue) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueTend, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByPeriod: time.Second, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

// stirs notes that a visit came into its branch's queue or left it.
func (tx *Tx) stirs(before, after dispatch.Visit) {
	in := after.State == dispatch.Queued && before.State != dispatch.Queued
	out := before.State == dispatch.Queued && after.State != dispatch.Queued && tx.Caller.Door != auth.Engine
	if in && tx.Caller.Door != auth.Engine && after.DueFrom.Before(tx.Now.Add(dayAhead)) {
		tx.leavesUndone(after.BranchID)
	}
	if (in || out) && !slices.Contains(tx.stirred, after.BranchID) {
		tx.stirred = append(tx.stirred, after.BranchID)
	}
}

// tendStirred leaves the jobs for queues that this command changed, so that nobody waits for the periodic turn. It comes after everything
// else: another command that leaves the same job waits for this one's commit. A desk without jobs leaves it to that turn.
func (tx *Tx) tendStirred(ctx context.Context) error {
	if tx.desk.Jobs == nil {
		return nil
	}
	slices.SortFunc(tx.stirred, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	for _, branch := range tx.stirred {
		if _, err := tx.desk.Jobs.InsertTx(ctx, tx.Tx, TendQueue{Organization: tx.Organization, Branch: branch}, nil); err != nil {
			return fmt.Errorf("have the queue of branch %s tended: %w", branch, err)
		}
	}
	return nil
}
