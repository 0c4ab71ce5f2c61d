package dispatch

import (
	"math/rand/v2"
	"testing"

	"github.com/hexbeat/hexbeat/hours"
)

// BenchmarkSpread spreads the work of fifty reps of two hundred, 500 visits in all: the most that one wish may name.
func BenchmarkSpread(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 15))
	var list []RepDay
	var moves []Move
	for n := range 200 {
		calls := someCalls(b, rng, 10)
		for i := range calls {
			calls[i].Visit.ID = id(1_000_000 + 100*n + i)
			calls[i].Site.Hours = hours.Week{} // no shop that opens at night
		}
		day := aDay(b, n, "09:00", "18:00").lunch(b, "12:00", "15:00", 0).doing(calls...)
		if n < 50 {
			day.Absent = true
			for _, c := range day.Calls {
				moves = append(moves, Move{Call: c, Date: monday, Fate: Spread, Else: Enqueue, Why: NobodyFits})
			}
		}
		list = append(list, day)
	}
	now := at(b, "08:40")
	for b.Loop() {
		out, err := Transfer{Moves: moves, Days: list, Reason: "ABSENCE", Now: now}.Move()
		if err != nil {
			b.Fatal(err)
		}
		queued := 0
		for _, m := range out.Visits {
			if m.After.State == Queued {
				queued++
			}
		}
		b.ReportMetric(float64(queued), "queued")
	}
}
