package work

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// followAlerts is the periodic job that takes the next step with every alert whose time has come.
type followAlerts struct{}

// Kind names the job in the queue.
func (followAlerts) Kind() string { return "follow_alerts" }

// InsertOpts keeps steps out of the way of pushes; while one turn waits or runs, no second is asked for.
func (followAlerts) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: desk.QueueSteps, MaxAttempts: 1}
}

type alertFollower struct {
	river.WorkerDefaults[followAlerts]
	desk *desk.Desk
}

// Work goes through the organizations, each until nothing of it is due. One that fails leaves the others their turn.
func (w *alertFollower) Work(ctx context.Context, _ *river.Job[followAlerts]) error {
	organizations, err := w.desk.DB.Organizations(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, o := range organizations {
		if err := w.follow(ctx, o.ID); err != nil {
			failed = fmt.Errorf("follow alerts: %w", err)
		}
	}
	return failed
}

// follow looks first: a turn in which nothing is due leaves nothing in the record, not even a line in the audit.
func (w *alertFollower) follow(ctx context.Context, organization uuid.UUID) error {
	var due bool
	if err := w.desk.DB.Read(ctx, organization, func(tx *postgres.Tx) (err error) {
		due, err = tx.AlertsDue(ctx, w.desk.Clock())
		return err
	}); err != nil {
		return err
	}
	for due {
		done, err := desk.Do(asEngine(ctx, organization), w.desk, uuid.Nil, desk.FollowAlerts{})
		if err != nil {
			return err
		}
		due = done.More
	}
	return nil
}
