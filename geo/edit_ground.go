package geo

import (
	"fmt"
	"slices"

	"github.com/uber/h3-go/v4"
)

// Paint gives the ground of cells to a territory, with the sites on it and those that stand apart there. A cell finer than a
// unit divides it. Locked ground and held sites stay.
type Paint struct {
	Cells []Cell
	To    int // Free: nobody
}

func (e Paint) apply(w *Workbench) error {
	to, err := w.territory(e.To)
	if err != nil {
		return err
	}
	painted := map[Cell]bool{}
	var levels []int
	for _, c := range e.Cells {
		if !h3.Cell(c).IsValid() || c.level() > FinestResolution {
			return fmt.Errorf("%w: cell %s is no H3 cell of resolution 0 to %d", ErrEdit, c, FinestResolution)
		}
		painted[c] = true
		if !slices.Contains(levels, c.level()) {
			levels = append(levels, c.level())
		}
	}
	slices.Sort(levels)
	if err := w.divide(painted, levels); err != nil {
		return err
	}
	w.hand(to, func(u *benchUnit) bool {
		for _, level := range levels {
			if level <= u.cell.level() && painted[u.cell.above(level)] {
				return true
			}
		}
		return false
	})
	return nil
}

// Draw gives the ground in a region to a territory, unit by unit: a unit, which is a few blocks at most, goes over when the
// middle of its work lies in the region. Locked ground and held sites stay.
type Draw struct {
	Region Region
	To     int // Free: nobody
}

func (e Draw) apply(w *Workbench) error {
	to, err := w.territory(e.To)
	if err != nil {
		return err
	}
	if len(e.Region.plots) == 0 {
		return fmt.Errorf("%w: nothing is drawn; give a region", ErrEdit)
	}
	w.hand(to, func(u *benchUnit) bool { return e.Region.Contains(w.flat.back(u.middle)) })
	return nil
}

// hand gives the units that are in to a territory, and the sites standing apart on them. They join the ground again.
func (w *Workbench) hand(to int32, in func(*benchUnit) bool) {
	inside := make([]bool, len(w.units))
	for i := range w.units {
		u := &w.units[i]
		if u.divided || !in(u) {
			continue
		}
		if u.held {
			w.tape.held += len(u.sites)
			continue
		}
		inside[i] = true
		if u.owner != to {
			w.give(int32(i), to, true)
		} else if !u.painted {
			painted := *u
			painted.painted = true
			w.tape.units.set(w.units, i, painted)
		}
	}
	for _, i := range w.apart { // rejoin makes a new slice of it
		switch s := &w.sites[i]; {
		case !inside[s.unit]:
		case s.held:
			w.tape.held++
		default:
			w.rejoin(i)
		}
	}
}

// divide replaces each unit on which a painted cell is only a part by its children at that cell's level.
func (w *Workbench) divide(painted map[Cell]bool, levels []int) error {
	if len(levels) == 0 {
		return nil
	}
	coarse := map[Cell]int{} // cells of which a part is painted, and the finest level of such a part
	for c := range painted {
		for level := w.resolution; level < c.level(); level++ {
			above := c.above(level)
			coarse[above] = max(coarse[above], c.level())
		}
	}
	for i := range w.units {
		u := &w.units[i]
		if level := coarse[u.cell]; level > 0 && !u.divided && !u.held {
			if err := w.refine(int32(i), level); err != nil {
				return err
			}
		}
	}
	return nil
}

// refine replaces a unit by its children of a finer level that have sites.
func (w *Workbench) refine(unit int32, level int) error {
	old := w.units[unit]
	children := map[Cell][]int32{}
	var order []Cell
	for i := range w.sites {
		s := &w.sites[i]
		if s.unit != unit || s.gone {
			continue
		}
		at, err := Ancestors(s.point, level, level)
		if err != nil {
			return err
		}
		if children[at[0]] == nil {
			order = append(order, at[0])
		}
		children[at[0]] = append(children[at[0]], int32(i))
	}
	w.settle(unit, nil)
	gone := w.units[unit]
	gone.divided, gone.owner = true, Free
	w.tape.units.set(w.units, int(unit), gone)
	slices.Sort(order)
	for _, cell := range order {
		child, err := w.newUnit(cell, old.owner)
		if err != nil {
			return err
		}
		var standing []int32
		for _, i := range children[cell] {
			s := w.sites[i]
			s.unit = child
			w.tape.sites.set(w.sites, int(i), s)
			if !s.apart {
				standing = append(standing, i)
			}
		}
		w.settle(child, standing)
	}
	return nil
}

// newUnit adds a bare unit.
func (w *Workbench) newUnit(cell Cell, owner int32) (int32, error) {
	center, err := cell.Center()
	if err != nil {
		return 0, err
	}
	at := w.flat.at(center)
	w.low = vec{min(w.low.x, at.x), min(w.low.y, at.y)}
	w.high = vec{max(w.high.x, at.x), max(w.high.y, at.y)}
	w.units = append(w.units, benchUnit{cell: cell, center: center, at: at, middle: at, owner: owner})
	w.near = append(w.near, nil)
	w.mark = append(w.mark, false)
	return int32(len(w.units) - 1), nil
}
