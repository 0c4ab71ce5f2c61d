package dispatch

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func TestSlotsAreFoundWhereTheRepPassesBy(t *testing.T) {
	t.Parallel()
	// Petrov drives past the door, Sidorov works in the other direction; nobody may come before ten.
	petrov := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 4, 0), aCall(2, 8, 0))
	sidorov := aDay(t, 2, "09:00", "18:00").doing(aCall(3, -6, 0))
	absent := aDay(t, 3, "09:00", "18:00")
	absent.Absent = true
	call := aCall(9, 6, 0).open(t, "10:00", "16:00")
	call.Visit.Promised = &hours.Window{From: at(t, "20:00"), To: at(t, "21:00")} // what it was promised so far does not matter
	got := Slots(call, []RepDay{sidorov, absent, petrov}, at(t, "08:00"), 10)
	if len(got) != 4 {
		t.Fatalf("%d slots %v, want two of each rep who works", len(got), got)
	}
	if got[0].RepID != petrov.Rep.ID || got[0].TravelMinutes > 1 || got[0].Date != monday {
		t.Errorf("the best slot is %+v, want Petrov's on the way", got[0])
	}
	if last := got[3]; last.RepID != sidorov.Rep.ID || last.TravelMinutes < 20 {
		t.Errorf("the last slot is %+v, want Sidorov's, who has to drive for it", last)
	}
	for _, s := range got {
		if s.Window.From.Before(at(t, "10:00")) || s.Window.To.After(at(t, "15:40")) {
			t.Errorf("slot from %v to %v, but the site is open from ten to four", s.Window.From, s.Window.To)
		}
	}
	if one := Slots(call, []RepDay{sidorov, petrov}, at(t, "08:00"), 1); len(one) != 1 || one[0] != got[0] {
		t.Errorf("the best of one is %v, want %v", one, got[0])
	}
}

func TestNoSlotWhereNobodyCanCome(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "12:00")
	nowhere, closed, long := aCall(1, 1, 0), aCall(2, 1, 0).open(t, "18:00", "20:00"), aCall(3, 1, 0)
	nowhere.Site.Point = nil
	long.Visit.Service = 4 * time.Hour
	for name, call := range map[string]Call{"without a place": nowhere, "closed": closed, "too long": long} {
		if got := Slots(call, []RepDay{day}, at(t, "08:00"), 10); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := Slots(aCall(4, 1, 0), []RepDay{day}, at(t, "11:50"), 10); len(got) != 0 {
		t.Errorf("ten minutes before the end of the shift: %v", got)
	}
}

// What a slot costs is no less than what the decision finds once it is promised: a place as good is there.
func TestAPromiseCanBeKept(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 5))
		calls := someCalls(t, rng, rapid.IntRange(1, 16).Draw(r, "calls"))
		now := at(t, "08:00").Add(time.Duration(rng.IntN(300)) * time.Minute)
		day := Plan(PlanInput{Day: aDay(t, 1, "09:00", "18:00"), Candidates: calls[1:], Now: now, Iterations: 10}).Day
		for _, slot := range Slots(calls[0], []RepDay{day}, now, 10) {
			promised := calls[0]
			promised.Visit.Promised = &slot.Window
			options, _ := Options(promised, []RepDay{day}, now)
			// Load is no part of the choice of a place: of two that cost the same it may find the fuller day.
			const fuller = 2
			if got := options[0].Total; got > slot.CostMinutes+fuller {
				r.Fatalf("slot %+v, but the decision costs %v", slot, options[0].Terms)
			}
		}
	})
}
