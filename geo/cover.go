package geo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/uber/h3-go/v4"
)

// DefaultRings is how far from its customers a territory's ground reaches, in cells: some 2 km
// at SiteResolution.
const DefaultRings = 6

// ErrCover is returned for units and an assignment that do not fit together.
var ErrCover = errors.New("units and territories do not fit together")

// Cover fills the ground between occupied cells, so that a territory is an area and a place
// without customers has an owner too. From all units at once it grows over cells of
// SiteResolution (or of the units, where those are coarser), at most rings far; the nearest
// unit wins. A cell that territories share is divided, so that the answer mixes resolutions.
//
// The answer has the cells of each territory in order; no cell lies in another. Find a point's
// cell among them with Ancestors.
func Cover(units []Unit, territory []int, rings int) ([][]Cell, error) {
	if len(units) != len(territory) {
		return nil, fmt.Errorf("%w: %d units, %d territories; give one for each unit", ErrCover, len(units), len(territory))
	}
	if rings < 0 {
		return nil, fmt.Errorf("%w: %d rings; 0 covers the occupied cells alone", ErrCover, rings)
	}
	if len(units) == 0 {
		return nil, nil
	}
	for u, t := range territory {
		if t < 0 {
			return nil, fmt.Errorf("%w: unit %s has territory %d; number them from 0", ErrCover, units[u].Cell, t)
		}
	}
	c := cover{units: units, territory: territory, cells: make([][]Cell, slices.Max(territory)+1)}
	coarse := SiteResolution
	for _, u := range units {
		coarse = min(coarse, u.Cell.Resolution())
	}
	occupied, front, err := c.byParent(all(len(units)), coarse)
	if err != nil {
		return nil, err
	}
	for _, cell := range front {
		if err := c.divide(cell, occupied[cell]); err != nil {
			return nil, err
		}
	}
	if err := c.grow(occupied, front, rings); err != nil {
		return nil, err
	}
	for t := range c.cells {
		slices.Sort(c.cells[t])
	}
	return c.cells, nil
}

type cover struct {
	units     []Unit
	territory []int
	cells     [][]Cell
}

func all(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// byParent sorts units by the cell of the resolution that holds them; cells come in order.
func (c *cover) byParent(units []int, resolution int) (map[Cell][]int, []Cell, error) {
	within := map[Cell][]int{}
	for _, u := range units {
		p, err := c.units[u].Cell.Parent(resolution)
		if err != nil {
			return nil, nil, err
		}
		within[p] = append(within[p], u)
	}
	cells := make([]Cell, 0, len(within))
	for p := range within {
		cells = append(cells, p)
	}
	slices.Sort(cells)
	return within, cells, nil
}

// divide gives a cell to the territory of its units, or its children where they have several.
func (c *cover) divide(cell Cell, units []int) error {
	if !slices.ContainsFunc(units, func(u int) bool { return c.territory[u] != c.territory[units[0]] }) {
		c.add(cell, units[0])
		return nil
	}
	resolution := cell.Resolution() + 1
	for _, u := range units {
		if c.units[u].Cell.Resolution() < resolution {
			return fmt.Errorf("%w: unit %s overlaps another one of another territory", ErrCover, c.units[u].Cell)
		}
	}
	within, _, err := c.byParent(units, resolution)
	if err != nil {
		return err
	}
	children, err := h3.Cell(cell).Children(resolution)
	if err != nil {
		return fmt.Errorf("children of %s: %w", cell, err)
	}
	for _, child := range children {
		child := Cell(child)
		if inside := within[child]; len(inside) > 0 {
			if err := c.divide(child, inside); err != nil {
				return err
			}
			continue
		}
		nearest, err := c.nearest(child, units)
		if err != nil {
			return err
		}
		c.add(child, nearest)
	}
	return nil
}

func (c *cover) add(cell Cell, unit int) {
	t := c.territory[unit]
	c.cells[t] = append(c.cells[t], cell)
}

// nearest is the unit whose centre is nearest to that of the cell, the first of equals.
func (c *cover) nearest(cell Cell, units []int) (int, error) {
	center, err := cell.Center()
	if err != nil {
		return 0, err
	}
	return slices.MinFunc(units, func(a, b int) int {
		return cmp.Or(cmp.Compare(Distance(center, c.units[a].Center), Distance(center, c.units[b].Center)), cmp.Compare(a, b))
	}), nil
}

// grow takes in ring after ring of empty cells. A cell can fall only to a unit that holds a
// neighbour in the ring before, so that what grows hangs together.
func (c *cover) grow(held map[Cell][]int, front []Cell, rings int) error {
	for range rings {
		suitors := map[Cell][]int{}
		var reached []Cell
		for _, cell := range front {
			around, err := h3.Cell(cell).GridDisk(1)
			if err != nil {
				return fmt.Errorf("cells around %s: %w", cell, err)
			}
			for _, next := range around {
				next := Cell(next)
				if next == 0 || len(held[next]) > 0 {
					continue
				}
				if suitors[next] == nil {
					reached = append(reached, next)
				}
				suitors[next] = append(suitors[next], held[cell]...)
			}
		}
		slices.Sort(reached)
		for _, cell := range reached {
			owner, err := c.nearest(cell, suitors[cell])
			if err != nil {
				return err
			}
			held[cell] = []int{owner}
			c.add(cell, owner)
		}
		front = reached
	}
	return nil
}
