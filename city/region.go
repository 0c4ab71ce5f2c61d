package city

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/hexbeat/hexbeat/geo"
)

// Customer is a place to call on somewhere in a region, with what territory design needs to know of it.
type Customer struct {
	ID       string
	Point    geo.Point
	Workload float64 // minutes of calls in 28 days
	Category string
	Place    string // where in the region: "city 1", "town 12", "road 3", "island 2", "country"
}

// Region scatters n customers over a made-up region of the given kind, for trying territory
// design on ground of another shape and size than one town's. Towns have sizes after Zipf's law,
// roads join them, and few customers carry much of the work. The region grows with n.
// The same seed, n and kind give the same customers in the same order. The kind must be one of Kinds.
func Region(seed uint64, n int, kind Kind) []Customer {
	dice := func(subject uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, subject)) }
	l := kind.land(dice(101), max(n, 1))
	b := board{l.center}
	customers := make([]Customer, 0, max(n, 0))
	r, work := dice(102), dice(103)
	for i, m := range apportion(n, l.spots) {
		spot := l.spots[i]
		var last vec
		for k := range m {
			// Now and then several share a house: a mall, a market, a station.
			if k == 0 || r.Float64() >= spot.crowded {
				last = l.settle(r, spot)
			}
			c := Customer{Point: b.point(last), Place: spot.name}
			c.Category, c.Workload = demand(work)
			customers = append(customers, c)
		}
	}
	// The order of a customer file says nothing of where they are.
	dice(104).Shuffle(len(customers), func(i, j int) { customers[i], customers[j] = customers[j], customers[i] })
	for i := range customers {
		customers[i].ID = fmt.Sprintf("R-%06d", i+1)
	}
	return customers
}

// land is a region before anybody lives there.
type land struct {
	center geo.Point
	dry    func(vec) bool // whether one can stand there
	spots  []spot
}

// spot is a part of a region with customers of its own.
type spot struct {
	name    string
	share   float64 // of all customers, in any unit
	crowded float64 // chance that a customer stands at the address of the one before
	at      vec     // on dry land
	draw    func(*rand.Rand) vec
}

// settle finds an address on dry land.
func (l land) settle(r *rand.Rand, s spot) vec {
	for range 100 {
		if p := s.draw(r); l.dry(p) {
			return p
		}
	}
	return s.at
}

// apportion gives each spot its share of n customers (largest remainders), so that a small
// region keeps its shape.
func apportion(n int, spots []spot) []int {
	total := 0.0
	for _, s := range spots {
		total += s.share
	}
	counts := make([]int, len(spots))
	rest := make([]float64, len(spots))
	order := make([]int, len(spots))
	left := n
	for i, s := range spots {
		exact := float64(n) * s.share / total
		counts[i] = int(exact)
		rest[i], order[i] = exact-float64(counts[i]), i
		left -= counts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:max(0, left)] {
		counts[i]++
	}
	return counts
}

// demand draws what a customer is and the work there: log-normal around the category's usual,
// and for one in a hundred a tail after Pareto's law.
func demand(r *rand.Rand) (category string, workload float64) {
	categories := [...]struct {
		name           string
		share, minutes float64
	}{
		{"kiosk", 0.20, 10}, {"grocery", 0.30, 20}, {"cafe", 0.16, 16}, {"pharmacy", 0.10, 14},
		{"household", 0.14, 18}, {"supermarket", 0.07, 50}, {"wholesale", 0.03, 90},
	}
	const most = 2400 // a quarter of a rep's month
	at, dice := 0, r.Float64()
	for at < len(categories)-1 && dice >= categories[at].share {
		dice -= categories[at].share
		at++
	}
	workload = categories[at].minutes * math.Exp(0.6*r.NormFloat64())
	if r.Float64() < 0.01 {
		workload *= 4 * math.Pow(1-r.Float64(), -1/1.3)
	}
	return categories[at].name, math.Round(min(most, max(1, workload)))
}
