package geo

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// ErrRegion is returned for polygons that bound no usable area.
var ErrRegion = errors.New("no usable area")

// MaxPoints is how many points the rings of a region may have together.
const MaxPoints = 1_000_000

// Region is an area of the Earth that somebody drew or a file gave: polygons with holes, checked.
// Its borders are straight lines between longitudes and latitudes, as GeoJSON has them. Where
// polygons overlap, the region is their union. The zero Region is empty.
type Region struct {
	plots []indexedPlot
}

type indexedPlot struct {
	plot
	slabs
	west, south, east, north int64
}

// RegionOf checks polygons and makes them a region. Rings must be closed, neither cross
// themselves nor each other (touching in single points is allowed), and the first ring of a
// polygon must hold the others. A polygon may run on past ±180 degrees of longitude, be cut
// there, or jump from one side to the other: an edge takes the shorter way around. ErrRegion is
// returned for anything else, and for more than MaxPoints points.
func RegionOf(polygons orb.MultiPolygon) (Region, error) {
	points := 0
	for _, polygon := range polygons {
		for _, ring := range polygon {
			points += len(ring)
		}
	}
	if points > MaxPoints {
		return Region{}, tooManyPoints()
	}
	var r Region
	seen := map[[4]int64][]int{} // plots by their box: what stands twice counts once
	for i, polygon := range polygons {
		if len(polygon) == 0 {
			continue
		}
		p, err := plotOf(polygon)
		if err != nil {
			return Region{}, fmt.Errorf("%w: polygon %d: %w", ErrRegion, i+1, err)
		}
		box := [4]int64{p.west, p.south, p.east, p.north}
		if slices.ContainsFunc(seen[box], func(j int) bool { return slices.Equal(r.plots[j].spots, p.spots) }) {
			continue
		}
		if err := p.check(); err != nil {
			return Region{}, fmt.Errorf("%w: polygon %d: %w", ErrRegion, i+1, err)
		}
		p.slabs = slabsOf(&p.plot)
		seen[box] = append(seen[box], len(r.plots))
		r.plots = append(r.plots, p)
	}
	if len(r.plots) == 0 {
		return Region{}, fmt.Errorf("%w: there is no polygon in it", ErrRegion)
	}
	return r, nil
}

func tooManyPoints() error {
	return fmt.Errorf("%w: its borders have more than %d points; simplify them first", ErrRegion, MaxPoints)
}

// plotOf puts the rings of a polygon side by side, each a whole number of turns from where it was.
func plotOf(polygon orb.Polygon) (indexedPlot, error) {
	var p indexedPlot
	for i, ring := range polygon {
		spots, err := spotsOf(ring)
		if err != nil {
			return p, fmt.Errorf("ring %d: %w", i+1, err)
		}
		west, east := spots[0].x, spots[0].x
		for _, s := range spots {
			west, east = min(west, s.x), max(east, s.x)
		}
		if east-west > wholeTurn {
			return p, fmt.Errorf("ring %d: it runs more than once around the globe", i+1)
		}
		shift := -floorDivide(west+wholeTurn/2, wholeTurn) * wholeTurn
		if i > 0 { // to where the outer ring is
			shift = -floorDivide((west+east-p.west-p.east)/2+wholeTurn/2, wholeTurn) * wholeTurn
		}
		first := int32(len(p.spots))
		for j, s := range spots {
			s.x += shift
			p.spots = append(p.spots, s)
			p.next = append(p.next, first+int32(j+1)%int32(len(spots)))
			p.ring = append(p.ring, int32(i))
		}
		if i == 0 {
			p.west, p.east = west+shift, east+shift
			p.south, p.north = spots[0].y, spots[0].y
			for _, s := range spots {
				p.south, p.north = min(p.south, s.y), max(p.north, s.y)
			}
		}
	}
	return p, nil
}

const (
	wholeTurn int64 = 360 * perDegree
	pole      int64 = 90 * perDegree
)

func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// spotsOf is a ring without its last point and without points given twice in a row, whose
// longitudes run on past ±180 instead of jumping.
func spotsOf(ring orb.Ring) ([]spot, error) {
	spots := make([]spot, 0, len(ring))
	var given spot  // the one before, as it was given
	var turns int64 // by how much longitudes run on
	for i, p := range ring {
		if err := checkPosition(p); err != nil {
			return nil, fmt.Errorf("point %d: %w", i+1, err)
		}
		s := spotAt(p.Lon(), p.Lat())
		// The long way is meant along a whole parallel, and at a pole: so go areas cut over a pole.
		whole := s.x-given.x == wholeTurn || given.x-s.x == wholeTurn || s.y == given.y && (s.y == pole || s.y == -pole)
		if way := s.x - given.x; i > 0 && !whole && (way > wholeTurn/2 || way < -wholeTurn/2) {
			turns -= floorDivide(way+wholeTurn/2, wholeTurn) * wholeTurn
		}
		given = s
		s.x += turns
		if len(spots) == 0 || s != spots[len(spots)-1] {
			spots = append(spots, s)
		}
	}
	if len(ring) < 2 {
		return nil, errors.New("it has fewer than three different points")
	}
	first, last := spots[0], spots[len(spots)-1]
	if first.y != last.y || (first.x-last.x)%wholeTurn != 0 {
		return nil, fmt.Errorf("it is not closed: it begins at %s and ends at %s; repeat the first point at the end", sayPlace(first), sayPlace(last))
	}
	if first.x != last.x {
		return nil, errors.New("it goes around a pole; lead it along longitude 180 to the pole and back along -180")
	}
	if spots = spots[:len(spots)-1]; len(spots) < 3 {
		return nil, errors.New("it has fewer than three different points")
	}
	return spots, nil
}

// checkPosition refuses what is no place. Longitudes may run on past ±180, once around.
func checkPosition(p orb.Point) error {
	lon, lat := p.Lon(), p.Lat()
	if math.Abs(lat) <= 90 && math.Abs(lon) <= 360 {
		return nil
	}
	hint := ""
	switch {
	case math.Abs(lat) <= 360 && math.Abs(lon) <= 90:
		hint = "; GeoJSON gives longitude first: are they swapped?"
	case math.Abs(lat) > 1000 || math.Abs(lon) > 1000:
		hint = "; give degrees of WGS84, not metres of a projection"
	}
	return fmt.Errorf("[%v, %v]: %w: latitude must lie between -90 and 90, longitude between -180 and 180%s", lon, lat, ErrNoPlace, hint)
}

// Contains says whether the point lies in the region, judged exactly by its borders. Of two
// regions that share a border exactly one has a point on it.
func (r Region) Contains(p Point) bool {
	if p.Check() != nil {
		return false
	}
	at := spotAt(p.Lon, p.Lat)
	for i := range r.plots {
		plot := &r.plots[i]
		if at.y < plot.south || at.y > plot.north {
			continue
		}
		for x := at.x - wholeTurn; x <= plot.east; x += wholeTurn {
			if x >= plot.west && plot.contains(&plot.plot, spot{x, at.y}) {
				return true
			}
		}
	}
	return false
}

// Outline is the region as polygons with holes, cut at the antimeridian, outer rings
// counter-clockwise. Polygons that overlap do so here too.
func (r Region) Outline() orb.MultiPolygon {
	outline := orb.MultiPolygon{}
	for i := range r.plots {
		p := &r.plots[i]
		var polygon orb.Polygon
		for first := 0; first < len(p.spots); {
			var ring orb.Ring
			at := int32(first)
			for range p.spots {
				ring = append(ring, p.spots[at].point())
				if at = p.next[at]; at == int32(first) {
					break
				}
			}
			first += len(ring)
			ring = append(ring, ring[0])
			if outer := len(polygon) == 0; outer != (ring.Orientation() == orb.CCW) {
				ring.Reverse()
			}
			polygon = append(polygon, ring)
		}
		outline = append(outline, cutAtAntimeridian(polygon)...)
	}
	return outline
}
