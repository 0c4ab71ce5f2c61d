package geo

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/uber/h3-go/v4"
)

// What a brief can lack. The error around it says what to do.
var (
	ErrNoSites     = errors.New("no located sites")
	ErrTerritories = errors.New("impossible number of territories")
	ErrWorkload    = errors.New("impossible workload")
	ErrBrief       = errors.New("the parts of the brief do not fit together")
)

var errNoCurrent = fmt.Errorf("%w: a curve starts from today's territories; give the current ones", ErrBrief)

// DefaultTolerance is how far a territory may be off its target unless the brief says otherwise.
const DefaultTolerance = 0.03

// Free is the territory of a site that has none: nobody's today, or locked to nobody.
const Free = -1

// Brief says what a design is to be. Territories are numbered from 0.
type Brief struct {
	Sites       []Site
	Territories int
	// Capacity is each territory's share of the work, in any unit such as full-time posts; nil means equal shares.
	// A share of 0 is a vacancy, which gets only what is locked to it.
	Capacity   []float64
	Tolerance  float64   // 0.03 allows 3 % off the target; 0: DefaultTolerance
	Measures   []Measure // what else is to be shared evenly, besides the workload
	Seed       uint64    // same brief and seed, same design
	Resolution int       // of the largest units; 0: SiteResolution. 8 suits whole regions

	// Current is today's territory of each site, Free for none. The design then starts from it,
	// and a share of workload that changes hands costs Price times as much as the same
	// share of extra distance; 3 to 10 are usual. A site with open work costs OpenSurcharge more.
	// Designs are compared at a lower price up to one and a half times what must change hands, and at a higher beyond.
	Current       []int
	Price         float64
	OpenSurcharge float64
	// Budget is the largest share of the workload that may change hands; nil sets no limit. Locks come first: what
	// they move is moved whatever the budget.
	Budget *float64

	// Held is the territory each site is locked to, Free for none; nil locks nobody. A locked site is a unit of its
	// own that counts for load and need not touch the rest of its territory.
	Held []int
	// HeldCells are locked ground: the sites in a cell stay with its territory. The finest cell that holds a site decides.
	HeldCells map[Cell]int

	Homes    []*Point  // where each territory's rep starts from: distances count to it; nil lets the design choose
	Barriers [][]Point // lines that no territory shall cross, such as rivers and railways
}

// Measure is something besides the workload that is to be shared in proportion to the capacities.
type Measure struct {
	Name      string
	Tolerance float64 // as the brief's; 0: the brief's own
}

// check refuses what no design can answer, before anything is computed.
func (b Brief) check() error {
	if len(b.Sites) == 0 {
		return fmt.Errorf("%w: give at least one site with latitude and longitude", ErrNoSites)
	}
	if b.Territories < 1 {
		return fmt.Errorf("%w: %d asked for; ask for 1 or more", ErrTerritories, b.Territories)
	}
	for _, of := range []struct {
		name string
		x    float64
	}{{"tolerance", b.Tolerance}, {"price", b.Price}, {"surcharge for open work", b.OpenSurcharge}} {
		if !(of.x >= 0) || math.IsInf(of.x, 0) {
			return fmt.Errorf("%w: the %s is %v; it must be 0 or more", ErrBrief, of.name, of.x)
		}
	}
	if b.Budget != nil && !(*b.Budget >= 0) {
		return fmt.Errorf("%w: the budget is %v; give a share of the workload, 0 or more", ErrBrief, *b.Budget)
	}
	if b.Budget != nil && b.Current == nil {
		return fmt.Errorf("%w: a budget limits what changes hands; give the current territories", ErrBrief)
	}
	if b.Resolution < 0 || b.Resolution > FinestResolution {
		return fmt.Errorf("%w: resolution %d; give one of 0 to %d", ErrBrief, b.Resolution, FinestResolution)
	}
	for i, m := range b.Measures {
		if m.Name == "" || slices.ContainsFunc(b.Measures[:i], func(o Measure) bool { return o.Name == m.Name }) {
			return fmt.Errorf("%w: measure %d is called %q; give each a name of its own", ErrBrief, i, m.Name)
		}
		if !(m.Tolerance >= 0) || math.IsInf(m.Tolerance, 0) {
			return fmt.Errorf("%w: the tolerance of %s is %v; it must be 0 or more", ErrBrief, m.Name, m.Tolerance)
		}
	}
	if err := b.checkSites(); err != nil {
		return err
	}
	return b.checkTerritories()
}

func (b Brief) checkSites() error {
	total := 0.0
	for _, s := range b.Sites {
		if err := s.Point.Check(); err != nil {
			return fmt.Errorf("site %s: %w", s.ID, err)
		}
		if !(s.Workload >= 0) || math.IsInf(s.Workload, 0) {
			return fmt.Errorf("%w: site %s has %v; it must be 0 or more", ErrWorkload, s.ID, s.Workload)
		}
		if len(s.Amounts) != len(b.Measures) {
			return fmt.Errorf("%w: site %s has %d amounts for %d measures; give one each", ErrBrief, s.ID, len(s.Amounts), len(b.Measures))
		}
		for m, x := range s.Amounts {
			if !(x >= 0) || math.IsInf(x, 0) {
				return fmt.Errorf("%w: site %s has %v of %s; it must be 0 or more", ErrWorkload, s.ID, x, b.Measures[m].Name)
			}
		}
		total += s.Workload
	}
	if !(total > 0) || math.IsInf(total, 0) {
		return fmt.Errorf("%w: all sites together have %v; give at least one site a workload above 0", ErrWorkload, total)
	}
	return nil
}

func (b Brief) checkTerritories() error {
	if b.Capacity != nil {
		if len(b.Capacity) != b.Territories {
			return fmt.Errorf("%w: %d capacities for %d territories; give one each", ErrBrief, len(b.Capacity), b.Territories)
		}
		for t, c := range b.Capacity {
			if !(c >= 0) || math.IsInf(c, 0) {
				return fmt.Errorf("%w: territory %d has capacity %v; it must be 0, for a vacancy, or more", ErrBrief, t, c)
			}
		}
		if slices.Max(b.Capacity) == 0 {
			return fmt.Errorf("%w: no territory has a capacity above 0; somebody must do the work", ErrBrief)
		}
	}
	for _, of := range []struct {
		name      string
		territory []int
	}{{"current", b.Current}, {"locked", b.Held}} {
		if of.territory != nil && len(of.territory) != len(b.Sites) {
			return fmt.Errorf("%w: %d %s territories for %d sites; give one each, -1 for none", ErrBrief, len(of.territory), of.name, len(b.Sites))
		}
		for i, t := range of.territory {
			if t < Free || t >= b.Territories {
				return fmt.Errorf("%w: the %s territory of site %s is %d, but there are %d", ErrBrief, of.name, b.Sites[i].ID, t, b.Territories)
			}
		}
	}
	for _, c := range slices.Sorted(maps.Keys(b.HeldCells)) {
		t := b.HeldCells[c]
		if !h3.Cell(c).IsValid() || c.Resolution() > FinestResolution {
			return fmt.Errorf("%w: locked ground %s is no H3 cell of resolution 0 to %d", ErrBrief, c, FinestResolution)
		}
		if t < 0 || t >= b.Territories {
			return fmt.Errorf("%w: cell %s is locked to territory %d, but there are %d", ErrBrief, c, t, b.Territories)
		}
	}
	if b.Homes != nil && len(b.Homes) != b.Territories {
		return fmt.Errorf("%w: %d homes for %d territories; give one each, or none", ErrBrief, len(b.Homes), b.Territories)
	}
	for t, home := range b.Homes {
		if home != nil {
			if err := home.Check(); err != nil {
				return fmt.Errorf("home of territory %d: %w", t, err)
			}
		}
	}
	for i, line := range b.Barriers {
		for _, p := range line {
			if err := p.Check(); err != nil {
				return fmt.Errorf("barrier %d: %w", i, err)
			}
		}
	}
	return nil
}

// anonymous says whether nothing tells one territory of the brief from another, so that they may be numbered at will.
func (b Brief) anonymous() bool {
	return b.Current == nil && b.Capacity == nil && b.Held == nil && b.HeldCells == nil && b.Homes == nil
}
