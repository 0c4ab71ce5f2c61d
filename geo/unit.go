package geo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Unit is the piece of ground a design never divides: a cell with its sites. Where one cell
// would weigh too much of a territory it is several finer cells instead, down to one address.
// A locked customer is a unit of its own.
type Unit struct {
	Cell     Cell
	Part     int // tells units of one cell apart: 0 for the first
	Center   Point
	Workload float64
	Sites    []int // positions in the sites the design was asked for
	Exempt   bool  // need not hang together with the rest of its territory
}

// Name is the unit's own: its cell, with the part where there are several.
func (u Unit) Name() string {
	if u.Part == 0 {
		return u.Cell.String()
	}
	return u.Cell.String() + "-" + strconv.Itoa(u.Part)
}

// unitsOf gathers sites into cells of the given resolution and splits those heavier than limit.
// The order of the answer is that of the cells.
func unitsOf(sites []Site, resolution int, limit float64) ([]Unit, error) {
	places := make([]address, len(sites))
	for i, s := range sites {
		at, err := Ancestors(s.Point, FinestResolution, FinestResolution)
		if err != nil {
			return nil, fmt.Errorf("site %s: %w", s.ID, err)
		}
		places[i] = address{site: i, cell: at[0]}
	}
	slices.SortFunc(places, func(a, b address) int {
		return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.site, b.site))
	})
	return split(nil, places, sites, resolution, limit)
}

// address is a site and the cell of FinestResolution it stands on.
type address struct {
	site int
	cell Cell
}

// split appends the units of sorted places, cell by cell of the resolution.
func split(units []Unit, places []address, sites []Site, resolution int, limit float64) ([]Unit, error) {
	for len(places) > 0 {
		cell, err := places[0].cell.Parent(resolution)
		if err != nil {
			return nil, err
		}
		n, load := 0, 0.0
		for n < len(places) {
			if c, err := places[n].cell.Parent(resolution); err != nil || c != cell {
				break
			}
			load += sites[places[n].site].Workload
			n++
		}
		here := places[:n]
		places = places[n:]
		if divisible := here[0].cell != here[n-1].cell; divisible && load > limit {
			if units, err = split(units, here, sites, resolution+1, limit); err != nil {
				return nil, err
			}
			continue
		}
		center, err := cell.Center()
		if err != nil {
			return nil, err
		}
		unit := Unit{Cell: cell, Center: center, Workload: load, Sites: make([]int, n)}
		for i, a := range here {
			unit.Sites[i] = a.site
		}
		units = append(units, unit)
	}
	return units, nil
}
