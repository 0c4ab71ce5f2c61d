package geo_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
	"pgregory.net/rapid"
)

// aBrief draws a brief with everything a brief can ask for.
func aBrief(t *rapid.T) geo.Brief {
	b := geo.Brief{
		Sites: aTown(t, 80), Territories: rapid.IntRange(1, 6).Draw(t, "territories"),
		Seed: rapid.Uint64().Draw(t, "seed"), Tolerance: 0.05,
	}
	source := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "wishes"), 0))
	anyone := func() int { return source.IntN(b.Territories) }
	if rapid.Bool().Draw(t, "capacities") {
		for range b.Territories {
			b.Capacity = append(b.Capacity, float64(source.IntN(3)))
		}
		b.Capacity[anyone()] = 1
	}
	if rapid.Bool().Draw(t, "another measure") {
		b.Measures = []geo.Measure{{Name: "revenue", Tolerance: 0.2}}
		for i := range b.Sites {
			b.Sites[i].Amounts = []float64{source.ExpFloat64()}
		}
	}
	if rapid.Bool().Draw(t, "locked customers") {
		for range b.Sites {
			b.Held = append(b.Held, geo.Free)
		}
		for range 4 {
			b.Held[source.IntN(len(b.Sites))] = anyone()
		}
	}
	if rapid.Bool().Draw(t, "locked ground") {
		b.HeldCells = map[geo.Cell]int{}
		for range 3 {
			c, err := geo.CellAt(b.Sites[source.IntN(len(b.Sites))].Point, 8+source.IntN(4))
			if err != nil {
				t.Fatal(err)
			}
			b.HeldCells[c] = anyone()
		}
	}
	if rapid.Bool().Draw(t, "homes") {
		b.Homes = make([]*geo.Point, b.Territories)
		b.Homes[anyone()] = &b.Sites[0].Point
	}
	if rapid.Bool().Draw(t, "a river") {
		p := b.Sites[0].Point
		b.Barriers = [][]geo.Point{{{Lat: p.Lat - 0.2, Lon: p.Lon}, {Lat: p.Lat + 0.2, Lon: p.Lon}}}
	}
	if rapid.Bool().Draw(t, "from today") {
		b.Price, b.OpenSurcharge = 3, 2
		for i := range b.Sites {
			b.Current = append(b.Current, anyone())
			b.Sites[i].Open = source.IntN(5) == 0
		}
	}
	return b
}

// design answers a brief that may ask for more territories than there are places.
func design(t *rapid.T, b geo.Brief) geo.Draft {
	t.Helper()
	d, err := geo.Design(b)
	if errors.Is(err, geo.ErrTerritories) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// lockOf is the territory the brief locks a site to.
func lockOf(t *rapid.T, b geo.Brief, site int) int {
	lock := geo.Free
	if len(b.HeldCells) > 0 {
		cells, err := geo.Ancestors(b.Sites[site].Point, 0, geo.FinestResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			if held, ok := b.HeldCells[c]; ok {
				lock = held
			}
		}
	}
	if b.Held != nil && b.Held[site] != geo.Free {
		lock = b.Held[site]
	}
	return lock
}

func TestDesignKeepsLocksAndLeavesVacanciesEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := aBrief(t)
		d := design(t, b)
		seen := make([]int, len(b.Sites))
		names := map[string]bool{}
		for u, unit := range d.Units {
			if names[unit.Name()] {
				t.Errorf("two units are called %s", unit.Name())
			}
			names[unit.Name()] = true
			for _, i := range unit.Sites {
				seen[i]++
				lock := lockOf(t, b, i)
				if lock != geo.Free && d.Territory[u] != lock {
					t.Errorf("site %d went to territory %d, but is locked to %d", i, d.Territory[u], lock)
				}
				if lock == geo.Free && b.Capacity != nil && b.Capacity[d.Territory[u]] == 0 {
					t.Errorf("site %d went to the vacancy %d", i, d.Territory[u])
				}
			}
		}
		if slices.Min(seen) != 1 || slices.Max(seen) != 1 {
			t.Errorf("sites are in so many units: %v, want 1 each", seen)
		}
		hangTogether(t, d)
	})
}

// hangTogether says that locked customers who stand alone excuse nothing but themselves: without them every territory is in
// one piece, and where nobody stands alone the design says so.
func hangTogether(t *rapid.T, d geo.Draft) {
	t.Helper()
	var ground []geo.Unit
	members := map[int][]int{}
	for u, unit := range d.Units {
		if !unit.Exempt {
			members[d.Territory[u]] = append(members[d.Territory[u]], len(ground))
			ground = append(ground, unit)
		}
	}
	at := flat(ground)
	for territory, units := range members {
		if n := reached(at, units); n != len(units) {
			t.Errorf("territory %d: %d of %d units hang together", territory, n, len(units))
		}
	}
	if len(ground) == len(d.Units) && d.Measures.Pieces != 0 {
		t.Errorf("pieces = %d, want 0", d.Measures.Pieces)
	}
}

func TestABudgetIsKeptAndATighterOneMovesNoMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := aBrief(t)
		b.Held, b.HeldCells = nil, nil // what locks move is moved whatever the budget
		if b.Current == nil {
			for i := range b.Sites {
				b.Current = append(b.Current, i%b.Territories)
			}
		}
		budgets := []float64{0, rapid.Float64Range(0, 1).Draw(t, "budget"), 1}
		curve, err := geo.Curve(b, budgets...)
		if errors.Is(err, geo.ErrTerritories) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, share := range budgets {
			b.Budget = &share
			d := design(t, b)
			of := d.Of(len(b.Sites))
			if share == 0 && !slices.Equal(of, b.Current) {
				t.Errorf("with a budget of nothing the territories are %v, want %v", of, b.Current)
			}
			if moved := d.Measures.MovedShare; moved > share+1e-9 || math.Abs(moved-curve[i].MovedShare) > 1e-12 {
				t.Errorf("with a budget of %v, %v is moved, and by the curve %v", share, moved, curve[i].MovedShare)
			}
			if i > 0 && curve[i].MovedShare < curve[i-1].MovedShare-1e-9 {
				t.Errorf("a budget of %v moves %v, a tighter one %v", share, curve[i].MovedShare, curve[i-1].MovedShare)
			}
		}
	})
}

// A customer among another territory's does not divide the ground down to doorways, unless nobody may change hands.
func TestASingleCustomerGoesWithTheGround(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Sites: town(0, 400, 3), Territories: 4, Seed: 1, Tolerance: 0.05, Price: 5}
	before := made(t, b)
	b.Current = before.Of(len(b.Sites))
	source := rand.New(rand.NewPCG(3, 3))
	const metre = 1 / 110_570.0
	for i := range 60 { // a few metres from somebody who has another rep
		s := b.Sites[i]
		s.ID += "-new"
		s.Point.Lat += 5 * metre * source.NormFloat64()
		s.Point.Lon += 5 * metre * source.NormFloat64()
		s.Workload = 0.1
		b.Sites, b.Current = append(b.Sites, s), append(b.Current, (b.Current[i]+1)%b.Territories)
	}
	d := made(t, b)
	judge(t, b, d)
	for _, u := range d.Units {
		if u.Cell.Resolution() > 11 && u.Workload < 1 {
			t.Errorf("unit %s is of resolution %d and weighs %v: the ground is divided for single customers", u.Name(), u.Cell.Resolution(), u.Workload)
		}
	}
	if m := d.Measures; m.MovedShare > 0.1 {
		t.Errorf("moved %v, want little more than the single customers", m.MovedShare)
	}
	nothing := 0.0
	b.Budget = &nothing
	if of := made(t, b).Of(len(b.Sites)); !slices.Equal(of, b.Current) {
		t.Errorf("with a budget of nothing the territories are %v, want %v", of, b.Current)
	}
}

func made(t *testing.T, b geo.Brief) geo.Draft {
	t.Helper()
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Not parallel: it changes the number of processors.
func TestWishesDoNotDependOnProcessors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := aBrief(t)
		var first []byte
		for _, n := range []int{1, 5} {
			old := runtime.GOMAXPROCS(n)
			d := design(t, b)
			runtime.GOMAXPROCS(old)
			got, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if string(got) != string(first) {
				t.Errorf("with %d processors the design differs from that with one", n)
			}
		}
	})
}

func TestWithoutCapacityOnlyLockedCustomers(t *testing.T) {
	t.Parallel()
	sites := generated(400)
	b := geo.Brief{Sites: sites, Territories: 4, Capacity: []float64{1, 0, 1, 0.5}, Held: slices.Repeat([]int{geo.Free}, 400), Seed: 1}
	b.Held[7], b.Held[9] = 1, 1
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for i, territory := range d.Of(400) {
		if territory == 1 {
			got = append(got, i)
		}
	}
	if !slices.Equal(got, []int{7, 9}) {
		t.Errorf("the vacancy has sites %v, want those locked to it, 7 and 9", got)
	}
	if d.Measures.Imbalance > 0.03 {
		t.Errorf("imbalance = %.3f, want at most 0.03", d.Measures.Imbalance)
	}
	for u, unit := range d.Units {
		if (d.Territory[u] == 1) != unit.Exempt {
			t.Errorf("unit %s of territory %d: exempt is %v", unit.Name(), d.Territory[u], unit.Exempt)
		}
	}
}

func TestALockedCustomerStandsBetweenOthers(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Territories: 2, Seed: 1, HeldCells: map[geo.Cell]int{}}
	for i := range 10 {
		b.Sites = append(b.Sites, geo.Site{ID: string(rune('a' + i)), Point: geo.Point{Lat: 55.7, Lon: 37.5 + 0.02*float64(i)}, Workload: 1})
		b.Held = append(b.Held, geo.Free)
	}
	b.Held[1] = 1
	for _, i := range []int{0, 2} { // on either side of it
		c, err := geo.CellAt(b.Sites[i].Point, geo.SiteResolution)
		if err != nil {
			t.Fatal(err)
		}
		b.HeldCells[c] = 0
	}
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	if d.Measures.Pieces != 1 {
		t.Errorf("Pieces = %d with a locked customer in between, want 1; territories %v", d.Measures.Pieces, d.Of(10))
	}
}

func TestLockedWorkOfAVacancyIsFound(t *testing.T) {
	t.Parallel()
	sites := generated(100)
	b := geo.Brief{Sites: sites, Territories: 3, Capacity: []float64{1, 0, 1}, Held: slices.Repeat([]int{geo.Free}, 100), Seed: 1}
	b.Held[7] = 1
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Findings {
		if f.Kind == geo.Vacant && f.Territory == 1 && f.Load == sites[7].Workload {
			return
		}
	}
	t.Errorf("findings %v, want one about the %v of work locked to the vacancy", d.Findings, sites[7].Workload)
}

func TestSeveralMeasuresAreSharedAtOnce(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Sites: generated(300), Territories: 4, Seed: 1, Measures: []geo.Measure{{Name: "revenue", Tolerance: 0.05}}}
	alone := b
	alone.Measures = nil
	plain, err := geo.Design(alone)
	if err != nil {
		t.Fatal(err)
	}
	revenue := func(p geo.Point) float64 { return math.Exp(8 * (p.Lat - 55.75)) } // the north is rich
	for i := range b.Sites {
		b.Sites[i].Amounts = []float64{revenue(b.Sites[i].Point)}
	}
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, 4)
	before := make([]float64, 4)
	total := 0.0
	for i, territory := range d.Of(300) {
		got[territory] += b.Sites[i].Amounts[0]
		total += b.Sites[i].Amounts[0]
	}
	for i, territory := range plain.Of(300) {
		before[territory] += b.Sites[i].Amounts[0]
	}
	if worst := slices.Max(got)/total*4 - 1; worst > 0.06 || d.Measures.Imbalance > 0.04 {
		t.Errorf("revenue is off by %.3f and work by %.3f, want at most 0.06 and 0.04", worst, d.Measures.Imbalance)
	}
	if worst := slices.Max(before)/total*4 - 1; worst < 0.1 {
		t.Errorf("without asking, revenue is off by %.3f: the test proves nothing", worst)
	}
}

func TestTerritoriesGatherAroundHomes(t *testing.T) {
	t.Parallel()
	homes := []*geo.Point{{Lat: 55.70, Lon: 37.5}, nil, {Lat: 55.82, Lon: 37.75}}
	b := geo.Brief{Sites: generated(300), Territories: 3, Homes: homes, Seed: 1}
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	mean := make([][3]float64, 3) // of each territory, the metres to each home
	for i, territory := range d.Of(300) {
		for h, home := range homes {
			if home != nil {
				mean[territory][h] += float64(geo.Distance(b.Sites[i].Point, *home)) / 100
			}
		}
	}
	for h, home := range homes {
		for territory := range mean {
			if home != nil && territory != h && mean[territory][h] < mean[h][h] {
				t.Errorf("territory %d is nearer to the home of %d than its own: %.0f m, %.0f m", territory, h, mean[territory][h], mean[h][h])
			}
		}
	}
}

func TestABarrierIsCrossedOnlyWhereItMustBe(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Sites: generated(400), Seed: 1, Barriers: [][]geo.Point{{{Lat: 55, Lon: 37.62}, {Lat: 56.5, Lon: 37.62}}}}
	crossing := func(k int) int {
		t.Helper()
		b.Territories = k
		d, err := geo.Design(b)
		if err != nil {
			t.Fatal(err)
		}
		west, east, bridges := make([]bool, k), make([]bool, k), 0
		for u, unit := range d.Units {
			west[d.Territory[u]] = west[d.Territory[u]] || unit.Center.Lon < 37.62
			east[d.Territory[u]] = east[d.Territory[u]] || unit.Center.Lon > 37.62
		}
		for _, f := range d.Findings {
			if f.Kind == geo.Bridge {
				bridges++
			}
		}
		n := 0
		for territory := range k {
			if west[territory] && east[territory] {
				n++
			}
		}
		if bridges != n {
			t.Errorf("%d territories lie on both banks, but the draft names %d bridges", n, bridges)
		}
		if d.Measures.Imbalance > 0.04 {
			t.Errorf("imbalance = %.3f, want at most 0.04", d.Measures.Imbalance)
		}
		return n
	}
	if got := crossing(4); got > 1 {
		t.Errorf("%d of 4 territories cross the river, want at most 1", got)
	}
	if got := crossing(3); got != 1 {
		t.Errorf("%d of 3 territories cross the river, want 1: a third of the work is on both banks", got)
	}
}

func TestLockedGroundHangsTogether(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Sites: generated(500), Territories: 5, Seed: 1, HeldCells: map[geo.Cell]int{}}
	for _, p := range []geo.Point{{Lat: 55.75, Lon: 37.60}, {Lat: 55.77, Lon: 37.66}} {
		c, err := geo.CellAt(p, 8)
		if err != nil {
			t.Fatal(err)
		}
		b.HeldCells[c] = 3
	}
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, unit := range d.Units {
		if unit.Exempt {
			t.Errorf("unit %s is exempt, but there is room for it to hang together", unit.Name())
		}
	}
	if m := d.Measures; m.Pieces != 0 || m.Imbalance > 0.03 {
		t.Errorf("pieces = %d, imbalance = %.3f; want 0 and at most 0.03", m.Pieces, m.Imbalance)
	}
}

// What can't be as asked is said, with the territory it is about.
func TestFindingsSayWhatCannotBe(t *testing.T) {
	t.Parallel()
	town := generated(300)
	heavy := slices.Clone(town)
	heavy[0].Workload = 200
	held := slices.Repeat([]int{geo.Free}, 300)
	for i := range 150 {
		held[i] = 2
	}
	other := slices.Repeat([]int{geo.Free}, 300)
	for i := range 250 {
		other[i] = 1 + i%3
	}
	current := slices.Repeat([]int{0, 1, 2, 3}, 75)
	none := 0.0
	for name, c := range map[string]struct {
		brief     geo.Brief
		want      geo.FindingKind
		territory int // geo.Free: any
	}{
		"locks beyond a target":         {geo.Brief{Sites: town, Territories: 4, Held: held}, geo.LockedOver, 2},
		"locks that leave too little":   {geo.Brief{Sites: town, Territories: 4, Held: other}, geo.LockedOut, 0},
		"an address beyond a territory": {geo.Brief{Sites: heavy, Territories: 5}, geo.HeavyUnit, geo.Free},
		"a vacancy that may not let go": {geo.Brief{Sites: town, Territories: 4, Capacity: []float64{1, 1, 0, 1}, Current: current, Budget: &none}, geo.Vacant, 2},
		"locks beyond the budget":       {geo.Brief{Sites: town, Territories: 4, Held: held, Current: current, Budget: &none}, geo.OverBudget, geo.Free},
	} {
		d, err := geo.Design(c.brief)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		at := slices.IndexFunc(d.Findings, func(f geo.Finding) bool {
			return f.Kind == c.want && (c.territory == geo.Free || f.Territory == c.territory)
		})
		if at < 0 {
			t.Errorf("%s: found %v, want %s for territory %d", name, d.Findings, c.want, c.territory)
			continue
		}
		text := d.Findings[at].Text(func(int) string { return "Nord" })
		if c.territory != geo.Free && !strings.Contains(text, "Nord") {
			t.Errorf("%s: %q does not name the territory", name, text)
		}
	}
	d, err := geo.Design(geo.Brief{Sites: heavy, Territories: 5})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Measures.ImbalanceFloor, 200/(499.0/5)-1; math.Abs(got-want) > 1e-9 || d.Measures.Imbalance < want-1e-9 {
		t.Errorf("floor %.3f and imbalance %.3f, want both at least %.3f", got, d.Measures.Imbalance, want)
	}
	if d.Measures.ImbalanceLeast < d.Measures.ImbalanceFloor {
		t.Errorf("least imbalance %.3f, want at least the floor of %.3f", d.Measures.ImbalanceLeast, d.Measures.ImbalanceFloor)
	}
}

// Nobody can have 4.4 customers: with 22 equal ones for five territories the fullest has 5.
func TestWholeCustomersBoundTheImbalance(t *testing.T) {
	t.Parallel()
	d, err := geo.Design(geo.Brief{Sites: generated(22), Territories: 5})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := d.Measures.ImbalanceLeast, 5/4.4-1; math.Abs(got-want) > 1e-9 || d.Measures.Imbalance < want-1e-9 {
		t.Errorf("least %.4f and imbalance %.4f, want both at least %.4f", got, d.Measures.Imbalance, want)
	}
	if d.Measures.ImbalanceFloor != 0 {
		t.Errorf("floor %.4f, want 0: no customer outweighs a territory", d.Measures.ImbalanceFloor)
	}
}

// An island alone can't be balanced; a territory then has ground on both, joined by the shortest crossing.
func TestFarIslands(t *testing.T) {
	t.Parallel()
	sites := generated(120)
	for i := range 40 {
		sites[i].Point.Lon += 8
	}
	for _, k := range []int{3, 4} {
		d, err := geo.Design(geo.Brief{Sites: sites, Territories: k, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if m := d.Measures; m.Imbalance > 0.04 || m.Pieces != 0 {
			t.Errorf("%d territories: imbalance = %.3f, pieces = %d; want at most 0.04 and 0", k, m.Imbalance, m.Pieces)
		}
	}
}

// Not every town can be cut as evenly as the tolerance asks, and then the draft says so.
func TestLoadsOffTheirTargetAreFound(t *testing.T) {
	t.Parallel()
	sites := generated(3)
	sites[0].Workload = 1.5
	d, err := geo.Design(geo.Brief{Sites: sites, Territories: 2})
	if err != nil {
		t.Fatal(err)
	}
	off := 0
	for _, f := range d.Findings {
		if f.Kind == geo.OffTarget {
			off++
		}
	}
	if off != 2 {
		t.Errorf("found %v, want both territories off their targets", d.Findings)
	}
}
