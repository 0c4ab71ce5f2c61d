package route

import "slices"

// improve moves strings of up to three nodes and turns stretches around as long as the order gets better.
func (s *state) improve() {
	if len(s.order) > longest {
		return
	}
	for s.moveStrings() || s.turnStretches() {
	}
}

// gains says whether the order in spare is better than the one at hand, and takes it if so.
func (s *state) gains() bool {
	broken, travel, finish := s.p.measure(s.spare)
	if !(cost{broken, travel, finish}).less(cost{s.broken, s.travel, s.finish}) {
		return false
	}
	s.order, s.spare = s.spare, s.order
	s.refresh()
	return true
}

// moveStrings tries each string at each other place (or-opt; a string of one is a relocation).
func (s *state) moveStrings() bool {
	n := len(s.order)
	for length := 1; length <= 3; length++ {
		for from := s.p.Frozen; from+length <= n; from++ {
			to := from + length
			first, last := s.next[from], s.at[to-1]
			saved := s.joint(s.stand(from), first, last, s.next[to])
			for k := s.p.Frozen; k <= n; k++ {
				if k >= from && k <= to || s.broken == 0 && s.joint(s.stand(k), first, last, s.next[k]) > saved {
					continue // a sift, exact but around nodes that are Nowhere; gains has the last word
				}
				s.spare = moved(s.spare[:0], s.order, from, to, k)
				if s.gains() {
					return true
				}
			}
		}
	}
	return false
}

// joint is the driving that a string from first to last adds between two places.
func (s *state) joint(before, first, last, after int32) int64 {
	return s.p.drive(before, first) + s.p.drive(last, after) - s.p.drive(before, after)
}

// moved writes the order with [from, to) taken out and put before what was position k.
func moved(dst, order []int32, from, to, k int) []int32 {
	if k < from {
		dst = append(dst, order[:k]...)
		dst = append(dst, order[from:to]...)
		dst = append(dst, order[k:from]...)
		return append(dst, order[to:]...)
	}
	dst = append(dst, order[:from]...)
	dst = append(dst, order[to:k]...)
	dst = append(dst, order[from:to]...)
	return append(dst, order[k:]...)
}

// turnStretches tries each stretch backwards (2-opt).
func (s *state) turnStretches() bool {
	n := len(s.order)
	for from := s.p.Frozen; from < n; from++ {
		for to := from + 2; to <= n; to++ {
			s.spare = append(s.spare[:0], s.order...)
			slices.Reverse(s.spare[from:to])
			if s.gains() {
				return true
			}
		}
	}
	return false
}
