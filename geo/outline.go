package geo

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// Outline is the border of the cells: a polygon per connected area, with holes, cut at the
// antimeridian. Outer rings run counter-clockwise, as GeoJSON wants. Cells given twice count
// once. Cells of several resolutions are outlined resolution by resolution, since the borders of
// coarse and fine cells do not meet exactly.
func Outline(cells []Cell) (orb.MultiPolygon, error) {
	cells = slices.Clone(cells)
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Resolution(), b.Resolution()), cmp.Compare(a, b))
	})
	cells = slices.Compact(cells)
	outline := orb.MultiPolygon{}
	for len(cells) > 0 {
		n := 1
		for n < len(cells) && cells[n].Resolution() == cells[0].Resolution() {
			n++
		}
		areas, err := outlineOfOne(cells[:n])
		if err != nil {
			return nil, err
		}
		for _, area := range areas {
			outline = append(outline, cutAtAntimeridian(area)...)
		}
		cells = cells[n:]
	}
	return outline, nil
}

// Hexagon is the border of one cell: one polygon, two where the antimeridian cuts it.
func Hexagon(c Cell) (orb.MultiPolygon, error) { return Outline([]Cell{c}) }

// side is a part of a cell's border between two corners, the cell on its left.
type side struct {
	from, to h3.Vertex
	cell     int32
	line     []orb.Point // from the first corner up to, but without, the second
}

// outlineOfOne outlines distinct cells of one resolution. What two cells share is inside; the
// rest is chained into rings. Three cells meet at a corner, so no corner has two ways on.
func outlineOfOne(cells []Cell) ([]orb.Polygon, error) {
	type way struct{ from, to h3.Vertex }
	sides := make(map[way]side, 6*len(cells))
	area := newForest(len(cells))
	var order []way
	for i, c := range cells {
		around, err := sidesOf(c, int32(i))
		if err != nil {
			return nil, err
		}
		for _, s := range around {
			if other, shared := sides[way{s.to, s.from}]; shared {
				area.union(other.cell, s.cell)
				delete(sides, way{s.to, s.from})
				continue
			}
			sides[way{s.from, s.to}] = s
			order = append(order, way{s.from, s.to})
		}
	}
	next := make(map[h3.Vertex]side, len(sides))
	for _, s := range sides {
		next[s.from] = s
	}

	areas := map[int32]*orb.Polygon{}
	var found []*orb.Polygon
	for _, w := range order {
		first, open := next[w.from]
		if !open || first.to != w.to {
			continue
		}
		var ring orb.Ring
		for s := first; ; {
			ring = append(ring, s.line...)
			delete(next, s.from)
			if s.to == first.from {
				break
			}
			onward, ok := next[s.to]
			if !ok {
				return nil, fmt.Errorf("outline of %d cells: the border breaks off at %s", len(cells), cells[s.cell])
			}
			s = onward
		}
		ring = unrolled(ring)
		in := area.root(first.cell)
		polygon := areas[in]
		if polygon == nil {
			polygon = &orb.Polygon{}
			areas[in] = polygon
			found = append(found, polygon)
		}
		*polygon = append(*polygon, ring)
		if last := len(*polygon) - 1; ring.Orientation() == orb.CCW {
			(*polygon)[0], (*polygon)[last] = ring, (*polygon)[0]
		}
	}
	out := make([]orb.Polygon, len(found))
	for i, p := range found {
		out[i] = *p
		for h := 1; h < len(out[i]); h++ {
			shiftNear(out[i][h], out[i][0])
		}
	}
	return out, nil
}

// sidesOf walks once around a cell. Where a cell lies across an edge of the icosahedron its
// border has more points than corners.
func sidesOf(c Cell, index int32) ([]side, error) {
	if !h3.Cell(c).IsValid() {
		return nil, fmt.Errorf("outline of %s: %w", c, ErrNoCell)
	}
	corners, err := h3.Cell(c).Vertexes()
	if err != nil {
		return nil, fmt.Errorf("corners of %s: %w", c, err)
	}
	corners = slices.DeleteFunc(corners, func(v h3.Vertex) bool { return v == 0 }) // a pentagon has five
	border, err := h3.Cell(c).Boundary()
	if err != nil {
		return nil, fmt.Errorf("border of %s: %w", c, err)
	}
	at := make([]int, len(corners))
	for i, v := range corners {
		place, err := v.LatLng()
		if err != nil {
			return nil, fmt.Errorf("corner of %s: %w", c, err)
		}
		least := math.Inf(1)
		for j, b := range border {
			if d := math.Hypot(b.Lat-place.Lat, math.Remainder(b.Lng-place.Lng, 360)); d < least {
				at[i], least = j, d
			}
		}
	}
	sides := make([]side, len(corners))
	for i, v := range corners {
		j := (i + 1) % len(corners)
		s := side{from: v, to: corners[j], cell: index}
		for b := at[i]; b != at[j]; b = (b + 1) % len(border) {
			s.line = append(s.line, orb.Point{border[b].Lng, border[b].Lat})
		}
		sides[i] = s
	}
	return sides, nil
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
