package geo

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Workbench holds a design open for editing by hand. What an edit does to balance, contiguity and travel is worked out from
// what it touches alone, so that the answer comes while the hand still holds the mouse.
//
// Sites are named by their position in the brief; those added get the next ones. A customer given away singly stands apart:
// it counts for its territory but is no part of any ground, and need not touch the rest.
//
// A workbench is for one goroutine at a time.
//
//	w, err := geo.OpenWorkbench(brief, draft.Of(len(brief.Sites)), nil, geo.Rounds{})
//	effect, err := w.Try(geo.Paint{Cells: cells, To: 3})
//	effect, err = w.Apply(geo.Together{geo.Paint{Cells: cells, To: 3}, geo.Repair{}})
//	w.Undo()
type Workbench struct {
	resolution int // of the largest units
	tolerance  float64
	share      []float64 // of each territory in the whole, by capacity
	total      float64
	rounds     Rounds
	flat       plane
	barriers   []barrier

	sites   []benchSite
	apart   []int32 // sites that stand apart, in order
	units   []benchUnit
	near    [][]int32 // of each unit, those it borders on; none for a bare one
	low     vec       // all units lie between
	high    vec
	tree    kdTree // of the units there were at the opening
	figures []sums // of each territory

	tape    tape    // of the edit in hand
	journal []tape  // of the edits applied
	was     []int32 // of each site, who had it before the edit in hand; untouched otherwise
	mark    []bool  // scratch: units already reached
}

// Rounds say how often sites are visited and how reps drive, from which the driving in a territory is estimated.
type Rounds struct {
	Visits []float64 // to each site in a week; nil: one in four weeks
	Days   float64   // in a week on which a rep drives out; 0: five
	Travel Travel    // the zero value: CityTravel
}

// seldom is how many visits a week a site gets of which nothing is known.
const seldom = 0.25

// benchSite is a site on the workbench.
type benchSite struct {
	name    string
	point   Point
	at      vec
	load    float64
	amounts []float64
	visits  float64 // in a week
	unit    int32   // on whose ground it stands
	owner   int32   // of a site that stands apart; for others the unit's owner counts
	apart   bool
	held    bool // stays with its owner whatever ground is painted
	gone    bool
}

// benchUnit is a piece of ground on the workbench. It is bare when all its sites stand apart or are gone: then it borders on
// nothing, as a design of the sites that are left would have no such unit.
type benchUnit struct {
	cell    Cell
	center  Point
	at      vec // the centre on the plane
	owner   int32
	load    float64
	middle  vec     // the workload-weighted middle of its sites
	sites   []int32 // on its ground, in order, without those that stand apart
	held    bool    // locked ground
	painted bool    // given by hand: a repair does not take it back
	divided bool    // replaced by finer units
}

// untouched marks a site the edit in hand has not moved.
const untouched = -2

// OpenWorkbench lays out the assignment of a brief's sites: of says the territory of each, Free for nobody's. Sites marked in
// standing, and those the brief holds, stand apart. (A nil standing marks none.) Where neighbours in one cell have
// different territories the cell is divided down to single addresses; at one address all but the most stand apart.
//
// The brief's Current, Price, Budget and Seed do not matter here. OpenWorkbench refuses as Design does.
func OpenWorkbench(b Brief, of []int, standing []bool, rounds Rounds) (*Workbench, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	if err := fits(b, of, standing, rounds); err != nil {
		return nil, err
	}
	w := &Workbench{resolution: b.Resolution, tolerance: b.Tolerance, rounds: rounds, share: sharesOf(b)}
	if w.resolution == 0 {
		w.resolution = SiteResolution
	}
	if w.tolerance == 0 {
		w.tolerance = DefaultTolerance
	}
	if w.rounds.Days == 0 {
		w.rounds.Days = 5
	}
	if w.rounds.Travel == (Travel{}) {
		w.rounds.Travel = CityTravel
	}
	w.rounds.Visits = nil
	points := make([]Point, len(b.Sites))
	for i, s := range b.Sites {
		points[i] = s.Point
	}
	w.flat = planeOf(points)
	w.barriers = barriersOf(b.Barriers, w.flat)
	w.sites = make([]benchSite, len(b.Sites))
	w.was = make([]int32, len(b.Sites))
	for i, s := range b.Sites {
		site := benchSite{name: s.ID, point: s.Point, at: w.flat.at(s.Point), load: s.Workload, amounts: s.Amounts, visits: seldom, owner: int32(of[i])}
		if rounds.Visits != nil {
			site.visits = rounds.Visits[i]
		}
		site.apart = standing != nil && standing[i]
		if b.Held != nil && b.Held[i] != Free {
			site.apart, site.held, site.owner = true, true, int32(b.Held[i])
		}
		w.sites[i] = site
		w.was[i] = untouched
		w.total += s.Workload
	}
	if err := w.layOut(b); err != nil {
		return nil, err
	}
	w.figures = make([]sums, b.Territories)
	w.recount(slices.Repeat([]bool{true}, b.Territories))
	return w, nil
}

func fits(b Brief, of []int, standing []bool, rounds Rounds) error {
	if len(of) != len(b.Sites) {
		return fmt.Errorf("%w: %d territories for %d sites; give one each, -1 for none", ErrBrief, len(of), len(b.Sites))
	}
	for i, t := range of {
		if t < Free || t >= b.Territories {
			return fmt.Errorf("%w: site %s is in territory %d, but there are %d", ErrBrief, b.Sites[i].ID, t, b.Territories)
		}
	}
	if standing != nil && len(standing) != len(b.Sites) {
		return fmt.Errorf("%w: %d marks of standing apart for %d sites; give one each", ErrBrief, len(standing), len(b.Sites))
	}
	if rounds.Visits != nil && len(rounds.Visits) != len(b.Sites) {
		return fmt.Errorf("%w: visits a week of %d sites, but there are %d; give one each", ErrBrief, len(rounds.Visits), len(b.Sites))
	}
	return nil
}

// sharesOf is what part of the work each territory is to have.
func sharesOf(b Brief) []float64 {
	share := make([]float64, b.Territories)
	sum := 0.0
	for t := range share {
		share[t] = 1
		if b.Capacity != nil {
			share[t] = b.Capacity[t]
		}
		sum += share[t]
	}
	for t := range share {
		share[t] /= sum
	}
	return share
}

// layOut makes the units, as a design of the brief would, finer where owners meet.
func (w *Workbench) layOut(b Brief) error {
	smallest := 1.0
	for _, s := range w.share {
		if s > 0 {
			smallest = min(smallest, s)
		}
	}
	units, _, err := unitsOf(Brief{Sites: b.Sites}, w.resolution, heavy*smallest*w.total, mingled)
	if err != nil {
		return err
	}
	for _, u := range units {
		if err := w.lay(u.Cell, u.Sites, b.HeldCells); err != nil {
			return err
		}
	}
	slices.SortFunc(w.units, func(a, b benchUnit) int { return byPlace(a.cell, b.cell) })
	var occupied []int32
	var places []vec
	for i := range w.units {
		u := &w.units[i]
		for _, s := range u.sites {
			w.sites[s].unit = int32(i)
		}
		slices.Sort(u.sites)
		u.sites = slices.DeleteFunc(u.sites, func(s int32) bool { return w.sites[s].apart })
		w.weigh(u)
		if len(u.sites) > 0 {
			occupied = append(occupied, int32(i))
			places = append(places, u.at)
		}
	}
	for i, s := range w.sites {
		if s.apart {
			w.apart = append(w.apart, int32(i))
		}
	}
	all := make([]vec, len(w.units))
	for i, u := range w.units {
		all[i] = u.at
	}
	w.tree = kdTreeOf(all)
	box := boxAround(all)
	w.low, w.high = box[0], box[2]
	w.near = make([][]int32, len(w.units))
	w.mark = make([]bool, len(w.units))
	if len(places) == 0 {
		return nil
	}
	near, _ := bordering(places, make([]Unit, len(places)), b.Barriers, w.flat)
	for i, u := range occupied {
		for _, v := range near.of(int32(i)) {
			w.near[u] = append(w.near[u], occupied[v])
		}
	}
	return nil
}

// lay adds the unit of a cell, or those of its children where the sites on it have several owners.
func (w *Workbench) lay(cell Cell, sites []int, held map[Cell]int) error {
	center, err := cell.Center()
	if err != nil {
		return err
	}
	unit := benchUnit{cell: cell, center: center, at: w.flat.at(center), owner: Free}
	type hand struct {
		owner int32
		held  bool
	}
	loads := map[hand]float64{}
	var hands []hand // in the order of their sites
	of := make([]hand, len(sites))
	for i, s := range sites {
		unit.sites = append(unit.sites, int32(s))
		site := &w.sites[s]
		of[i] = hand{owner: site.owner}
		if len(held) > 0 {
			t, locked, err := lockOf(site.point, held)
			if err != nil {
				return err
			}
			if locked {
				of[i] = hand{int32(t), true}
			}
		}
		if site.apart {
			continue
		}
		if _, known := loads[of[i]]; !known {
			hands = append(hands, of[i])
		}
		loads[of[i]] += site.load
	}
	if len(hands) > 1 && cell.level() < FinestResolution {
		children := map[Cell][]int{}
		var order []Cell
		for _, s := range sites {
			at, err := Ancestors(w.sites[s].point, cell.level()+1, cell.level()+1)
			if err != nil {
				return err
			}
			if children[at[0]] == nil {
				order = append(order, at[0])
			}
			children[at[0]] = append(children[at[0]], s)
		}
		for _, child := range order {
			if err := w.lay(child, children[child], held); err != nil {
				return err
			}
		}
		return nil
	}
	if len(hands) == 0 {
		unit.owner = w.sites[sites[0]].owner
	} else {
		most := slices.MaxFunc(hands, func(a, b hand) int { return cmp.Compare(loads[a], loads[b]) })
		unit.owner, unit.held = most.owner, most.held
		for i, s := range sites {
			if site := &w.sites[s]; !site.apart {
				site.owner, site.apart, site.held = of[i].owner, of[i] != most, of[i].held && of[i] != most
			}
		}
	}
	w.units = append(w.units, unit)
	return nil
}

// lockOf is the territory of the finest locked cell that holds a point.
func lockOf(p Point, held map[Cell]int) (territory int, locked bool, err error) {
	cells, err := Ancestors(p, 0, FinestResolution)
	if err != nil {
		return 0, false, err
	}
	for _, c := range slices.Backward(cells) {
		if t, locked := held[c]; locked {
			return t, true, nil
		}
	}
	return 0, false, nil
}

// weigh brings a unit's load and middle up to its sites.
func (w *Workbench) weigh(u *benchUnit) {
	u.load, u.middle = 0, u.at
	var sum vec
	weight := 0.0
	for _, i := range u.sites {
		s := &w.sites[i]
		u.load += s.load
		pull := s.load + 1e-9*w.total // a site without work still has a place
		sum = vec{sum.x + pull*s.at.x, sum.y + pull*s.at.y}
		weight += pull
	}
	if weight > 0 {
		u.middle = vec{sum.x / weight, sum.y / weight}
	}
}

// ownerOf is who has a site; Free is nobody.
func (w *Workbench) ownerOf(site int32) int32 {
	if s := &w.sites[site]; s.apart {
		return s.owner
	}
	return w.units[w.sites[site].unit].owner
}

// Of is the territory of each site, by position: Free for nobody's and for sites removed.
func (w *Workbench) Of() []int {
	of := make([]int, len(w.sites))
	for i := range of {
		of[i] = Free
		if !w.sites[i].gone {
			of[i] = int(w.ownerOf(int32(i)))
		}
	}
	return of
}

// Apart marks the sites that stand apart, by position.
func (w *Workbench) Apart() []bool {
	apart := make([]bool, len(w.sites))
	for _, i := range w.apart {
		apart[i] = true
	}
	return apart
}

// Ground is the units with sites on them and the territory of each, in the order of their cells. Cover makes ground of them.
// Nobody's units and sites standing apart are left out.
func (w *Workbench) Ground() (units []Unit, territory []int) {
	for i := range w.units {
		u := &w.units[i]
		if len(u.sites) == 0 || u.owner < 0 {
			continue
		}
		unit := Unit{Cell: u.cell, Center: u.center, Workload: u.load, Sites: make([]int, len(u.sites))}
		for k, s := range u.sites {
			unit.Sites[k] = int(s)
		}
		units = append(units, unit)
	}
	slices.SortFunc(units, func(a, b Unit) int { return byPlace(a.Cell, b.Cell) })
	for _, u := range units {
		territory = append(territory, int(w.ownerOf(int32(u.Sites[0]))))
	}
	return units, territory
}

// Figures are those of a territory as it stands.
func (w *Workbench) Figures(territory int) Figures {
	f := &w.figures[territory]
	out := Figures{Sites: f.sites, Load: f.load, Amounts: slices.Clone(f.amounts), Pieces: f.pieces, Travel: f.travel}
	if target := w.share[territory] * w.total; target > 0 {
		out.Imbalance = f.load/target - 1
	}
	if f.load > 0 {
		out.MeanKm = f.km / f.load
	}
	return out
}

// Overall are the figures of all territories together.
func (w *Workbench) Overall() Overall {
	var o Overall
	km, load, first := 0.0, 0.0, true
	for t := range w.figures {
		f := &w.figures[t]
		km += f.km
		load += f.load
		o.Travel += f.travel
		if f.pieces > 1 {
			o.Pieces++
		}
		if target := w.share[t] * w.total; target > 0 {
			off := f.load/target - 1
			if first {
				o.Imbalance, o.Lightest, first = off, off, false
			}
			o.Imbalance, o.Lightest = max(o.Imbalance, off), min(o.Lightest, off)
		}
	}
	if load > 0 {
		o.MeanKm = km / load
	}
	return o
}

// Figures say how a territory stands.
type Figures struct {
	Sites     int
	Load      float64
	Amounts   []float64     // of the brief's further measures
	Imbalance float64       // load ÷ target − 1; 0 for a vacancy, which has no target
	Pieces    int           // of its ground: 1 hangs together, 0 has no ground
	MeanKm    float64       // workload-weighted mean from a site to the middle of the territory's work, as the crow flies
	Travel    time.Duration // driving in a week, estimated
}

// Overall says how all territories stand together.
type Overall struct {
	Imbalance float64 // heaviest load ÷ its target − 1
	Lightest  float64 // lightest load ÷ its target − 1
	Pieces    int     // territories in more than one piece
	MeanKm    float64
	Travel    time.Duration
}
