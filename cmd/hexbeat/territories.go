package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

func territoriesCommand() command {
	return command{"territories", "design territories from a customer file, without a database", territories}
}

// territoryFiles is what hexbeat territories is asked to read and write.
type territoryFiles struct {
	customers, current   string
	out, geojson, report string
}

func territories(_ context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat territories", "Divides the ground of a customer file among reps: every territory in one piece, the work shared evenly,\n"+
		"the customers near the middle. Needs no database. The same input and seed give the same bytes.")
	var files territoryFiles
	f.StringVar(&files.customers, "customers", "", "the customer `file`, CSV or XLSX")
	f.StringVar(&files.current, "current", "", "an earlier --out `file` to start from, so that few customers change hands")
	f.StringVar(&files.out, "out", "", "the `file` for the design: CSV, a line for each customer")
	f.StringVar(&files.geojson, "geojson", "", "a `file` for the outlines")
	f.StringVar(&files.report, "report", "", "a `file` for the measures, JSON")
	reps := f.Int("reps", 0, "how many territories")
	seed := f.Uint64("seed", 1, "another seed, another design of the same quality")
	tolerance := f.Float64("tolerance", geo.DefaultTolerance, "how far a load may be off its target: 0.03 is 3 %")
	price := f.Float64("price", 5, "with --current: what a change of hands costs, against distance; 0 is nothing, 3 to 10 usual")
	if err := f.parse(args); err != nil {
		return err
	}
	switch {
	case files.customers == "":
		return misuse("--customers is missing: name the customer file")
	case *reps < 1:
		return misuse("--reps must be 1 or more: say how many territories to design")
	case files.out == "":
		return misuse("--out is missing: name the file for the design")
	case files.out == files.customers:
		return misuse("--out would overwrite the customer file: name another file")
	case !(*tolerance > 0 && *tolerance <= 1):
		return misuse("--tolerance must lie between 0 and 1: 0.03 is 3 %%")
	case !(*price >= 0 && *price <= 1e6):
		return misuse("--price must lie between 0 and a million: 3 to 10 are usual")
	}

	rows, err := locatedCustomers(env, files.customers)
	if err != nil {
		return err
	}
	brief := geo.Brief{Territories: *reps, Tolerance: *tolerance, Seed: *seed, Sites: make([]geo.Site, len(rows))}
	for i, row := range rows {
		brief.Sites[i] = geo.Site{ID: row.ID, Point: *row.Point, Workload: row.Workload}
	}
	names := numbers(*reps)
	if files.current != "" {
		before, err := readDesign(files.current)
		if err != nil {
			return err
		}
		names, brief.Current = today(before, brief.Sites, *reps)
		brief.Price = *price
	}
	draft, err := geo.Design(brief)
	if err != nil {
		return err
	}
	if err := files.write(brief, draft, names); err != nil {
		return err
	}
	m := draft.Measures
	_, err = fmt.Fprintf(env.stdout, "%d customers in %d territories: imbalance %.1f %%, %.2f km from a customer to the middle, territories in pieces: %d\n",
		m.Customers, m.Territories, 100*m.Imbalance, m.MedoidKm, m.Pieces)
	return err
}

// locatedCustomers reads the rows that have a place, and notes on stderr how many have none or were refused.
func locatedCustomers(env environment, name string) ([]table.CustomerRow, error) {
	file, err := openInput("--customers", name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, rejected, err := table.ReadCustomers(file, name)
	if err != nil {
		return nil, err
	}
	if len(rejected) > 0 {
		first := rejected[0]
		fmt.Fprintf(env.stderr, "hexbeat: rows of %s left out: %d; the first is line %d: %s\n", name, len(rejected), first.Line, first.EN)
	}
	all := len(rows)
	rows = slices.DeleteFunc(rows, func(r table.CustomerRow) bool { return r.Point == nil })
	if away := all - len(rows); away > 0 {
		fmt.Fprintf(env.stderr, "hexbeat: customers with only an address, who get no territory: %d; add lat and lon\n", away)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no customer with a place: add columns lat and lon", name)
	}
	return rows, nil
}

func openInput(flag, name string) (*os.File, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s: check %s", name, flag)
	}
	return file, err
}

// readDesign reads the territory of each customer from an earlier --out.
func readDesign(name string) (map[string]string, error) {
	file, err := openInput("--current", name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows := csv.NewReader(file)
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("%s is no design, its header can't be read (%w): --current takes an earlier --out", name, err)
	}
	header[0] = string(bytes.TrimPrefix([]byte(header[0]), []byte("\uFEFF")))
	id, territory := slices.Index(header, "customer_id"), slices.Index(header, "territory")
	if id < 0 || territory < 0 {
		return nil, fmt.Errorf("%s is no design, it lacks the columns customer_id and territory: --current takes an earlier --out", name)
	}
	of := map[string]string{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return of, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		of[row[id]] = row[territory]
	}
}

// today numbers the territories of an earlier design, for as many as there will be. Where there
// were more, the lightest are dissolved; where there were fewer, new ones get numbers as names.
func today(before map[string]string, sites []geo.Site, n int) (names []string, current []int) {
	load := map[string]float64{}
	for _, s := range sites {
		if name := before[s.ID]; name != "" {
			load[name] += s.Workload
		}
	}
	for name := range load {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(load[b], load[a]), cmp.Compare(a, b)) })
	names = names[:min(n, len(names))]
	slices.Sort(names)
	for next := 1; len(names) < n; next++ {
		if name := number(next, n); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	position := map[string]int{}
	for i, name := range names {
		position[name] = i
	}
	current = make([]int, len(sites))
	for i, s := range sites {
		at, known := position[before[s.ID]]
		if !known {
			at = -1
		}
		current[i] = at
	}
	return names, current
}

// number is that of one among n, with zeros before it, so that names sort as numbers do.
func number(i, n int) string { return fmt.Sprintf("%0*d", len(strconv.Itoa(n)), i) }

func numbers(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = number(i+1, n)
	}
	return names
}

// write makes all files before it writes the first.
func (files territoryFiles) write(b geo.Brief, d geo.Draft, names []string) error {
	out := []struct {
		name string
		make func(geo.Brief, geo.Draft, []string) ([]byte, error)
		data []byte
	}{{name: files.out, make: designCSV}, {name: files.geojson, make: designGeoJSON}, {name: files.report, make: designReport}}
	for i, f := range out {
		if f.name == "" {
			continue
		}
		data, err := f.make(b, d, names)
		if err != nil {
			return err
		}
		out[i].data = data
	}
	for _, f := range out {
		if f.name == "" {
			continue
		}
		if err := os.WriteFile(f.name, f.data, 0o644); err != nil {
			return fmt.Errorf("write the design: %w", err)
		}
	}
	return nil
}

// designCSV has a line for each customer, in the order of the customer file.
func designCSV(b geo.Brief, d geo.Draft, names []string) ([]byte, error) {
	unit := make([]int, len(b.Sites))
	for u := range d.Units {
		for _, i := range d.Units[u].Sites {
			unit[i] = u
		}
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	lines := [][]string{{"customer_id", "territory", "unit", "unit_lat", "unit_lon"}}
	for i, s := range b.Sites {
		u := d.Units[unit[i]]
		lines = append(lines, []string{s.ID, names[d.Territory[unit[i]]], u.Cell.String(), degrees(u.Center.Lat), degrees(u.Center.Lon)})
	}
	err := w.WriteAll(lines)
	return out.Bytes(), err
}

// degrees are written to the centimetre.
func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 7, 64) }

// designGeoJSON has a feature for each territory, the ground between its customers filled.
func designGeoJSON(_ geo.Brief, d geo.Draft, names []string) ([]byte, error) {
	type properties struct {
		Territory string  `json:"territory"`
		Workload  float64 `json:"workload"`
		Customers int     `json:"customers"`
	}
	type feature struct {
		Type       string      `json:"type"`
		Properties properties  `json:"properties"`
		Geometry   geo.GeoJSON `json:"geometry"`
	}
	collection := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{Type: "FeatureCollection"}
	cells, err := geo.Cover(d.Units, d.Territory, geo.DefaultRings)
	if err != nil {
		return nil, err
	}
	borders, err := geo.Outlines(cells)
	if err != nil {
		return nil, err
	}
	for t, outline := range borders.Exact() {
		of := properties{Territory: names[t]}
		for u, unit := range d.Units {
			if d.Territory[u] == t {
				of.Workload += unit.Workload
				of.Customers += len(unit.Sites)
			}
		}
		collection.Features = append(collection.Features, feature{"Feature", of, geo.GeoJSON(outline)})
	}
	return json.Marshal(collection)
}

func designReport(_ geo.Brief, d geo.Draft, _ []string) ([]byte, error) {
	report, err := json.MarshalIndent(d.Measures, "", "  ")
	return append(report, '\n'), err
}
