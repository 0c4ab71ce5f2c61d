package route

// Gap is a place for one more node in an order: every moment from Open to Close suits the begin of its service, and
// nothing after it breaks.
type Gap struct {
	At          int   // position in the order
	Added       int64 // seconds of driving, where service begins at Open
	Open, Close int64
}

// Gaps lists where node c fits into an order that breaks nothing, by position and time. The node's own windows part
// a gap; its day's other windows bound it.
func (p *Day) Gaps(order []int32, c int32) []Gap {
	t := p.Time(order)
	next := p.nextPlaces(order)
	bounds := p.latest(order)
	node := &p.Nodes[c]
	windows := node.Windows
	if len(windows) == 0 {
		windows = []Window{{never, -never}}
	}
	var gaps []Gap
	at, leave := p.Start, p.Opens
	for k := 0; k <= len(order); k++ {
		here := node.Place
		if here == Nowhere {
			here = at
		}
		first := p.arrive(at, here, leave)
		last := p.leaves(order, bounds, here, k) - node.Service
		for _, w := range windows {
			if open, close := max(w.Open, first), min(w.Close, last); open <= close {
				added := p.added(at, here, next[k], leave, open-first+node.Service)
				gaps = append(gaps, Gap{At: k, Added: added, Open: open, Close: close})
			}
		}
		if k < len(order) {
			leave = t.Depart[k]
			if q := p.Nodes[order[k]].Place; q != Nowhere {
				at = q
			}
		}
	}
	return gaps
}

// latest is, for each position with a place, the latest arrival there that breaks nothing from it on; Closes after the
// last position.
func (p *Day) latest(order []int32) []int64 {
	bounds := make([]int64, len(order)+1)
	bounds[len(order)] = p.Closes
	for k := len(order) - 1; k >= 0; k-- {
		if n := &p.Nodes[order[k]]; n.Place != Nowhere {
			bounds[k] = n.latest(p.leaves(order, bounds, n.Place, k+1) - n.Service)
		}
	}
	return bounds
}

// leaves is the latest moment to leave a place for position k. Nodes that are Nowhere happen before the drive to the
// next place.
func (p *Day) leaves(order []int32, bounds []int64, place int32, k int) int64 {
	q := k
	for q < len(order) && p.Nodes[order[q]].Place == Nowhere {
		q++
	}
	to := p.End
	if q < len(order) {
		to = p.Nodes[order[q]].Place
	}
	t := p.Leave(place, to, bounds[q])
	for i := q - 1; i >= k; i-- {
		n := &p.Nodes[order[i]]
		t = n.latest(t - n.Service)
	}
	return t
}
