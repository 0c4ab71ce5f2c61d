package dispatch

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func TestAssignWeighsDistanceAndLoad(t *testing.T) {
	t.Parallel()
	now := at(t, "08:00")
	call := aCall(9, 4, 0).waiting()
	near := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 4, 0.5))
	far := aDay(t, 2, "09:00", "18:00").doing(aCall(2, 2, 0))
	got, err := Assign(call, []RepDay{far, near}, now)
	if err != nil || !got.Visit.isOf(near.Rep.ID) || got.Visit.RepPinned {
		t.Fatalf("given to %v, %v, want the nearer one, not pinned", got.Visit.RepID, err)
	}
	if got.Decision.Kind != KindAuto || got.Decision.RunnerUp == nil || got.Decision.RunnerUp.RepID != far.Rep.ID {
		t.Errorf("decided %+v", got.Decision)
	}
	again, err := Replay(got.Decision.Input)
	if err != nil || !cmp.Equal(again, got.Decision) {
		t.Errorf("Replay = %v:\n%s", err, cmp.Diff(got.Decision, again))
	}
	// The nearer one is full to the brim, and there is still time for one more.
	full := near
	for i := range 9 {
		c := aCall(20+i, 4, 0.5)
		c.Visit.Service = 45 * time.Minute
		full = full.doing(c)
	}
	if got, err = Assign(call, []RepDay{far, full}, now); err != nil || !got.Visit.isOf(far.Rep.ID) {
		t.Errorf("given to %v, %v, want who has less to do", got.Visit.RepID, err)
	}
	// Where load weighs nothing the way alone decides.
	byWay := Weights{Travel: 1, Window: 2, Overtime: 2}
	full.Weights, far.Weights = &byWay, &byWay
	if got, err = Assign(call, []RepDay{far, full}, now); err != nil || !got.Visit.isOf(full.Rep.ID) {
		t.Errorf("given to %v, %v, want the nearer one", got.Visit.RepID, err)
	}
}

func TestAssignBreaksNothing(t *testing.T) {
	t.Parallel()
	now := at(t, "17:00")
	day := aDay(t, 1, "09:00", "18:00")
	for name, c := range map[string]struct {
		call Call
		want string
	}{
		"longer than the shift has left": {func() Call { c := aCall(1, 1, 0); c.Visit.Service = 2 * time.Hour; return c }(), NoRoom},
		"promised for an hour ago": {func() Call {
			c := aCall(2, 1, 0)
			c.Visit.Promised = &hours.Window{From: at(t, "15:00"), To: at(t, "16:00")}
			return c
		}(), NoRoom},
		"closed by then":        {aCall(3, 1, 0).open(t, "09:00", "16:00"), NoRoom},
		"without a place":       {func() Call { c := aCall(4, 1, 0); c.Site.Point = nil; return c }(), WithoutPlace},
		"asking for a skill":    {func() Call { c := aCall(5, 1, 0); c.Visit.Needs = []string{"KEYS"}; return c }(), LacksSkill},
		"given back by the rep": {func() Call { c := aCall(6, 1, 0); c.DeclinedBy = []uuid.UUID{day.Rep.ID}; return c }(), HasDeclined},
	} {
		if _, err := Assign(c.call.waiting(), []RepDay{day}, now); !errors.Is(err, ErrNobody) {
			t.Errorf("%s: %v, want %v", name, err, ErrNobody)
		}
		able := aDay(t, 2, "09:00", "22:00")
		able.Rep.Skills = []string{"KEYS"}
		c.call.Site.Point, c.call.Visit.Promised = &home, nil
		c.call.Site.Hours = hours.Week{}
		got, err := Assign(c.call.waiting(), []RepDay{day, able}, now)
		if err != nil || !got.Visit.isOf(able.Rep.ID) && !got.Visit.isOf(day.Rep.ID) {
			t.Errorf("%s, with somebody able: %v", name, err)
		}
	}
	mine := aCall(7, 1, 0).waiting()
	mine.Visit.State, mine.Visit.RepID, mine.Visit.RepPinned = Backlog, &day.Rep.ID, true
	if _, err := Assign(mine, []RepDay{day}, now); !errors.Is(err, ErrTaken) {
		t.Errorf("what a person has given: %v, want %v", err, ErrTaken)
	}
}

// Giving out a queue loses nothing, gives nothing twice, and leaves every day as sound as it was.
func TestAssignQueueLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		now := at(t, "09:00").Add(time.Duration(rng.IntN(480)) * time.Minute)
		var days []RepDay
		for i := range 3 {
			calls := someCalls(t, rng, rng.IntN(6))
			for j := range calls {
				calls[j].Visit.ID = id(10_000*(i+1) + j)
			}
			days = append(days, Plan(PlanInput{Day: aDay(t, i+1, "09:00", "18:00"), Candidates: calls, Now: at(t, "08:00"), Iterations: 50}).Day)
		}
		queue := someCalls(t, rng, 8)
		for i := range queue {
			queue[i] = queue[i].waiting()
		}
		out := AssignQueue(queue, days, now)
		if len(out.Given)+len(out.Left) != len(queue) || len(out.Before) != len(out.Given) {
			rt.Fatalf("%d given and %d left of %d", len(out.Given), len(out.Left), len(queue))
		}
		where := map[uuid.UUID]uuid.UUID{}
		for i, day := range out.Days {
			before := days[0]
			for _, d := range days {
				if d.Rep.ID == day.Rep.ID {
					before = d
				}
			}
			if day.Route.Version != before.Route.Version+1 || broken(day, now) > broken(before, now) {
				rt.Fatalf("day %d: version %d after %d, breaks %d s after %d", i, day.Route.Version, before.Route.Version, broken(day, now), broken(before, now))
			}
			for _, stop := range day.Route.Stops {
				if stop.VisitID != nil {
					if other, twice := where[*stop.VisitID]; twice {
						rt.Fatalf("%s stands with %s and %s", *stop.VisitID, other, day.Rep.ID)
					}
					where[*stop.VisitID] = day.Rep.ID
				}
			}
			if diff := cmp.Diff(LoadOf(day, now), out.Loads[i].After); diff != "" {
				rt.Fatalf("the load said is not the day's:\n%s", diff)
			}
		}
		told := map[uuid.UUID]int{}
		for _, n := range out.Notices {
			told[n.VisitID]++
		}
		for _, g := range out.Given {
			if where[g.Visit.ID] != *g.Visit.RepID || told[g.Visit.ID] != 1 {
				rt.Fatalf("%s is with %s and stands with %s; its rep is told %d times", g.Visit.ID, *g.Visit.RepID, where[g.Visit.ID], told[g.Visit.ID])
			}
		}
	})
}

func BenchmarkAssign(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var days []RepDay
	for i := range 500 {
		calls := someCalls(b, rng, 20)
		for j := range calls {
			calls[j].Visit.ID = id(10_000*(i+1) + j)
			calls[j].Visit.Promised = nil
		}
		days = append(days, aDay(b, i+1, "09:00", "18:00").doing(calls...))
	}
	call := aCall(1, 1, 1).waiting()
	for b.Loop() {
		if _, err := Assign(call, days, at(b, "08:00")); err != nil {
			b.Fatal(err)
		}
	}
}
