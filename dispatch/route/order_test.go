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
		Places: n + 1,
		Drive: func(a, b int32) int64 {
			return int64(math.Hypot(points[a][0]-points[b][0], points[a][1]-points[b][1]))
		},
		Start: 0, End: 0, Closes: 4*3600 + rng.Int64N(3*3600),
	}
	for i := range n {
		node := Node{Place: int32(i + 1), Service: 300 + rng.Int64N(3600), Optional: rng.IntN(3) > 0, Prize: rng.Int64N(20000)}
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

// worst is the price of an order, as the search sees it.
func (p *Day) price(order []int32) cost {
	broken, travel, finish := p.measure(order)
	for _, c := range order {
		if p.Nodes[c].Optional {
			travel -= p.Nodes[c].Prize
		}
	}
	return cost{broken, travel, finish}
}

// oracle tries every order of every choice of optional nodes. Optional nodes must break nothing more than the
// mandatory ones by themselves do.
func oracle(p *Day) (best cost) {
	first := true
	var try func(order []int32, left []int32)
	try = func(order, left []int32) {
		complete := true
		for _, c := range left {
			complete = complete && p.Nodes[c].Optional
		}
		if got := p.price(order); complete && (first || got.less(best)) {
			best, first = got, false
		}
		for i, c := range left {
			try(append(slices.Clone(order), c), slices.Concat(left[:i], left[i+1:]))
		}
	}
	var all []int32
	for c := range p.Nodes {
		all = append(all, int32(c))
	}
	try(nil, all)
	return best
}

func TestOrderFindsWhatTryingEverythingFinds(t *testing.T) {
	t.Parallel()
	var missed, tried int
	for seed := range uint64(150) {
		p := aDay(rand.New(rand.NewPCG(seed, 1)), 1+int(seed%6))
		want := oracle(&p)
		order := Order(p, Search{Seed: 1, Iterations: 60})
		got := p.price(order)
		if got.less(want) {
			t.Fatalf("seed %d: Order gives %v, better than the best there is, %v", seed, got, want)
		}
		tried++
		if want[0] > 0 {
			continue // windows that can't be kept: the search promises only not to make it worse
		}
		if got[0] > 0 {
			t.Errorf("seed %d: order %v breaks %d s where nothing need break", seed, order, got[0])
		}
		if got[1] != want[1] {
			missed++
		}
	}
	if missed > tried/50 {
		t.Errorf("missed the best order %d times of %d, want at most one in fifty", missed, tried)
	}
}

func TestOrderLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		p := aDay(rng, rapid.IntRange(0, 18).Draw(t, "nodes"))
		for c := range p.Nodes {
			if !p.Nodes[c].Optional {
				p.Given = append(p.Given, int32(c))
			}
		}
		rng.Shuffle(len(p.Given), func(i, j int) { p.Given[i], p.Given[j] = p.Given[j], p.Given[i] })
		p.Frozen = rapid.IntRange(0, len(p.Given)).Draw(t, "frozen")
		given := slices.Clone(p.Given)

		search := Search{Seed: 7, Iterations: rapid.IntRange(0, 15).Draw(t, "iterations")}
		order := Order(p, search)

		count := map[int32]int{}
		for _, c := range order {
			count[c]++
		}
		for c := range p.Nodes {
			n := count[int32(c)]
			if n > 1 || n == 0 && !p.Nodes[c].Optional {
				t.Fatalf("node %d is %d times in %v", c, n, order)
			}
		}
		if !slices.Equal(order[:p.Frozen], given[:p.Frozen]) {
			t.Fatalf("frozen %v moved: %v", given[:p.Frozen], order)
		}
		if got, begun := p.price(order), p.price(given); begun.less(got) {
			t.Fatalf("ended at %v, worse than the beginning %v", got, begun)
		}
		if again := Order(p, search); !slices.Equal(again, order) {
			t.Fatalf("the same search gave %v and then %v", order, again)
		}
		more := search
		more.Iterations = 0
		if first := Order(p, more); p.price(first).less(p.price(order)) && p.price(order)[0] == 0 {
			t.Fatalf("longer search %v is worse than none %v", p.price(order), p.price(first))
		}
	})
}

// What fits and adds to driving by two look-ups must be what walking the whole order says.
func TestInsertionAgreesWithWalking(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := aDay(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3)), 9)
		s := &state{p: &p}
		s.refresh()
		for c := range int32(9) {
			for k := range len(s.order) + 1 {
				walked := slices.Insert(slices.Clone(s.order), k, c)
				broken, travel, _ := p.measure(walked)
				if s.fits(c, k) != (broken == 0) {
					t.Fatalf("fits(%d, %d) = %v in %v, walking breaks %d", c, k, s.fits(c, k), s.order, broken)
				}
				if got := s.added(c, k); got != travel-s.travel {
					t.Fatalf("added(%d, %d) = %d in %v, walking says %d", c, k, got, s.order, travel-s.travel)
				}
			}
			if k, _, ok := s.best(c); ok {
				s.insert(c, k)
			}
		}
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	p := Day{
		Nodes: []Node{
			{Place: 0, Service: 600, Windows: []Window{{0, 100}, {2000, 3000}}},
			{Place: Nowhere, Service: 1800},
			{Place: 1, Service: 60, Windows: []Window{{0, 1000}}},
		},
		Places: 3, Start: 2, End: 2, Opens: 50, Closes: 5000,
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

func TestTenThousandNodesInOnePlace(t *testing.T) {
	t.Parallel()
	p := Day{Places: 1, Start: 0, End: 0, Closes: 9 * 3600, Drive: func(a, b int32) int64 { return 0 }}
	for range 10_000 {
		p.Nodes = append(p.Nodes, Node{Service: 1200, Optional: true, Prize: 1000})
	}
	if got := len(Order(p, Search{Iterations: 3})); got != 27 {
		t.Errorf("%d calls of 20 minutes fit into 9 hours, want 27", got)
	}
}

func BenchmarkOrder(b *testing.B) {
	p := aDay(rand.New(rand.NewPCG(1, 1)), 150)
	for c := range p.Nodes {
		p.Nodes[c].Optional = true
		p.Nodes[c].Service = 1200
		p.Nodes[c].Windows = nil
	}
	p.Closes = 9 * 3600
	for b.Loop() {
		Order(p, Search{Seed: 1, Iterations: 100})
	}
}
