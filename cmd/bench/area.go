package main

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/city"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

// area is ground with customers: a file, or a made-up region.
type area struct {
	name      string
	file      string // of the shared data, or any; empty: made up
	kind      city.Kind
	customers int
	seed      uint64
	region    bool // several towns rather than one
	reps      []int
}

// areas are what is measured when nothing else is asked for.
func areas(shared string) []area {
	data := func(name string) string { return filepath.Join(shared, "data", name) }
	return []area{
		{name: "moscow", file: data("moscow_clients_osm.csv"), reps: []int{10, 50, 200}},
		{name: "andorra", file: data("andorra_clients_osm.csv"), region: true, reps: []int{5, 20}},
		// Two places five kilometres apart.
		{name: "moscow-shops", file: data("moscow_shops_centre_osm.csv"), region: true, reps: []int{10, 20}},
		madeUp(city.Province, 200_000, 1, 50, 200),
		madeUp(city.Province, 300, 1, 6),
		madeUp(city.Metropolis, 30_000, 1, 100),
		madeUp(city.Valley, 5000, 1, 20),
		madeUp(city.Coast, 10_000, 1, 40),
		madeUp(city.Ring, 2000, 1, 10),
		madeUp(city.Grid, 4000, 1, 25),
	}
}

func madeUp(kind city.Kind, customers int, seed uint64, reps ...int) area {
	name := fmt.Sprintf("%s-%d", kind, customers)
	if seed != 1 {
		name += fmt.Sprintf("-seed-%d", seed)
	}
	region := slices.Contains([]city.Kind{city.Province, city.Valley, city.Coast}, kind)
	return area{name: name, kind: kind, customers: customers, seed: seed, region: region, reps: reps}
}

// areaFlags choose what is measured.
type areaFlags struct {
	file, kind, only, reps, shared string
	customers                      int
	seed                           uint64
}

func (a areaFlags) areas() ([]area, error) {
	var reps []int
	for _, word := range strings.FieldsFunc(a.reps, func(r rune) bool { return r == ',' }) {
		k, err := strconv.Atoi(word)
		if err != nil || k < 1 {
			return nil, misuse("--reps takes whole numbers like 10,50,200, not %q", a.reps)
		}
		reps = append(reps, k)
	}
	chosen := areas(a.shared)
	switch {
	case a.file != "":
		name := strings.TrimSuffix(filepath.Base(a.file), filepath.Ext(a.file))
		chosen = []area{{name: name, file: a.file, reps: []int{10, 50}}}
	case a.kind != "":
		kind, err := city.ParseKind(a.kind)
		if err != nil {
			return nil, misuse("--kind: %v", err)
		}
		if a.customers < 1 {
			return nil, misuse("--customers must be 1 or more")
		}
		chosen = []area{madeUp(kind, a.customers, a.seed, 10, 50)}
	}
	if a.only != "" {
		chosen = slices.DeleteFunc(chosen, func(one area) bool { return !strings.Contains(one.name, a.only) })
	}
	if len(chosen) == 0 {
		return nil, misuse("--only %s matches nothing that is measured", a.only)
	}
	for i := range chosen {
		if reps != nil {
			chosen[i].reps = reps
		}
	}
	return chosen, nil
}

// place is a customer as the judge sees it.
type place struct {
	id       string
	at       geo.Point
	workload float64
}

// populace is the customers of an area.
type populace struct {
	file   string // what hexbeat is given
	plain  string // the same customers with id, lat, lon and workload, for the judge
	places []place
}

// settle makes the area's files in the directory.
func (a area) settle(dir string) (populace, error) {
	file := a.file
	if file == "" {
		file = filepath.Join(dir, a.name+".csv")
		if err := writeRegion(file, city.Region(a.seed, a.customers, a.kind)); err != nil {
			return populace{}, err
		}
	}
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return populace{}, fmt.Errorf("%w: %s", errAbsent, file)
	}
	if err != nil {
		return populace{}, err
	}
	defer in.Close()
	rows, _, err := table.ReadCustomers(in, file)
	if err != nil {
		return populace{}, err
	}
	p := populace{file: file, plain: filepath.Join(dir, a.name+".plain.csv")}
	for _, row := range rows {
		if row.Point != nil {
			p.places = append(p.places, place{row.ID, *row.Point, row.Workload})
		}
	}
	return p, writePlaces(p.plain, p.places)
}

// errAbsent is returned for a data set that is not on this machine.
var errAbsent = errors.New("there is no such data set here")

// writePlaces writes a customer file with what territory design needs.
func writePlaces(name string, places []place) error {
	rows := [][]string{{"id", "lat", "lon", "workload"}}
	for _, p := range places {
		rows = append(rows, []string{p.id, decimal(p.at.Lat), decimal(p.at.Lon), decimal(p.workload)})
	}
	return writeCSV(name, rows)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func writeCSV(name string, rows [][]string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return cmp.Or(csv.NewWriter(file).WriteAll(rows), file.Close())
}

// readCSV reads a file of lines and a header.
func readCSV(name string) ([][]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err == nil && len(rows) == 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return rows, nil
}
