package graph

import (
	"context"
	"errors"
	"fmt"

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
	names, err := namesOf(ctx, repsOf(d)...)
	if err != nil {
		return "", err
	}
	return dispatch.Explain(d, names, localeOf(ctx)), nil
}

// counterfactual says what would have had to differ. A result of a command that moved many visits leaves the inputs in the record.
func counterfactual(ctx context.Context, d dispatch.Decision) (*string, error) {
	if len(d.Input) == 0 {
		kept, err := decision(ctx, d.ID)
		if err != nil || kept == nil {
			return nil, err
		}
		d = *kept
	}
	found, err := dispatch.WhatIf(d.Input)
	switch {
	case errors.Is(err, dispatch.ErrEngine):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("decision %s: %w", d.ID, err)
	case found.RepID == uuid.Nil:
		return nil, nil
	}
	names, err := namesOf(ctx, found.RepID)
	if err != nil {
		return nil, err
	}
	said := found.Say(names, localeOf(ctx))
	return &said, nil
}

// namesOf reads what reps are called.
func namesOf(ctx context.Context, reps ...uuid.UUID) (func(uuid.UUID) string, error) {
	l := reading(ctx)
	l.rep.expect(reps...)
	names := map[uuid.UUID]string{}
	for _, id := range reps {
		rep, _, err := l.rep.load(ctx, id)
		if err != nil {
			return nil, err
		}
		names[id] = rep.Name
	}
	return func(id uuid.UUID) string { return names[id] }, nil
}
