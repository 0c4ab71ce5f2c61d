package work

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// tendQueues is the periodic job that gives out the queues of branches that leave it to the engine.
type tendQueues struct{}

// Kind names the job in the queue.
func (tendQueues) Kind() string { return "tend_queues" }

// InsertOpts keeps periodic work out of the way of a backlog; the next turn comes soon enough.
func (tendQueues) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: desk.QueueClock, MaxAttempts: 1}
}

type queueTender struct {
	river.WorkerDefaults[tendQueues]
	desk *desk.Desk
}

// Work goes through the branches that have anything in their queue. One that fails leaves the others their turn.
func (w *queueTender) Work(ctx context.Context, _ *river.Job[tendQueues]) error {
	organizations, err := w.desk.DB.Organizations(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, o := range organizations {
		var waiting []uuid.UUID
		if err := w.desk.DB.Read(ctx, o.ID, func(tx *postgres.Tx) (err error) {
			waiting, err = tx.AutoQueues(ctx)
			return err
		}); err != nil {
			failed = errors.Join(failed, fmt.Errorf("look at the queues: %w", err))
			continue
		}
		for _, branch := range waiting {
			if err := w.giveOut(asEngine(ctx, o.ID), branch); err != nil {
				failed = errors.Join(failed, fmt.Errorf("give out the queue of branch %s: %w", branch, err))
			}
		}
	}
	return failed
}

// giveOut goes on until nobody has room for what is left. Each turn is a transaction of its own, so a worker that dies loses nothing.
func (w *queueTender) giveOut(ctx context.Context, branch uuid.UUID) error {
	for turn := (desk.AssignQueue{Branch: branch}); ; {
		done, err := desk.Do(ctx, w.desk, uuid.Nil, turn)
		if err != nil || !done.More {
			return err
		}
		turn.Passed = append(turn.Passed, done.Left...)
	}
}
