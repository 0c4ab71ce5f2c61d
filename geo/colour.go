package geo

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/uber/h3-go/v4"
)

// Palette is how many colours a map has for territories.
const Palette = 12

// Colours gives each territory a place in the palette such that neighbours differ (greedy colouring, the
// territories with most neighbours first; of the colours left the rarest). With more than Palette - 1 neighbours around one
// territory two may share a colour.
func Colours(territories [][]Cell) ([]int, error) {
	beside, err := neighbourhood(territories)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(territories))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(beside[b]), len(beside[a])) })
	colours := make([]int, len(territories))
	for i := range colours {
		colours[i] = -1
	}
	var used [Palette]int
	for _, t := range order {
		var taken [Palette]bool
		for other := range beside[t] {
			if c := colours[other]; c >= 0 {
				taken[c] = true
			}
		}
		best := 0
		for c := range Palette {
			if taken[best] && !taken[c] || taken[best] == taken[c] && used[c] < used[best] {
				best = c
			}
		}
		colours[t] = best
		used[best]++
	}
	return colours, nil
}

// neighbourhood says which territories touch, judged at the coarsest resolution they have in common.
func neighbourhood(territories [][]Cell) ([]map[int]bool, error) {
	coarsest := SiteResolution
	for _, cells := range territories {
		for _, c := range cells {
			coarsest = min(coarsest, c.Resolution())
		}
	}
	owners := map[Cell][]int{}
	for t, cells := range territories {
		for _, c := range cells {
			parent, err := c.Parent(coarsest)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(owners[parent], t) {
				owners[parent] = append(owners[parent], t)
			}
		}
	}
	beside := make([]map[int]bool, len(territories))
	for t := range beside {
		beside[t] = map[int]bool{}
	}
	for cell, here := range owners {
		disk, err := h3.Cell(cell).GridDisk(1)
		if err != nil {
			return nil, fmt.Errorf("neighbours of %s: %w", cell, err)
		}
		for _, near := range disk {
			for _, a := range here {
				for _, b := range owners[Cell(near)] {
					if a != b {
						beside[a][b], beside[b][a] = true, true
					}
				}
			}
		}
	}
	return beside, nil
}
