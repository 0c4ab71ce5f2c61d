package geo

import (
	"cmp"
	"slices"
)

// A passing is a group of units that could go from one territory to a neighbour without cutting off others.
type passing struct {
	from, to int32
	group    []int32
	load     float64
	more     []float64 // in the further measures
	cost     float64   // of distance and changes of hands
	moved    float64   // workload that leaves its owner of today
}

// A link is the last passing of a chain: each territory passes on about what it was handed by the one before.
type link struct {
	by    *passing
	prev  int32   // the link before, or -1
	first int32   // the territory the chain begins in
	open  float64 // cost up to here, with the last territory's load not yet counted
	moved float64
}

// reach is how far chains are looked for.
type reach struct {
	length int     // passings in a chain, at most
	wide   int     // chains kept to each territory of each length
	force  float64 // of a load off its target, against distance
}

var (
	plain  = reach{length: long, wide: 3, force: force1}
	firm   = reach{length: long, wide: 3, force: force2} // an even load at any price
	utmost = reach{length: 60, wide: 6, force: force2}   // and from far away
)

const (
	long  = 14
	rings = 60 // rounds of chains
)

// chains improves by ejection chains: groups handed along a path of territories, or around a ring, so that surplus
// reaches a deficit far away though every territory between is full (Glover 1996; the rings are the cyclic exchanges of
// Ahuja, Orlin and Sharma 2003). It ends when no chain it finds improves, or after so many rounds.
func (s *search) chains(r reach) {
	k := s.g.territories()
	if k < 2 {
		return
	}
	s.recentre()
	options := make([][]passing, k)
	stale := make([]bool, k)
	for t := range stale {
		stale[t] = true
	}
	for range rings {
		s.offer(options, stale)
		touched := make([]bool, k)
		improved := false
		for _, chain := range s.find(options, r) {
			if slices.ContainsFunc(chain, func(h *passing) bool { return touched[h.from] || touched[h.to] }) {
				continue
			}
			if !s.follow(chain) {
				continue
			}
			improved = true
			for _, h := range chain {
				touched[h.from], touched[h.to] = true, true
			}
		}
		if !improved {
			return
		}
		// A territory's offers depend on its own units and on who is next to them.
		copy(stale, touched)
		for _, u := range s.rim {
			for _, v := range s.g.near.of(u) {
				if touched[s.owner[v]] {
					stale[s.owner[u]] = true
				}
			}
		}
	}
}

// settle improves by chains, and where that leaves a load off its target, by chains that do this at any price.
func (s *search) settle() {
	s.chains(plain)
	if s.g.uneven(s.over()) {
		s.chains(firm)
	}
}

// offer lists anew what the stale territories could hand over, the cheapest first.
func (s *search) offer(options [][]passing, stale []bool) {
	g := s.g
	for t := range options {
		if stale[t] {
			options[t] = options[t][:0]
		}
	}
	rim := slices.Clone(s.rim)
	slices.Sort(rim)
	for _, u := range rim {
		from := s.owner[u]
		if !stale[from] || !s.branch(u) || s.emptied(from, len(s.group)) {
			continue
		}
		group := slices.Clone(s.group)
		around := g.near.of(u)
		for i, v := range around {
			to := s.owner[v]
			if to == from || g.vacant(to) || slices.ContainsFunc(around[:i], func(w int32) bool { return s.owner[w] == to }) {
				continue
			}
			h := passing{from: from, to: to, group: group, moved: s.uprooted(group, from, to)}
			for _, w := range group {
				h.load += g.load[w]
				h.cost += g.away(w, s.centre[to]) - g.away(w, s.centre[from])
				if g.current != nil {
					_, here := g.has(w, from)
					_, there := g.has(w, to)
					h.cost += s.dear * (here - there)
				}
			}
			if len(g.further) > 0 {
				h.more = make([]float64, len(g.further))
				for m := range g.further {
					for _, w := range group {
						h.more[m] += g.further[m].amount[w]
					}
				}
			}
			options[from] = append(options[from], h)
		}
	}
	for t := range options {
		if stale[t] {
			slices.SortStableFunc(options[t], func(a, b passing) int { return cmp.Compare(a.cost, b.cost) })
		}
	}
	clear(stale)
}

// strained is what the loads of a territory cost once it was handed one group and handed over another; either may be nil.
func (s *search) strained(t int32, in, out *passing, force float64) float64 {
	add := 0.0
	clear(s.extra)
	if in != nil {
		add += in.load
		for m, x := range in.more {
			s.extra[m] += x
		}
	}
	if out != nil {
		add -= out.load
		for m, x := range out.more {
			s.extra[m] -= x
		}
	}
	return force * s.penalty(t, add, s.extra, 1)
}

// find is for each territory the best chain that begins there and improves, the best of all first.
func (s *search) find(options [][]passing, r reach) [][]*passing {
	k := len(options)
	const gain = -1e-9
	type end struct {
		total float64
		last  link
	}
	best := make([]end, k)
	for t := range best {
		best[t].total = gain * s.g.total
	}
	burden := make([]float64, k) // what each territory's load costs now
	relief := make([]float64, k) // the most of it that a chain ending there can gain: nothing, where there is too much work already
	for t := range burden {
		burden[t] = r.force * s.penalty(int32(t), 0, nil, 0)
		if s.load[t] < s.g.target[t] || len(s.g.further) > 0 {
			relief[t] = burden[t]
		}
	}
	hope := slices.Max(relief)
	var links []link
	reached := make([][]link, k)
	extend := func(prev int32, from int32) {
		l := link{first: from}
		var in, start *passing
		closing := 0.0 // what a ring gains when it closes, at most
		if prev >= 0 {
			l = links[prev]
			in, start = l.by, s.origin(links, prev)
			closing = s.strained(l.first, nil, start, r.force)
		}
		b := &best[l.first]
		for i := range options[from] {
			h := &options[from][i]
			ring := prev >= 0 && h.to == l.first
			next := link{by: h, prev: prev, first: l.first, open: l.open + h.cost - burden[from], moved: l.moved + h.moved}
			if next.open >= hope && next.open-max(hope, closing) >= b.total {
				break // what follows costs more, even if no load were off its target
			}
			if s.moved+next.moved > s.within && next.moved > 0 {
				continue
			}
			if !ring && next.open-relief[h.to] >= b.total && (next.open >= hope || !worth(reached[h.to], next, r.wide)) {
				continue
			}
			next.open += s.strained(from, in, h, r.force)
			if ring {
				if total := next.open - closing + s.strained(h.to, h, start, r.force); total < b.total {
					*b = end{total, next}
				}
				continue
			}
			ends, goesOn := next.open-relief[h.to] < b.total, next.open < hope && worth(reached[h.to], next, r.wide)
			if !ends && !goesOn || s.passes(links, prev, h.to) {
				continue
			}
			if ends {
				if total := next.open + s.strained(h.to, h, nil, r.force) - burden[h.to]; total < b.total {
					*b = end{total, next}
				}
			}
			if goesOn {
				reached[h.to] = keep(reached[h.to], next, r.wide)
			}
		}
	}
	for t := range options {
		extend(-1, int32(t))
	}
	for range r.length - 1 {
		lo := len(links)
		for t := range reached {
			links = append(links, reached[t]...)
			reached[t] = reached[t][:0]
		}
		for i := lo; i < len(links); i++ {
			extend(int32(i), links[i].by.to)
		}
	}
	ends := slices.DeleteFunc(best, func(e end) bool { return e.last.by == nil })
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.total, b.total) })
	chains := make([][]*passing, len(ends))
	for i, e := range ends {
		chains[i] = []*passing{e.last.by}
		for at := e.last.prev; at >= 0; at = links[at].prev {
			chains[i] = append(chains[i], links[at].by)
		}
	}
	return chains
}

// keep holds the cheapest few chains that end with different loads.
func keep(list []link, l link, wide int) []link {
	for i := range list {
		if list[i].by.load == l.by.load {
			if l.open < list[i].open {
				list[i] = l
			}
			return list
		}
	}
	if len(list) < wide {
		return append(list, l)
	}
	dearest := 0
	for i := range list {
		if list[i].open > list[dearest].open {
			dearest = i
		}
	}
	if l.open < list[dearest].open {
		list[dearest] = l
	}
	return list
}

// worth says whether keep would take the chain in.
func worth(list []link, l link, wide int) bool {
	if len(list) < wide {
		return true
	}
	return slices.ContainsFunc(list, func(o link) bool { return l.open < o.open })
}

// passes says whether the chain touches the territory after its first.
func (s *search) passes(links []link, at int32, t int32) bool {
	for ; at >= 0; at = links[at].prev {
		if links[at].by.to == t {
			return true
		}
	}
	return false
}

// origin is the first passing of the chain.
func (s *search) origin(links []link, at int32) *passing {
	for links[at].prev >= 0 {
		at = links[at].prev
	}
	return links[at].by
}

// follow carries a chain out, its last passing first, or leaves everything as it was where one of them has become
// impossible by those after it.
func (s *search) follow(chain []*passing) bool {
	for i, h := range chain {
		if s.possible(h) {
			s.hand(h.group, h.from, h.to)
			continue
		}
		for _, h := range slices.Backward(chain[:i]) {
			s.hand(h.group, h.to, h.from)
		}
		return false
	}
	return true
}

func (s *search) possible(h *passing) bool {
	if s.owner[h.group[0]] != h.from || !s.branch(h.group[0]) || !slices.Equal(s.group, h.group) || s.emptied(h.from, len(h.group)) {
		return false
	}
	return slices.ContainsFunc(h.group, func(u int32) bool {
		return slices.ContainsFunc(s.g.near.of(u), func(v int32) bool { return s.owner[v] == h.to })
	})
}
