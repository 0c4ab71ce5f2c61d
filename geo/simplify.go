package geo

import (
	"container/heap"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// visible is how many pixels on a side a detail must measure to be kept.
const visible = 3

// simplify leaves out what is too small to be seen at a zoom: again and again the corner that
// spans the smallest triangle with its neighbours (Visvalingam and Whyatt, Line generalisation
// by repeated elimination of points, 1993). Places where three territories meet stay. A corner
// stays too if another one lies in its triangle, or if its neighbours are joined already: so no
// border crosses another one and no territory vanishes.
func simplify(stretches []stretch, zoom float64) []stretch {
	s := newSimplification(stretches)
	perPixel := s.kmAround * 1 / (512 * math.Exp2(zoom))
	s.run(math.Pow(visible*perPixel, 2))
	out := make([]stretch, len(stretches))
	for i, a := range stretches {
		out[i] = a
		out[i].points = nil
		first := s.first[i]
		for j, p := range a.points {
			if v := first + int32(j); !s.gone[v] {
				out[i].points = append(out[i].points, p)
			}
		}
	}
	return out
}

type simplification struct {
	at       []vec   // by vertex: all points of all stretches; shared places stand once per stretch
	place    []int32 // by vertex: the same for the same place
	prev     []int32 // in the stretch, nobody at its ends
	next     []int32
	gone     []bool
	first    []int32 // by stretch
	last     []int32
	joined   map[[2]int32]int // how many edges join two places
	grid     map[[2]int32][]int32
	step     float64
	area     []float64
	queue    cornerQueue
	kmAround float64 // the length of the parallel in the middle
}

func newSimplification(stretches []stretch) *simplification {
	var points []Point
	for _, a := range stretches {
		for _, p := range a.points {
			points = append(points, Point{Lat: p[1], Lon: p[0]})
		}
	}
	flat := planeOf(points)
	s := &simplification{joined: map[[2]int32]int{}, grid: map[[2]int32][]int32{}, kmAround: 360 * flat.perLon}
	known := map[orb.Point]int32{}
	length, edges := 0.0, 0
	for _, a := range stretches {
		s.first = append(s.first, int32(len(s.at)))
		for j, p := range a.points {
			v := int32(len(s.at))
			n, seen := known[p]
			if !seen {
				n = int32(len(known))
				known[p] = n
			}
			s.at = append(s.at, flat.at(Point{Lat: p[1], Lon: p[0]}))
			s.place = append(s.place, n)
			before, after := v-1, v+1
			if j == 0 {
				before = nobody
			} else {
				length += s.at[v].distance(s.at[v-1])
				edges++
				s.joined[s.edge(v-1, v)]++
			}
			if j == len(a.points)-1 {
				after = nobody
			}
			s.prev, s.next = append(s.prev, before), append(s.next, after)
		}
		s.last = append(s.last, int32(len(s.at)-1))
	}
	s.gone = make([]bool, len(s.at))
	s.area = make([]float64, len(s.at))
	s.step = max(1e-9, 2*length/float64(max(1, edges)))
	for v, p := range s.at {
		k := s.square(p)
		s.grid[k] = append(s.grid[k], int32(v))
	}
	return s
}

func (s *simplification) edge(a, b int32) [2]int32 {
	a, b = s.place[a], s.place[b]
	return [2]int32{min(a, b), max(a, b)}
}

func (s *simplification) square(p vec) [2]int32 {
	return [2]int32{int32(math.Floor(p.x / s.step)), int32(math.Floor(p.y / s.step))}
}

// run leaves out corners whose triangles are smaller than the area.
func (s *simplification) run(smallest float64) {
	s.queue.of = s
	for v := range s.at {
		if s.prev[v] != nobody && s.next[v] != nobody {
			s.area[v] = s.triangle(int32(v))
			if s.area[v] < smallest {
				s.queue.items = append(s.queue.items, waiting{int32(v), s.area[v]})
			}
		}
	}
	heap.Init(&s.queue)
	for len(s.queue.items) > 0 {
		w := heap.Pop(&s.queue).(waiting)
		v := w.vertex
		if s.gone[v] || w.area != s.area[v] || !s.spare(v) {
			continue
		}
		s.gone[v] = true
		p, n := s.prev[v], s.next[v]
		s.next[p], s.prev[n] = n, p
		s.joined[s.edge(p, v)]--
		s.joined[s.edge(v, n)]--
		s.joined[s.edge(p, n)]++
		for _, u := range [2]int32{p, n} {
			if s.prev[u] == nobody || s.next[u] == nobody {
				continue
			}
			// What is left over a corner left out counts no less than that one did.
			s.area[u] = max(s.triangle(u), w.area)
			if s.area[u] < smallest {
				heap.Push(&s.queue, waiting{u, s.area[u]})
			}
		}
	}
}

func (s *simplification) triangle(v int32) float64 {
	a, b, c := s.at[s.prev[v]], s.at[v], s.at[s.next[v]]
	return math.Abs(cross(a, b, c)) / 2
}

func cross(a, b, c vec) float64 {
	return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
}

// spare says whether a corner can go without a border touching another one.
func (s *simplification) spare(v int32) bool {
	p, n := s.prev[v], s.next[v]
	if s.place[p] == s.place[n] || s.joined[s.edge(p, n)] > 0 {
		return false
	}
	a, b, c := s.at[p], s.at[v], s.at[n]
	low := s.square(vec{min(a.x, b.x, c.x), min(a.y, b.y, c.y)})
	high := s.square(vec{max(a.x, b.x, c.x), max(a.y, b.y, c.y)})
	if int(high[0]-low[0]+1)*int(high[1]-low[1]+1) > 1<<16 {
		return false // across the far side of the globe
	}
	for x := low[0]; x <= high[0]; x++ {
		for y := low[1]; y <= high[1]; y++ {
			if slices.ContainsFunc(s.grid[[2]int32{x, y}], func(u int32) bool { return s.within(u, v, a, b, c) }) {
				return false
			}
		}
	}
	return true
}

// within says whether another vertex that is still there lies in the triangle of v, or on its edge.
func (s *simplification) within(u, v int32, a, b, c vec) bool {
	if s.gone[u] || s.place[u] == s.place[v] || s.place[u] == s.place[s.prev[v]] || s.place[u] == s.place[s.next[v]] {
		return false
	}
	p := s.at[u]
	one, two, three := cross(a, b, p), cross(b, c, p), cross(c, a, p)
	return one >= 0 && two >= 0 && three >= 0 || one <= 0 && two <= 0 && three <= 0
}

type waiting struct {
	vertex int32
	area   float64
}

// cornerQueue gives the smallest triangle first, of equals the first vertex.
type cornerQueue struct {
	of    *simplification
	items []waiting
}

func (q *cornerQueue) Len() int { return len(q.items) }
func (q *cornerQueue) Less(i, j int) bool {
	a, b := q.items[i], q.items[j]
	return a.area < b.area || a.area == b.area && a.vertex < b.vertex
}
func (q *cornerQueue) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }
func (q *cornerQueue) Push(w any)    { q.items = append(q.items, w.(waiting)) }
func (q *cornerQueue) Pop() any {
	last := len(q.items) - 1
	w := q.items[last]
	q.items = q.items[:last]
	return w
}
