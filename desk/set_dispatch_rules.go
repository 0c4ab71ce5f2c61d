package desk

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// ErrRulesChanged refuses to change rules that somebody else changed meanwhile.
var ErrRulesChanged = errors.New("the rules changed since they were read")

// SetDispatchRules says how a branch's visits find their reps from now on. Each version is kept.
type SetDispatchRules struct {
	Branch  uuid.UUID
	Seen    int // the version the caller was looking at; 0: nobody had set any
	Weights dispatch.Weights
	Auto    *bool                // nil: as it is
	Idle    *time.Duration       // nil: as it is
	Replan  *dispatch.ReplanRule `json:",omitempty"` // nil: as it is
}

// DispatchRulesSet is the rules with what they would have done to the decisions of the day before.
type DispatchRulesSet struct {
	Rules     dispatch.Rules
	Yesterday hours.Date
	Would     dispatch.Reconsidered
}

// Bounds of the rules.
const (
	mostWeight       = 1000
	shortestIdle     = 5 * time.Minute
	longestIdle      = 8 * time.Hour
	mostReconsidered = 500 // decisions, the first of the day
)

func (c SetDispatchRules) run(ctx context.Context, tx *Tx) (DispatchRulesSet, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return DispatchRulesSet{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return DispatchRulesSet{}, roster.ErrNoBranch
	}
	if err := c.check(); err != nil {
		return DispatchRulesSet{}, err
	}
	if err := tx.LockBranch(ctx, c.Branch); err != nil {
		return DispatchRulesSet{}, err
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return DispatchRulesSet{}, err
	}
	rules, err := tx.DispatchRules(ctx, c.Branch)
	if err != nil {
		return DispatchRulesSet{}, err
	}
	if rules.Version != c.Seen {
		return DispatchRulesSet{}, ErrRulesChanged
	}
	rules.Version++
	rules.Weights = c.Weights
	if c.Auto != nil {
		rules.Auto = *c.Auto
	}
	if c.Idle != nil {
		rules.Idle = *c.Idle
	}
	if c.Replan != nil {
		rules.Replan = *c.Replan
	}
	tx.concerns(c.Branch)
	if err := tx.AddDispatchRules(ctx, c.Branch, rules, tx.Caller.Person, tx.Now); err != nil {
		return DispatchRulesSet{}, err
	}
	yesterday := hours.DateOf(tx.Now.In(branch.Zone())) - 1
	day := yesterday.In(branch.Zone())
	inputs, err := tx.DecisionInputs(ctx, c.Branch, day.From, day.To, mostReconsidered)
	if err != nil {
		return DispatchRulesSet{}, err
	}
	stored := make([]json.RawMessage, len(inputs))
	for i, in := range inputs {
		stored[i] = json.RawMessage(in)
	}
	return DispatchRulesSet{Rules: rules, Yesterday: yesterday, Would: dispatch.Reconsider(stored, c.Weights)}, nil
}

func (c SetDispatchRules) check() error {
	w := c.Weights
	for field, weight := range map[string]float64{
		"travel": w.Travel, "load": w.Load, "window": w.Window, "overtime": w.Overtime, "reserve": w.Reserve, "territory": w.Territory, "newRep": w.NewRep, "moved": w.Moved,
	} {
		if weight < 0 || weight > mostWeight {
			return Invalid{Path: []string{"weights", field}, Code: "OUT_OF_RANGE"}
		}
	}
	if c.Idle != nil && (*c.Idle < shortestIdle || *c.Idle > longestIdle) {
		return Invalid{Path: []string{"idleMinutes"}, Code: "OUT_OF_RANGE"}
	}
	if c.Replan != nil && !slices.Contains([]dispatch.ReplanRule{dispatch.NeverReplan, dispatch.InsertWaiting, dispatch.RearrangeLittle}, *c.Replan) {
		return Invalid{Path: []string{"replan"}, Code: "OUT_OF_RANGE"}
	}
	return nil
}
