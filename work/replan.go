package work

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// dayReplanner betters the rest of a branch's day.
type dayReplanner struct {
	river.WorkerDefaults[desk.ReplanDays]
	desk *desk.Desk
	log  *slog.Logger
}

// Timeout leaves a large branch the time it needs, try after try.
func (w *dayReplanner) Timeout(job *river.Job[desk.ReplanDays]) time.Duration {
	return patience(job.Attempt)
}

// Work is one transaction. Taken up again after a crash it begins with what the first one left: that is good already, or as it was.
func (w *dayReplanner) Work(ctx context.Context, job *river.Job[desk.ReplanDays]) error {
	var date *hours.Date
	if job.Args.Date != "" {
		on, err := hours.ParseDate(job.Args.Date)
		if err != nil {
			return river.JobCancel(err)
		}
		date = &on
	}
	budget := dispatch.Budget{Frozen: time.Duration(job.Args.FrozenMinutes) * time.Minute, Changes: job.Args.Changes}
	if job.Args.Slot != "" {
		rule, wanted, err := w.rule(ctx, job.Args)
		if err != nil || !wanted {
			return err
		}
		budget = rule
	}
	done, err := desk.Replan(asEngine(ctx, job.Args.Organization), w.desk, uuid.Nil, desk.ReplanDay{
		Branch: job.Args.Branch, Date: date, Frozen: budget.Frozen, Changes: budget.Changes, Reason: job.Args.Reason, Note: job.Args.Note,
	})
	if err != nil {
		return err
	}
	w.log.Info("day planned anew", "branch", job.Args.Branch, "date", job.Args.Date, "days", len(done.Days), "saved", done.Was.Cost-done.Is.Cost)
	return nil
}

// rule is what the branch says now of new plans that nobody asked for.
func (w *dayReplanner) rule(ctx context.Context, job desk.ReplanDays) (budget dispatch.Budget, wanted bool, err error) {
	err = w.desk.DB.Read(ctx, job.Organization, func(tx *postgres.Tx) error {
		rules, err := tx.DispatchRules(ctx, job.Branch)
		budget, wanted = rules.Replan.Budget()
		return err
	})
	return budget, wanted, err
}
