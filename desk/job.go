package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/riverqueue/river"
)

// SendAlert is the job that hands an alert to its rep's devices of one transport.
type SendAlert struct {
	Organization uuid.UUID   `json:"organization"`
	Alert        uuid.UUID   `json:"alert"`
	Channel      string      `json:"channel"`         // the transport; "" in jobs of older programs, which knew FCM alone
	Also         []uuid.UUID `json:"also,omitempty"`  // alerts of the same rep that go out with it, in one push: a digest
	Again        bool        `json:"again,omitempty"` // somebody asked for it: an escalated alert is handed over too
}

// Kind names the job in the queue.
func (SendAlert) Kind() string { return "send_alert" }

// InsertOpts puts each channel's pushes into a queue of their own: a slow provider holds up nothing else.
func (j SendAlert) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueueOf(j.Channel), MaxAttempts: 20}
}

// QueueOf is the queue of a channel. Transports that no program here knows share one.
func QueueOf(channel string) string {
	if slices.Contains(notify.Transports(), channel) {
		return QueuePush + "_" + strings.ToLower(channel)
	}
	return QueuePush
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
	QueuePush  = "push"  // and one for each channel, see QueueOf
	QueueSteps = "steps" // what comes next with alerts
	QueuePlan  = "plan"
	QueueTend  = "tend"  // queues of visits
	QueueClock = "clock" // periodic work, which must not wait behind a backlog
)

// enqueue inserts jobs in the command's transaction: the job table is the outbox. The transaction goes to River in our own form, whose
// bulk insert waits for the next round trip like every other write.
func (tx *Tx) enqueue(ctx context.Context, jobs ...river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	if tx.desk.Jobs == nil {
		return errors.New("the desk has no job queue")
	}
	if _, err := tx.desk.Jobs.InsertManyFastTx(ctx, tx.Tx, jobs); err != nil {
		return fmt.Errorf("enqueue %s: %w", jobs[0].Args.Kind(), err)
	}
	return nil
}
