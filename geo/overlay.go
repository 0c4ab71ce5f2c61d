package geo

import (
	"fmt"
	"slices"

	"github.com/uber/h3-go/v4"
)

// Overlay gives painted cells to territories whatever the ground was before, and nothing around them: each painted cell ends up with
// the territory named for it. A coarser cell of the ground on which a painted one lies is divided; a painted cell must not
// be coarser than the ground it lies on. The ground is as Cover answers it, and so is the answer; the ground given stays as it is.
func Overlay(ground [][]Cell, painted map[Cell]int) ([][]Cell, error) {
	owner := map[Cell]int{}
	coarsest := FinestResolution
	for t, cells := range ground {
		for _, c := range cells {
			owner[c] = t
			coarsest = min(coarsest, c.level())
		}
	}
	for c, t := range painted {
		if t < 0 || t >= len(ground) {
			return nil, fmt.Errorf("%w: cell %s is painted for territory %d of %d", ErrCover, c, t, len(ground))
		}
		for level := min(coarsest, c.level()); level < c.level(); level++ {
			above := c.above(level)
			whose, known := owner[above]
			if !known {
				continue
			}
			children, err := h3.Cell(above).Children(level + 1)
			if err != nil {
				return nil, fmt.Errorf("children of %s: %w", above, err)
			}
			delete(owner, above)
			for _, child := range children {
				owner[Cell(child)] = whose
			}
		}
		owner[c] = t
	}
	out := make([][]Cell, len(ground))
	for c, t := range owner {
		out[t] = append(out[t], c)
	}
	for t := range out {
		slices.Sort(out[t])
	}
	return out, nil
}
