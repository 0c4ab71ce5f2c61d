package geo

// status is the order of the edges that a sweep is crossing, from left to right: a treap, whose
// entries also know their neighbours. (Seidel and Aragon, Randomized search trees, 1996.) The
// priorities come from the entries' numbers, so that the same edges make the same tree.
type status struct {
	leftOf  func(a, b int32) int // below 0: edge a lies left of b; 0: they lie on each other
	entries []entry              // the first is no entry
	free    []int32
	root    int32
	of      []int32 // entry by edge, 0: not crossed
}

type entry struct {
	edge                int32
	left, right, parent int32
	before, after       int32 // neighbours in the order, 0: none
	priority            uint64
}

func newStatus(edges int, leftOf func(a, b int32) int) *status {
	return &status{leftOf: leftOf, entries: make([]entry, 1, 64), of: make([]int32, edges)}
}

const nobody = int32(-1)

func (s *status) edgeOf(e int32) int32 {
	if e == 0 {
		return nobody
	}
	return s.entries[e].edge
}

// before and after are the neighbours of an edge that is being crossed, or nobody.
func (s *status) before(edge int32) int32 { return s.edgeOf(s.entries[s.of[edge]].before) }
func (s *status) after(edge int32) int32  { return s.edgeOf(s.entries[s.of[edge]].after) }

// replace puts an edge in the place of another one.
func (s *status) replace(old, edge int32) {
	e := s.of[old]
	s.entries[e].edge = edge
	s.of[old], s.of[edge] = 0, e
}

// insert finds the place of an edge. It answers with the edge that it lies on, or nobody.
func (s *status) insert(edge int32) (on int32) {
	var parent, before, after int32
	for at := s.root; at != 0; {
		parent = at
		switch side := s.leftOf(edge, s.entries[at].edge); {
		case side < 0:
			after, at = at, s.entries[at].left
		case side > 0:
			before, at = at, s.entries[at].right
		default:
			return s.entries[at].edge
		}
	}
	e := s.take()
	s.entries[e] = entry{edge: edge, parent: parent, before: before, after: after, priority: scatter(uint64(e))}
	s.of[edge] = e
	switch {
	case parent == 0:
		s.root = e
	case parent == after:
		s.entries[parent].left = e
	default:
		s.entries[parent].right = e
	}
	if before != 0 {
		s.entries[before].after = e
	}
	if after != 0 {
		s.entries[after].before = e
	}
	for p := s.entries[e].parent; p != 0 && s.entries[p].priority < s.entries[e].priority; p = s.entries[e].parent {
		s.lift(e)
	}
	return nobody
}

// remove forgets an edge that has been crossed.
func (s *status) remove(edge int32) {
	e := s.of[edge]
	s.of[edge] = 0
	at := &s.entries[e]
	for at.left != 0 || at.right != 0 {
		if at.right == 0 || at.left != 0 && s.entries[at.left].priority > s.entries[at.right].priority {
			s.lift(at.left)
		} else {
			s.lift(at.right)
		}
	}
	s.hang(at.parent, e, 0)
	if at.before != 0 {
		s.entries[at.before].after = at.after
	}
	if at.after != 0 {
		s.entries[at.after].before = at.before
	}
	s.free = append(s.free, e)
}

func (s *status) take() int32 {
	if n := len(s.free); n > 0 {
		e := s.free[n-1]
		s.free = s.free[:n-1]
		return e
	}
	s.entries = append(s.entries, entry{})
	return int32(len(s.entries) - 1)
}

// lift turns an entry up over its parent.
func (s *status) lift(e int32) {
	p := s.entries[e].parent
	if s.entries[p].left == e {
		inner := s.entries[e].right
		s.entries[p].left = inner
		s.entries[inner].parent = p
		s.entries[e].right = p
	} else {
		inner := s.entries[e].left
		s.entries[p].right = inner
		s.entries[inner].parent = p
		s.entries[e].left = p
	}
	s.hang(s.entries[p].parent, p, e)
	s.entries[e].parent, s.entries[p].parent = s.entries[p].parent, e
}

// hang gives a parent another child instead of the old one.
func (s *status) hang(parent, old, child int32) {
	switch {
	case parent == 0:
		s.root = child
	case s.entries[parent].left == old:
		s.entries[parent].left = child
	default:
		s.entries[parent].right = child
	}
}

// scatter makes an even number of any (the finalizer of SplitMix64).
func scatter(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
