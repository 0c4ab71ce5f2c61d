package dispatch

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// aChoice is a decision between three reps who have something to do already.
func aChoice(t testing.TB, rng *rand.Rand) Decision {
	t.Helper()
	calls := someCalls(t, rng, 19)
	days := make([]RepDay, 3)
	for i := range days {
		days[i] = aDay(t, i+1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(calls[6*i : 6*i+6]...)
	}
	call := calls[18]
	if rng.IntN(2) == 0 {
		call.Owner = &days[rng.IntN(3)].Rep.ID
	}
	got, err := Reassign(call, nil, days[0], call.Visit.Version, "OTHER", at(t, "09:00"), days...)
	if err != nil {
		t.Fatal(err)
	}
	return got.Decision
}

// Whatever a counterfactual states flips the decision, and a minute less does not.
func TestCounterfactualIsTheLeastChangeThatFlipsTheDecision(t *testing.T) {
	t.Parallel()
	kinds := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		d := aChoice(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 8)))
		got, err := WhatIf(d.Input)
		if err != nil {
			r.Fatal(err)
		}
		// Who wins is read from decisions as the engine makes them.
		winner := func(in input) uuid.UUID {
			d := in.decide()
			if byTotal(d.Chosen, *d.RunnerUp) < 0 {
				return d.Chosen.RepID
			}
			return d.RunnerUp.RepID
		}
		in, err := readInput(d.Input)
		if err != nil {
			r.Fatal(err)
		}
		if was := winner(in); was == got.RepID {
			r.Fatalf("%s wins as it is", was)
		}
		if got.Chosen != (d.Chosen.RepID == got.RepID) {
			r.Fatalf("the counterfactual is about %s, chosen: %t; %s was chosen", got.RepID, got.Chosen, d.Chosen.RepID)
		}
		for _, c := range got.Conditions {
			kinds[c.Kind]++
			for _, change := range in.changes(in.second()) {
				if change.kind != c.Kind {
					continue
				}
				if w := winner(change.to(max(1, c.Minutes))); w != got.RepID {
					r.Fatalf("%+v: %s wins, want %s", c, w, got.RepID)
				}
				if c.Minutes > 1 {
					if w := winner(change.to(c.Minutes - 1)); w == got.RepID {
						r.Fatalf("%+v: a minute less is enough", c)
					}
				}
			}
		}
	})
	for _, kind := range []string{IfNearer, IfFreer, IfLonger, IfOwner} {
		if kinds[kind] == 0 {
			t.Errorf("no decision was flipped by %s: %v", kind, kinds)
		}
	}
}

func TestCounterfactualSays(t *testing.T) {
	t.Parallel()
	c := Counterfactual{RepID: id(1), Conditions: []Condition{
		{Kind: IfNearer, Minutes: 18}, {Kind: IfFreer, Was: 440 * time.Minute, At: 362 * time.Minute},
		{Kind: IfLonger, Minutes: 25}, {Kind: IfLater, Minutes: 12}, {Kind: IfOwner},
	}}
	names := func(uuid.UUID) string { return "Petrov" }
	for locale, want := range map[string]string{
		"en": "Petrov would have won if 18 min nearer, or with at most 6 h 02 min of work ahead instead of 7 h 20 min, or if the shift were " +
			"25 min longer, or if the visit might begin 12 min later, or if responsible for the site.",
		"ru": "Вариант «Petrov» победил бы, если бы маршрут проходил на 18 мин ближе, или если бы впереди было не больше 6 ч 02 мин работы вместо " +
			"7 ч 20 мин, или если бы смена длилась на 25 мин дольше, или если бы визит мог начаться на 12 мин позже, или если бы точка была " +
			"закреплена за этим торговым.",
	} {
		if got := c.Say(names, locale); got != want {
			t.Errorf("Say in %s:\n got %s\nwant %s", locale, got, want)
		}
	}
	if got := (Counterfactual{}).Say(names, "en"); got != "" {
		t.Errorf("where nobody else was weighed it says %q", got)
	}
	if got := (Counterfactual{RepID: id(1)}).Say(names, "en"); !strings.Contains(got, "would not have") {
		t.Errorf("without a condition it says %q", got)
	}
}

func TestCounterfactualRefusesAsReplayDoes(t *testing.T) {
	t.Parallel()
	if _, err := WhatIf(json.RawMessage(`{"engine":"0"}`)); !errors.Is(err, ErrEngine) {
		t.Errorf("another engine: %v, want %v", err, ErrEngine)
	}
	if _, err := WhatIf(json.RawMessage(`nonsense`)); !errors.Is(err, ErrInput) {
		t.Errorf("nonsense: %v, want %v", err, ErrInput)
	}
}

func TestRefusedRepsSayWhatTheyWouldHaveCost(t *testing.T) {
	t.Parallel()
	to, near, far, off := aDay(t, 1, "09:00", "18:00"), aDay(t, 2, "09:00", "18:00"), aDay(t, 3, "09:00", "18:00"), aDay(t, 4, "09:00", "18:00")
	near.Rep.BranchID, far.Rep.BranchID, off.Shift = id(2), id(2), nil
	far.Rep.Start = aCall(0, 9, 9).Site.Point
	got, err := Reassign(aCall(1, -3, -3), nil, to, 3, "OTHER", at(t, "09:00"), off, far, near)
	if err != nil {
		t.Fatal(err)
	}
	refusals := got.Decision.Refusals
	if len(refusals) != 3 || refusals[0].RepID != near.Rep.ID || refusals[1].RepID != far.Rep.ID || refusals[2].RepID != off.Rep.ID {
		t.Fatalf("refusals %+v, want the nearest first and who is off last", refusals)
	}
	if refusals[0].Option == nil || refusals[1].Option == nil || refusals[2].Option != nil {
		t.Fatalf("refusals %+v, want what the first two would have cost", refusals)
	}
	if o := refusals[0].Option; len(o.Terms) != 7 || o.Total >= refusals[1].Option.Total {
		t.Errorf("the nearest would have cost %+v, the other %+v", o, refusals[1].Option)
	}
}
