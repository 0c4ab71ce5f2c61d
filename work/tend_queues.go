package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// tendQueues is the periodic job that has the queue of every branch tended where there is anything to see to. What happens to a queue has it
// tended at once; this is for what time alone brings: a rep falls idle, a promise comes into danger, an offer is over.
type tendQueues struct{}

// Kind names the job in the queue.
func (tendQueues) Kind() string { return "tend_queues" }

// InsertOpts keeps periodic work out of the way of a backlog; the next turn comes soon enough.
func (tendQueues) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: desk.QueueClock, MaxAttempts: 1}
}

type queueWatcher struct {
	river.WorkerDefaults[tendQueues]
	desk *desk.Desk
}

// Work leaves a job for each branch, so that every process has its share. An organization that fails leaves the others their turn.
func (w *queueWatcher) Work(ctx context.Context, _ *river.Job[tendQueues]) error {
	organizations, err := w.desk.DB.Organizations(ctx)
	if err != nil {
		return err
	}
	var failed error
	var jobs []river.InsertManyParams
	for _, o := range organizations {
		var branches []uuid.UUID
		if err := w.desk.DB.Read(ctx, o.ID, func(tx *postgres.Tx) (err error) {
			branches, err = tx.BranchesToTend(ctx, w.desk.Clock())
			return err
		}); err != nil {
			failed = errors.Join(failed, fmt.Errorf("look at the queues: %w", err))
			continue
		}
		for _, branch := range branches {
			jobs = append(jobs, river.InsertManyParams{Args: desk.TendQueue{Organization: o.ID, Branch: branch}})
		}
	}
	if len(jobs) == 0 {
		return failed
	}
	_, err = w.desk.Jobs.InsertMany(ctx, jobs)
	return errors.Join(failed, err)
}

// queueTender sees to one branch's queue.
type queueTender struct {
	river.WorkerDefaults[desk.TendQueue]
	desk *desk.Desk
}

// mostRescued is how many promises one turn sees to.
const mostRescued = 10

// Timeout leaves a large branch the time it needs.
func (w *queueTender) Timeout(*river.Job[desk.TendQueue]) time.Duration { return tendTimeout }

// Work has the engine give out the queue where the branch leaves that to it, see to promises, and offer to idle reps what is left. Each step is
// a transaction of its own, so a worker that dies loses nothing.
func (w *queueTender) Work(ctx context.Context, job *river.Job[desk.TendQueue]) error {
	ctx, branch := asEngine(ctx, job.Args.Organization), job.Args.Branch
	auto := false
	if err := w.desk.DB.Read(ctx, job.Args.Organization, func(tx *postgres.Tx) error {
		rules, err := tx.DispatchRules(ctx, branch)
		auto = rules.Auto
		return err
	}); err != nil {
		return err
	}
	if auto {
		if err := w.giveOut(ctx, branch); err != nil {
			return fmt.Errorf("give out the queue of branch %s: %w", branch, err)
		}
	}
	if _, err := desk.Do(ctx, w.desk, uuid.Nil, desk.OfferVisits{Branch: branch}); err != nil {
		return fmt.Errorf("offer the queue of branch %s: %w", branch, err)
	}
	return nil
}

// giveOut goes on until nobody has room for what is left, and no promise can be kept by a change of hands.
func (w *queueTender) giveOut(ctx context.Context, branch uuid.UUID) error {
	for range mostRescued {
		for turn := (desk.AssignQueue{Branch: branch}); ; {
			done, err := desk.Do(ctx, w.desk, uuid.Nil, turn)
			if err != nil {
				return err
			}
			if !done.More {
				break
			}
			turn.Passed = append(turn.Passed, done.Left...)
		}
		rescued, err := desk.Do(ctx, w.desk, uuid.Nil, desk.RescuePromise{Branch: branch})
		if err != nil || rescued.Visit == nil {
			return err
		}
	}
	return nil
}
