package work

import (
	"context"

	"github.com/hexbeat/hexbeat/desk"
	"github.com/riverqueue/river"
)

// openMonths is the periodic job that makes next months' partitions before they are needed.
type openMonths struct{}

// Kind names the job in the queue.
func (openMonths) Kind() string { return "open_months" }

// InsertOpts keeps periodic work out of the way of a backlog.
func (openMonths) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: desk.QueueClock} }

type monthOpener struct {
	river.WorkerDefaults[openMonths]
	desk *desk.Desk
}

// Work makes the partitions.
func (w *monthOpener) Work(ctx context.Context, _ *river.Job[openMonths]) error {
	return w.desk.DB.OpenMonths(ctx, w.desk.Clock())
}
