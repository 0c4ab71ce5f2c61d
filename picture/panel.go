package picture

import (
	"fmt"
	"maps"
	"slices"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/paulmach/orb"
)

// Panel is one map: a design, or the territories as they are.
type Panel struct {
	Title       string
	Figures     []string // a line each, under the title
	Territories []Territory
	Sites       []geo.Point
	Moved       []geo.Point // sites that change hands, drawn over the others
}

// Territory is an area with the load it carries.
type Territory struct {
	Name    string
	Load    float64 // against its target: 0.12 is 12 % too much, -1 nothing at all
	Vacant  bool    // it has no target: nobody is meant to work there
	Outline orb.MultiPolygon
}

// Areas outlines the ground of each territory as one plain area. Where territories share a cell, a map that is looked at from afar
// gives it to who has most of it.
func Areas(units []geo.Unit, territory []int) ([]orb.MultiPolygon, error) {
	cells, err := geo.Cover(units, territory, geo.DefaultRings)
	if err != nil {
		return nil, err
	}
	coarse := geo.SiteResolution
	for _, own := range cells {
		for _, c := range own {
			coarse = min(coarse, c.Resolution())
		}
	}
	shared := map[geo.Cell]map[int]int{} // by coarse cell and territory: how many of the finest cells
	plain := make([][]geo.Cell, len(cells))
	for t, own := range cells {
		for _, c := range own {
			if c.Resolution() == coarse {
				plain[t] = append(plain[t], c)
				continue
			}
			parent, err := c.Parent(coarse)
			if err != nil {
				return nil, err
			}
			if shared[parent] == nil {
				shared[parent] = map[int]int{}
			}
			part := 1
			for range geo.FinestResolution - c.Resolution() {
				part *= 7
			}
			shared[parent][t] += part
		}
	}
	for _, c := range slices.Sorted(maps.Keys(shared)) {
		most := -1
		for _, t := range slices.Sorted(maps.Keys(shared[c])) {
			if most < 0 || shared[c][t] > shared[c][most] {
				most = t
			}
		}
		plain[most] = append(plain[most], c)
	}
	areas := make([]orb.MultiPolygon, len(plain))
	for t, own := range plain {
		if areas[t], err = geo.Outline(own); err != nil {
			return nil, fmt.Errorf("outline of territory %d: %w", t, err)
		}
	}
	return areas, nil
}
