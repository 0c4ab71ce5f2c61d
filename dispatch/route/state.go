package route

import "slices"

// state is an order with what is needed to judge an insertion without walking it: for each position where the
// vehicle stands and when it leaves, given the prefix, and the latest arrival that the suffix can bear.
// Its arrays are flat and reused; only refresh writes them.
type state struct {
	p      *Day
	order  []int32
	at     []int32 // where the vehicle stands after position i
	leave  []int64 // when it leaves position i
	latest []int64 // latest arrival at position i such that nothing from i on breaks; [len] is the end
	next   []int32 // first known place at or after position i; [len] is the end
	slack  int64   // the most time that anything inserted could take
	prize  int64   // of the optional nodes served
	broken int64
	travel int64
	finish int64
	spare  []int32 // scratch order of the moves
}

func (s *state) refresh() {
	p, n := s.p, len(s.order)
	s.at = slices.Grow(s.at[:0], n)[:n]
	s.leave = slices.Grow(s.leave[:0], n)[:n]
	s.latest = slices.Grow(s.latest[:0], n+1)[:n+1]
	s.next = slices.Grow(s.next[:0], n+1)[:n+1]
	s.prize, s.broken, s.travel = 0, 0, 0
	now, at := p.Opens, p.Start
	for i, c := range s.order {
		node := &p.Nodes[c]
		if node.Optional {
			s.prize += node.Prize
		}
		if node.Place != Nowhere {
			d := p.drive(at, node.Place)
			s.travel += d
			now += d
			at = node.Place
		}
		start, late := node.begin(now)
		s.broken += late
		now = start + node.Service
		s.at[i], s.leave[i] = at, now
	}
	home := p.drive(at, p.End)
	s.travel += home
	s.finish = now + home
	s.broken += max(0, s.finish-p.Closes)

	s.latest[n], s.next[n] = p.Closes, p.End
	s.slack = p.Closes - s.finish
	for i := n - 1; i >= 0; i-- {
		node := &p.Nodes[s.order[i]]
		after := s.latest[i+1]
		if i == n-1 || p.Nodes[s.order[i+1]].Place != Nowhere {
			after -= p.drive(s.at[i], s.next[i+1])
		}
		s.latest[i] = node.latest(after - node.Service)
		s.next[i] = s.next[i+1]
		arrival := s.before(i)
		if node.Place != Nowhere {
			s.next[i] = node.Place
			arrival += p.drive(s.stand(i), node.Place)
		}
		s.slack = max(s.slack, s.latest[i]-arrival)
	}
}

// stand is where the vehicle is before position k.
func (s *state) stand(k int) int32 {
	if k == 0 {
		return s.p.Start
	}
	return s.at[k-1]
}

// before is when it leaves there.
func (s *state) before(k int) int64 {
	if k == 0 {
		return s.p.Opens
	}
	return s.leave[k-1]
}

// added is the driving that node c adds at position k.
func (s *state) added(c int32, k int) int64 {
	here := s.p.Nodes[c].Place
	if here == Nowhere {
		return 0
	}
	at := s.stand(k)
	return s.p.drive(at, here) + s.p.drive(here, s.next[k]) - s.p.drive(at, s.next[k])
}

// fits says whether node c can go to position k without breaking anything. Nodes that are Nowhere travel with
// what stands before them, so the walk goes on to the first known place after k, whose bound does not depend on c.
func (s *state) fits(c int32, k int) bool {
	p := s.p
	node := &p.Nodes[c]
	at, now := s.stand(k), s.before(k)
	if node.Place != Nowhere {
		now += p.drive(at, node.Place)
		at = node.Place
	}
	start, late := node.begin(now)
	if late > 0 {
		return false
	}
	now = start + node.Service
	for ; k < len(s.order); k++ {
		next := &p.Nodes[s.order[k]]
		if next.Place != Nowhere {
			break
		}
		start, late := next.begin(now)
		if late > 0 {
			return false
		}
		now = start + next.Service
	}
	return now+p.drive(at, s.next[k]) <= s.latest[k]
}

// best is the place where c fits and adds the least driving.
func (s *state) best(c int32) (k int, added int64, ok bool) {
	if s.p.Nodes[c].Service > s.slack {
		return 0, 0, false
	}
	for i := s.p.Frozen; i <= len(s.order); i++ {
		if d := s.added(c, i); (!ok || d < added) && s.fits(c, i) {
			k, added, ok = i, d, true
		}
	}
	return k, added, ok
}

// cheapest is the place where c breaks least, then drives least: for what may not be left out.
func (s *state) cheapest(c int32) int {
	const most = 64
	best, at := cost{}, -1
	for _, k := range s.p.Insertions(s.order, c, s.p.Frozen, most) {
		s.spare = slices.Insert(append(s.spare[:0], s.order...), k, c)
		broken, travel, finish := s.p.measure(s.spare)
		if cost := (cost{broken, travel, finish}); at < 0 || cost.less(best) {
			best, at = cost, k
		}
	}
	return at
}

func (s *state) insert(c int32, k int) {
	s.order = slices.Insert(s.order, k, c)
	s.refresh()
}

// cost is what an order is judged by: what it breaks comes first, then driving less prizes, then the end of the day.
type cost [3]int64

func (a cost) less(b cost) bool { return slices.Compare(a[:], b[:]) < 0 }

func (s *state) cost() cost { return cost{s.broken, s.travel - s.prize, s.finish} }
