package geo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
)

// ErrOverlap is returned for territories that share ground.
var ErrOverlap = errors.New("territories overlap")

// tessellation is the ground of territories whose cells have several resolutions, as a plane
// partition. A hexagon and its seven children do not have the same border. But the flowers of
// children meet each other as their parents do: where two hexagons share a side, their flowers
// share a way of three sides, and where three hexagons meet in a corner, their flowers meet in
// one. So a side beside a divided cell is drawn as the way of children of both, and a corner
// goes where the finest cells at it meet. What is drawn has no gaps and no overlaps then.
type tessellation struct {
	owner    map[Cell]int32 // of the cells, which do not lie in each other
	divided  map[Cell]bool  // the cells that hold finer ones of these
	coarsest int
	top      []Cell // the coarsest cells with ground in them, in order
}

// holder is who has a cell: a territory, nobody or, finer, several of these.
type holder = int32

const several = holder(-2)

func tessellate(territories [][]Cell) (*tessellation, error) {
	t := &tessellation{owner: map[Cell]int32{}, divided: map[Cell]bool{}, coarsest: deepest}
	for i, cells := range territories {
		for _, c := range cells {
			if !h3.Cell(c).IsValid() {
				return nil, fmt.Errorf("outline of %s: %w", c, ErrNoCell)
			}
			if other, taken := t.owner[c]; taken && other != int32(i) {
				return nil, fmt.Errorf("%w: %s belongs to number %d and %d", ErrOverlap, c, other, i)
			}
			t.owner[c] = int32(i)
			t.coarsest = min(t.coarsest, c.Resolution())
		}
	}
	tops := map[Cell]bool{}
	for c, i := range t.owner {
		within := false // a cell of the same territory
		for r := c.Resolution() - 1; r >= t.coarsest; r-- {
			p := parentAt(c, r)
			if other, taken := t.owner[p]; taken && other != i {
				return nil, fmt.Errorf("%w: %s of number %d lies in %s of number %d", ErrOverlap, c, i, p, other)
			} else if taken {
				within = true
			}
		}
		for r := c.Resolution() - 1; r >= t.coarsest && !within; r-- {
			t.divided[parentAt(c, r)] = true
		}
		tops[parentAt(c, t.coarsest)] = true
	}
	for c := range tops {
		t.top = append(t.top, c)
	}
	slices.Sort(t.top)
	return t, nil
}

// parentAt is Parent without a way into C and back.
func parentAt(c Cell, resolution int) Cell {
	const resolutionBits = 52
	finer := Cell(1)<<(3*(deepest-resolution)) - 1 // the digits below the resolution, all seven
	return c&^(0xf<<resolutionBits) | Cell(resolution)<<resolutionBits | finer
}

// on is what stands on a child of a cell on which over stands.
func (t *tessellation) on(c Cell, over holder) holder {
	if over != several {
		return over
	}
	if i, ok := t.owner[c]; ok {
		return i
	}
	if t.divided[c] {
		return several
	}
	return nobody
}

// corner is where three cells meet, in ascending order.
type corner [3]Cell

func cornerOf(a, b, c Cell) corner {
	k := corner{a, b, c}
	slices.Sort(k[:])
	return k
}

// sideOf is a side that two cells share, the first on the left.
type sideOf struct {
	left, right Cell
	from, to    corner
}

// sidesAround are the sides of a cell, counter-clockwise.
func sidesAround(c Cell) ([]sideOf, error) {
	ring, err := h3.Cell(c).GridRingUnsafe(1)
	if err != nil || slices.Contains(ring, 0) {
		if ring, err = ringByAngle(c); err != nil {
			return nil, err
		}
	}
	sides := make([]sideOf, len(ring))
	for i, n := range ring {
		before, after := ring[(i+len(ring)-1)%len(ring)], ring[(i+1)%len(ring)]
		sides[i] = sideOf{c, Cell(n), cornerOf(c, Cell(before), Cell(n)), cornerOf(c, Cell(n), Cell(after))}
	}
	return sides, nil
}

// ringByAngle are the neighbours of a cell on or near a pentagon, counter-clockwise.
func ringByAngle(c Cell) ([]h3.Cell, error) {
	disk, err := h3.Cell(c).GridDisk(1)
	if err != nil {
		return nil, fmt.Errorf("cells around %s: %w", c, err)
	}
	middle, err := c.Center()
	if err != nil {
		return nil, err
	}
	const rad = math.Pi / 180
	sin, cos := math.Sincos(middle.Lat * rad)
	angle := map[h3.Cell]float64{}
	var ring []h3.Cell
	for _, n := range disk {
		if n == 0 || n == h3.Cell(c) {
			continue
		}
		at, err := Cell(n).Center()
		if err != nil {
			return nil, err
		}
		sinAt, cosAt := math.Sincos(at.Lat * rad)
		sinLon, cosLon := math.Sincos((at.Lon - middle.Lon) * rad)
		angle[n] = math.Atan2(cos*sinAt-sin*cosAt*cosLon, cosAt*sinLon)
		ring = append(ring, n)
	}
	slices.SortFunc(ring, func(a, b h3.Cell) int { return cmp.Compare(angle[a], angle[b]) })
	return ring, nil
}

// trace walks over all sides between what belongs to different territories. A side that
// territories share is drawn at the given resolution or finer.
type trace struct {
	*tessellation
	resolution int
	finer      map[corner]corner // where a corner goes, one resolution on
	sides      []drawn
	at         map[corner]orb.Point
}

// drawn is a side of the border.
type drawn struct {
	left, right holder
	from, to    corner
	bends       []orb.Point // between its ends, where it lies across an edge of the icosahedron
}

func (t *tessellation) trace(resolution int) (*trace, error) {
	w := &trace{tessellation: t, resolution: resolution, finer: map[corner]corner{}, at: map[corner]orb.Point{}}
	top := map[Cell]bool{}
	for _, c := range t.top {
		top[c] = true
	}
	for _, c := range t.top {
		sides, err := sidesAround(c)
		if err != nil {
			return nil, err
		}
		for _, s := range sides {
			if top[s.right] && s.right < c {
				continue // seen from there
			}
			if err := w.walk(s, t.on(s.left, several), t.on(s.right, several)); err != nil {
				return nil, err
			}
		}
		if err := w.inner(c); err != nil {
			return nil, err
		}
	}
	for i, s := range w.sides {
		w.sides[i].from, w.sides[i].to = w.finest(s.from), w.finest(s.to)
	}
	return w, nil
}

func (w *trace) finest(c corner) corner {
	for {
		next, ok := w.finer[c]
		if !ok {
			return c
		}
		c = next
	}
}

// inner walks over the sides within a divided cell.
func (w *trace) inner(c Cell) error {
	if w.on(c, several) != several {
		return nil
	}
	children, err := h3.Cell(c).Children(c.Resolution() + 1)
	if err != nil {
		return fmt.Errorf("children of %s: %w", c, err)
	}
	for _, child := range children {
		sides, err := sidesAround(Cell(child))
		if err != nil {
			return err
		}
		for _, s := range sides {
			if s.left > s.right || parentAt(s.right, c.Resolution()) != c {
				continue
			}
			if err := w.walk(s, w.on(s.left, several), w.on(s.right, several)); err != nil {
				return err
			}
		}
		if err := w.inner(Cell(child)); err != nil {
			return err
		}
	}
	return nil
}

// walk draws a side if it parts territories, finer where it must be.
func (w *trace) walk(s sideOf, left, right holder) error {
	if left != several && left == right {
		return nil
	}
	if left != several && right != several && s.left.Resolution() >= w.resolution {
		return w.draw(s, left, right)
	}
	way, err := finerWay(s)
	if err != nil {
		return err
	}
	w.finer[s.from], w.finer[s.to] = way[0].from, way[len(way)-1].to
	for _, f := range way {
		if err := w.walk(f, w.on(f.left, left), w.on(f.right, right)); err != nil {
			return err
		}
	}
	return nil
}

func (w *trace) draw(s sideOf, left, right holder) error {
	edge, err := h3.Cell(s.left).DirectedEdge(h3.Cell(s.right))
	if err != nil {
		return fmt.Errorf("side between %s and %s: %w", s.left, s.right, err)
	}
	line, err := edge.Boundary()
	if err != nil {
		return fmt.Errorf("side between %s and %s: %w", s.left, s.right, err)
	}
	points := make([]orb.Point, len(line))
	for i, p := range line {
		points[i] = orb.Point{p.Lng, p.Lat}
	}
	last := len(points) - 1
	w.at[s.from], w.at[s.to] = points[0], points[last]
	w.sides = append(w.sides, drawn{left, right, s.from, s.to, points[1:last]})
	return nil
}

// finerWay is the way of sides between the children of both cells of a side.
func finerWay(s sideOf) ([]sideOf, error) {
	resolution := s.left.Resolution()
	children, err := h3.Cell(s.left).Children(resolution + 1)
	if err != nil {
		return nil, fmt.Errorf("children of %s: %w", s.left, err)
	}
	var way []sideOf
	for _, child := range children {
		sides, err := sidesAround(Cell(child))
		if err != nil {
			return nil, err
		}
		for _, f := range sides {
			if parentAt(f.right, resolution) == s.right {
				way = append(way, f)
			}
		}
	}
	for i := range way { // put them in order: the first is nobody's successor
		for j := i; j < len(way); j++ {
			if i == 0 && !slices.ContainsFunc(way, func(o sideOf) bool { return o.to == way[j].from }) || i > 0 && way[i-1].to == way[j].from {
				way[i], way[j] = way[j], way[i]
				break
			}
		}
		if i > 0 && way[i-1].to != way[i].from {
			return nil, fmt.Errorf("the children of %s and %s do not share one way", s.left, s.right)
		}
	}
	if len(way) == 0 {
		return nil, fmt.Errorf("the children of %s and %s do not meet", s.left, s.right)
	}
	return way, nil
}
