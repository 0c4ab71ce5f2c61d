package city

// mark is a step of a street: where it is, which way it runs, whose it is.
type mark struct {
	at, along vec
	street    int
}

// marks finds steps of streets near a place: a square grid of buckets around the centre.
type marks struct {
	reach   float64 // half the side of the grid, metres
	side    int
	buckets [][]mark
}

const (
	bucket   = 100.0 // metres
	markStep = 20.0  // metres between marks of one street
)

func newMarks(reach float64) *marks {
	side := int(2*reach/bucket) + 1
	return &marks{reach: reach, side: side, buckets: make([][]mark, side*side)}
}

func (m *marks) cell(v float64) int {
	return min(m.side-1, max(0, int((v+m.reach)/bucket)))
}

// add enters a line as a street.
func (m *marks) add(l line, street int) {
	l = l.dense(markStep)
	for i, p := range l {
		at := m.cell(p.y)*m.side + m.cell(p.x)
		m.buckets[at] = append(m.buckets[at], mark{p, l.heading(i), street})
	}
}

// any says whether some mark within the radius satisfies the question.
func (m *marks) any(p vec, radius float64, question func(mark) bool) bool {
	for y := m.cell(p.y - radius); y <= m.cell(p.y+radius); y++ {
		for x := m.cell(p.x - radius); x <= m.cell(p.x+radius); x++ {
			for _, k := range m.buckets[y*m.side+x] {
				if k.at.to(p) <= radius && question(k) {
					return true
				}
			}
		}
	}
	return false
}

// always is the question that every mark satisfies.
func always(mark) bool { return true }

// nearest is the closest mark within the radius; ok is false when there is none.
func (m *marks) nearest(p vec, radius float64) (best mark, distance float64, ok bool) {
	distance = radius
	m.any(p, radius, func(k mark) bool {
		if d := k.at.to(p); d <= distance {
			best, distance, ok = k, d, true
		}
		return false
	})
	return best, distance, ok
}
