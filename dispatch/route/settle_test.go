package route

import (
	"slices"
	"testing"
)

// A break taken in the morning leaves no room for a visit in the morning; taken later, it does.
func TestSettleLetsABreakGiveWay(t *testing.T) {
	t.Parallel()
	p := &Problem{
		Travel: []Table{{Places: 1, Durations: []int32{0}}},
		Visits: []Visit{
			{Service: 100, Windows: []Window{{100, 100}}},
			{Service: 100, Windows: []Window{{0, 0}}},
		},
		Vehicles: []Vehicle{{
			Closes: 300, PerHour: 3600, Given: []int32{0},
			Breaks: []Break{{Service: 100, Windows: []Window{{0, 200}}}},
		}},
	}
	m, err := newModel(p)
	if err != nil {
		t.Fatal(err)
	}
	pl := newPlan(m, new(uint32))
	pl.load()
	if ones(pl.missing) != 1 {
		t.Fatalf("%d visits are missing at first, want the second", ones(pl.missing))
	}
	pl.settle()
	got := pl.solution()
	if want := []int32{1, 0}; !slices.Equal(got.Routes[0].Visits(), want) || len(got.Unassigned) > 0 {
		t.Fatalf("route is %v and %v is left over, want %v", got.Routes[0].Visits(), got.Unassigned, want)
	}
	if last := got.Routes[0].Stops[2]; last.Break != 0 || last.Begin != 200 {
		t.Errorf("the last stop is %+v, want the break at 200", last)
	}
}
