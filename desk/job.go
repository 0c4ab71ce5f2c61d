package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// SendAlert is the job that hands an alert to its rep's devices.
type SendAlert struct {
	Organization uuid.UUID `json:"organization"`
	Alert        uuid.UUID `json:"alert"`
}

// Kind names the job in the queue.
func (SendAlert) Kind() string { return "send_alert" }

// InsertOpts puts pushes into a queue of their own: a slow provider holds up nothing else.
func (SendAlert) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueuePush, MaxAttempts: 20}
}

// PlanDays is the job that plans a day of a branch.
type PlanDays struct {
	Organization uuid.UUID `json:"organization" river:"unique"`
	Branch       uuid.UUID `json:"branch" river:"unique"`
	Date         string    `json:"date" river:"unique"`
}

// Kind names the job in the queue.
func (PlanDays) Kind() string { return "plan_days" }

// InsertOpts makes the night's plan once per branch and day, whoever asks.
func (PlanDays) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueuePlan, UniqueOpts: river.UniqueOpts{ByArgs: true}}
}

// The queues, one per kind of work that may be slow by itself.
const (
	QueuePush  = "push"
	QueuePlan  = "plan"
	QueueClock = "clock" // periodic work, which must not wait behind a backlog
)

// enqueue inserts jobs in the command's transaction: the job table is the outbox.
func (tx *Tx) enqueue(ctx context.Context, jobs ...river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	if tx.desk.Jobs == nil {
		return errors.New("the desk has no job queue")
	}
	if _, err := tx.desk.Jobs.InsertManyFastTx(ctx, tx.Tx.Tx, jobs); err != nil {
		return fmt.Errorf("enqueue %s: %w", jobs[0].Args.Kind(), err)
	}
	return nil
}
