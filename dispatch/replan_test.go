package dispatch

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"pgregory.net/rapid"
)

// aMuddle is a branch whose visits were dealt out without looking at the map, some done already, and visits that wait.
func aMuddle(t testing.TB, rng *rand.Rand, reps, each, waiting int) Replan {
	t.Helper()
	calls := someCalls(t, rng, reps*each+waiting)
	r := Replan{
		Now: at(t, "08:00").Add(time.Duration(rng.IntN(420)) * time.Minute), Seed: rng.Uint64(), Reason: "OTHER",
		Budget: Budget{Frozen: time.Duration(rng.IntN(3)) * 30 * time.Minute, Changes: rng.IntN(5) - 1},
	}
	for i := range reps {
		mine := calls[i*each : i*each+each]
		for k := range mine {
			mine[k].Visit.RepPinned = rng.IntN(8) == 0
			if rng.IntN(3) > 0 {
				owner := id(101 + rng.IntN(reps))
				mine[k].Owner = &owner
			}
		}
		day := aDay(t, i+1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(mine...)
		if rng.IntN(3) == 0 {
			day = day.meeting(t, "15:00", "15:30")
		}
		for k, c := range day.Calls {
			day.Calls[k].Visit.RepPinned = mine[k].Visit.RepPinned
			switch stop := day.stop(t, c.Visit.ID); {
			case stop.Departure.Before(r.Now):
				day.Calls[k].Visit.State = Done
			case stop.Arrival.Before(r.Now):
				day.Calls[k].Visit.State = UnderWay
			}
		}
		r.Days = append(r.Days, day)
	}
	for _, c := range calls[reps*each:] {
		c.Visit.State = Queued
		r.Waiting = append(r.Waiting, c)
	}
	return r
}

func TestReplanLaws(t *testing.T) {
	t.Parallel()
	bettered, inserted := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 9))
		wish := aMuddle(t, rng, 4, 7, 2)
		wish.Priced = rng.IntN(4) == 0
		got := wish.Plan()
		if got.Free != nil {
			minutes, avoids := got.StabilityPrice()
			paid, more := got.Is.Cost-got.Free.Cost, got.Free.Changes-got.Is.Changes
			if paid < 0 || avoids != (paid > 0 && more > 0) || avoids && math.Abs(minutes*float64(more)-paid) > 0.001*float64(more) {
				r.Fatalf("%v min are paid for each change avoided, %t, where %v min are paid for %d more", minutes, avoids, paid, more)
			}
		}

		// No visit in two routes, none lost: routes and queue hold what they held before.
		after := map[uuid.UUID]RepDay{}
		for _, day := range wish.Days {
			after[day.Rep.ID] = Schedule(day, wish.Now)
		}
		for _, d := range got.Days {
			after[d.After.Rep.ID] = d.After
			if diff := cmp.Diff(d.After.Route, retold(Schedule(d.After, wish.Now).Route, d.After.Route)); diff != "" {
				r.Fatalf("the day is not as Schedule would have it (-is +would be):\n%s", diff)
			}
		}
		on := map[uuid.UUID]uuid.UUID{}
		for rep, day := range after {
			for _, v := range visitsOf(day) {
				if _, twice := on[v]; twice {
					r.Fatalf("visit %s is in two routes", v)
				}
				on[v] = rep
			}
		}
		waits := map[uuid.UUID]bool{}
		for _, c := range wish.Waiting {
			waits[c.Visit.ID] = true
		}
		for _, m := range got.Visits {
			switch {
			case m.Changed():
				if _, waited := waits[m.After.ID]; waited {
					waits[m.After.ID] = false
				}
				if !m.After.isOf(on[m.After.ID]) || m.Before.Visit.RepPinned || m.Before.Visit.State == UnderWay || m.Before.Visit.State.Ended() {
					r.Fatalf("the visit is %+v, was %+v, on the route of %s", m.After, m.Before.Visit, on[m.After.ID])
				}
				again, err := Replay(m.Decision.Input)
				if err != nil || !bytes.Equal(asJSON(t, again), asJSON(t, m.Decision)) {
					r.Fatalf("the decision does not replay: %v", err)
				}
			case !waits[m.After.ID] || m.Code == "":
				r.Fatalf("%+v is named, though nothing became of it", m)
			}
		}
		for v, still := range waits {
			if _, placed := on[v]; placed == still {
				r.Fatalf("waiting visit %s: in a route %t, in the queue %t", v, placed, still)
			}
			if !still {
				inserted++
			}
		}
		n := 0
		for _, day := range wish.Days {
			n += len(visitsOf(day))
		}
		for v := range waits {
			if !waits[v] {
				n++
			}
		}
		if len(on) != n {
			r.Fatalf("%d visits are in routes, want %d", len(on), n)
		}

		for _, day := range wish.Days {
			was, is := Schedule(day, wish.Now), after[day.Rep.ID]
			if changes := changesBetween(was, is, waits); wish.Budget.Changes >= 0 && changes > wish.Budget.Changes {
				r.Fatalf("rep %s sees %d changes, want at most %d", day.Rep.ID, changes, wish.Budget.Changes)
			}
			for i, s := range was.Route.Stops {
				lunch := s.EngagementID != nil && slices.ContainsFunc(was.Engagements, func(e roster.Engagement) bool { return e.ID == *s.EngagementID && e.Flexible })
				frozen := s.VisitID != nil && was.calls()[*s.VisitID].Visit.State != Assigned ||
					!lunch && s.Arrival.Before(wish.Now.Add(wish.Budget.Frozen)) || !s.Arrival.Add(-s.Travel).After(wish.Now)
				if frozen && (is.Route.Stops[i].subject() != s.subject() || !is.Route.Stops[i].Arrival.Equal(s.Arrival)) {
					r.Fatalf("stop %d at %v is frozen, and is now %+v", i+1, s.Arrival, is.Route.Stops[i])
				}
				if s.VisitID == nil {
					continue
				}
				v := was.calls()[*s.VisitID].Visit
				arrival := after[on[v.ID]].stop(t, v.ID).Arrival
				if v.Promised != nil && kept(v, &s.Arrival) && !kept(v, &arrival) {
					r.Fatalf("the promise of %s held at %v and breaks at %v", v.ID, s.Arrival, arrival)
				}
			}
		}
		if placed := !slices.Contains(values(waits), false); placed && got.Is.Cost > got.Was.Cost+1e-6 {
			r.Fatalf("nothing was inserted, and the plan costs %v instead of %v", got.Is.Cost, got.Was.Cost)
		}
		if got.Is.Cost < got.Was.Cost {
			bettered++
		}
		if diff := cmp.Diff(asJSON(t, wish.Plan()), asJSON(t, got)); diff != "" {
			r.Fatal("the same wish gives another plan")
		}
	})
	if bettered == 0 || inserted == 0 {
		t.Errorf("%d plans were bettered, %d visits inserted: the laws were tried on nothing", bettered, inserted)
	}
}

// changesBetween counts by itself what a rep would have to be told anew.
func changesBetween(was, is RepDay, waiting map[uuid.UUID]bool) (n int) {
	for _, s := range was.Route.Stops {
		if s.VisitID != nil && !is.has(*s.VisitID) {
			n++
		}
	}
	for _, s := range is.Route.Stops {
		if s.VisitID == nil {
			continue
		}
		i := slices.IndexFunc(was.Route.Stops, func(o Stop) bool { return o.VisitID != nil && *o.VisitID == *s.VisitID })
		_, new := waiting[*s.VisitID]
		if i < 0 && !new || i >= 0 && drifted(s.Arrival, was.Route.Stops[i].Arrival) {
			n++
		}
	}
	return n
}

// retold is the route with what people were told according to another one.
func retold(r, told Route) Route {
	for i := range r.Stops {
		r.Stops[i].Told = told.Stops[i].Told
	}
	return r
}

func values(m map[uuid.UUID]bool) (list []bool) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func TestStabilityHasAPrice(t *testing.T) {
	t.Parallel()
	wish := aMuddle(t, rand.New(rand.NewPCG(4, 4)), 6, 8, 0)
	wish.Now, wish.Priced = at(t, "08:00"), true
	for i := range wish.Days {
		for k := range wish.Days[i].Calls {
			wish.Days[i].Calls[k].Visit.State, wish.Days[i].Calls[k].Visit.RepPinned = Assigned, false
		}
	}
	cost := 0.0
	for _, changes := range []int{0, 2, 5, -1} {
		wish.Budget = Budget{Frozen: time.Hour, Changes: changes}
		got := wish.Plan()
		t.Logf("at most %d changes a rep: %+v instead of %+v, free %+v", changes, got.Is, got.Was, *got.Free)
		minutes, avoids := got.StabilityPrice()
		if changes >= 0 && (!avoids || minutes <= 0) {
			t.Errorf("at most %d changes: %v min are paid for each avoided, %t, want a price", changes, minutes, avoids)
		}
		if changes != 0 && got.Is.Cost >= cost {
			t.Errorf("at most %d changes a rep cost %v min, want less than the %v of fewer changes", changes, got.Is.Cost, cost)
		}
		cost = got.Is.Cost
	}
}

// TestAnIdleHourBeforeLunchTakesVisits: what may be moved anyway does not freeze the time before it.
func TestAnIdleHourBeforeLunchTakesVisits(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", 45*time.Minute)
	call := aCall(1, 1, 1).open(t, "09:00", "18:00")
	call.Visit.State = Queued
	got := Replan{Days: []RepDay{day}, Waiting: []Call{call}, Budget: Budget{Frozen: time.Hour}, Now: at(t, "11:05")}.Plan()
	if len(got.Days) != 1 || !got.Days[0].After.has(call.Visit.ID) {
		t.Errorf("%+v, want the visit before or after lunch", got.Visits)
	}
}

func BenchmarkReplanOfFiveHundredReps(b *testing.B) {
	wish := aMuddle(b, rand.New(rand.NewPCG(1, 1)), 500, 20, 0)
	wish.Now, wish.Budget = at(b, "08:30"), Budget{Frozen: time.Hour, Changes: 2}
	for b.Loop() {
		wish.Plan()
	}
}

// BenchmarkOptionsOfFiveHundredReps is an urgent visit weighed for a whole branch of 10,000 visits.
func BenchmarkOptionsOfFiveHundredReps(b *testing.B) {
	wish := aMuddle(b, rand.New(rand.NewPCG(1, 1)), 500, 20, 1)
	for b.Loop() {
		Options(wish.Waiting[0], wish.Days, at(b, "08:30"))
	}
}
