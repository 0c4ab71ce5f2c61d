package geo

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestLevelsAndParentsAreTheLibrarys(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, "lon")}
		level := rapid.IntRange(0, deepest).Draw(t, "level")
		c, err := CellAt(p, level)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.level(); got != c.Resolution() {
			t.Errorf("level of %s = %d, want %d", c, got, c.Resolution())
		}
		for above := range level + 1 {
			want, err := c.Parent(above)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.above(above); got != want {
				t.Errorf("%s above %s, want %s", got, c, want)
			}
		}
	})
}

// around is a region of eight corners.
func around(t *rapid.T, p Point, degrees float64) Region {
	var ring orb.Ring
	for i := range 9 {
		sin, cos := math.Sincos(float64(i%8) * math.Pi / 4)
		ring = append(ring, orb.Point{p.Lon + 2*degrees*cos, p.Lat + degrees*sin})
	}
	r, err := RegionOf(orb.MultiPolygon{{ring}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// aPlayground is a small town, its sites with random reps.
func aPlayground(t *rapid.T) *Workbench {
	source := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "town"), 0))
	k := rapid.IntRange(1, 4).Draw(t, "territories")
	b := Brief{Territories: k, Resolution: rapid.SampledFrom([]int{0, 8}).Draw(t, "resolution")}
	var of []int
	var standing []bool
	for i := range rapid.IntRange(2, 60).Draw(t, "sites") {
		p := Point{Lat: 66.5 + 0.02*source.NormFloat64(), Lon: math.Remainder(179.99+0.05*source.NormFloat64(), 360)}
		if i > 0 && source.IntN(4) == 0 {
			p = b.Sites[i-1].Point
		}
		b.Sites = append(b.Sites, Site{ID: strconv.Itoa(i), Point: p, Workload: float64(1 + source.IntN(5))})
		west := math.Remainder(p.Lon-179.99, 360) < 0
		owner := 0
		if west {
			owner = k - 1
		}
		if source.IntN(5) == 0 {
			owner = source.IntN(k+1) - 1
		}
		of = append(of, owner)
		standing = append(standing, source.IntN(6) == 0)
	}
	if rapid.Bool().Draw(t, "locks") {
		b.Held = slices.Repeat([]int{Free}, len(b.Sites))
		b.Held[0] = 0
		cell, err := CellAt(b.Sites[1].Point, rapid.IntRange(8, 10).Draw(t, "locked level"))
		if err != nil {
			t.Fatal(err)
		}
		b.HeldCells = map[Cell]int{cell: k - 1}
	}
	w, err := OpenWorkbench(b, of, standing, Rounds{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// anEdit may be impossible.
func anEdit(t *rapid.T, w *Workbench) Edit {
	to := rapid.IntRange(Free, len(w.figures)-1).Draw(t, "to")
	site := rapid.IntRange(0, len(w.sites)-1).Draw(t, "site")
	near := func() Point {
		p := w.sites[rapid.IntRange(0, len(w.sites)-1).Draw(t, "near")].point
		p.Lat += rapid.Float64Range(-0.01, 0.01).Draw(t, "north")
		return p
	}
	switch rapid.IntRange(0, 8).Draw(t, "edit") {
	case 0, 1:
		var cells []Cell
		for range rapid.IntRange(1, 3).Draw(t, "cells") {
			c, err := CellAt(near(), rapid.IntRange(7, 11).Draw(t, "level"))
			if err != nil {
				t.Fatal(err)
			}
			cells = append(cells, c)
		}
		return Paint{Cells: cells, To: to}
	case 2:
		return Draw{Region: around(t, near(), rapid.Float64Range(0.001, 0.02).Draw(t, "reach")), To: to}
	case 3:
		return Move{Sites: []int{site}, To: to}
	case 4:
		return Hold{Site: site, To: to}
	case 5:
		return Release{Site: site}
	case 6:
		add := Add{Site: Site{ID: "new", Point: near(), Workload: float64(rapid.IntRange(0, 5).Draw(t, "work"))}, To: to}
		if rapid.Bool().Draw(t, "where it stands") {
			add.To = Ground
		}
		return add
	case 7:
		return Remove{Site: site}
	default:
		return Together{Move{Sites: []int{site}, To: to}, Repair{}}
	}
}

// contents are all that makes a workbench what it is.
func contents(w *Workbench) Workbench {
	c := *w
	c.sites, c.units, c.near = slices.Clone(w.sites), slices.Clone(w.units), slices.Clone(w.near)
	for i := range c.near {
		c.near[i] = slices.Clone(c.near[i])
	}
	for i := range c.units {
		c.units[i].sites = slices.Clone(c.units[i].sites)
	}
	c.figures, c.apart, c.was = slices.Clone(w.figures), slices.Clone(w.apart), slices.Clone(w.was)
	c.tape, c.journal, c.mark = tape{}, nil, nil // of these the first and last are scratch
	return c
}

func TestEditsAreTriedAppliedAndUndone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := aPlayground(t)
		var before []Workbench
		for range rapid.IntRange(1, 8).Draw(t, "edits") {
			e := anEdit(t, w)
			was := contents(w)
			tried, tryErr := w.Try(e)
			if now := contents(w); !reflect.DeepEqual(now, was) {
				t.Fatalf("trying %#v changed the workbench", e)
			}
			applied, err := w.Apply(e)
			if (err == nil) != (tryErr == nil) || !reflect.DeepEqual(tried, applied) {
				t.Fatalf("%#v tried: %+v, %v; applied: %+v, %v", e, tried, tryErr, applied, err)
			}
			if err != nil {
				if now := contents(w); !reflect.DeepEqual(now, was) {
					t.Fatalf("%#v was refused (%v) and changed the workbench", e, err)
				}
				continue
			}
			before = append(before, was)
			checkFigures(t, w)
			checkNear(t, w)
			if applied.After != w.Overall() {
				t.Errorf("after %#v: %+v, but the effect says %+v", e, w.Overall(), applied.After)
			}
		}
		for len(before) > 0 {
			if !w.Undo() {
				t.Fatal("nothing to undo")
			}
			last := len(before) - 1
			if now := contents(w); !reflect.DeepEqual(now, before[last]) {
				t.Fatal("undoing does not lead back")
			}
			before = before[:last]
		}
		if w.Undo() {
			t.Error("undid an edit never made")
		}
	})
}

// checkFigures works everything out again from the sites, by plain means.
func checkFigures(t *rapid.T, w *Workbench) {
	members := make([][]int32, len(w.figures))
	total := 0.0
	for i, of := range w.Of() {
		if !w.sites[i].gone {
			total += w.sites[i].load
		}
		if of >= 0 {
			members[of] = append(members[of], int32(i))
		}
	}
	pieces := make([]int, len(w.figures))
	joined := newForest(len(w.units))
	for i := range w.units {
		if u := &w.units[i]; u.owner >= 0 && len(u.sites) > 0 {
			pieces[u.owner]++
		}
	}
	for i := range w.units {
		for _, v := range w.near[i] {
			if o := w.units[i].owner; o >= 0 && o == w.units[v].owner && joined.union(int32(i), v) {
				pieces[o]--
			}
		}
	}
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1+math.Abs(b)) }
	for tt, sites := range members {
		load, middle := 0.0, vec{}
		for _, i := range sites {
			load += w.sites[i].load
		}
		for _, i := range sites {
			if load > 0 {
				middle.x += w.sites[i].at.x * w.sites[i].load / load
				middle.y += w.sites[i].at.y * w.sites[i].load / load
			}
		}
		km := 0.0
		for _, i := range sites {
			if load > 0 {
				km += w.sites[i].load * w.sites[i].at.distance(middle) / load
			}
		}
		f := w.Figures(tt)
		if f.Sites != len(sites) || !near(f.Load, load) || !near(f.MeanKm, km) || f.Pieces != pieces[tt] ||
			!near(f.Imbalance, load*float64(len(members))/total-1) {
			t.Fatalf("territory %d: %+v, want %d sites, load %v, %v km, %d pieces, imbalance %v",
				tt, f, len(sites), load, km, pieces[tt], load*float64(len(members))/total-1)
		}
	}
	for i := range w.units {
		u := w.units[i]
		sum := 0.0
		for _, s := range u.sites {
			sum += w.sites[s].load
			if w.sites[s].unit != int32(i) || w.sites[s].apart || w.sites[s].gone {
				t.Fatalf("site %d is on the ground of unit %d, but should not be", s, i)
			}
		}
		if !near(u.load, sum) {
			t.Fatalf("unit %d weighs %v, want %v", i, u.load, sum)
		}
	}
}

// checkNear holds the neighbour graph against the definition: every third place tried for every pair.
func checkNear(t *rapid.T, w *Workbench) {
	var all []int32
	for i := range w.units {
		if len(w.units[i].sites) > 0 {
			all = append(all, int32(i))
		} else if len(w.near[i]) > 0 {
			t.Fatalf("bare unit %d borders on %v", i, w.near[i])
		}
	}
	joined := newForest(len(w.units))
	for _, i := range all {
		for _, j := range all {
			if i >= j {
				continue
			}
			p, q := w.units[i].at, w.units[j].at
			gap := math.Inf(1)
			for _, k := range all {
				if k != i && k != j {
					gap = min(gap, p.toward(q, 0.5).distance(w.units[k].at))
				}
			}
			radius := p.distance(q) / 2
			bordering := slices.Contains(w.near[i], j)
			if bordering != slices.Contains(w.near[j], i) {
				t.Fatalf("%d and %d border one way only", i, j)
			}
			if bordering {
				joined.union(i, j)
			}
			if bordering && gap < radius*(1-1e-6) {
				t.Fatalf("units %d and %d border, %v km apart, with a third %v from the middle", i, j, 2*radius, gap)
			}
			if !bordering && gap > radius*(1+clearance+1e-6) {
				t.Fatalf("units %d and %d do not border, with nothing between", i, j)
			}
		}
	}
	for _, i := range all {
		if joined.root(i) != joined.root(all[0]) {
			t.Fatalf("unit %d is cut off from all others", i)
		}
	}
}
