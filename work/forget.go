package work

import (
	"context"
	"time"

	"github.com/hexbeat/hexbeat/desk"
	"github.com/riverqueue/river"
)

// forgetOld is the periodic job that drops what the record need not keep any longer.
type forgetOld struct{}

// Kind names the job in the queue.
func (forgetOld) Kind() string { return "forget_old" }

// InsertOpts keeps periodic work out of the way of a backlog.
func (forgetOld) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: desk.QueueClock} }

type forgetter struct {
	river.WorkerDefaults[forgetOld]
	desk *desk.Desk
}

// Timeout leaves a record that has kept everything for years the time it needs.
func (w *forgetter) Timeout(*river.Job[forgetOld]) time.Duration { return forgetTimeout }

// Work forgets.
func (w *forgetter) Work(ctx context.Context, _ *river.Job[forgetOld]) error {
	return w.desk.DB.Forget(ctx, w.desk.Clock())
}
