package graph

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/postgres"
)

// dispatchRules are a branch's, nil for one that the caller may not see.
func dispatchRules(ctx context.Context, branch uuid.UUID) (*model.DispatchRules, error) {
	l := reading(ctx)
	if _, found, err := l.branch.load(ctx, branch); err != nil || !found || !l.caller.MaySeeBranch(branch) {
		return nil, err
	}
	var rules dispatch.Rules
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		rules, err = tx.DispatchRules(ctx, branch)
		return err
	})
	return maybe(rulesOf(rules), true, err)
}

func rulesOf(r dispatch.Rules) model.DispatchRules {
	return model.DispatchRules{Version: r.Version, Weights: r.Weights, Auto: r.Auto, IdleMinutes: int(r.Idle.Minutes()), Replan: r.Replan}
}

// setDispatchRules carries the wish out, or says what yesterday would have looked like.
func (r *Resolver) setDispatchRules(ctx context.Context, input model.DispatchRulesSetInput) (model.DispatchRulesAreSet, error) {
	wish := desk.SetDispatchRules{
		Branch: input.BranchID, Seen: input.ExpectedVersion, Weights: input.Weights, Auto: input.Auto, Idle: minutes(input.IdleMinutes),
		Replan: input.Replan,
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	would := done.Would
	return model.DispatchRulesAreSet{
		Rules: rulesOf(done.Rules),
		Yesterday: model.DispatchPreview{
			Date: done.Yesterday, Decisions: would.Decisions, ByPeople: would.ByPeople, Moved: would.Moved,
			TravelMinutesBefore: would.TravelBefore, TravelMinutesAfter: would.TravelAfter, GiniBefore: would.GiniBefore, GiniAfter: would.GiniAfter,
		},
	}, err
}

// assignQueue has the engine give out a queue, or says what it would do.
func (r *Resolver) assignQueue(ctx context.Context, input model.QueueAssignInput) (model.QueueAssigned, error) {
	wish := desk.AssignQueue{Branch: input.BranchID}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	if err != nil {
		return model.QueueAssigned{}, err
	}
	l := reading(ctx)
	l.forget()
	left := []dispatch.Visit{}
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		left, err = tx.Visits(ctx, l.caller, done.Left)
		return err
	})
	return model.QueueAssigned{
		Visits: done.Visits, Left: left, More: done.More, BatchID: done.Batch, Days: done.Days, Alerts: done.Alerts,
	}, err
}
