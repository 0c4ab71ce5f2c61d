package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

func decision(ctx context.Context, id uuid.UUID) (*dispatch.Decision, error) {
	l := reading(ctx)
	var d dispatch.Decision
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		d, err = tx.DecisionFor(ctx, l.caller, id)
		return err
	})
	if errors.Is(err, dispatch.ErrNoDecision) {
		return nil, nil
	}
	l.rep.expect(repsOf(d)...)
	return &d, err
}

// repsOf are all reps a decision speaks of.
func repsOf(d dispatch.Decision) []uuid.UUID {
	reps := []uuid.UUID{d.Chosen.RepID}
	if d.RunnerUp != nil {
		reps = append(reps, d.RunnerUp.RepID)
	}
	for _, refusal := range d.Refusals {
		reps = append(reps, refusal.RepID)
	}
	return reps
}

// explain says the decision in a sentence, with the reps' names.
func explain(ctx context.Context, d dispatch.Decision) (string, error) {
	l := reading(ctx)
	l.rep.expect(repsOf(d)...)
	names := map[uuid.UUID]string{}
	for _, id := range repsOf(d) {
		rep, _, err := l.rep.load(ctx, id)
		if err != nil {
			return "", err
		}
		names[id] = rep.Name
	}
	return dispatch.Explain(d, func(id uuid.UUID) string { return names[id] }, localeOf(ctx)), nil
}
