package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"github.com/uber/h3-go/v4"
)

// finerBy is how many resolutions finer than the coarsest cells exact borders are drawn: those
// of cells of SiteResolution then agree with Ancestors to some four metres.
const finerBy = 2

// Borders are the borders of territories, each stretch between two of them kept once: outlines
// made from them fit together at any scale.
type Borders struct {
	territories int
	meshes      []mesh // from the coarsest resolution on
}

// mesh are borders drawn at one resolution, or finer where cells are.
type mesh struct {
	resolution int
	stretches  []stretch
}

// stretch is a piece of border with the same territories on both sides, from a place where three
// meet to the next one, or around.
type stretch struct {
	left, right holder
	from, to    int // numbers of the places; a stretch around has its own
	points      orb.LineString
}

// Outlines draws the borders between territories, given as cells of any resolutions. A cell
// that stands in two of them, or in a cell of another one, is refused with ErrOverlap.
func Outlines(territories [][]Cell) (Borders, error) {
	b := Borders{territories: len(territories)}
	t, err := tessellate(territories)
	if err != nil {
		return b, err
	}
	if len(t.top) == 0 {
		return b, nil
	}
	for r := t.coarsest; r <= min(t.coarsest+finerBy, FinestResolution); r++ {
		m, err := t.mesh(r)
		if err != nil {
			return b, err
		}
		b.meshes = append(b.meshes, m)
	}
	return b, nil
}

// Exact are the outlines as they agree with Ancestors to some metres. Territories without cells
// have an empty one.
func (b Borders) Exact() []orb.MultiPolygon {
	if len(b.meshes) == 0 {
		return b.outlines(nil)
	}
	return b.outlines(b.meshes[len(b.meshes)-1].stretches)
}

// At are the outlines as they look best on a web map of the zoom (tiles of 512 pixels): along
// the hexagons shown there, and simpler where these are too small to be seen.
func (b Borders) At(zoom float64) []orb.MultiPolygon {
	if len(b.meshes) == 0 {
		return b.outlines(nil)
	}
	shown := ResolutionForZoom(zoom)
	best := b.meshes[0]
	for _, m := range b.meshes[1:] {
		if m.resolution <= shown {
			best = m
		}
	}
	if best.resolution <= shown {
		return b.outlines(best.stretches)
	}
	return b.outlines(simplify(best.stretches, zoom))
}

// Outline is the border of the cells alone: a polygon per connected area, with holes, cut at the
// antimeridian. Outer rings run counter-clockwise, as GeoJSON wants. Cells given twice, or lying
// in another one, count once. Around cells of one resolution it is their very edges.
func Outline(cells []Cell) (orb.MultiPolygon, error) {
	t, err := tessellate([][]Cell{cells})
	if err != nil {
		return nil, err
	}
	m, err := t.mesh(0)
	if err != nil {
		return nil, err
	}
	return Borders{territories: 1}.outlines(m.stretches)[0], nil
}

// Hexagon is the border of one cell: one polygon, two where the antimeridian cuts it.
func Hexagon(c Cell) (orb.MultiPolygon, error) {
	if !h3.Cell(c).IsValid() {
		return nil, fmt.Errorf("outline of %s: %w", c, ErrNoCell)
	}
	border, err := h3.Cell(c).Boundary()
	if err != nil {
		return nil, fmt.Errorf("outline of %s: %w", c, err)
	}
	ring := make(orb.Ring, len(border), len(border)+4)
	for i, p := range border {
		ring[i] = orb.Point{p.Lng, p.Lat}
	}
	return cutAtAntimeridian(orb.Polygon{unrolled(ring)}), nil
}

// mesh joins the sides that part territories into stretches.
func (t *tessellation) mesh(resolution int) (mesh, error) {
	w, err := t.trace(resolution)
	if err != nil {
		return mesh{}, err
	}
	places := map[corner]int{}
	var meeting [][]int // sides by place
	place := func(c corner, side int) int {
		n, known := places[c]
		if !known {
			n = len(meeting)
			places[c] = n
			meeting = append(meeting, nil)
		}
		meeting[n] = append(meeting[n], side)
		return n
	}
	ends := make([][2]int, len(w.sides))
	for i, s := range w.sides {
		ends[i] = [2]int{place(s.from, i), place(s.to, i)}
	}
	for c, n := range places {
		if _, known := w.at[c]; !known || len(meeting[n]) < 2 {
			return mesh{}, fmt.Errorf("outlines: the border breaks off where %s, %s and %s meet", c[0], c[1], c[2])
		}
	}
	used := make([]bool, len(w.sides))
	m := mesh{resolution: resolution}
	follow := func(first int) {
		s := w.sides[first]
		a := stretch{left: s.left, right: s.right, from: ends[first][0], points: orb.LineString{w.at[s.from]}}
		side, at := first, a.from
		for {
			used[side] = true
			s := w.sides[side]
			if ends[side][0] == at {
				a.points = append(append(a.points, s.bends...), w.at[s.to])
				at = ends[side][1]
			} else {
				for _, p := range slices.Backward(s.bends) {
					a.points = append(a.points, p)
				}
				a.points = append(a.points, w.at[s.from])
				at = ends[side][0]
			}
			if at == a.from || len(meeting[at]) != 2 {
				break
			}
			side = meeting[at][0] + meeting[at][1] - side
		}
		a.to = at
		m.stretches = append(m.stretches, a)
	}
	for i := range w.sides {
		if !used[i] && len(meeting[ends[i][0]]) != 2 {
			follow(i)
		}
	}
	for i := range w.sides { // from their other end, and around
		if used[i] {
			continue
		}
		if len(meeting[ends[i][1]]) != 2 {
			w.sides[i] = w.sides[i].reversed()
			ends[i][0], ends[i][1] = ends[i][1], ends[i][0]
			follow(i)
		}
	}
	for i := range w.sides {
		if !used[i] {
			follow(i)
		}
	}
	return m, nil
}

func (s drawn) reversed() drawn {
	bends := slices.Clone(s.bends)
	slices.Reverse(bends)
	return drawn{s.right, s.left, s.to, s.from, bends}
}

// outlines puts stretches together again, by territory.
func (b Borders) outlines(stretches []stretch) []orb.MultiPolygon {
	type start struct {
		place     int
		territory holder
	}
	type step struct {
		stretch  int
		backward bool
	}
	next := map[start]step{}
	for i, a := range stretches {
		next[start{a.from, a.left}] = step{i, false}
		next[start{a.to, a.right}] = step{i, true}
	}
	rings := make([][]orb.Ring, b.territories)
	used := make([][2]bool, len(stretches))
	for i := range stretches {
		for _, s := range [2]step{{i, false}, {i, true}} {
			of := stretches[i].left
			if s.backward {
				of = stretches[i].right
			}
			if of == nobody {
				continue
			}
			var ring orb.Ring
			for !used[s.stretch][side(s.backward)] {
				used[s.stretch][side(s.backward)] = true
				a := stretches[s.stretch]
				at := a.to
				if s.backward {
					at = a.from
					for _, p := range slices.Backward(a.points[1:]) {
						ring = append(ring, p)
					}
				} else {
					ring = append(ring, a.points[:len(a.points)-1]...)
				}
				s = next[start{at, of}]
			}
			if len(ring) > 0 {
				rings[of] = append(rings[of], unrolled(ring))
			}
		}
	}
	outlines := make([]orb.MultiPolygon, b.territories)
	for t := range outlines {
		outlines[t] = orb.MultiPolygon{}
		for _, area := range areasOf(rings[t]) {
			outlines[t] = append(outlines[t], cutAtAntimeridian(area)...)
		}
	}
	return outlines
}

func side(backward bool) int {
	if backward {
		return 1
	}
	return 0
}

// areasOf gives each hole to the smallest ring around it. Rings of one territory do not touch.
func areasOf(rings []orb.Ring) []orb.Polygon {
	var areas []orb.Polygon
	for _, r := range rings {
		if r.Orientation() == orb.CCW {
			areas = append(areas, orb.Polygon{r})
		}
	}
	slices.SortStableFunc(areas, func(a, b orb.Polygon) int {
		return cmp.Compare(math.Abs(planar.Area(a[0])), math.Abs(planar.Area(b[0])))
	})
	for _, hole := range rings {
		if hole.Orientation() == orb.CCW {
			continue
		}
		for i := range areas {
			shiftNear(hole, areas[i][0])
			if planar.RingContains(areas[i][0], hole[0]) {
				areas[i] = append(areas[i], hole)
				break
			}
		}
	}
	return areas
}

// unrolled closes a ring and lets its longitudes run on past ±180 instead of jumping. A ring
// around a pole is led over the pole, from the corner nearest to it, so that it meets itself nowhere.
func unrolled(ring orb.Ring) orb.Ring {
	nearest := 0
	for i := range ring {
		if math.Abs(ring[i][1]) > math.Abs(ring[nearest][1]) {
			nearest = i
		}
	}
	ring = slices.Concat(ring[nearest:], ring[:nearest])
	for i := 1; i < len(ring); i++ {
		ring[i][0] = ring[i-1][0] + math.Remainder(ring[i][0]-ring[i-1][0], 360)
	}
	first, last := ring[0], ring[len(ring)-1]
	home := last[0] + math.Remainder(first[0]-last[0], 360)
	if round := home - first[0]; math.Abs(round) > 180 {
		pole := math.Copysign(90, first[1])
		ring = append(ring, orb.Point{home, first[1]}, orb.Point{home, pole}, orb.Point{first[0], pole})
	}
	return append(ring, first)
}

// shiftNear moves an unrolled ring by whole turns to where the other one is.
func shiftNear(ring, to orb.Ring) {
	turn := 360 * math.Round((to[0][0]-ring[0][0])/360)
	for i := range ring {
		ring[i][0] += turn
	}
}
