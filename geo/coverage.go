package geo

import (
	"fmt"
	"maps"
	"slices"
)

// Holdings are who has what: the sites, ground and territories of a branch and line. Territories are numbered from 0.
type Holdings struct {
	Sites     []Site
	Territory []int    // of each site, Free for none
	Reps      [][]int  // of each site, who answers for it; nil where that is the rep of the territory alone
	Vacant    []bool   // of each territory: nobody works it
	Ground    [][]Cell // of each territory, of any levels
	// Potential is work that may come of ground beside that of the sites, such as shops not yet customers.
	Potential map[Cell]float64
}

// Coverage says what falls between the territories and what they fight about.
type Coverage struct {
	Unserved []int      // sites in no territory, by position, with nobody else to answer for them
	Vacant   []Vacancy  // territories that nobody works, in order
	Idle     []IdleCell // ground with work or potential and nobody to see to it, the most first
	Shared   []Shared   // ground in several territories, in the order of the cells
	Disputed []int      // sites for which several reps answer, by position
	Workload float64    // of the unserved sites and of those in vacant territories
}

// Vacancy is a territory without a rep.
type Vacancy struct {
	Territory int
	Sites     int
	Workload  float64
}

// IdleCell is ground with work or potential and nobody to see to it.
type IdleCell struct {
	Cell      Cell
	Sites     int
	Workload  float64
	Potential float64
}

// Shared is ground in more than one territory: a cell given twice, or one that lies in another's.
type Shared struct {
	Cell        Cell // the finer one
	Territories []int
}

// CoverageOf looks for gaps and overlaps. Sites are counted by cells of SiteResolution; potential by its own cells. Ground is
// covered when its middle lies in a cell of a territory that somebody works. ErrBrief is returned for holdings that do not
// fit together, ErrNoPlace for a site that stands nowhere.
func CoverageOf(h Holdings) (Coverage, error) {
	if err := h.check(); err != nil {
		return Coverage{}, err
	}
	var c Coverage
	vacant := make([]Vacancy, len(h.Vacant))
	idle := map[Cell]IdleCell{}
	for i, s := range h.Sites {
		t := h.Territory[i]
		other := h.Reps != nil && len(h.Reps[i]) > 0
		if h.Reps != nil && len(h.Reps[i]) > 1 {
			c.Disputed = append(c.Disputed, i)
		}
		if other || t != Free && !h.Vacant[t] {
			continue
		}
		c.Workload += s.Workload
		if t == Free {
			c.Unserved = append(c.Unserved, i)
		} else {
			vacant[t].Sites++
			vacant[t].Workload += s.Workload
		}
		at, err := Ancestors(s.Point, SiteResolution, SiteResolution)
		if err != nil {
			return Coverage{}, fmt.Errorf("site %s: %w", s.ID, err)
		}
		cell := idle[at[0]]
		cell.Sites++
		cell.Workload += s.Workload
		idle[at[0]] = cell
	}
	for t, is := range h.Vacant {
		if is {
			vacant[t].Territory = t
			c.Vacant = append(c.Vacant, vacant[t])
		}
	}
	c.Shared = h.shared()
	worked := h.worked()
	for cell, potential := range h.Potential {
		seenTo, err := underneath(cell, worked)
		if err != nil {
			return Coverage{}, err
		}
		if potential > 0 && !seenTo {
			at := idle[cell]
			at.Potential += potential
			idle[cell] = at
		}
	}
	for cell, at := range idle {
		at.Cell = cell
		c.Idle = append(c.Idle, at)
	}
	slices.SortFunc(c.Idle, func(a, b IdleCell) int {
		if x, y := a.Workload+a.Potential, b.Workload+b.Potential; x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return byPlace(a.Cell, b.Cell)
	})
	return c, nil
}

func (h Holdings) check() error {
	if len(h.Territory) != len(h.Sites) {
		return fmt.Errorf("%w: %d territories for %d sites; give one each, -1 for none", ErrBrief, len(h.Territory), len(h.Sites))
	}
	if h.Reps != nil && len(h.Reps) != len(h.Sites) {
		return fmt.Errorf("%w: reps of %d sites, but there are %d; give them for each", ErrBrief, len(h.Reps), len(h.Sites))
	}
	if h.Ground != nil && len(h.Ground) != len(h.Vacant) {
		return fmt.Errorf("%w: ground of %d territories, but there are %d; give it for each", ErrBrief, len(h.Ground), len(h.Vacant))
	}
	for i, t := range h.Territory {
		if t < Free || t >= len(h.Vacant) {
			return fmt.Errorf("%w: site %s is in territory %d, but there are %d", ErrBrief, h.Sites[i].ID, t, len(h.Vacant))
		}
	}
	return nil
}

// shared is the cells that several territories have.
func (h Holdings) shared() []Shared {
	held := map[Cell]int{} // the first to have a cell
	fights := map[Cell][]int{}
	fight := func(c Cell, territories ...int) {
		for _, t := range territories {
			if !slices.Contains(fights[c], t) {
				fights[c] = append(fights[c], t)
			}
		}
	}
	levels := map[int]bool{}
	for t, cells := range h.Ground {
		for _, c := range cells {
			levels[c.level()] = true
			if first, twice := held[c]; !twice {
				held[c] = t
			} else if first != t {
				fight(c, first, t)
			}
		}
	}
	for t, cells := range h.Ground {
		for _, c := range cells {
			for level := range levels {
				if level >= c.level() {
					continue
				}
				if over, inside := held[c.above(level)]; inside && over != t {
					fight(c, over, t)
				}
			}
		}
	}
	shared := make([]Shared, 0, len(fights))
	for _, c := range slices.SortedFunc(maps.Keys(fights), byPlace) {
		slices.Sort(fights[c])
		shared = append(shared, Shared{Cell: c, Territories: fights[c]})
	}
	return shared
}

// worked is the ground of the territories that are not vacant.
func (h Holdings) worked() map[Cell]bool {
	worked := map[Cell]bool{}
	for t, cells := range h.Ground {
		if !h.Vacant[t] {
			for _, c := range cells {
				worked[c] = true
			}
		}
	}
	return worked
}

// underneath says whether the middle of a cell lies on the ground.
func underneath(c Cell, ground map[Cell]bool) (bool, error) {
	center, err := c.Center()
	if err != nil {
		return false, err
	}
	cells, err := Ancestors(center, 0, deepest)
	return slices.ContainsFunc(cells, func(at Cell) bool { return ground[at] }), err
}
