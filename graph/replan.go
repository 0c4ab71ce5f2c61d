package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/graph/model"
)

// What a new plan may change unless the caller says otherwise.
const (
	frozenMinutes = 60
	changesPerRep = 2
)

func (r *Resolver) replan(ctx context.Context, input model.DayReplanInput) (any, error) {
	wish := desk.ReplanDay{
		Branch: input.BranchID, Date: input.Date, Frozen: minutesOr(input.FrozenMinutes, frozenMinutes), Changes: changesPerRep,
		Priced: true, Reason: "OTHER", Note: text(input.Note),
	}
	if input.MostChangesPerRep != nil {
		wish.Changes = *input.MostChangesPerRep
	}
	if input.Reason != nil {
		wish.Reason = *input.Reason
	}
	var done desk.DayReplanned
	var err error
	switch {
	case said(input.Later) && said(input.DryRun):
		return nil, desk.Invalid{Path: []string{"later"}, Code: "EXCLUDES"}
	case said(input.Later):
		return r.replanLater(ctx, input.RequestID, wish)
	case said(input.DryRun):
		done, err = desk.TryReplan(ctx, r.desk, wish)
	default:
		done, err = desk.Replan(ctx, r.desk, input.RequestID, wish)
	}
	if err != nil {
		return nil, err
	}
	result := model.DayReplanned{
		Moves: done.Moves, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts,
		Before: done.Was, After: done.Is, Free: *done.Free, StabilityPrice: done.Price,
	}
	if done.Batch != uuid.Nil {
		result.BatchID = &done.Batch
	}
	return result, nil
}

func (r *Resolver) replanLater(ctx context.Context, request uuid.UUID, wish desk.ReplanDay) (any, error) {
	asked, err := desk.Do(ctx, r.desk, request, desk.AskReplan{ReplanDay: wish})
	if err != nil {
		return nil, err
	}
	branch, _, err := reading(ctx).branch.load(ctx, asked.Branch)
	return model.DayReplanAsked{Branch: branch}, err
}

func minutesOr(given *int, otherwise int) time.Duration {
	if given != nil {
		otherwise = min(*given, 1<<20) // what is beyond all reason must not become negative
	}
	return time.Duration(otherwise) * time.Minute
}
