package route

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// aDay is a small random day on a plane of 40 minutes across.
func aDay(rng *rand.Rand, n int) Day {
	points := make([][2]float64, n+1)
	for i := range points {
		points[i] = [2]float64{rng.Float64() * 2400, rng.Float64() * 2400}
	}
	p := Day{
		Drive: func(a, b int32) int64 {
			return int64(math.Hypot(points[a][0]-points[b][0], points[a][1]-points[b][1]))
		},
		Start: 0, End: 0, Closes: 4*3600 + rng.Int64N(3*3600),
	}
	for i := range n {
		node := Node{Place: int32(i + 1), Service: 300 + rng.Int64N(3600)}
		switch rng.IntN(4) {
		case 0:
			open := rng.Int64N(3 * 3600)
			node.Windows = []Window{{open, open + 3600}, {open + 7200, open + 9000}}
		case 1:
			open := rng.Int64N(2 * 3600)
			node.Windows = []Window{{open, open + 5400}}
		case 2:
			if rng.IntN(4) == 0 {
				node.Place = Nowhere
			}
		}
		p.Nodes = append(p.Nodes, node)
	}
	return p
}

// rush makes driving take twice as long for an hour.
type rush struct{ from, to int64 }

func (r rush) Arrive(leave, drive int64) int64 {
	before := max(0, min(drive, r.from-leave)) // driven before the rush
	leave, drive = leave+before, drive-before
	slow := max(0, min(2*drive, r.to-leave)) // spent in it
	if leave < r.from {
		slow = 0
	}
	return leave + slow + drive - slow/2
}

func (r rush) Leave(arrive, drive int64) int64 {
	leave := arrive - 2*drive
	for r.Arrive(leave+1, drive) <= arrive {
		leave++
	}
	return leave
}

func TestTime(t *testing.T) {
	t.Parallel()
	p := Day{
		Nodes: []Node{
			{Place: 0, Service: 600, Windows: []Window{{0, 100}, {2000, 3000}}},
			{Place: Nowhere, Service: 1800},
			{Place: 1, Service: 60, Windows: []Window{{0, 1000}}},
		},
		Start: 2, End: 2, Opens: 50, Closes: 5000,
		Drive: func(a, b int32) int64 { return 400 },
	}
	got := p.Time([]int32{0, 1, 2})
	want := Timing{
		Drive:   []int64{400, 0, 400},
		Arrival: []int64{450, 2600, 4800}, // waits till 2000, eats where it is, comes late
		Depart:  []int64{2600, 4400, 4860},
		Home:    400, Finish: 5260, Travel: 1200, Late: 3800, Over: 260,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Time (-want +got):\n%s", diff)
	}
}

// A gap holds for every begin it names and for no other: walking the whole order with the node at that moment says so.
func TestGapsAgreeWithWalking(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const n = 9
		p := aDay(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)), n)
		if rapid.Bool().Draw(t, "rush") {
			from := rapid.Int64Range(0, 3*3600).Draw(t, "from")
			p.Hours = rush{from, from + 3600}
		}
		var order []int32
		for c := range int32(n) {
			gaps := p.Gaps(order, c)
			free := p.Time(order).Travel
			windows := p.Nodes[c].Windows
			// fits walks the order with c at position k, beginning at that moment.
			fits := func(k int, moment int64) bool {
				p.Nodes[c].Windows = []Window{{moment, moment}}
				walked := p.Time(slices.Insert(slices.Clone(order), k, c))
				p.Nodes[c].Windows = windows
				return walked.Broken() == 0
			}
			found := make([]bool, len(order)+1)
			for _, g := range gaps {
				found[g.At] = true
				if !fits(g.At, g.Open) || !fits(g.At, g.Close) || !fits(g.At, (g.Open+g.Close)/2) {
					t.Fatalf("gap %+v of node %d in %v breaks the day", g, c, order)
				}
				own := func(moment int64) bool { return len(windows) == 0 || p.Nodes[c].latest(moment) == moment }
				if own(g.Open-1) && fits(g.At, g.Open-1) || own(g.Close+1) && fits(g.At, g.Close+1) {
					t.Fatalf("gap %+v of node %d in %v is wider than it says", g, c, order)
				}
				if walked := p.Time(slices.Insert(slices.Clone(order), g.At, c)); p.Hours == nil && walked.Travel-free != g.Added {
					t.Fatalf("gap %+v of node %d in %v adds %d s", g, c, order, walked.Travel-free)
				}
			}
			for k, is := range found {
				walked := p.Time(slices.Insert(slices.Clone(order), k, c))
				if !is && walked.Broken() == 0 {
					t.Fatalf("node %d fits at position %d of %v, and no gap says so", c, k, order)
				}
			}
			if len(gaps) > 0 {
				order = slices.Insert(order, gaps[0].At, c)
			}
		}
	})
}
