package work

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/riverqueue/river"
)

// dayPlanner plans a day of a branch.
type dayPlanner struct {
	river.WorkerDefaults[desk.PlanDays]
	desk *desk.Desk
	log  *slog.Logger
}

// Timeout leaves a large branch the time it needs, try after try.
func (w *dayPlanner) Timeout(job *river.Job[desk.PlanDays]) time.Duration {
	return patience(job.Attempt)
}

// Work plans rep after rep; taken up again after a crash it goes on where it stopped.
func (w *dayPlanner) Work(ctx context.Context, job *river.Job[desk.PlanDays]) error {
	date, err := hours.ParseDate(job.Args.Date)
	if err != nil {
		return river.JobCancel(err)
	}
	done, err := desk.PlanBranch(asEngine(ctx, job.Args.Organization), w.desk, job.Args.Branch, date, nil, nil)
	if err != nil {
		return err
	}
	w.log.Info("day planned", "branch", job.Args.Branch, "date", date, "reps", done.Reps, "placed", done.Placed)
	return nil
}

// planNight is the periodic job that has each branch's day planned once its night is far enough.
type planNight struct{}

// Kind names the job in the queue.
func (planNight) Kind() string { return "plan_night" }

// InsertOpts keeps periodic work out of the way of a backlog.
func (planNight) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: desk.QueueClock} }

type night struct {
	river.WorkerDefaults[planNight]
	desk *desk.Desk
}

// Work asks for the plans of every branch whose time has come; what was asked for already is asked once.
func (w *night) Work(ctx context.Context, _ *river.Job[planNight]) error {
	organizations, err := w.desk.DB.Organizations(ctx)
	if err != nil {
		return err
	}
	for _, o := range organizations {
		var branches []roster.Branch
		own := map[uuid.UUID][]*roster.OwnHours{}
		if err := w.desk.DB.Read(ctx, o.ID, func(tx *postgres.Tx) (err error) {
			if branches, err = tx.Branches(ctx); err != nil {
				return err
			}
			for _, b := range branches {
				byRep, err := tx.OwnHoursOf(ctx, b.ID)
				if err != nil {
					return err
				}
				own[b.ID] = slices.Collect(maps.Values(byRep))
			}
			return nil
		}); err != nil {
			return fmt.Errorf("list branches: %w", err)
		}
		now := w.desk.Clock()
		for _, b := range branches {
			today := hours.DateOf(now.In(b.Zone()))
			for date := today; date <= today+1; date++ { // a shift may begin at midnight
				if now.Before(b.PlanFrom(date, own[b.ID]...)) {
					continue
				}
				job := desk.PlanDays{Organization: o.ID, Branch: b.ID, Date: date.String()}
				if _, err := w.desk.Jobs.Insert(ctx, job, nil); err != nil {
					return fmt.Errorf("ask for a plan: %w", err)
				}
			}
		}
	}
	return nil
}
