package graph

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// mostSlowdowns is how many slowdowns of a day are listed.
const mostSlowdowns = 50

// slowdowns are those in force on a branch's day, times in the branch's zone.
func slowdowns(ctx context.Context, branch uuid.UUID, date *hours.Date) ([]dispatch.Slowdown, error) {
	l := reading(ctx)
	b, found, err := l.branch.load(ctx, branch)
	if err != nil || !found || !l.caller.MaySeeBranch(branch) {
		return nil, err
	}
	zone := b.Zone()
	on := hours.DateOf(l.now.In(zone))
	if date != nil {
		on = *date
	}
	var list []dispatch.Slowdown
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		list, err = tx.Slowdowns(ctx, branch, on, on.In(zone), mostSlowdowns)
		return err
	})
	for i := range list {
		list[i].Window = hours.Window{From: list[i].Window.From.In(zone), To: list[i].Window.To.In(zone)}
	}
	return list, err
}

func (r *Resolver) liftSlowdown(ctx context.Context, input model.SlowdownLiftInput) (model.SlowdownLifted, error) {
	wish := desk.LiftSlowdown{Slowdown: input.SlowdownID, Note: text(input.Note)}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.SlowdownLifted{
		BatchID: done.Batch, Slowdown: done.Slowdown, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts,
	}, err
}
