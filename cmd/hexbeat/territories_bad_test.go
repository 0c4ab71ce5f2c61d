package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestOneTerritoryTakesAll(t *testing.T) {
	t.Parallel()
	d := designs(t, "--customers", aGrid(t, 6, "", nil), "--reps", "1")
	if got := d.names(); !slices.Equal(got, []string{"1"}) || d.report().number(t, "imbalance") != 0 {
		t.Errorf("territories %v, %s", got, d.stdout)
	}
	if alone := designs(t, "--customers", aGrid(t, 1, "", nil), "--reps", "1"); !strings.HasPrefix(alone.stdout, "1 customer in 1 territory: ") {
		t.Errorf("said %q, want one customer in one territory", alone.stdout)
	}
}

func TestMoreTerritoriesThanThereCanBeCustomers(t *testing.T) {
	t.Parallel()
	d := drawn(t, "--customers", aGrid(t, 6, "", nil), "--reps", "1000000000")
	if d.code != exitFailed {
		t.Errorf("a billion territories for 36 customers: exit code %d", d.code)
	}
	d.says("1000000000 asked for, and there are fewer customers (36)")
}

func TestAllCustomersAtOneDoor(t *testing.T) {
	t.Parallel()
	door := aFile(t, "door.csv", "id,lat,lon\n"+strings.Repeat("%,55.75,37.61\n", 1))
	text := "id,lat,lon\n"
	for i := range 30 {
		text += fmt.Sprintf("%d,55.75,37.61\n", i)
	}
	if err := os.WriteFile(door, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	designs(t, "--customers", door, "--reps", "1")
	d := drawn(t, "--customers", door, "--reps", "2")
	if d.code != exitFailed {
		t.Fatalf("two territories at one door: exit code %d", d.code)
	}
	d.says("indivisible places that are free (1)")
}

func TestTwoFarIslands(t *testing.T) {
	t.Parallel()
	text := "id,lat,lon,workload\n"
	for i := range 100 {
		text += fmt.Sprintf("w%d,%.4f,%.4f,1\ne%d,%.4f,%.4f,1\n", i, 54.7+float64(i/10)*0.005, 20.5+float64(i%10)*0.008, i, 43.1+float64(i/10)*0.005, 131.9+float64(i%10)*0.008)
	}
	d := designs(t, "--customers", aFile(t, "islands.csv", text), "--reps", "4")
	for _, name := range d.names() {
		shores := map[byte]bool{}
		for id, of := range d.of() {
			if of == name {
				shores[id[0]] = true
			}
		}
		if len(shores) != 1 {
			t.Errorf("territory %s lies on both islands", name)
		}
	}
	if r := d.report(); r.number(t, "pieces") != 0 || r.number(t, "imbalance") > 0.03 {
		t.Errorf("two equal islands in four territories: %s", d.stdout)
	}
}

func TestAnAddressHeavierThanATerritoryIsSaid(t *testing.T) {
	t.Parallel()
	text := "id,lat,lon,workload\n"
	for i := range 100 {
		text += fmt.Sprintf("s%d,%.4f,%.4f,1\n", i, 55.7+float64(i/10)*0.005, 37.5+float64(i%10)*0.008)
	}
	text += "depot,55.72,37.53,300\n"
	d := designs(t, "--customers", aFile(t, "heavy.csv", text), "--reps", "4")
	if floor := d.report().number(t, "imbalance_floor"); floor < 1.99 || floor > 2.01 {
		t.Errorf("imbalance_floor = %v, want 2: one customer weighs three territories", floor)
	}
	d.says("customer depot weighs 300", "200.0 % is the least")
}

func TestAllCapacitiesZero(t *testing.T) {
	t.Parallel()
	d := drawn(t, "--customers", aGrid(t, 6, "", nil), "--territories", aFile(t, "reps.csv", "territory,capacity\nA,0\nB,0\n"))
	if d.code != exitFailed {
		t.Errorf("exit code %d", d.code)
	}
	d.says("somebody must do the work")
}

func TestLocksThatMakeBalanceImpossibleAreNamed(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 10, ",locked", func(i, _ int) string {
		if i < 5 {
			return ",Иванов"
		}
		return ","
	})
	d := designs(t, "--customers", customers, "--reps", "4")
	d.says("territory Иванов", "locked to it")
	if row := d.rows()["Иванов"]; row.Customers < 50 || row.Locked != 500 {
		t.Errorf("Иванов has %+v, want the 50 locked customers", row)
	}
	var findings []struct{ Kind, Territory string }
	d.report().read(t, "findings", &findings)
	if !slices.ContainsFunc(findings, func(f struct{ Kind, Territory string }) bool {
		return f.Kind == "LOCKED_OVER" && f.Territory == "Иванов"
	}) {
		t.Errorf("findings %+v, want LOCKED_OVER of Иванов", findings)
	}
}

func TestCurrentThatDoesNotFit(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 12, "", nil)
	var half strings.Builder
	half.WriteString("\uFEFFcustomer_id,territory,unit,unit_lat,unit_lon,exempt\n")
	for i := range 12 {
		for j := range 12 {
			switch {
			case i == 0 && j == 0:
				half.WriteString("stranger,west,x,1,1,\nalien,west,x,1,1,\n")
			case i == 1 && j == 0:
				fmt.Fprintf(&half, "r%dc%d,west\n", i, j) // ragged
			case i == 2 && j == 0:
				fmt.Fprintf(&half, "r%dc%d,west,x,1,1,\nr%dc%d,east,x,1,1,\n", i, j, i, j) // twice
			case i == 3 && j == 0:
				fmt.Fprintf(&half, "r%dc%d,,x,1,1,\n", i, j) // nobody's
			default:
				fmt.Fprintf(&half, "r%dc%d,%s,x,1,1,1\n", i, j, []string{"west", "east"}[j/6])
			}
		}
	}
	d := designs(t, "--customers", customers, "--current", aFile(t, "half.csv", half.String()))
	d.says("not among those to design for: 2, the first is stranger", "not looked at: 2; the first is line 15", "who get one now: 3")
	if got := d.names(); !slices.Equal(got, []string{"east", "west"}) {
		t.Errorf("territories %v, want those of --current", got)
	}
	if d.of()["r2c0"] != "west" {
		t.Errorf("a customer named twice went to %s, want where the first row says", d.of()["r2c0"])
	}

	fewer := designs(t, "--customers", customers, "--current", aFile(t, "half.csv", half.String()), "--reps", "1")
	fewer.says("dissolved: 1: ", "goes to others besides")
	more := designs(t, "--customers", customers, "--current", aFile(t, "half.csv", half.String()), "--reps", "3")
	if got := more.names(); !slices.Equal(got, []string{"1", "east", "west"}) {
		t.Errorf("territories %v, want a new one", got)
	}

	none := drawn(t, "--customers", customers, "--current", aFile(t, "none.csv", "customer_id,territory\nx,west\n"))
	if none.code != exitFailed {
		t.Errorf("no customer matches: exit code %d", none.code)
	}
	none.says("no customer of", "of the same company")
}

func TestNewTerritoriesAreNumberedOn(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 20, "", nil)
	nine := designs(t, "--customers", customers, "--reps", "9")
	ten := designs(t, "--customers", customers, "--reps", "10", "--current", nine.out())
	if got := ten.names(); !slices.Contains(got, "10") || slices.Contains(got, "01") {
		t.Errorf("territories %v, want 1 to 10", got)
	}
}

func TestFilesThatDoNotFitAreRefusedInOneLine(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 6, ",locked,revenue", func(i, j int) string {
		if i+j == 0 {
			return ",A,many"
		}
		return ",,5"
	})
	plain := aGrid(t, 6, "", nil)
	current := designs(t, "--customers", plain, "--reps", "2").out()
	in := func(name, text string) string { return aFile(t, name, text) }
	for what, c := range map[string]struct {
		flags []string
		code  int
		want  string
	}{
		"more listed than asked for":  {[]string{"--reps", "1", "--territories", in("t.csv", "territory\nA\nB\n")}, exitMisuse, "has 2 territories and --reps says 1"},
		"bad capacity":                {[]string{"--territories", in("t.csv", "territory,capacity\nA,1\nB,x\n")}, exitFailed, "line 3 of"},
		"no names":                    {[]string{"--territories", in("t.csv", "colour\nred\n")}, exitFailed, "are needed"},
		"lock to a stranger":          {[]string{"--current", current, "--locked", in("l.csv", "customer_id,territory\nr0c0,7\n")}, exitFailed, "there is no territory \"7\""},
		"lock to a typo":              {[]string{"--territories", in("t.csv", "territory\nСевер\nЮг\n"), "--locked", in("l.csv", "id,territory\nr0c0,Севр\n")}, exitFailed, "did you mean Север"},
		"locked twice":                {[]string{"--reps", "2", "--locked", in("l.csv", "id,territory\nr0c0,A\nr0c0,B\n")}, exitFailed, "customer r0c0 is locked to two territories"},
		"more locks than territories": {[]string{"--reps", "1", "--locked", in("l.csv", "id,territory\nr0c0,A\nr0c1,B\n")}, exitFailed, "raise --reps"},
		"bad cell":                    {[]string{"--reps", "2", "--locked", in("l.csv", "cell,territory\nzzz,A\n")}, exitFailed, "is not an H3 cell"},
		"measure of nothing":          {[]string{"--reps", "2", "--measures", "profit:0.1"}, exitFailed, "\"profit\" is not there"},
		"measure with a typo":         {[]string{"--reps", "2", "--measures", "cuont"}, exitFailed, "did you mean count"},
		"measure of garbage":          {[]string{"--customers", customers, "--reps", "2", "--measures", "revenue:0.1"}, exitFailed, "holds \"many\" on line 2"},
		"measure twice":               {[]string{"--reps", "2", "--measures", "count,count"}, exitMisuse, "names count twice"},
		"measure without tolerance":   {[]string{"--reps", "2", "--measures", "count:lots"}, exitMisuse, "must be a number above 0"},
		"empty measure":               {[]string{"--reps", "2", "--measures", ","}, exitMisuse, "--measures must name columns"},
		"budget without current":      {[]string{"--reps", "2", "--budget", "0.1"}, exitMisuse, "--budget needs --current"},
		"what-if without current":     {[]string{"--reps", "2", "--what-if"}, exitMisuse, "--what-if needs --current"},
		"budget of two":               {[]string{"--current", current, "--budget", "2"}, exitMisuse, "--budget must lie between"},
		"barriers of garbage":         {[]string{"--reps", "2", "--barriers", in("b", "river")}, exitFailed, "is no GeoJSON"},
		"barriers of a list":          {[]string{"--reps", "2", "--barriers", in("b", "[]")}, exitFailed, "whose objects have a type"},
		"barriers of points":          {[]string{"--reps", "2", "--barriers", in("b", `{"type":"Point","coordinates":[37,55]}`)}, exitFailed, "has no lines"},
		"barriers off the Earth":      {[]string{"--reps", "2", "--barriers", in("b", `{"type":"LineString","coordinates":[[37,55],[55,137]]}`)}, exitFailed, "longitude first"},
		"barriers of one number":      {[]string{"--reps", "2", "--barriers", in("b", `{"type":"LineString","coordinates":[[37],[55]]}`)}, exitFailed, "1 numbers instead of"},
		"barriers of words":           {[]string{"--reps", "2", "--barriers", in("b", `{"type":"LineString","coordinates":"along the river"}`)}, exitFailed, "not pairs of longitude and latitude"},
		"barriers of no type":         {[]string{"--reps", "2", "--barriers", in("b", `{"rivers":[]}`)}, exitFailed, "no type of GeoJSON"},
		"barriers nested":             {[]string{"--reps", "2", "--barriers", in("b", strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 99)+strings.Repeat("]}", 99))}, exitFailed, "deep in one another"},
		"no such file":                {[]string{"--reps", "2", "--barriers", "nowhere.geojson"}, exitFailed, "there is no file nowhere.geojson"},
		"a folder":                    {[]string{"--reps", "2", "--locked", t.TempDir()}, exitFailed, "is a folder"},
		"a language of its own":       {[]string{"--reps", "2", "--language", "fr"}, exitMisuse, "--language must be en or ru"},
		"resolution":                  {[]string{"--reps", "2", "--resolution", "3"}, exitMisuse, "--resolution must lie"},
	} {
		d := drawn(t, append([]string{"--customers", plain}, c.flags...)...)
		lines := strings.Split(strings.TrimSpace(d.stderr), "\n")
		if last := lines[len(lines)-1]; d.code != c.code || !strings.Contains(last, c.want) || !strings.HasPrefix(last, "hexbeat: ") {
			t.Errorf("%s: exit code %d, said %q; want %d and %q", what, d.code, last, c.code, c.want)
		}
		if _, err := os.Stat(d.out()); err == nil {
			t.Errorf("%s: a design is written all the same", what)
		}
	}
}

func TestNoFileIsWrittenOverAnother(t *testing.T) {
	t.Parallel()
	customers := aGrid(t, 6, "", nil)
	current := designs(t, "--customers", customers, "--reps", "2").out()
	before, err := os.ReadFile(current)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.csv")
	if err := os.Symlink(current, link); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{
		{"--out", current}, {"--out", link}, {"--out", "x.csv", "--report", current}, {"--out", "x.csv", "--report", "x.csv"},
		{"--out", "x.csv", "--picture", customers},
	} {
		args := append([]string{"territories", "--customers", customers, "--current", current}, flags...)
		if code, _, stderr := hexbeat(t, args...); code != exitMisuse {
			t.Errorf("%v: exit code %d, said %q, want it refused", flags, code, stderr)
		}
	}
	if after, err := os.ReadFile(current); err != nil || string(after) != string(before) {
		t.Error("the file of --current was written over")
	}
}

// Whatever a barrier file holds, the answer is lines or a sentence.
func FuzzBarriers(f *testing.F) {
	f.Add(`{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}}`)
	f.Add(`{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6]]]}`)
	f.Add(`{"type":"LineString","coordinates":[null,[1e999,2]]}`)
	f.Add(`[1,2]`)
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := readBarriers(aFile(t, "b.geojson", text))
		if (err == nil) == (len(lines) == 0) {
			t.Errorf("%q gives %d lines and %v", text, len(lines), err)
		}
		for _, line := range lines {
			for _, p := range line {
				if p.Check() != nil || len(line) < 2 {
					t.Errorf("%q gives the line %v", text, line)
				}
			}
		}
	})
}

// A file of barriers as large as a country's rivers is read without complaint.
func TestManyBarriers(t *testing.T) {
	t.Parallel()
	source := rand.New(rand.NewPCG(1, 1))
	var text strings.Builder
	text.WriteString(`{"type":"MultiLineString","coordinates":[`)
	for i := range 2000 {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("[")
		lat, lon := 55+source.Float64(), 37+source.Float64()
		for j := range 50 {
			if j > 0 {
				text.WriteString(",")
			}
			lat, lon = lat+0.001*source.NormFloat64(), lon+0.001*source.NormFloat64()
			fmt.Fprintf(&text, "[%.5f,%.5f]", lon, lat)
		}
		text.WriteString("]")
	}
	text.WriteString("]}")
	designs(t, "--customers", aGrid(t, 12, "", nil), "--reps", "3", "--barriers", aFile(t, "rivers.geojson", text.String()))
}
