package route

import (
	"cmp"
	"slices"
)

// Insertion is a place for one more node in an order.
type Insertion struct {
	At    int
	Added int64 // seconds of driving; where the pace changes by the hour, those of the detour alone
	rough int64
}

// Insertions lists where node c could go into the order, whose timing is given: the most promising places first and at most `most` of them.
// It looks at the driving added, the wait before c and how late c would be, not at what c does to the nodes after it: Time judges that.
func (p *Day) Insertions(order []int32, t Timing, c int32, most int) []Insertion {
	next := p.nextPlaces(order)
	node := &p.Nodes[c]
	places := make([]Insertion, 0, len(order)+1)
	at, leave := p.Start, p.Opens
	for k := 0; k <= len(order); k++ {
		here := node.Place
		if here == Nowhere {
			here = at
		}
		there := p.arrive(at, here, leave)
		start, late := node.begin(there)
		wait := start - there
		added := p.added(at, here, next[k], leave, wait+node.Service)
		places = append(places, Insertion{k, added, added + wait + 4*late})
		if k < len(order) {
			leave = t.Depart[k]
			if q := p.Nodes[order[k]].Place; q != Nowhere {
				at = q
			}
		}
	}
	slices.SortStableFunc(places, func(a, b Insertion) int { return cmp.Compare(a.rough, b.rough) })
	return places[:min(most, len(places))]
}

// nextPlaces is, for each position, the first known place at or after it; the end's where none is left.
func (p *Day) nextPlaces(order []int32) []int32 {
	next := make([]int32, len(order)+1)
	next[len(order)] = p.End
	for k := len(order) - 1; k >= 0; k-- {
		next[k] = next[k+1]
		if q := p.Nodes[order[k]].Place; q != Nowhere {
			next[k] = q
		}
	}
	return next
}
