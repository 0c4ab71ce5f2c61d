package dispatch

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// everywhere is an area that holds every call of these tests.
func everywhere(t testing.TB) geo.Region {
	t.Helper()
	r, err := geo.RegionOf(orb.MultiPolygon{{{{37, 55.4}, {38.3, 55.4}, {38.3, 56.1}, {37, 56.1}, {37, 55.4}}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSlowDaysGiveUpNoPromiseAndLoseNothing(t *testing.T) {
	t.Parallel()
	area := everywhere(t)
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 16))
		now := at(t, "08:00").Add(time.Duration(rng.IntN(300)) * time.Minute)
		list, _ := aBranch(t, rng, now)
		storm := Slowdown{ID: id(9), Area: area, Factor: 1 + 5*rng.Float64(), Window: hours.Window{From: at(t, "08:00"), To: at(t, "16:00")}}
		got := SlowDay{Slowdown: storm, Days: list, Now: now}.Slow()
		then := after(list, got.Days)
		places := where(then)
		for _, m := range got.Visits {
			v := m.Before.Visit
			if v.Promised != nil || v.State != Assigned || m.After.State != Backlog || !m.After.isOf(*v.RepID) || len(places[v.ID]) != 0 {
				r.Fatalf("given up: %+v, now %+v in %d routes", v, m.After, len(places[v.ID]))
			}
		}
		if n, want := len(places)+len(got.Visits), len(where(list)); n != want {
			r.Fatalf("%d visits after, %d before", n, want)
		}
		for i := range then {
			then[i].Slow = nil
		}
		undone := Undo(got.Trace, callsNow(got.Visits), then, now)
		if len(undone.Kept) > 0 {
			r.Fatalf("kept %v", undone.Kept)
		}
		for i, day := range after(then, undone.Days) {
			want := Schedule(list[i], now)
			for k, s := range day.Route.Stops {
				if w := want.Route.Stops[k]; s.subject() != w.subject() || !s.Arrival.Equal(w.Arrival) {
					r.Fatalf("day %d, stop %d: %v, want %v", i, k, s, w)
				}
			}
		}
	})
}
