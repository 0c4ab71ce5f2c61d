package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// aCustomerFile has n sites on a square of streets; the last one has only an address.
func aCustomerFile(t *testing.T, n int) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("id;название;адрес;широта;долгота;workload\n")
	for i := range n - 1 {
		fmt.Fprintf(&text, "s%d;Магазин %d;ул. Мира, %d;%.5f;%.5f;%d\n", i, i, i, 55.70+float64(i/20)*0.004, 37.50+float64(i%20)*0.007, 1+i%3)
	}
	fmt.Fprintf(&text, "s%d;Магазин;ул. Мира, 1;;;2\n", n-1)
	return aFile(t, "customers.csv", text.String())
}

func aFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func hexbeat(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := environment{strings.NewReader(""), &out, &errs, func(string) string { return "" }}
	code = run(t.Context(), env, args)
	return code, out.String(), errs.String()
}

func TestTerritoriesWritesADesign(t *testing.T) {
	t.Parallel()
	customers, dir := aCustomerFile(t, 401), t.TempDir()
	out, outlines, report := filepath.Join(dir, "out.csv"), filepath.Join(dir, "out.geojson"), filepath.Join(dir, "out.json")
	code, stdout, stderr := hexbeat(t, "territories", "--customers", customers, "--reps", "5", "--out", out, "--geojson", outlines, "--report", report)
	if code != exitDone || !strings.Contains(stdout, "400 customers in 5 territories") {
		t.Fatalf("exit code %d, said %q and %q", code, stdout, stderr)
	}
	if !strings.Contains(stderr, "only an address") {
		t.Errorf("nothing is said of the customer without a place: %q", stderr)
	}

	design := readCSV(t, out)
	if got, want := strings.Join(design[0], ","), "customer_id,territory,unit,unit_lat,unit_lon"; got != want {
		t.Errorf("header %q, want %q", got, want)
	}
	territories := map[string]bool{}
	for i, row := range design[1:] {
		territories[row[1]] = true
		if got, want := row[0], fmt.Sprintf("s%d", i); got != want {
			t.Fatalf("line %d is of customer %s, want the order of the input: %s", i+2, got, want)
		}
	}
	if len(design) != 401 || len(territories) != 5 {
		t.Errorf("%d customers in %d territories, want 400 in 5", len(design)-1, len(territories))
	}

	measures := readReport(t, report)
	if got := measures.number(t, "imbalance"); got > 0.03 {
		t.Errorf("imbalance = %v, want at most 0.03", got)
	}
	for _, name := range []string{"imbalance_floor", "pieces", "medoid_km", "rms_km", "price_of_balance", "moved_share", "moved_bound", "envy"} {
		if _, reported := measures[name]; !reported {
			t.Errorf("the report lacks %s", name)
		}
	}
	var collection struct {
		Type     string
		Features []struct{ Geometry struct{ Type string } }
	}
	readJSON(t, outlines, &collection)
	if collection.Type != "FeatureCollection" || len(collection.Features) != 5 || collection.Features[0].Geometry.Type != "MultiPolygon" {
		t.Errorf("outlines are %+v, want a collection of 5 multipolygons", collection)
	}
}

func TestTerritoriesStartsFromAnEarlierDesign(t *testing.T) {
	t.Parallel()
	customers, dir := aCustomerFile(t, 401), t.TempDir()
	first, second, third, report := filepath.Join(dir, "1.csv"), filepath.Join(dir, "2.csv"), filepath.Join(dir, "3.csv"), filepath.Join(dir, "r.json")
	for _, args := range [][]string{
		{"--reps", "5", "--out", first},
		{"--reps", "5", "--out", second, "--current", first, "--report", report},
		{"--reps", "6", "--out", third, "--current", first},
	} {
		if code, _, stderr := hexbeat(t, append([]string{"territories", "--customers", customers}, args...)...); code != exitDone {
			t.Fatalf("territories %v: exit code %d, said %q", args, code, stderr)
		}
	}
	if moved := readReport(t, report).number(t, "moved_share"); moved > 0.01 {
		t.Errorf("of a good design %.3f is moved, want next to nothing", moved)
	}
	names := map[string]bool{}
	for _, row := range readCSV(t, third)[1:] {
		names[row[1]] = true
	}
	if !names["6"] || len(names) != 6 {
		t.Errorf("territories %v, want the five of before and 6", names)
	}
}

func TestTerritoriesSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	customers, out := aCustomerFile(t, 11), filepath.Join(t.TempDir(), "out.csv")
	addresses := aFile(t, "addresses.csv", "id,address\n1,ул. Мира\n")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--reps 5 --out " + out, exitMisuse, "--customers is missing"},
		{"--customers " + customers + " --out " + out, exitMisuse, "--reps must be 1 or more"},
		{"--customers " + customers + " --reps 2", exitMisuse, "--out is missing"},
		{"--customers " + customers + " --reps 2 --out " + customers, exitMisuse, "would overwrite"},
		{"--customers " + customers + " --reps 2 --tolerance -1 --out " + out, exitMisuse, "--tolerance must lie"},
		{"--customers " + customers + " --reps 2 --price NaN --out " + out, exitMisuse, "--price must lie"},
		{"--customers " + customers + " --rep 2 --out " + out, exitMisuse, "did you mean --reps"},
		{"--customers nowhere.csv --reps 2 --out " + out, exitFailed, "there is no file nowhere.csv"},
		{"--customers " + addresses + " --reps 2 --out " + out, exitFailed, "no customer with a place"},
		{"--customers " + customers + " --reps 50 --out " + out, exitFailed, "fewer (--reps)"},
		{"--customers " + customers + " --reps 2 --out " + out + " --current " + addresses, exitFailed, "is no design"},
	} {
		code, _, stderr := hexbeat(t, append([]string{"territories"}, strings.Fields(c.args)...)...)
		lines := strings.Split(strings.TrimSpace(stderr), "\n")
		if last := lines[len(lines)-1]; code != c.code || !strings.Contains(last, c.want) {
			t.Errorf("territories %s: exit code %d, said %q; want %d and %q", c.args, code, last, c.code, c.want)
		}
	}
}

// report is what --report wrote.
type report map[string]json.RawMessage

func readReport(t *testing.T, name string) report {
	t.Helper()
	var r report
	readJSON(t, name, &r)
	return r
}

func (r report) read(t *testing.T, key string, into any) {
	t.Helper()
	if err := json.Unmarshal(r[key], into); err != nil {
		t.Fatalf("%s of the report is %s: %v", key, r[key], err)
	}
}

func (r report) number(t *testing.T, key string) (n float64) {
	t.Helper()
	r.read(t, key, &n)
	return n
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
