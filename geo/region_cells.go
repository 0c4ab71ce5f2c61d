package geo

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uber/h3-go/v4"
)

// ErrTooManyCells is returned when a region has more cells of a resolution than MaxCells.
var ErrTooManyCells = errors.New("too many cells")

// MaxCells is how many cells Region.Cells may answer with.
const MaxCells = 1_000_000

// Cells are the cells of the resolution whose centres lie in the region, in order. A region
// smaller than a cell may have none. Neighbouring regions never share a cell. More than MaxCells
// are refused with ErrTooManyCells.
//
// It descends from the coarsest cells and takes along only the edges near a cell, so that the
// middle of a region costs nothing to look at.
func (r Region) Cells(resolution int) ([]Cell, error) {
	if resolution < 0 || resolution > deepest {
		return nil, fmt.Errorf("cells at resolution %d: it must lie between 0 and %d", resolution, deepest)
	}
	roots, err := h3.Res0Cells()
	if err != nil {
		return nil, fmt.Errorf("coarsest cells: %w", err)
	}
	d := descent{resolution: resolution}
	for i := range r.plots {
		d.plot = &r.plots[i]
		all := make([]int32, len(d.plot.spots))
		for e := range all {
			all[e] = int32(e)
		}
		for _, root := range roots {
			for turns := -2 * wholeTurn; turns <= 2*wholeTurn; turns += wholeTurn {
				middle, err := centreSpot(root)
				if err != nil {
					return nil, err
				}
				middle.x += turns
				if err := d.into(root, 0, middle, all); err != nil {
					return nil, err
				}
			}
		}
	}
	slices.Sort(d.found)
	return slices.Compact(d.found), nil
}

type descent struct {
	resolution int
	plot       *indexedPlot
	found      []Cell
	visited    int
}

func centreSpot(c h3.Cell) (spot, error) {
	at, err := c.LatLng()
	if err != nil {
		return spot{}, fmt.Errorf("centre of %s: %w", c, err)
	}
	return spotAt(at.Lng, at.Lat), nil
}

// into looks at a cell whose centre is given, with the edges that may come near it.
func (d *descent) into(c h3.Cell, resolution int, middle spot, edges []int32) error {
	if d.visited++; d.visited > 4*MaxCells {
		return d.tooMany()
	}
	if resolution == d.resolution {
		if d.plot.contains(&d.plot.plot, middle) {
			return d.take(c)
		}
		return nil
	}
	b := frameOf(middle, resolution)
	if b.west > d.plot.east || b.east < d.plot.west || b.south > d.plot.north || b.north < d.plot.south {
		return nil
	}
	var near []int32
	for _, e := range edges {
		if b.meets(d.plot.spots[e], d.plot.spots[d.plot.next[e]]) {
			near = append(near, e)
		}
	}
	if len(near) == 0 { // all in or all out
		if !d.plot.contains(&d.plot.plot, middle) {
			return nil
		}
		if math.Pow(7, float64(d.resolution-resolution)) > 1.2*MaxCells { // pentagons have fewer children
			return d.tooMany()
		}
		children, err := c.Children(d.resolution)
		if err != nil {
			return fmt.Errorf("children of %s: %w", c, err)
		}
		return d.take(children...)
	}
	children, err := c.Children(resolution + 1)
	if err != nil {
		return fmt.Errorf("children of %s: %w", c, err)
	}
	for _, child := range children {
		at, err := centreSpot(child)
		if err != nil {
			return err
		}
		at.x -= floorDivide(at.x-middle.x+wholeTurn/2, wholeTurn) * wholeTurn // the turn the parent is in
		if err := d.into(child, resolution+1, at, near); err != nil {
			return err
		}
	}
	return nil
}

func (d *descent) take(cells ...h3.Cell) error {
	if len(d.found)+len(cells) > MaxCells {
		return d.tooMany()
	}
	for _, c := range cells {
		d.found = append(d.found, Cell(c))
	}
	return nil
}

func (d *descent) tooMany() error {
	return fmt.Errorf("%w: the region has more than %d at resolution %d; take a coarser one", ErrTooManyCells, MaxCells, d.resolution)
}

// frame is a range of longitudes and latitudes.
type frame struct{ west, south, east, north int64 }

// frameOf holds the centres of all cells within a cell. These lie at most 1.6 of its mean
// edges away.
func frameOf(middle spot, resolution int) frame {
	const (
		rad      = math.Pi / 180
		edge     = 11.523 // degrees, resolution 0
		farthest = 1.6
	)
	reach := farthest * edge * math.Pow(7, -float64(resolution)/2)
	up := int64(math.Ceil(reach * perDegree))
	b := frame{math.MinInt64, middle.y - up, math.MaxInt64, middle.y + up} // all around, if it reaches a pole
	if lat := math.Abs(float64(middle.y) / perDegree); lat+reach < 90 {
		wide := int64(math.Ceil(math.Asin(math.Sin(reach*rad)/math.Cos(lat*rad)) / rad * perDegree))
		b.west, b.east = middle.x-wide, middle.x+wide
	}
	return b
}

// meets says whether the edge has a point in the box.
func (b frame) meets(from, to spot) bool {
	if max(from.x, to.x) < b.west || min(from.x, to.x) > b.east || max(from.y, to.y) < b.south || min(from.y, to.y) > b.north {
		return false
	}
	if b.west == math.MinInt64 {
		return true
	}
	first := turn(from, to, spot{b.west, b.south})
	return first != turn(from, to, spot{b.east, b.south}) || first != turn(from, to, spot{b.west, b.north}) ||
		first != turn(from, to, spot{b.east, b.north}) || first == 0
}
