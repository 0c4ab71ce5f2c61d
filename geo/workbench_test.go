package geo_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

// aBench is a designed town, open for editing.
func aBench(t testing.TB, b geo.Brief) *geo.Workbench {
	t.Helper()
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	w, err := geo.OpenWorkbench(b, d.Of(len(b.Sites)), nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWorkbenchAgreesWithTheDesignItOpens(t *testing.T) {
	t.Parallel()
	plain := geo.Brief{Sites: generated(240), Territories: 5, Seed: 1}
	river := plain
	river.Barriers = [][]geo.Point{{{Lat: 55.76, Lon: 37}, {Lat: 55.75, Lon: 37.6}, {Lat: 55.76, Lon: 38.3}}}
	unequal := plain
	unequal.Capacity = []float64{1, 1, 2, 0.5, 0}
	unequal.Held = slices.Repeat([]int{geo.Free}, len(plain.Sites))
	unequal.Held[7], unequal.Held[8] = 4, 0
	for name, b := range map[string]geo.Brief{"plain": plain, "a river": river, "capacities, a vacancy and locks": unequal} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			agrees(t, b)
		})
	}
}

func agrees(t *testing.T, b geo.Brief) {
	t.Helper()
	d, err := geo.Design(b)
	if err != nil {
		t.Fatal(err)
	}
	w, err := geo.OpenWorkbench(b, d.Of(len(b.Sites)), nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	o, m := w.Overall(), d.Measures
	if math.Abs(o.Imbalance-m.Imbalance) > 1e-9 || math.Abs(o.Lightest-m.Lightest) > 1e-9 || o.Pieces != m.Pieces {
		t.Errorf("overall %+v, want what the design has: %+v", o, m)
	}
	// The middle is not the medoid, yet near it.
	if math.Abs(o.MeanKm/m.MedoidKm-1) > 0.05 {
		t.Errorf("mean_km = %.3f, want within 5 %% of the medoid's %.3f", o.MeanKm, m.MedoidKm)
	}
	var designed []geo.Unit
	var whose []int
	for i, u := range d.Units {
		if !u.Exempt {
			designed, whose = append(designed, u), append(whose, d.Territory[i])
		}
	}
	units, territory := w.Ground()
	if len(units) != len(designed) {
		t.Fatalf("%d units, want %d", len(units), len(designed))
	}
	for i, u := range units {
		if u.Cell != designed[i].Cell || territory[i] != whose[i] {
			t.Fatalf("unit %d is %s of %d, want %s of %d", i, u.Cell, territory[i], designed[i].Cell, whose[i])
		}
	}
}

// A row of five cells, two reps: what the end of the row does when the middle changes hands.
func TestPaintingTheMiddleOfARowCutsItsEndOff(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Territories: 2, Sites: aRow(6)}
	w, err := geo.OpenWorkbench(b, []int{0, 0, 0, 0, 1, 1}, nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	effect, err := w.Apply(geo.Paint{Cells: []geo.Cell{cellOf(t, b.Sites[1])}, To: 1})
	if err != nil {
		t.Fatal(err)
	}
	if effect.Sites != 1 || effect.Workload != 10 {
		t.Errorf("%d sites with work %v change hands, want one with 10", effect.Sites, effect.Workload)
	}
	var pieces []int
	for _, c := range effect.Territories {
		pieces = append(pieces, c.Before.Pieces, c.After.Pieces)
	}
	if !slices.Equal(pieces, []int{1, 2, 1, 2}) {
		t.Errorf("pieces before and after = %v, want [1 2 1 2]", pieces)
	}
	if len(effect.CutOff) != 2 || !slices.Equal(effect.CutOff[0].Cells, []geo.Cell{cellOf(t, b.Sites[0])}) {
		t.Errorf("cut off: %+v, want the first cell of the row for 0 and the painted one for 1", effect.CutOff)
	}
	if _, err := w.Apply(geo.Repair{}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Of(), []int{1, 1, 0, 0, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("after the repair the row is %v, want %v: the painted cell stays, its cut-off neighbour goes with it, and 1 gives another for it", got, want)
	}
}

func TestACustomerMovedAloneStandsApart(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Territories: 2, Sites: append(aRow(4), aRow(2)...)} // two sites each in the first two cells
	w, err := geo.OpenWorkbench(b, []int{0, 0, 1, 1, 0, 0}, nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	effect, err := w.Apply(geo.Move{Sites: []int{4}, To: 1})
	if err != nil {
		t.Fatal(err)
	}
	if effect.After.Pieces != 0 || effect.Sites != 1 {
		t.Errorf("%+v, want one site moved and no territory in pieces", effect)
	}
	if got, want := w.Apart(), []bool{false, false, false, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("apart = %v, want %v", got, want)
	}
	// Painting its cell takes it home; a lock does not let it go.
	if _, err := w.Apply(geo.Paint{Cells: []geo.Cell{cellOf(t, b.Sites[0])}, To: 0}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Of(), []int{0, 0, 1, 1, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("after painting: %v, want %v", got, want)
	}
	if _, err := w.Apply(geo.Hold{Site: 4, To: 1}); err != nil {
		t.Fatal(err)
	}
	effect, err = w.Apply(geo.Paint{Cells: []geo.Cell{cellOf(t, b.Sites[0])}, To: 0})
	if err != nil {
		t.Fatal(err)
	}
	if effect.Held != 1 || w.Of()[4] != 1 {
		t.Errorf("painting over a lock: %+v, territory %d; want one site held with 1", effect, w.Of()[4])
	}
	if _, err := w.Apply(geo.Move{Sites: []int{4}, To: 0}); !errors.Is(err, geo.ErrEdit) {
		t.Errorf("moving a locked site answers %v, want ErrEdit", err)
	}
	if _, err := w.Apply(geo.Release{Site: 4}); err != nil {
		t.Fatal(err)
	}
	if got := w.Of()[4]; got != 0 {
		t.Errorf("released it is with %d, want 0, whose ground it stands on", got)
	}
}

func TestPaintingAPartOfAUnitDividesIt(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Territories: 2, Sites: aRow(6), Resolution: 7}
	w, err := geo.OpenWorkbench(b, []int{0, 0, 0, 0, 0, 0}, nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := w.Ground()
	if _, err := w.Apply(geo.Paint{Cells: []geo.Cell{cellOf(t, b.Sites[2])}, To: 1}); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Of(), []int{0, 0, 1, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("painted: %v, want %v", got, want)
	}
	units, territory := w.Ground()
	if _, err := geo.Cover(units, territory, 2); err != nil {
		t.Errorf("the ground can't be covered: %v", err)
	}
	w.Undo()
	if after, _ := w.Ground(); len(after) != len(before) {
		t.Errorf("%d units after undoing, want %d", len(after), len(before))
	}
}

func TestANewcomerFallsToTheGroundItStandsOn(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Territories: 2, Sites: aRow(4)}
	w, err := geo.OpenWorkbench(b, []int{0, 0, 1, 1}, nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	at := b.Sites[3].Point
	for _, p := range []geo.Point{at, {Lat: at.Lat + 0.02, Lon: at.Lon}} { // on a unit, and beyond the last
		effect, err := w.Apply(geo.Add{Site: geo.Site{ID: "new", Point: p, Workload: 10}, To: geo.Ground})
		if err != nil {
			t.Fatal(err)
		}
		of := w.Of()
		if of[len(of)-1] != 1 || len(effect.Territories) != 1 || effect.Sites != 0 {
			t.Errorf("the newcomer is with %d, %+v; want it with 1 and nobody moved", of[len(of)-1], effect)
		}
	}
	if _, err := w.Apply(geo.Remove{Site: 3}); err != nil {
		t.Fatal(err)
	}
	if f := w.Figures(1); f.Sites != 3 || f.Pieces != 1 {
		t.Errorf("%+v, want three sites in one piece", f)
	}
	if _, err := w.Apply(geo.Remove{Site: 3}); !errors.Is(err, geo.ErrNoSite) {
		t.Errorf("removing it again answers %v, want ErrNoSite", err)
	}
}

func TestImpossibleEditsChangeNothing(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Territories: 2, Sites: aRow(3)}
	w, err := geo.OpenWorkbench(b, []int{0, 0, 1}, nil, geo.Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	cell := cellOf(t, b.Sites[0])
	for name, c := range map[string]struct {
		edit geo.Edit
		want error
	}{
		"paint for nobody known": {geo.Paint{Cells: []geo.Cell{cell}, To: 2}, geo.ErrEdit},
		"paint no cell":          {geo.Paint{Cells: []geo.Cell{7}, To: 1}, geo.ErrEdit},
		"draw nothing":           {geo.Draw{To: 1}, geo.ErrEdit},
		"move nobody":            {geo.Move{Sites: []int{3}, To: 1}, geo.ErrNoSite},
		"hold for nobody":        {geo.Hold{Site: 0, To: geo.Free}, geo.ErrEdit},
		"release the free":       {geo.Release{Site: 0}, geo.ErrEdit},
		"add off the globe":      {geo.Add{Site: geo.Site{Point: geo.Point{Lat: 91}}}, geo.ErrNoPlace},
		"add less than nothing":  {geo.Add{Site: geo.Site{Workload: -1}}, geo.ErrWorkload},
		"a price below nothing":  {geo.Repair{Price: -1}, geo.ErrEdit},
		"repair nobody":          {geo.Repair{Territories: []int{-1}}, geo.ErrEdit},
		"the second is wrong":    {geo.Together{geo.Paint{Cells: []geo.Cell{cell}, To: 1}, geo.Remove{Site: -1}}, geo.ErrNoSite},
	} {
		if _, err := w.Apply(c.edit); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if got := w.Of(); !slices.Equal(got, []int{0, 0, 1}) || w.Undo() {
		t.Errorf("after refusals the sites are with %v, want [0 0 1] and nothing to undo", got)
	}
}

// A town of nine reps: one gives a part of the work away; the repair brings everybody back within the tolerance.
func TestRepairBringsTheSurroundingsIntoTolerance(t *testing.T) {
	t.Parallel()
	b := geo.Brief{Sites: generated(900), Territories: 9, Seed: 1}
	w := aBench(t, b)
	before := w.Of()
	units, territory := w.Ground()
	var cells []geo.Cell
	for i, u := range units { // a part of one territory, for another
		if territory[i] == 5 && u.Center.Lat > b.Sites[0].Point.Lat-1 && len(cells) < 12 {
			cells = append(cells, u.Cell)
		}
	}
	to := 6
	painted, err := w.Apply(geo.Paint{Cells: cells, To: to})
	if err != nil {
		t.Fatal(err)
	}
	effect, err := w.Apply(geo.Repair{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("painted: %+v\nrepaired: %+v, %d sites", painted.After, effect.After, effect.Sites)
	if effect.After.Imbalance > 0.031 {
		t.Errorf("imbalance after the repair = %.3f, want within 3 %%", effect.After.Imbalance)
	}
	of := w.Of()
	inside := map[int]bool{}
	for _, c := range effect.Territories {
		inside[c.Territory] = true
	}
	for i := range of {
		if of[i] != before[i] && !inside[of[i]] {
			t.Fatalf("site %d went from %d to %d, which the effect does not mention", i, before[i], of[i])
		}
	}
	for i, u := range units {
		if slices.Contains(cells, u.Cell) && of[units[i].Sites[0]] != to {
			t.Errorf("cell %s, given by hand, was taken back", u.Cell)
		}
	}
}

// aRow is places of one cell each, one after the other.
func aRow(n int) (row []geo.Site) {
	for i := range n {
		row = append(row, geo.Site{ID: fmt.Sprint(i), Point: geo.Point{Lat: 55.75 + float64(i)*0.004, Lon: 37.6}, Workload: 10})
	}
	return row
}

func cellOf(t testing.TB, s geo.Site) geo.Cell {
	t.Helper()
	cells, err := geo.Ancestors(s.Point, geo.SiteResolution, geo.SiteResolution)
	if err != nil {
		t.Fatal(err)
	}
	return cells[0]
}
