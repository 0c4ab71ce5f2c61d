package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/city"
	"github.com/hexbeat/hexbeat/geo"
)

// runBench runs a command line and answers with the exit code and what was said.
func runBench(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), environment{&out, &errs, func(string) string { return "" }}, args)
	return code, out.String(), errs.String()
}

func TestHelpListsTheCommands(t *testing.T) {
	t.Parallel()
	code, out, _ := runBench(t, "help")
	for _, c := range commands() {
		if !strings.Contains(out, "bench "+c.name) {
			t.Errorf("help does not name %s:\n%s", c.name, out)
		}
		if got, _, stderr := runBench(t, c.name, "--help"); got != 0 {
			t.Errorf("%s --help: exit code %d, said %q", c.name, got, stderr)
		}
	}
	if code != 0 {
		t.Errorf("help: exit code %d", code)
	}
}

func TestDayOfAMadeUpTown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "town.csv")
	if code, _, stderr := runBench(t, "region", "--kind", "grid", "--customers", "400", "--out", file); code != 0 {
		t.Fatal(stderr)
	}
	code, out, stderr := runBench(t, "day", "--file", file, "--reps", "3", "--iterations", "20", "--long", "40")
	if code != 0 || !strings.Contains(out, "| plan ") || !strings.Contains(out, "| long ") {
		t.Errorf("exit code %d, said %q and %q", code, out, stderr)
	}
	if code, _, stderr := runBench(t, "day", "--file", "nowhere.csv"); code != 0 || !strings.Contains(stderr, "left out") {
		t.Errorf("without the data: exit code %d, said %q; want 0 and that it is left out", code, stderr)
	}
}

func TestMisuseIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ args, want string }{
		{"", "say what to measure"},
		{"routs", `no command "routs"`},
		{"region --kind moon", "no such kind of region"},
		{"region --customers 0", "1 or more"},
		{"region extra", "one word too many"},
		{"territories --reps 0", "whole numbers like 10,50,200"},
		{"territories --reps ten", "whole numbers like 10,50,200"},
		{"territories --kind moon", "no such kind of region"},
		{"territories --seeds 0", "--seeds must be 1 or more"},
		{"territories --only atlantis", "matches nothing"},
		{"day --reps 0", "--reps must be 1 or more"},
		{"day --iterations 0", "--iterations must be 1 or more"},
		{"day --long -1", "--long must be 0 or more"},
		{"rebalance --nonsense", "--help explains the flags"},
	} {
		code, _, stderr := runBench(t, strings.Fields(c.args)...)
		if code != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("bench %s: exit code %d, said %q; want 2 and %q", c.args, code, stderr, c.want)
		}
	}
}

// aGround is made-up customers, each a unit of its own.
func aGround(t *testing.T) (*ground, []place) {
	t.Helper()
	var places []place
	rows := [][]string{{"customer_id", "territory", "unit", "unit_lat", "unit_lon"}}
	for _, c := range city.Region(1, 300, city.Coast) {
		places = append(places, place{c.ID, c.Point, c.Workload})
		rows = append(rows, []string{c.ID, "1", decimal(c.Point.Lat) + decimal(c.Point.Lon), decimal(c.Point.Lat), decimal(c.Point.Lon)})
	}
	file := filepath.Join(t.TempDir(), "design.csv")
	if err := writeCSV(file, rows); err != nil {
		t.Fatal(err)
	}
	g, _, err := readDesign(file, places)
	if err != nil {
		t.Fatal(err)
	}
	return g, places
}

func TestDesignIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	g, places := aGround(t)
	d := make(division, len(g.units))
	for u := range d {
		d[u] = u % 3
	}
	file := filepath.Join(t.TempDir(), "out.csv")
	if err := g.write(file, d); err != nil {
		t.Fatal(err)
	}
	again, e, err := readDesign(file, places)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.units) != len(g.units) || math.Abs(again.total-g.total) > 1e-6 {
		t.Errorf("%d units of %v, want %d of %v", len(again.units), again.total, len(g.units), g.total)
	}
	if got, want := again.imbalance(e, 3), g.imbalance(d, 3); math.Abs(got-want) > 1e-12 {
		t.Errorf("imbalance = %v, want %v", got, want)
	}
	if got := g.imbalance(d, 4); !math.IsInf(got, 1) {
		t.Errorf("imbalance with an empty territory = %v, want +Inf", got)
	}
}

func TestMedoidOfTwoPlaces(t *testing.T) {
	t.Parallel()
	g := &ground{
		places: []place{{workload: 3}, {workload: 1}},
		at:     []vec{{0, 0}, {3, 4}},
		unit:   []int{0, 1},
		units:  make([]unit, 2),
		total:  4,
	}
	if got, want := g.medoidKm(division{0, 0}, 1), 5.0/4; got != want {
		t.Errorf("medoidKm = %v, want %v: the heavier customer is the medoid, the other 5 km away", got, want)
	}
}

func TestKMeansIsNearerThanAnyOther(t *testing.T) {
	t.Parallel()
	g, _ := aGround(t)
	d := kMeans(g, 6, 5)
	if got := g.imbalance(d, 6); math.IsInf(got, 1) {
		t.Fatal("k-means leaves a territory empty")
	}
	striped := make(division, len(d))
	for u := range striped {
		striped[u] = u % 6
	}
	if near, far := g.medoidKm(d, 6), g.medoidKm(striped, 6); near > far/2 {
		t.Errorf("medoid_km = %v, without any thought it is %v", near, far)
	}
}

func TestBestIsWithinTheToleranceFirst(t *testing.T) {
	t.Parallel()
	g := &ground{
		places: []place{{workload: 1}, {workload: 1}, {workload: 1}, {workload: 1}},
		at:     []vec{{0, 0}, {1, 0}, {10, 0}, {11, 0}},
		unit:   []int{0, 1, 2, 3},
		units:  []unit{{workload: 1}, {workload: 1}, {workload: 1}, {workload: 1}},
		total:  4,
	}
	lopsided, crossed, good, empty := division{0, 1, 1, 1}, division{0, 1, 0, 1}, division{0, 0, 1, 1}, division{0, 0, 0, 0}
	for _, c := range []struct {
		name string
		of   []division
		want division
	}{
		{"the nearer of two balanced", []division{crossed, good, lopsided}, good},
		{"balanced before near", []division{lopsided, crossed}, crossed},
		{"the better balanced of none within", []division{empty, lopsided}, lopsided},
		{"nothing if all leave one empty", []division{empty}, nil},
	} {
		if got := g.best(c.of, 2, 0.03); !cmp.Equal(got, c.want) {
			t.Errorf("%s: best = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestGraphOfFourPlaces(t *testing.T) {
	t.Parallel()
	g := &ground{total: 4}
	for i := range 4 {
		g.units = append(g.units, unit{workload: 1, center: geo.Point{Lat: 0, Lon: float64(i) / 100}})
	}
	want := "4 3 010\n5000000 2\n5000000 1 3\n5000000 2 4\n5000000 3\n"
	if got := string(g.graph()); got != want {
		t.Errorf("graph = %q, want a chain: %q", got, want)
	}
}

func TestTargetsOfACase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		area   string
		region bool
		reps   int
		want   target
	}{
		{"moscow", false, 50, target{area: "moscow", reps: 50, imbalance: 0.03, medoidKm: 1.90, wall: 1500 * time.Millisecond}},
		{"anywhere", false, 50, target{reps: 50, imbalance: 0.03, slack: 0.01, price: 1.13}},
		{"anywhere", false, 200, target{reps: anyReps, imbalance: 0.03, slack: 0.01, price: 1.18}},
		{"andorra", true, 20, target{region: true, reps: anyReps, imbalance: 0.03, slack: 0.01, metis: 1}},
	} {
		if got := targetOf(c.area, c.region, c.reps); got != c.want {
			t.Errorf("targetOf(%s, %v, %d) = %+v, want %+v", c.area, c.region, c.reps, got, c.want)
		}
	}
}

// Each target must be able to be missed.
func TestMissedTargetsAreSaid(t *testing.T) {
	t.Parallel()
	all := target{imbalance: 0.03, slack: 0.01, medoidKm: 2, metis: 0.9, price: 1.1, wall: time.Second}
	fine := verdict{Imbalance: 0.03, MedoidKm: 1}
	for _, c := range []struct {
		name    string
		ours    verdict
		took    usage
		metisKm float64
		want    string
	}{
		{"all met", fine, usage{}, 2, ""},
		{"the floor allows more", verdict{Imbalance: 0.2, ImbalanceFloor: 0.2, MedoidKm: 1}, usage{}, 2, ""},
		{"lopsided", verdict{Imbalance: 0.05, MedoidKm: 1}, usage{}, 2, "imbalance"},
		{"in pieces", verdict{Pieces: 2, MedoidKm: 1}, usage{}, 2, "pieces: 2"},
		{"far", verdict{MedoidKm: 3}, usage{}, 9, "medoid_km is 3, the target is 2"},
		{"beside METIS", fine, usage{}, 1.05, "beside METIS"},
		{"without METIS", fine, usage{}, math.NaN(), "beside METIS"},
		{"slow", fine, usage{wall: 2 * time.Second}, 2, "takes 2.00 s"},
	} {
		m := misses{name: "here"}
		all.judged(&m, c.ours, c.took, c.metisKm, 1)
		if got := strings.Join(m.said, "; "); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: said %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDriftIsOfItsSeedAlone(t *testing.T) {
	t.Parallel()
	_, places := aGround(t)
	territory := make([]string, len(places))
	for i := range territory {
		territory[i] = string(rune('a' + i%4))
	}
	today, of := drift(1, places, territory)
	again, _ := drift(1, places, territory)
	if !cmp.Equal(today, again, cmp.AllowUnexported(place{})) {
		t.Error("the same seed drifted differently")
	}
	if len(today) != len(of) || len(today) < 270 || len(today) > 330 {
		t.Errorf("%d customers with %d territories after a drift of 300", len(today), len(of))
	}
	opened := 0
	for _, p := range today {
		if strings.HasPrefix(p.id, "new-") {
			opened++
		}
		if err := p.at.Check(); err != nil {
			t.Error(err)
		}
	}
	if opened != 15 {
		t.Errorf("%d customers opened, want 15", opened)
	}
}

func TestNewNumbersAreNoChangeOfHands(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "design.csv")
	if err := writeCSV(file, [][]string{{"customer_id", "territory"}, {"a", "1"}, {"b", "1"}, {"c", "2"}, {"d", "3"}}); err != nil {
		t.Fatal(err)
	}
	places := []place{{id: "a", workload: 1}, {id: "b", workload: 1}, {id: "c", workload: 3}, {id: "d", workload: 1}}
	if err := keepNames(file, places, []string{"x", "y", "x", "y"}); err != nil {
		t.Fatal(err)
	}
	got, err := territoriesOf(file)
	if want := []string{"y", "y", "x", "new 3"}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("names = %v, %v, want %v", got, err, want)
	}
}

func TestResultsAreAMarkdownTable(t *testing.T) {
	t.Parallel()
	r := results{words: 1, head: []string{"case", "km"}}
	r.add("moscow", "4.65")
	r.add("ё", "12")
	want := "| case   |   km |\n|--------|-----:|\n| moscow | 4.65 |\n| ё      |   12 |\n"
	if got := r.String(); got != want {
		t.Errorf("table =\n%s\nwant\n%s", got, want)
	}
}

func TestResultsReplaceTheirSection(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "b.md")
	if err := os.WriteFile(file, []byte("A\n<!-- bench x -->\nold\n<!-- end of bench x -->\nB\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceSection(file, "x", "new\n"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if want := "A\n<!-- bench x -->\n\nnew\n\n<!-- end of bench x -->\nB\n"; err != nil || string(got) != want {
		t.Errorf("file = %q, %v, want %q", got, err, want)
	}
	if err := replaceSection(file, "y", "new\n"); err == nil {
		t.Error("a file without the marks was written")
	}
}
