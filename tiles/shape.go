package tiles

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"
)

// inside is a point for an area's name: its centre of gravity, or, where that lies outside
// (a district bent around a river), the middle of the widest stretch on the same latitude.
func inside(g orb.Geometry) orb.Point {
	centre, _ := planar.CentroidArea(g)
	var rings []orb.Ring
	switch g := g.(type) {
	case orb.Polygon:
		rings = g
	case orb.MultiPolygon:
		for _, p := range g {
			rings = append(rings, p...)
		}
	default:
		return centre
	}
	var crossings []float64
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > centre[1]) != (b[1] > centre[1]) {
				crossings = append(crossings, a[0]+(centre[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
	}
	slices.Sort(crossings)
	best, widest := centre, 0.0
	for i := 1; i < len(crossings); i += 2 {
		from, to := crossings[i-1], crossings[i]
		if from <= centre[0] && centre[0] <= to {
			return centre
		}
		if to-from > widest {
			best, widest = orb.Point{(from + to) / 2, centre[1]}, to-from
		}
	}
	return best
}

// clipped is the part of a geometry within the box, or nil. A district is reduced to its
// border first: a clipped area would show the edge of the tile as a border.
func clipped(box orb.Bound, kind Kind, g orb.Geometry) orb.Geometry {
	if kind == District {
		g = border(g)
	}
	if b := g.Bound(); box.Contains(b.Min) && box.Contains(b.Max) {
		return orb.Clone(g)
	}
	return clip.Geometry(box, orb.Clone(g)) // clipping scribbles on what it is given
}

func border(g orb.Geometry) orb.Geometry {
	var lines orb.MultiLineString
	switch g := g.(type) {
	case orb.Polygon:
		for _, ring := range g {
			lines = append(lines, orb.LineString(ring))
		}
	case orb.MultiPolygon:
		for _, polygon := range g {
			for _, ring := range polygon {
				lines = append(lines, orb.LineString(ring))
			}
		}
	default:
		return g
	}
	return lines
}

// drawable drops what rounding to the tile's grid has made a dot, and turns rings the way the
// format wants them: outer rings clockwise on the screen, holes against the clock.
func drawable(features []*geojson.Feature) []*geojson.Feature {
	var kept []*geojson.Feature
	for _, f := range features {
		switch g := f.Geometry.(type) {
		case orb.Point, orb.MultiPoint:
		case orb.LineString:
			if planar.Length(g) < 1 {
				continue
			}
		case orb.MultiLineString:
			g = slices.DeleteFunc(g, func(l orb.LineString) bool { return planar.Length(l) < 1 })
			if len(g) == 0 {
				continue
			}
			f.Geometry = g
		case orb.Polygon:
			if g = turned(g); g == nil {
				continue
			}
			f.Geometry = g
		case orb.MultiPolygon:
			var all orb.MultiPolygon
			for _, p := range g {
				if p = turned(p); p != nil {
					all = append(all, p)
				}
			}
			if all == nil {
				continue
			}
			f.Geometry = all
		default:
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

func turned(p orb.Polygon) orb.Polygon {
	var rings orb.Polygon
	for i, ring := range p {
		area := twiceArea(ring)
		switch {
		case math.Abs(area) >= smallest:
		case i == 0:
			return nil
		default:
			continue
		}
		if outer := i == 0; outer != (area > 0) {
			ring.Reverse()
		}
		rings = append(rings, ring)
	}
	return rings
}

// twiceArea is the shoelace sum: positive when the ring runs clockwise on a screen, where y points down.
func twiceArea(r orb.Ring) float64 {
	var sum float64
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += p[0]*q[1] - q[0]*p[1]
	}
	return sum
}
