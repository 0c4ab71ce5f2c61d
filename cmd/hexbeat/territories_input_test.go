package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

// drawing is a run of hexbeat territories in a folder of its own.
type drawing struct {
	*testing.T
	dir            string
	code           int
	stdout, stderr string
}

// drawn runs hexbeat territories with the flags; --out and --report are out.csv and report.json of its folder.
func drawn(t *testing.T, flags ...string) drawing {
	t.Helper()
	d := drawing{T: t, dir: t.TempDir()}
	args := append([]string{"territories", "--out", filepath.Join(d.dir, "out.csv"), "--report", filepath.Join(d.dir, "report.json")}, flags...)
	d.code, d.stdout, d.stderr = hexbeat(t, args...)
	return d
}

// designs is a run that must succeed.
func designs(t *testing.T, flags ...string) drawing {
	t.Helper()
	d := drawn(t, flags...)
	if d.code != exitDone {
		t.Fatalf("territories %v: exit code %d, said %q", flags, d.code, d.stderr)
	}
	return d
}

func (d drawing) out() string    { return filepath.Join(d.dir, "out.csv") }
func (d drawing) report() report { return readReport(d.T, filepath.Join(d.dir, "report.json")) }

// of is the territory of each customer.
func (d drawing) of() map[string]string {
	of := map[string]string{}
	for _, row := range readCSV(d.T, d.out())[1:] {
		of[row[0]] = row[1]
	}
	return of
}

// names are the territories that have customers.
func (d drawing) names() []string {
	var names []string
	for _, name := range d.of() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// rows are what the report says of each territory.
func (d drawing) rows() map[string]territoryRow {
	var list []territoryRow
	d.report().read(d.T, "by_territory", &list)
	rows := map[string]territoryRow{}
	for _, r := range list {
		rows[r.Territory] = r
	}
	return rows
}

// says fails where a text is neither printed nor among the notes of the report.
func (d drawing) says(texts ...string) {
	d.Helper()
	var notes []string
	if d.code == exitDone {
		d.report().read(d.T, "notes", &notes)
	}
	for _, text := range texts {
		if !strings.Contains(d.stdout+d.stderr, text) {
			d.Errorf("nothing is said of %q: %q and %q", text, d.stdout, d.stderr)
		}
		if d.code == exitDone && !strings.Contains(d.stdout, text) && !strings.Contains(strings.Join(notes, "\n"), text) {
			d.Errorf("the report notes nothing of %q: %q", text, notes)
		}
	}
}

// aGrid has n by n sites of one workload, 0.3 to 0.4 km apart, called by row and column; extra columns come from more.
func aGrid(t *testing.T, n int, header string, more func(row, column int) string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("id,lat,lon,workload" + header + "\n")
	for i := range n {
		for j := range n {
			fmt.Fprintf(&text, "r%dc%d,%.5f,%.5f,10", i, j, 55.70+float64(i)*0.004, 37.50+float64(j)*0.006)
			if more != nil {
				text.WriteString(more(i, j))
			}
			text.WriteString("\n")
		}
	}
	return aFile(t, "grid.csv", text.String())
}

// Not beside other tests: the number of processors is the whole program's.
func TestSameInputSameBytesOnAnyNumberOfProcessors(t *testing.T) {
	customers := aCustomerFile(t, 401)
	barriers := aFile(t, "river.geojson", `{"type":"LineString","coordinates":[[37.5,55.73],[37.7,55.735]]}`)
	current := designs(t, "--customers", customers, "--reps", "6").out()
	var first [][]byte
	for _, processors := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(processors)
		svg, outlines := filepath.Join(t.TempDir(), "p.svg"), filepath.Join(t.TempDir(), "p.geojson")
		d := designs(t, "--customers", customers, "--reps", "5", "--current", current, "--barriers", barriers, "--measures", "count:0.2",
			"--budget", "0.5", "--what-if", "--picture", svg, "--geojson", outlines)
		runtime.GOMAXPROCS(before)
		var files [][]byte
		for _, name := range []string{d.out(), filepath.Join(d.dir, "report.json"), svg, outlines} {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, bytes.ReplaceAll(data, []byte(d.dir), []byte("DIR")))
		}
		files = append(files, []byte(d.stdout))
		if first == nil {
			first = files
		}
		for i := range files {
			if !bytes.Equal(files[i], first[i]) {
				t.Errorf("file %d differs with %d processors", i, processors)
			}
		}
	}
}

func TestTerritoriesHaveNamesCapacitiesAndHomes(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 20, "", nil)
	listed := aFile(t, "reps.csv", "territory;capacity;lat;lon\nИванов;1;;\nПетров;0,5;;\nСидорова;1;55,70;37,50\n")
	d := designs(t, "--customers", customers, "--territories", listed)
	if got, want := d.names(), []string{"Иванов", "Петров", "Сидорова"}; !slices.Equal(got, want) {
		t.Fatalf("territories %v, want %v", got, want)
	}
	rows := d.rows()
	for name, want := range map[string]float64{"Иванов": 1600, "Петров": 800, "Сидорова": 1600} {
		if r := rows[name]; r.Target != want || r.OffTarget == nil || *r.OffTarget > 0.03 {
			t.Errorf("%s has %+v, want a target of %v kept to 3 %%", name, r, want)
		}
	}
	if d.of()["r0c0"] != "Сидорова" {
		t.Errorf("the customer at Сидорова's door is %s's", d.of()["r0c0"])
	}
	more := designs(t, "--customers", customers, "--territories", listed, "--reps", "5")
	if got := more.names(); len(got) != 5 || !slices.Contains(got, "Петров") || !slices.Contains(got, "1") {
		t.Errorf("territories %v, want the three listed and two with numbers", got)
	}
}

func TestAVacancyGetsNothing(t *testing.T) {
	t.Parallel()
	listed := aFile(t, "reps.csv", "territory,capacity\nA,1\nB,0\nC,1\n")
	d := designs(t, "--customers", aGrid(t, 12, "", nil), "--territories", listed)
	if got := d.names(); !slices.Equal(got, []string{"A", "C"}) {
		t.Errorf("territories with customers %v, want A and C", got)
	}
	if b := d.rows()["B"]; b.OffTarget != nil || b.Customers != 0 {
		t.Errorf("the vacancy has %+v", b)
	}
}

func TestLocksHold(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 14, ",locked", func(i, j int) string {
		if i == 0 && j == 0 {
			return ",b"
		}
		return ","
	})
	cell, err := geo.CellAt(geo.Point{Lat: 55.70 + 13*0.004, Lon: 37.50 + 13*0.006}, geo.SiteResolution)
	if err != nil {
		t.Fatal(err)
	}
	listed := aFile(t, "reps.csv", "territory\na\nb\nc\n")
	locked := aFile(t, "locked.csv", "customer_id,cell,territory\nr0c13,,c\nr13c0,,a\ngone,,a\n,"+cell.String()+",b\n")
	d := designs(t, "--customers", customers, "--territories", listed, "--locked", locked)
	of := d.of()
	for id, want := range map[string]string{"r0c0": "b", "r0c13": "c", "r13c0": "a", "r13c13": "b"} {
		if of[id] != want {
			t.Errorf("%s is in %s, locked to %s", id, of[id], want)
		}
	}
	design := readCSV(t, d.out())
	if got, want := strings.Join(design[0], ","), "customer_id,territory,unit,unit_lat,unit_lon,exempt"; got != want {
		t.Errorf("header %q, want %q", got, want)
	}
	if got := design[1][len(design[1])-1]; got != "1" {
		t.Errorf("exempt of a locked customer is %q, want 1", got)
	}
	d.says("the first is gone")
	if d.report().number(t, "imbalance") > 0.03+1e-9 {
		t.Errorf("a few locks cost the balance: %s", d.stdout)
	}
}

func TestMeasuresAreKeptBesideTheWorkload(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 20, ",revenue", func(i, _ int) string { // the north buys three times as much
		if i >= 10 {
			return ",300"
		}
		return ",100"
	})
	d := designs(t, "--customers", customers, "--reps", "4", "--measures", "revenue:0.1, count:0.1", "--tolerance", "0.1")
	for name, r := range d.rows() {
		if got := r.Measures["revenue"]; got > 20000*1.1+1e-6 || got < 20000*0.85 {
			t.Errorf("territory %s has a revenue of %v, want about 20,000", name, got)
		}
		if got := r.Measures["count"]; got != float64(r.Customers) {
			t.Errorf("territory %s counts %v of %d customers", name, got, r.Customers)
		}
	}
}

func TestABudgetIsKept(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 20, "", nil)
	current := designs(t, "--customers", customers, "--reps", "5").out()
	drifted := aGrid(t, 20, ",x", func(i, _ int) string { return "," })
	heavier(t, drifted)
	last := 0.0
	for _, budget := range []string{"0", "0.03", "0.5"} {
		d := designs(t, "--customers", drifted, "--current", current, "--budget", budget, "--price", "0")
		moved := d.report().number(t, "moved_share")
		var limit float64
		if _, err := fmt.Sscan(budget, &limit); err != nil || moved > limit+1e-9 {
			t.Errorf("with a budget of %s %.4f is moved", budget, moved)
		}
		if moved < last {
			t.Errorf("a larger budget of %s moves less: %.4f after %.4f", budget, moved, last)
		}
		last = moved
	}
}

// heavier gives the customers of the first rows of a grid twice the workload.
func heavier(t *testing.T, grid string) {
	t.Helper()
	data, err := os.ReadFile(grid)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "r0c") || strings.HasPrefix(line, "r1c") || strings.HasPrefix(line, "r2c") {
			lines[i] = strings.Replace(line, ",10", ",20", 1)
		}
	}
	if err := os.WriteFile(grid, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIfPrintsTheCurveAndNeedsNoOut(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 14, "", nil)
	current := designs(t, "--customers", customers, "--reps", "4").out()
	heavier(t, customers)
	code, stdout, stderr := hexbeat(t, "territories", "--customers", customers, "--current", current, "--what-if")
	if code != exitDone {
		t.Fatalf("exit code %d, said %q", code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if len(lines) != 2+len(geo.CurveBudgets) || !strings.Contains(lines[1], "may move") || !strings.Contains(lines[len(lines)-1], "15 %") {
		t.Errorf("the curve is %q, want a line each for 0, 2, 4, 8 and 15 %%", stdout)
	}
	d := designs(t, "--customers", customers, "--current", current, "--what-if")
	var curve []geo.CurvePoint
	d.report().read(t, "what_if", &curve)
	for i, p := range curve {
		if p.MovedShare > geo.CurveBudgets[i]+1e-9 || i > 0 && p.Imbalance > curve[i-1].Imbalance+1e-9 {
			t.Errorf("point %d of the curve is %+v after %+v", i, p, curve[max(0, i-1)])
		}
	}
}

func TestALineIsDesignedByItself(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 12, ",line", func(i, j int) string {
		return []string{",Чай", ",Кофе", `,"чай, кофе"`}[(i+j)%3]
	})
	tea := designs(t, "--customers", customers, "--reps", "2", "--line", "чай")
	if got := len(tea.of()); got != 96 {
		t.Errorf("%d customers of tea, want 96 of 144", got)
	}
	all := designs(t, "--customers", customers, "--reps", "2")
	if got := len(all.of()); got != 144 {
		t.Errorf("%d customers together, want 144", got)
	}
	all.says("2 sales lines")
	if none := drawn(t, "--customers", customers, "--reps", "2", "--line", "какао"); none.code != exitFailed {
		t.Errorf("a line nobody is of: exit code %d, said %q", none.code, none.stderr)
	} else {
		none.says("Кофе")
	}
}

func TestOpenWorkStays(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 20, ",open_work", func(i, _ int) string {
		if i%2 == 0 {
			return ",yes"
		}
		return ",0"
	})
	current := designs(t, "--customers", customers, "--reps", "5").out()
	heavier(t, customers)
	d := designs(t, "--customers", customers, "--current", current, "--open", aFile(t, "open.csv", "customer_id\nr1c0\nnobody\n"), "--open-price", "1000")
	d.says("the first is nobody")
	before, after := drawing{T: t, dir: filepath.Dir(current)}.of(), d.of()
	moved, open := 0, 0
	for id := range before {
		if before[id] == after[id] {
			continue
		}
		moved++
		var row int
		if _, err := fmt.Sscanf(id, "r%dc", &row); err != nil {
			t.Fatal(err)
		}
		if row%2 == 0 {
			open++
		}
	}
	if moved == 0 || open*4 > moved {
		t.Errorf("of %d customers that change hands %d have open work, want few", moved, open)
	}
}

func TestBarriersPartTerritories(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 16, "", nil)
	// A river between the columns 7 and 8.
	river := aFile(t, "river.geojson", `{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[37.545,55.6,120],[37.545,55.9]]}},
		{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[37.5,55.7]}}]}`)
	d := designs(t, "--customers", customers, "--reps", "4", "--barriers", river)
	sides := map[string]map[bool]bool{}
	for id, territory := range d.of() {
		var row, column int
		if _, err := fmt.Sscanf(id, "r%dc%d", &row, &column); err != nil {
			t.Fatal(err)
		}
		if sides[territory] == nil {
			sides[territory] = map[bool]bool{}
		}
		sides[territory][column >= 8] = true
	}
	for territory, of := range sides {
		if len(of) > 1 {
			t.Errorf("territory %s lies on both sides of the river", territory)
		}
	}
}

func TestPictureShowsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	customers, svg := aGrid(t, 14, "", nil), filepath.Join(t.TempDir(), "p.svg")
	current := designs(t, "--customers", customers, "--reps", "4").out()
	heavier(t, customers)
	designs(t, "--customers", customers, "--current", current, "--picture", svg, "--language", "ru")
	data, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Было", "Стало", "меняет хозяина", "перекос"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("the picture lacks %q", want)
		}
	}
}
