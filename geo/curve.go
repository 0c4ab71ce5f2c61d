package geo

import (
	"math"
	"slices"
)

// CurvePoint answers what a budget would buy: how even the work is if no more than a share of it changes hands.
type CurvePoint struct {
	Budget     float64 `json:"budget"`
	MovedShare float64 `json:"moved_share"` // what the design for that budget moves
	Imbalance  float64 `json:"imbalance"`
	MedoidKm   float64 `json:"medoid_km"`
	RMSKm      float64 `json:"rms_km"`
	Pieces     int     `json:"pieces"`
}

// CurveBudgets are the shares of workload a what-if curve usually asks for.
var CurveBudgets = []float64{0, 0.02, 0.04, 0.08, 0.15}

// Curve answers the brief, which must say who holds what today, for several budgets at once. Each point is that of
// Design with the same budget. A smaller budget never moves more.
func Curve(b Brief, budgets ...float64) ([]CurvePoint, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if b.Current == nil {
		return nil, errNoCurrent
	}
	from, err := b.prospects()
	if err != nil {
		return nil, err
	}
	curve := make([]CurvePoint, len(budgets))
	for i, share := range budgets {
		draft, err := from.within(&share)
		if err != nil {
			return nil, err
		}
		m := draft.Measures
		curve[i] = CurvePoint{share, m.MovedShare, m.Imbalance, m.MedoidKm, m.RMSKm, m.Pieces}
	}
	return curve, nil
}

// budget is the workload that may change hands.
func (g *ground) budget(share *float64) float64 {
	if share == nil || *share >= 1 {
		return math.Inf(1)
	}
	return *share * g.total
}

// pick is the best of the states that move no more than the limit, or that which moves least. The states do not
// depend on the limit, so a smaller one never moves more: what it picks was there to be picked under the larger too.
func pick(states []state, limit float64) state {
	affordable := func(s state) bool { return s.moved <= limit }
	if !slices.ContainsFunc(states, affordable) {
		return slices.MinFunc(states, func(a, b state) int {
			if a.moved != b.moved {
				if a.moved < b.moved {
					return -1
				}
				return 1
			}
			return a.compare(b)
		})
	}
	best := -1
	for i, s := range states {
		if affordable(s) && (best < 0 || s.compare(states[best]) < 0) {
			best = i
		}
	}
	return states[best]
}

// ways are the states on several ways from today's assignment to a good one, each with a state or two at every rung: a
// limit to the workload that has moved. Half of them go by the price. The others pay more, so as to find even designs that
// move little, end where they have one, and make the best of what it leaves of the leeway. What is asked of the states
// later, a budget or a curve, does not change them.
func (g *ground) ways(seed uint64, today state, rungs []float64, enough float64) []state {
	const few, many, room = 2, 4, 20_000 // many where all of them together have no more units than there is room for
	return slices.Concat(parallel(max(few, min(many, room/len(g.units))), func(way int) []state {
		thrifty := way%2 > 0
		source := g.source(seed, yardsticks+way)
		owner := slices.Clone(today.owner)
		var states []state
		for i, within := range rungs {
			// Where the last budget was not used up, a larger one changes little: only the last is tried.
			if i > 0 && i < len(rungs)-1 && states[len(states)-1].moved < 0.9*rungs[i-1] {
				continue
			}
			g.mend(owner, within)
			g.fill(owner, within)
			s := newSearch(g, owner, source)
			s.within = within
			if thrifty {
				s.dear = thrift
			}
			if broken(g, owner) == 0 {
				s.anneal(nudge)
				s.chains(plain)
			}
			states = append(states, s.state())
			if spent := s.moved > 0.98*within; !spent && within >= enough && g.uneven(s.over()) {
				s.chains(firm)
				if math.IsInf(within, 1) && g.uneven(s.over()) {
					s.chains(utmost)
				}
				states = append(states, s.state())
			}
			if at := states[len(states)-1]; thrifty && at.loose == 0 && !g.uneven(at.over) {
				s.dear, s.within = ease, max(s.moved, leeway*g.must)
				s.anneal(trim)
				s.settle()
				return append(states, s.state())
			}
			owner = s.owner
		}
		return states
	})...)
}

// rungs are the limits, as workload, at which a way from today halts: usual shares, and multiples of what must move at
// least, but none much like the one before. From enough on, even loads can be hoped for.
func (g *ground) rungs(least float64) (rungs []float64, enough float64) {
	const hopeful, apart = 1.25, 1.08
	enough = max(hopeful*g.must, least)
	all := []float64{enough, max(leeway*g.must, least)}
	for _, share := range []float64{0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, math.Inf(1)} {
		all = append(all, max(share*g.total, least))
	}
	slices.Sort(all)
	for _, r := range all {
		if n := len(rungs); n == 0 || r >= apart*rungs[n-1] || r == enough && r > rungs[n-1] {
			rungs = append(rungs, r)
		}
	}
	return rungs, enough
}
