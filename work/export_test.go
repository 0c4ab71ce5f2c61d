package work

import (
	"context"
	"time"

	"github.com/hexbeat/hexbeat/desk"
	"github.com/riverqueue/river"
)

// NewAlertSender is the worker alone, for tests that play the queue themselves.
func NewAlertSender(c Config) river.Worker[desk.SendAlert] {
	return newAlertSender(c)
}

// OpenMonths carries out the periodic job once.
func OpenMonths(ctx context.Context, c Config) error {
	return (&monthOpener{desk: c.Desk}).Work(ctx, nil)
}

// Forget carries out the periodic job once.
func Forget(ctx context.Context, c Config) error {
	return (&forgetter{desk: c.Desk}).Work(ctx, nil)
}

// PlanNight carries out the periodic job once.
func PlanNight(ctx context.Context, c Config) error { return (&night{desk: c.Desk}).Work(ctx, nil) }

// FollowAlerts carries out the periodic job once.
func FollowAlerts(ctx context.Context, c Config) error {
	return (&alertFollower{desk: c.Desk}).Work(ctx, nil)
}

// TendQueues carries out the periodic job once.
func TendQueues(ctx context.Context, c Config) error {
	return (&queueWatcher{desk: c.Desk}).Work(ctx, nil)
}

// TendQueue sees to one branch's queue.
func TendQueue(ctx context.Context, c Config, job desk.TendQueue) error {
	return (&queueTender{desk: c.Desk}).Work(ctx, &river.Job[desk.TendQueue]{Args: job})
}

// NewDayReplanner is the worker alone.
func NewDayReplanner(c Config) river.Worker[desk.ReplanDays] {
	return &dayReplanner{desk: c.Desk, log: c.Log}
}

// Patience is how long a try of a long job may take.
func Patience(attempt int) time.Duration { return patience(attempt) }
