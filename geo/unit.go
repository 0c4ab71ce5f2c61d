package geo

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Unit is the piece of ground a design never divides: a cell with its sites. Where one cell
// would weigh too much of a territory it is several finer cells instead, down to one address; so it is where its
// sites have several owners today, but not below the size of a city block: a single customer among another's
// cannot hang together with the rest of its territory. A locked customer is a unit of its own.
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

// address is a site, the cell of FinestResolution it stands on, and what ties it to a territory.
type address struct {
	site    int
	cell    Cell
	ground  int // the territory its ground is locked to, or Free
	current int // the territory it is in today, or Free
}

// dividing is the making of units from sites.
type dividing struct {
	Brief
	limit float64 // above which a cell is divided
	whole int     // the resolution from which on a cell is not divided for having several owners
	units []Unit
	lock  []int32 // of each unit, the territory it is locked to, or Free
}

// From which resolution on a cell is one unit, whoever has its sites today.
const (
	mingled = 11                   // hexagons some 50 m wide
	parted  = FinestResolution + 1 // never: what one owner has at an address is a unit
)

// unitsOf gathers the brief's sites into cells of the given resolution and divides those heavier than limit, or, where
// they are larger than cells of the resolution whole, of several owners. The order of the answer is that of the cells
// and parts. With each unit comes the territory it is locked to.
func unitsOf(b Brief, resolution int, limit float64, whole int) ([]Unit, []int32, error) {
	d := dividing{Brief: b, limit: limit, whole: whole}
	places := make([]address, 0, len(b.Sites))
	coarsest := FinestResolution
	for c := range maps.Keys(b.HeldCells) {
		coarsest = min(coarsest, c.Resolution())
	}
	type lineage struct {
		cells []Cell
		err   error
	}
	lineages := parallelSpans(len(b.Sites), func(i int) (l lineage) {
		l.cells, l.err = Ancestors(b.Sites[i].Point, coarsest, FinestResolution)
		return l
	})
	for i, s := range b.Sites {
		within, err := lineages[i].cells, lineages[i].err
		if err != nil {
			return nil, nil, fmt.Errorf("site %s: %w", s.ID, err)
		}
		at := address{site: i, cell: within[len(within)-1], ground: Free, current: Free}
		for _, c := range within {
			if t, held := b.HeldCells[c]; held {
				at.ground = t
			}
		}
		if b.Current != nil {
			at.current = b.Current[i]
		}
		if b.Held != nil && b.Held[i] != Free {
			if err := d.unit(at.cell, []address{at}, b.Held[i], true); err != nil {
				return nil, nil, err
			}
			continue
		}
		places = append(places, at)
	}
	slices.SortFunc(places, func(a, b address) int {
		return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.site, b.site))
	})
	if err := d.split(places, resolution); err != nil {
		return nil, nil, err
	}
	return d.ordered()
}

// split makes the units of sorted places, cell by cell of the resolution.
func (d *dividing) split(places []address, resolution int) error {
	for len(places) > 0 {
		cell, err := places[0].cell.Parent(resolution)
		if err != nil {
			return err
		}
		n, load := 0, 0.0
		for n < len(places) {
			if n > 0 && places[n].cell != places[n-1].cell {
				if c, err := places[n].cell.Parent(resolution); err != nil || c != cell {
					break
				}
			}
			load += d.Sites[places[n].site].Workload
			n++
		}
		here := places[:n]
		places = places[n:]
		divisible, together := here[0].cell != here[n-1].cell, oneLock(here) && (resolution >= d.whole || oneOwner(here))
		switch {
		case divisible && (load > d.limit || !together):
			err = d.split(here, resolution+1)
		case together && (load <= d.limit || oneOwner(here)):
			err = d.ground(cell, here)
		default:
			err = d.part(cell, here)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// oneLock says whether the places are locked to the same territory, or none of them is.
func oneLock(here []address) bool {
	return !slices.ContainsFunc(here, func(a address) bool { return a.ground != here[0].ground })
}

// oneOwner says whether the places, of one lock, have no two owners today, or are locked whoever has them.
func oneOwner(here []address) bool {
	current := Free
	for _, a := range here {
		if a.ground != Free {
			return true
		}
		if current == Free {
			current = a.current
		} else if a.current != Free && a.current != current {
			return false
		}
	}
	return true
}

// part makes a unit for each owner at one address. Sites nobody holds go with the first.
func (d *dividing) part(cell Cell, here []address) error {
	owners := slices.Clone(here)
	slices.SortStableFunc(owners, func(a, b address) int {
		return cmp.Or(cmp.Compare(a.ground, b.ground), cmp.Compare(a.current, b.current))
	})
	for len(owners) > 0 {
		n := 1
		for n < len(owners) && oneLock(owners[:n+1]) && oneOwner(owners[:n+1]) {
			n++
		}
		if err := d.ground(cell, owners[:n]); err != nil {
			return err
		}
		owners = owners[n:]
	}
	return nil
}

// ground makes a unit that hangs together with its territory. Ground locked to a vacancy is in nobody's way.
func (d *dividing) ground(cell Cell, here []address) error {
	lock := here[0].ground
	return d.unit(cell, here, lock, lock != Free && d.Capacity != nil && d.Capacity[lock] == 0)
}

func (d *dividing) unit(cell Cell, here []address, lock int, exempt bool) error {
	center, err := cell.Center()
	if err != nil {
		return err
	}
	u := Unit{Cell: cell, Center: center, Sites: make([]int, len(here)), Exempt: exempt}
	for i, a := range here {
		u.Sites[i] = a.site
		u.Workload += d.Sites[a.site].Workload
	}
	d.units = append(d.units, u)
	d.lock = append(d.lock, int32(lock))
	return nil
}

// ordered sorts the units and tells the parts of one cell apart, by name and by a metre or so: places on a map
// of neighbours must differ.
func (d *dividing) ordered() ([]Unit, []int32, error) {
	order := all(len(d.units))
	slices.SortFunc(order, func(i, j int) int {
		a, b := d.units[i], d.units[j]
		exempt := 0
		if a.Exempt != b.Exempt {
			exempt = 1
			if b.Exempt {
				exempt = -1
			}
		}
		return cmp.Or(cmp.Compare(a.Cell, b.Cell), exempt, cmp.Compare(a.Sites[0], b.Sites[0]))
	})
	units, lock := make([]Unit, len(order)), make([]int32, len(order))
	for n, i := range order {
		u := d.units[i]
		if n > 0 && units[n-1].Cell == u.Cell {
			u.Part = units[n-1].Part + 1
			u.Center = beside(u.Center, u.Part)
		}
		units[n], lock[n] = u, d.lock[i]
	}
	return units, lock, nil
}

// beside is a place about a metre away, a little more for each further part, on a spiral.
func beside(p Point, part int) Point {
	const metre = 1 / 110_570.0 // in degrees of latitude
	r := metre * math.Sqrt(float64(part))
	sin, cos := math.Sincos(2.4 * float64(part)) // the golden angle: no two parts in line
	lat := math.Max(-90, math.Min(90, p.Lat+r*sin))
	lon := p.Lon + r*cos/math.Max(0.01, math.Cos(p.Lat*math.Pi/180))
	return Point{Lat: lat, Lon: math.Remainder(lon, 360)}
}
