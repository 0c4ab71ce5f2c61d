package geo

import (
	"cmp"
	"math"
	"slices"
)

// Measures say how good a design is. Distances are straight lines on a flat map of the region.
type Measures struct {
	Territories    int     `json:"territories"`
	Units          int     `json:"units"`
	Customers      int     `json:"customers"`
	Imbalance      float64 `json:"imbalance"`        // heaviest load ÷ its target − 1
	Lightest       float64 `json:"lightest"`         // lightest load ÷ its target − 1
	ImbalanceFloor float64 `json:"imbalance_floor"`  // heaviest unit ÷ largest target − 1: no design can be below
	ImbalanceLeast float64 `json:"imbalance_least"`  // a sharper bound: whole customers can't be shared more evenly either
	Pieces         int     `json:"pieces"`           // territories in more than one piece
	MedoidKm       float64 `json:"medoid_km"`        // workload-weighted mean from a customer to its territory's medoid
	RMSKm          float64 `json:"rms_km"`           // root of the moment of inertia
	PriceOfBalance float64 `json:"price_of_balance"` // medoid_km ÷ that of k-means, which ignores load
	MovedShare     float64 `json:"moved_share"`      // of workload, against the current territories; sites that had none do not count
	MovedBound     float64 `json:"moved_bound"`      // less cannot be moved if all are to come within tolerance
	MovedFlow      float64 `json:"moved_flow"`       // nor less than this, if work passes only between territories that border on each other today
	Envy           float64 `json:"envy"`             // share of customers nearer to the medoid of another territory

	Further []Balance `json:"measures,omitempty"` // of what else was to be shared
}

// Balance says how evenly a further measure is shared.
type Balance struct {
	Name      string  `json:"name"`
	Tolerance float64 `json:"tolerance"`
	Imbalance float64 `json:"imbalance"` // as of the workload
	Lightest  float64 `json:"lightest"`
}

func measure(b Brief, g *ground, d Draft, reference clustering) Measures {
	k := g.territories()
	m := Measures{Territories: k, Units: len(d.Units), Customers: len(b.Sites), Lightest: math.Inf(1)}
	of := d.Of(len(b.Sites))

	load := make([]float64, k)
	for u, t := range d.Territory {
		load[t] += g.load[u]
	}
	m.Imbalance = math.Inf(-1)
	for t := range load {
		if !g.vacant(int32(t)) {
			m.Imbalance = max(m.Imbalance, load[t]/g.target[t]-1)
			m.Lightest = min(m.Lightest, load[t]/g.target[t]-1)
		}
	}
	m.ImbalanceFloor, m.ImbalanceLeast = max(0, slices.Max(g.load)/slices.Max(g.target)-1), g.least
	m.Further = balances(g, d)

	owner := make([]int32, len(d.Territory))
	for u, t := range d.Territory {
		owner[u] = int32(t)
	}
	m.Pieces = g.parted(owner)

	medoid, total := medoids(b, g, of, k)
	m.MedoidKm = total / g.total
	m.RMSKm = math.Sqrt(inertia(b, g, of, k) / g.total)
	if _, free := medoids(b, g, reference.of(g, len(b.Sites)), k); free > 0 {
		m.PriceOfBalance = total / free
	} else {
		m.PriceOfBalance = 1
	}
	for i, p := range g.sites {
		own := p.distance(medoid[of[i]])
		for _, q := range medoid {
			if p.distance(q) < own*(1-1e-9) {
				m.Envy += 1 / float64(len(g.sites))
				break
			}
		}
	}
	m.disruption(b, g, of)
	return m
}

// parted counts the territories in more than one piece as an observer sees them, who takes no notice of barriers: units
// that need not hang together stand between others, and join those of their own territory.
func (g *ground) parted(owner []int32) int {
	seen := *g
	if slices.ContainsFunc(g.units, func(u Unit) bool { return u.Exempt }) {
		seen.near = neighboursOf(g.centers)
	}
	return broken(&seen, owner)
}

func (c clustering) of(g *ground, sites int) []int {
	of := make([]int, sites)
	for u, unit := range g.units {
		for _, i := range unit.Sites {
			of[i] = int(c.owner[u])
		}
	}
	return of
}

// medoids finds for each territory the customer nearest to all others on the mean, and the
// sum of km × workload to them.
func medoids(b Brief, g *ground, of []int, k int) (medoid []vec, total float64) {
	// A medoid lies near the middle: more candidates than this never won.
	const candidates = 200
	members := membersOf(of, k)
	medoid = make([]vec, k)
	sums := parallel(k, func(t int) float64 {
		at := members[t]
		if len(at) == 0 {
			return 0
		}
		middle := middleOf(b, g, at)
		near := slices.Clone(at)
		slices.SortFunc(near, func(i, j int) int {
			return cmp.Or(cmp.Compare(g.sites[i].distance2(middle), g.sites[j].distance2(middle)), cmp.Compare(i, j))
		})
		least := math.Inf(1)
		for _, c := range near[:min(candidates, len(near))] {
			sum := 0.0
			for _, i := range at {
				sum += b.Sites[i].Workload * g.sites[i].distance(g.sites[c])
			}
			if sum < least {
				least, medoid[t] = sum, g.sites[c]
			}
		}
		return least
	})
	for _, s := range sums {
		total += s
	}
	return medoid, total
}

func membersOf(of []int, k int) [][]int {
	members := make([][]int, k)
	for i, t := range of {
		members[t] = append(members[t], i)
	}
	return members
}

func middleOf(b Brief, g *ground, at []int) vec {
	var sum vec
	var weight float64
	for _, i := range at {
		w := b.Sites[i].Workload + 1e-9*g.total
		sum = vec{sum.x + w*g.sites[i].x, sum.y + w*g.sites[i].y}
		weight += w
	}
	return vec{sum.x / weight, sum.y / weight}
}

// inertia is the sum of workload × squared km to the territories' middles.
func inertia(b Brief, g *ground, of []int, k int) float64 {
	sum := 0.0
	for _, at := range membersOf(of, k) {
		if len(at) == 0 {
			continue
		}
		middle := middleOf(b, g, at)
		for _, i := range at {
			sum += b.Sites[i].Workload * g.sites[i].distance2(middle)
		}
	}
	return sum
}

func (m *Measures) disruption(b Brief, g *ground, of []int) {
	if b.Current == nil {
		return
	}
	before := make([]float64, g.territories())
	for i, t := range b.Current {
		if t < 0 {
			continue
		}
		before[t] += b.Sites[i].Workload
		if t != of[i] {
			m.MovedShare += b.Sites[i].Workload / g.total
		}
	}
	for t, load := range before {
		m.MovedBound += max(0, load-(1+g.tolerance)*g.target[t]) / g.total
	}
	m.MovedFlow = g.passedOn() / g.total
}

// leastOf is the imbalance no design of the units can be below: the heaviest unit may weigh more than any target;
// and where all workloads are multiples of one number, so are all loads, and one of them is at least the mean
// rounded up.
func (g *ground) leastOf(sites []Site) float64 {
	target := slices.Max(g.target)
	heaviest := slices.Max(g.load)
	if slices.Min(g.target) == target {
		if grain := grain(sites); grain > 0 {
			heaviest = max(heaviest, grain*math.Ceil(target/grain*(1-1e-12)))
		}
	}
	return max(0, heaviest/target-1)
}

// grain is the largest number all workloads are whole multiples of, looked for among thousandths; 0 if there is none.
func grain(sites []Site) float64 {
	const fine = 1000
	var common int64
	for _, s := range sites {
		x := s.Workload * fine
		if x > 1e12 || math.Abs(x-math.Round(x)) > 1e-6 {
			return 0
		}
		for a := int64(math.Round(x)); a != 0; {
			common, a = a, common%a
		}
	}
	return float64(common) / fine
}

// balances measures what else was to be shared.
func balances(g *ground, d Draft) []Balance {
	var all []Balance
	for _, f := range g.further {
		load := make([]float64, g.territories())
		for u, t := range d.Territory {
			load[t] += f.amount[u]
		}
		b := Balance{Name: f.Name, Tolerance: f.Tolerance, Imbalance: math.Inf(-1), Lightest: math.Inf(1)}
		for t := range load {
			if f.target[t] > 0 {
				b.Imbalance = max(b.Imbalance, load[t]/f.target[t]-1)
				b.Lightest = min(b.Lightest, load[t]/f.target[t]-1)
			}
		}
		if math.IsInf(b.Imbalance, 0) { // there is none of it
			b.Imbalance, b.Lightest = 0, 0
		}
		all = append(all, b)
	}
	return all
}
