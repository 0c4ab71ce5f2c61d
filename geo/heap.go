package geo

// heapOf is a queue of units, the cheapest first; ties go to the lower unit, so that the order is always the same.
type heapOf []queued

type queued struct {
	unit int32
	cost float64
}

func (q queued) before(o queued) bool {
	return q.cost < o.cost || q.cost == o.cost && q.unit < o.unit
}

func (h *heapOf) push(unit int32, cost float64) {
	q := append(*h, queued{unit, cost})
	i := len(q) - 1
	for i > 0 && q[i].before(q[(i-1)/2]) {
		q[i], q[(i-1)/2] = q[(i-1)/2], q[i]
		i = (i - 1) / 2
	}
	*h = q
}

func (h *heapOf) pop() (int32, float64) {
	q := *h
	top, last := q[0], len(q)-1
	q[0] = q[last]
	q = q[:last]
	for i := 0; ; {
		least := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < last && q[c].before(q[least]) {
				least = c
			}
		}
		if least == i {
			break
		}
		q[i], q[least] = q[least], q[i]
		i = least
	}
	*h = q
	return top.unit, top.cost
}
