package work

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// Limits of the queue. River's defaults leave a killed worker's job alone for an hour.
const (
	jobTimeout    = 15 * time.Second
	planTimeout   = 5 * time.Minute // the longest try of a plan, of a large branch; see patience
	rescueAfter   = 30 * time.Second
	fetchCooldown = 50 * time.Millisecond
	stepEvery     = 5 * time.Second // how late the next step of an alert may be
	tendEvery     = 30 * time.Second
	tendTimeout   = time.Minute
	forgetTimeout = 5 * time.Minute
	pushWorkers   = 50 // of each channel
	otherWorkers  = 2
	planWorkers   = 2
	clockWorkers  = 2
)

// Config is what the workers need.
type Config struct {
	Desk    *desk.Desk
	Senders map[string]notify.Sender      // by transport: FCM, …; one without a sender is passed over
	Counted func(channel, outcome string) // hears of every try; nil: nobody does
	Log     *slog.Logger
}

// New makes the client that carries out jobs; Start it.
func New(c Config) (*river.Client[pgx.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, newAlertSender(c))
	river.AddWorker(workers, &alertFollower{desk: c.Desk})
	river.AddWorker(workers, &dayPlanner{desk: c.Desk, log: c.Log})
	river.AddWorker(workers, &dayReplanner{desk: c.Desk, log: c.Log})
	river.AddWorker(workers, &night{desk: c.Desk})
	river.AddWorker(workers, &monthOpener{desk: c.Desk})
	river.AddWorker(workers, &forgetter{desk: c.Desk})
	river.AddWorker(workers, &queueWatcher{desk: c.Desk})
	river.AddWorker(workers, &queueTender{desk: c.Desk})
	client, err := river.NewClient(riverpgxv5.New(c.Desk.DB.Pool()), &river.Config{
		Schema:               postgres.JobSchema,
		Queues:               queues(),
		Workers:              workers,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		FetchCooldown:        fetchCooldown,
		Logger:               c.Log,
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(stepEvery), func() (river.JobArgs, *river.InsertOpts) {
				return followAlerts{}, nil
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(10*time.Minute), func() (river.JobArgs, *river.InsertOpts) {
				return planNight{}, nil
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(tendEvery), func() (river.JobArgs, *river.InsertOpts) {
				return tendQueues{}, nil
			}, nil),
			river.NewPeriodicJob(river.PeriodicInterval(12*time.Hour), func() (river.JobArgs, *river.InsertOpts) {
				return openMonths{}, nil
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(12*time.Hour), func() (river.JobArgs, *river.InsertOpts) {
				return forgetOld{}, nil
			}, &river.PeriodicJobOpts{RunOnStart: true}),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return client, nil
}

// queues are one for each channel, so that a slow one holds up no other, and one for each kind of other work.
func queues() map[string]river.QueueConfig {
	q := map[string]river.QueueConfig{
		desk.QueuePush:  {MaxWorkers: otherWorkers},
		desk.QueueSteps: {MaxWorkers: 1},
		desk.QueuePlan:  {MaxWorkers: planWorkers},
		desk.QueueTend:  {MaxWorkers: otherWorkers},
		desk.QueueClock: {MaxWorkers: clockWorkers},
	}
	for _, channel := range notify.Transports() {
		q[desk.QueueOf(channel)] = river.QueueConfig{MaxWorkers: pushWorkers}
	}
	return q
}

func newAlertSender(c Config) *alertSender {
	if c.Counted == nil {
		c.Counted = func(string, string) {}
	}
	return &alertSender{desk: c.Desk, senders: c.Senders, counted: c.Counted, log: c.Log}
}

// NewInserter makes a client that only leaves jobs, for the doors.
func NewInserter(db *postgres.DB) (*river.Client[pgx.Tx], error) {
	client, err := river.NewClient(riverpgxv5.New(db.Pool()), &river.Config{Schema: postgres.JobSchema})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return client, nil
}

// asEngine makes the engine the caller of an organization's commands.
func asEngine(ctx context.Context, organization uuid.UUID) context.Context {
	return auth.With(ctx, auth.Caller{
		Organization: organization, Roles: []auth.Role{auth.Admin}, Everywhere: true, Door: auth.Engine,
	})
}
