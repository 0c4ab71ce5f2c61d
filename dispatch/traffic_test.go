package dispatch

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

// cityTraffic is that of a city around these calls.
func cityTraffic(t testing.TB, calls ...Call) *geo.Traffic {
	t.Helper()
	var sites []geo.Point
	for range geo.CityTraffic.Sites.Town {
		for _, c := range calls {
			if c.Site.Point != nil {
				sites = append(sites, *c.Site.Point)
			}
		}
	}
	traffic, err := geo.CityTraffic.Over(sites)
	if err != nil {
		t.Fatal(err)
	}
	return &traffic
}

// The same way takes longer in the rush.
func TestTheRushHourTakesLonger(t *testing.T) {
	t.Parallel()
	arrives := func(begin string, traffic *geo.Traffic) time.Duration {
		call := aCall(1, 8, 0)
		day := aDay(t, 1, begin, "23:00").doing(call)
		day.Traffic = traffic
		return Schedule(day, at(t, "05:00")).Route.Stops[0].Travel
	}
	city := cityTraffic(t, aCall(1, 8, 0))
	dawn, rush, noon := arrives("06:00", city), arrives("17:30", city), arrives("12:00", city)
	if !(dawn < noon && noon < rush) {
		t.Errorf("driving takes %v at dawn, %v at noon, %v in the evening rush", dawn, noon, rush)
	}
	if a, b := arrives("06:00", nil), arrives("17:30", nil); a != b {
		t.Errorf("without traffic driving takes %v and %v, want the same at all hours", a, b)
	}
}

// Traffic that is the same everywhere and at all hours changes nothing.
func TestEvenTrafficChangesNothing(t *testing.T) {
	t.Parallel()
	road := geo.Road{Detour: 1.3, Speed: 24}
	even := geo.Traffic{
		Roads:   geo.Roads{geo.CityLand: road, geo.TownLand: road, geo.CountryLand: road},
		Weekday: slices.Repeat([]float64{1}, 24), Weekend: slices.Repeat([]float64{1}, 24),
	}
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 21))
		now := at(t, "08:00").Add(time.Duration(rng.IntN(500)) * time.Minute)
		day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(someCalls(t, rng, 9)...)
		want := Schedule(day, now)
		day.Traffic = &even
		got := Schedule(day, now)
		for i, s := range want.Route.Stops {
			if g := got.Route.Stops[i]; g.subject() != s.subject() || g.Arrival.Sub(s.Arrival).Abs() > 10*time.Second {
				r.Fatalf("stop %d is %+v, want %+v", i, g, s) // three parts of a way are rounded as one
			}
		}
		if d := got.Route.Distance - want.Route.Distance; d > 1 || d < -1 {
			r.Fatalf("the way is %v long, want %v", got.Route.Distance, want.Route.Distance)
		}
	})
}

// Each drive of a day takes what the hours it is driven in make of it, and is what an independent look at the traffic says.
func TestEachDriveGoesByItsHour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 22))
		calls := someCalls(t, rng, 8)
		day := aDay(t, 1, "07:00", "19:00").doing(calls...)
		day.Traffic = cityTraffic(t, calls[:4]...)
		got := Schedule(day, at(t, "06:00"))
		from, leave := home, at(t, "07:00")
		for i, s := range got.Route.Stops {
			to := got.point(s, got.calls())
			want := day.Traffic.Time(from, *to, leave.In(hours.Zone("Europe/Moscow")))
			if s.Travel != want || !s.Arrival.Equal(leave.Add(want)) {
				r.Fatalf("stop %d: %v of driving from %v, want %v", i, s.Travel, leave, want)
			}
			from, leave = *to, s.Departure
		}
	})
}

// Whatever the traffic, a plan keeps the day's own visits and its promises no worse than they were, and says what Schedule says.
func TestPlansInTrafficLoseNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 23))
		calls := someCalls(t, rng, 22)
		own := rng.IntN(10)
		day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(calls[:own]...)
		traffic := *cityTraffic(t, calls[:11]...)
		traffic.Weekday = slices.Clone(traffic.Weekday)
		for h := range traffic.Weekday {
			traffic.Weekday[h] = 0.3 + 4*rng.Float64()
		}
		day.Traffic = &traffic
		now := at(t, "08:00").Add(time.Duration(rng.IntN(300)) * time.Minute)
		before := day.breaks(now, zones{})
		plan := Plan(PlanInput{Day: day, Candidates: calls[own:], Now: now, Seed: 1, Iterations: 60})
		has := visitsOf(plan.Day)
		for _, c := range calls[:own] {
			if !slices.Contains(has, c.Visit.ID) {
				r.Fatalf("visit %s was lost", c.Visit.ID)
			}
		}
		if n := len(has) + len(plan.Backlog); n != len(calls) {
			r.Fatalf("%d visits came of %d", n, len(calls))
		}
		if after := plan.Day.breaks(now, zones{}); after > before {
			r.Fatalf("the plan breaks %d s, the day broke %d", after, before)
		}
	})
}

// A slot that is offered in traffic can be kept whenever in it service begins.
func TestSlotsInTrafficHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 24))
		calls := someCalls(t, rng, 6)
		now := at(t, "06:00")
		day := aDay(t, 1, "07:00", "20:00").doing(calls[:5]...)
		day.Traffic = cityTraffic(t, calls...)
		day = Schedule(day, now)
		before := day.breaks(now, zones{})
		for _, slot := range Slots(calls[5], []RepDay{day}, now, 4) {
			for _, begin := range []time.Time{slot.Window.From, slot.Window.To} {
				call := calls[5]
				call.Visit.Promised = &hours.Window{From: begin, To: begin}
				c, _ := newChoice(call, day, now)
				c.Call.Windows = []route.Window{{Open: begin.Unix(), Close: begin.Unix()}}
				tt := newTimetable(c.Day, c.Call)
				order := tt.join(tt.settle(tt.visits()), int32(len(tt.tasks)-1), leastBroken)
				if broken := tt.p.Time(order).Broken(); broken > before {
					r.Fatalf("a call at %v of slot %v breaks %d s", begin, slot.Window, broken)
				}
			}
		}
	})
}

// A decision made in traffic holds all that it takes to make it again.
func TestDecisionsInTrafficAreReplayed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 25))
		calls := someCalls(t, rng, 12)
		from, to := aDay(t, 1, "09:00", "18:00").doing(calls[:6]...), aDay(t, 2, "09:00", "18:00").doing(calls[6:]...)
		from.Traffic = cityTraffic(t, calls[:5]...)
		to.Traffic = from.Traffic
		call := from.Calls[rng.IntN(6)]
		now := at(t, "08:00").Add(time.Duration(rng.IntN(200)) * time.Minute)
		got, err := Reassign(call, &from, to, call.Visit.Version, "OVERLOAD", now)
		if err != nil {
			r.Skip(err)
		}
		again, err := Replay(shuffled(t, got.Decision.Input))
		if err != nil {
			r.Fatal(err)
		}
		again.ID = uuid.Nil
		if want, have := asJSON(t, got.Decision), asJSON(t, again); !bytes.Equal(want, have) {
			r.Fatalf("replay differs:\n%s\n%s", want, have)
		}
		if diff := cmp.Diff(got.To.Route, Schedule(got.To, now).Route); diff != "" {
			r.Fatalf("the day is not as Schedule would have it (-is +would be):\n%s", diff)
		}
	})
}
