package dispatch

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBestOfACrewAreTheFirstOptions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 9))
		calls := someCalls(t, rng, 100)
		now := at(t, "08:00").Add(time.Duration(rng.IntN(500)) * time.Minute)
		var days []RepDay
		for i := range 12 {
			day := aDay(t, i+1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour)
			if rng.IntN(4) == 0 {
				day = day.meeting(t, "10:30", "11:00")
			}
			from := 1 + 8*i
			day = day.doing(calls[from : from+rng.IntN(8)]...)
			if rng.IntN(2) == 0 {
				day.Rep.Start = aCall(0, float64(rng.IntN(9)-4), float64(rng.IntN(9)-4)).Site.Point
			}
			if rng.IntN(3) == 0 {
				day.At = aCall(0, float64(rng.IntN(9)-4), float64(rng.IntN(9)-4)).Site.Point
			}
			if rng.IntN(6) == 0 {
				day.Rep.Start = nil
			}
			days = append(days, Schedule(day, now))
		}
		if rng.IntN(2) == 0 {
			traffic := cityTraffic(t, calls[:50]...)
			for i := range days {
				days[i].Traffic = traffic
				days[i] = Schedule(days[i], now)
			}
		}
		call := calls[0]
		if rng.IntN(2) == 0 {
			call.Owner = &days[3].Rep.ID
		}
		all, _ := Options(call, days, now)
		crew := NewCrew(days)
		if rng.IntN(2) == 0 { // put together in pieces
			crew = NewCrew(days[:7]).With(days[7:]...).Without(days[2].Rep.ID).With(days[2])
		}
		for _, most := range []int{0, 1, 4, 50} {
			want := all[:min(most, len(all))]
			if got := crew.Best(call, now, most); len(got)+len(want) > 0 {
				if diff := cmp.Diff(want, got); diff != "" {
					r.Fatalf("the best %d are not the first options (-want +got):\n%s", most, diff)
				}
			}
		}
	})
}

func BenchmarkBestOfFiveHundredReps(b *testing.B) {
	wish := aMuddle(b, rand.New(rand.NewPCG(1, 1)), 500, 20, 1)
	crew := NewCrew(wish.Days)
	for b.Loop() {
		crew.Best(wish.Waiting[0], at(b, "08:30"), 5)
	}
}
