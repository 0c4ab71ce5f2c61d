package route

import (
	"math/rand/v2"
	"slices"
)

// Search says how long to look, and along which of many paths. The same search of the same problem gives the same
// order on every machine.
type Search struct {
	Seed       uint64
	Iterations int
}

// longest is the length up to which an order is improved; longer ones are only filled by insertion.
const longest = 80

// Order searches for an order of the nodes. Nodes that are not optional are all in it, even where that breaks
// windows or the day; of the optional ones it takes those that break nothing more and whose prizes are worth the
// driving. It begins with p.Given, keeps the first p.Frozen of it, and never ends worse than it began.
func Order(p Day, search Search) []int32 {
	p.tabulate()
	s := &state{p: &p, order: slices.Clone(p.Given)}
	s.refresh()
	served := make([]bool, len(p.Nodes))
	for _, c := range p.Given {
		served[c] = true
	}
	for c := range p.Nodes {
		if !served[c] && !p.Nodes[c].Optional {
			s.insert(int32(c), s.cheapest(int32(c)))
			served[c] = true
		}
	}
	var free []int32 // optional nodes that are not served
	for c := range p.Nodes {
		if !served[c] {
			free = append(free, int32(c))
		}
	}
	s.improve()
	s.relax()
	free = s.fill(free, nil)
	s.improve()
	free = s.fill(free, nil)

	rng := rand.New(rand.NewPCG(search.Seed, 0x9e3779b97f4a7c15))
	best, bestCost, bestFree := slices.Clone(s.order), s.cost(), slices.Clone(free)
	for i := range search.Iterations {
		if len(s.order) == p.Frozen || len(s.order) > longest {
			break
		}
		free = s.ruin(free, rng)
		free = s.fill(free, rng)
		s.improve()
		free = s.fill(free, nil)
		got := s.cost()
		if got.less(bestCost) {
			best, bestCost, bestFree = append(best[:0], s.order...), got, append(bestFree[:0], free...)
			continue
		}
		// A little worse is taken too, ever less of it, so that the search can leave a hollow.
		patience := int64(600 * (search.Iterations - i) / search.Iterations)
		if got[0] > bestCost[0] || got[1] > bestCost[1]+patience {
			s.order, free = append(s.order[:0], best...), append(free[:0], bestFree...)
			s.refresh()
		}
	}
	return best
}

// relax moves the bounds that can't be kept to where they are broken now: the rest of the search then has a sound
// order to keep sound, and can make nothing later than it is.
func (s *state) relax() {
	if s.broken == 0 {
		return
	}
	p := s.p
	p.Nodes = slices.Clone(p.Nodes)
	t := p.Time(s.order)
	for i, c := range s.order {
		node := &p.Nodes[c]
		if _, late := node.begin(t.Arrival[i]); late > 0 {
			node.Windows = slices.Clone(node.Windows)
			node.Windows[len(node.Windows)-1].Close = t.Arrival[i]
		}
	}
	p.Closes = max(p.Closes, t.Finish)
	s.refresh()
}

// ruin takes a random string of nodes out of the order. Nodes that are not optional go back at once, each where it
// breaks and drives least; the others become free.
func (s *state) ruin(free []int32, rng *rand.Rand) []int32 {
	movable := len(s.order) - s.p.Frozen
	length := 1 + rng.IntN(min(movable, max(3, movable/2)))
	from := s.p.Frozen + rng.IntN(movable-length+1)
	out := slices.Clone(s.order[from : from+length])
	s.order = slices.Delete(s.order, from, from+length)
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	s.refresh()
	for _, c := range out {
		if s.p.Nodes[c].Optional {
			free = append(free, c)
			continue
		}
		s.insert(c, s.cheapest(c))
	}
	return free
}

// fill inserts free nodes, the one with the most prize for its time first, as long as one fits and is worth its
// driving. With rng it overlooks some, so that two fillings differ. It returns the nodes that stay free.
func (s *state) fill(free []int32, rng *rand.Rand) []int32 {
	const blind = 0.1
	for s.broken == 0 {
		best, bestAt, bestRate := -1, 0, 0.0
		for i, c := range free {
			node := &s.p.Nodes[c]
			if rng != nil && rng.Float64() < blind {
				continue
			}
			k, added, ok := s.best(c)
			if !ok || added >= node.Prize {
				continue
			}
			rate := float64(node.Prize-added) / float64(max(1, added+node.Service))
			if best < 0 || rate > bestRate {
				best, bestAt, bestRate = i, k, rate
			}
		}
		if best < 0 {
			break
		}
		s.insert(free[best], bestAt)
		free = slices.Delete(free, best, best+1)
	}
	return free
}
