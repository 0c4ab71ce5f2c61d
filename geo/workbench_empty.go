package geo

import (
	"fmt"

	"github.com/uber/h3-go/v4"
)

// mostCells is how many cells of SiteResolution painted ground may have together: a region of some 10,000 km².
const mostCells = 100_000

// Empty is which of the cells have no unit on them: ground a hand edit gives away that no design knows of. The answer is
// in cells of SiteResolution, coarser ones divided; finer ones, which are parts of such a cell, are left out.
func (w *Workbench) Empty(cells []Cell) ([]Cell, error) {
	occupied := map[Cell]bool{}
	for i := range w.units {
		if u := &w.units[i]; len(u.sites) > 0 && u.cell.level() >= SiteResolution {
			occupied[u.cell.above(SiteResolution)] = true
		} else if len(u.sites) > 0 {
			occupied[u.cell] = true
		}
	}
	var empty []Cell
	for _, c := range cells {
		if !h3.Cell(c).IsValid() {
			return nil, fmt.Errorf("%w: %s is no H3 cell", ErrEdit, c)
		}
		if c.level() > SiteResolution {
			continue
		}
		if SiteResolution-c.level() > 6 { // 7⁶ cells are more than the limit
			return nil, fmt.Errorf("%w: cell %s is too large to be painted at once; take finer ones", ErrEdit, c)
		}
		children, err := h3.Cell(c).Children(SiteResolution)
		if err != nil {
			return nil, fmt.Errorf("children of %s: %w", c, err)
		}
		if len(children)+len(empty) > mostCells {
			return nil, fmt.Errorf("%w: more than %d cells of ground; paint less at once", ErrEdit, mostCells)
		}
		for _, child := range children {
			at := Cell(child)
			if !occupied[at] && !(w.resolution < SiteResolution && occupied[at.above(w.resolution)]) {
				empty = append(empty, at)
			}
		}
	}
	return empty, nil
}
