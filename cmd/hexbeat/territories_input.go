package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

// terms are a wish with its files read: the brief of the design, and what its numbers are called.
type terms struct {
	brief geo.Brief
	names []string // of the territories
	notes *notes
}

// notes are what a person should hear besides the result: said at once, and kept for the report.
type notes struct {
	out  io.Writer
	list []string
}

func (n *notes) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	n.list = append(n.list, text)
	fmt.Fprintln(n.out, "hexbeat:", text)
}

// read reads all files of the wish.
func (w territoriesWish) read(env environment) (terms, error) {
	t := terms{notes: &notes{out: env.stderr}}
	rows, err := w.readCustomers(t.notes)
	if err != nil {
		return t, err
	}
	b := &t.brief
	b.Tolerance, b.Seed = w.tolerance, w.seed
	b.Sites = make([]geo.Site, len(rows))
	position := make(map[string]int, len(rows))
	for i, row := range rows {
		b.Sites[i] = geo.Site{ID: row.ID, Point: *row.Point, Workload: row.Workload}
		position[row.ID] = i
	}
	if b.Measures, err = w.readMeasures(rows, b.Sites, t.notes); err != nil {
		return t, err
	}
	if err := w.readOpen(rows, position, b.Sites, t.notes); err != nil {
		return t, err
	}
	if w.barriers != "" {
		if b.Barriers, err = readBarriers(w.barriers); err != nil {
			return t, err
		}
	}

	listed, err := w.readTerritories()
	if err != nil {
		return t, err
	}
	locks, err := w.readLocks(rows, position, t.notes)
	if err != nil {
		return t, err
	}
	before, err := w.readCurrent(position, t.notes)
	if err != nil {
		return t, err
	}
	t.names, err = w.nameTerritories(listed, locks, before, b.Sites, t.notes)
	if err != nil {
		return t, err
	}
	b.Territories = len(t.names)
	number := map[string]int{}
	for i, name := range t.names {
		number[name] = i
	}
	t.capacities(listed, number)
	t.hold(locks, number)
	if before != nil {
		t.begin(w, before, number)
	}
	if b.Resolution = w.resolution; b.Resolution == 0 {
		b.Resolution, err = resolutionFor(b.Sites, b.Territories)
	}
	return t, err
}

// readCustomers reads the rows that have a place, and notes how many have none or were refused.
func (w territoriesWish) readCustomers(n *notes) ([]table.CustomerRow, error) {
	rows, rejected, err := readInput("--customers", w.customers, func(r io.Reader, name string) ([]table.CustomerRow, []table.Rejected, error) {
		if w.line != "" {
			return table.ReadLine(r, name, w.line)
		}
		return table.ReadCustomers(r, name)
	})
	if err != nil {
		return nil, err
	}
	if len(rejected) > 0 && len(rows) == 0 {
		first := rejected[0]
		return nil, fmt.Errorf("no row of %s can be used; the first of %d is line %d: %s", w.customers, len(rejected), first.Line, first.EN)
	}
	if len(rejected) > 0 {
		first := rejected[0]
		n.say("rows of %s left out: %d; the first is line %d: %s", w.customers, len(rejected), first.Line, first.EN)
	}
	if w.line == "" {
		lines := map[string]bool{}
		for _, row := range rows {
			for _, l := range row.Lines() {
				lines[strings.ToLower(l)] = true
			}
		}
		if len(lines) > 1 {
			n.say("%s has customers of %d sales lines, who share territories here; --line designs for one of them", w.customers, len(lines))
		}
	}
	all := len(rows)
	rows = slices.DeleteFunc(rows, func(r table.CustomerRow) bool { return r.Point == nil })
	if away := all - len(rows); away > 0 {
		n.say("customers with only an address, who get no territory: %d; add lat and lon", away)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no customer with a place: add columns lat and lon", w.customers)
	}
	return rows, nil
}

// readInput reads the file of a flag.
func readInput[Row any](flag, name string, read func(io.Reader, string) ([]Row, []table.Rejected, error)) ([]Row, []table.Rejected, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("there is no file %s: check %s", name, flag)
	}
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, nil, fmt.Errorf("%s is a folder, not a file: check %s", name, flag)
	}
	return read(file, name)
}

// readStrict reads a file in which every row counts: a lock that gets lost would not be noticed before a customer is.
func readStrict[Row any](flag, name string, read func(io.Reader, string) ([]Row, []table.Rejected, error)) ([]Row, error) {
	rows, rejected, err := readInput(flag, name, read)
	if err == nil && len(rejected) > 0 {
		first := rejected[0]
		err = fmt.Errorf("line %d of %s: %s", first.Line, name, first.EN)
	}
	return rows, err
}

// readMeasures gives the sites their amounts of what --measures names.
func (w territoriesWish) readMeasures(rows []table.CustomerRow, sites []geo.Site, n *notes) ([]geo.Measure, error) {
	if w.measures == "" {
		return nil, nil
	}
	var measures []geo.Measure
	for part := range strings.SplitSeq(w.measures, ",") {
		name, text, given := strings.Cut(part, ":")
		name = strings.TrimSpace(name)
		m := geo.Measure{Name: name}
		if given {
			var err error
			m.Tolerance, err = strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil || !(m.Tolerance > 0 && m.Tolerance <= 10) {
				return nil, misuse("--measures: the tolerance of %s must be a number above 0, like 0.1 for 10 %%, not %q", name, text)
			}
		}
		if name == "" {
			return nil, misuse("--measures must name columns with tolerances, like revenue:0.1,count:0.05")
		}
		if slices.ContainsFunc(measures, func(o geo.Measure) bool { return o.Name == name }) {
			return nil, misuse("--measures names %s twice", name)
		}
		amounts, missing, err := table.Amounts(rows, name)
		if err != nil {
			if guess := nearest(name, append(table.Columns(rows), "count", "visits", "minutes")); guess != "" && guess != name {
				return nil, fmt.Errorf("--measures: %s: %w: did you mean %s?", w.customers, err, guess)
			}
			return nil, fmt.Errorf("--measures: %s: %w", w.customers, err)
		}
		sum := 0.0
		for i, x := range amounts {
			sites[i].Amounts = append(sites[i].Amounts, x)
			sum += x
		}
		if sum == 0 {
			return nil, fmt.Errorf("--measures: every customer of %s has 0 under %q: there is nothing to share", w.customers, name)
		}
		if missing > 0 {
			n.say("customers with nothing under %q, counted as 0: %d", name, missing)
		}
		measures = append(measures, m)
	}
	return measures, nil
}

// readOpen marks the sites with open work.
func (w territoriesWish) readOpen(rows []table.CustomerRow, position map[string]int, sites []geo.Site, n *notes) error {
	for i, text := range table.Texts(rows, "open_work", "открытая работа") {
		sites[i].Open = !slices.Contains([]string{"", "0", "no", "false", "нет", "-"}, strings.ToLower(text))
	}
	if w.open == "" {
		return nil
	}
	marked, err := readStrict("--open", w.open, table.ReadMarked)
	if err != nil {
		return err
	}
	var unknown strangers
	for _, m := range marked {
		if i, known := position[m.Customer]; known {
			sites[i].Open = true
		} else {
			unknown.add(m.Customer)
		}
	}
	unknown.note(n, w.open, "is not looked at")
	return nil
}

// strangers are customers that a file names and the customer file does not.
type strangers struct {
	count int
	first string
}

func (s *strangers) add(id string) {
	if s.count == 0 {
		s.first = id
	}
	s.count++
}

func (s *strangers) note(n *notes, file, what string) {
	if s.count > 0 {
		n.say("customers of %s who are not among those to design for: %d, the first is %s; what it says of them %s", file, s.count, s.first, what)
	}
}

func (w territoriesWish) readTerritories() ([]table.TerritoryRow, error) {
	if w.territories == "" {
		return nil, nil
	}
	listed, err := readStrict("--territories", w.territories, table.ReadTerritories)
	if err != nil {
		return nil, err
	}
	if w.reps > 0 && len(listed) > w.reps {
		return nil, misuse("%s has %s and --reps says %d: give one number", w.territories, several(len(listed), "territory", "territories"), w.reps)
	}
	if w.reps <= len(listed) && !slices.ContainsFunc(listed, func(t table.TerritoryRow) bool { return t.Capacity > 0 }) {
		return nil, fmt.Errorf("no territory of %s has a capacity above 0: somebody must do the work", w.territories)
	}
	return listed, nil
}

// lock is a customer or a cell that stays in a territory.
type lock struct {
	site      int // geo.Free: it is a cell
	cell      geo.Cell
	territory string
	where     string // the place in a file that says so
}

// readLocks reads what --locked and the column "locked" of the customer file say.
func (w territoriesWish) readLocks(rows []table.CustomerRow, position map[string]int, n *notes) ([]lock, error) {
	var locks []lock
	for i, territory := range table.Texts(rows, "locked", "закреплен", "закреплён") {
		if territory != "" {
			locks = append(locks, lock{site: i, territory: territory, where: fmt.Sprintf("line %d of %s", rows[i].Line, w.customers)})
		}
	}
	if w.locked != "" {
		read, err := readStrict("--locked", w.locked, table.ReadLocks)
		if err != nil {
			return nil, err
		}
		var unknown strangers
		for _, l := range read {
			at := lock{site: geo.Free, cell: l.Cell, territory: l.Territory, where: fmt.Sprintf("line %d of %s", l.Line, w.locked)}
			if l.Customer != "" {
				i, known := position[l.Customer]
				if !known {
					unknown.add(l.Customer)
					continue
				}
				at.site = i
			}
			locks = append(locks, at)
		}
		unknown.note(n, w.locked, "is not looked at")
	}
	type target struct {
		site int
		cell geo.Cell
	}
	said := map[target]lock{}
	for _, l := range locks {
		before, twice := said[target{l.site, l.cell}]
		if twice && before.territory != l.territory {
			what := "cell " + l.cell.String()
			if l.site >= 0 {
				what = "customer " + rows[l.site].ID
			}
			return nil, fmt.Errorf("%s is locked to two territories: %s by %s, %s by %s", what, before.territory, before.where, l.territory, l.where)
		}
		said[target{l.site, l.cell}] = l
	}
	return locks, nil
}

// readCurrent reads the territory of each customer from an earlier --out; nil without one.
func (w territoriesWish) readCurrent(position map[string]int, n *notes) (map[int]string, error) {
	if w.current == "" {
		return nil, nil
	}
	placed, rejected, err := readInput("--current", w.current, table.ReadPlaced)
	if errors.Is(err, table.ErrHeader) || errors.Is(err, table.ErrNotTable) {
		return nil, fmt.Errorf("%s is no design: --current takes an earlier --out, with the columns customer_id and territory", w.current)
	}
	if err != nil {
		return nil, err
	}
	if len(rejected) > 0 {
		first := rejected[0]
		n.say("rows of %s not looked at: %d; the first is line %d: %s", w.current, len(rejected), first.Line, first.EN)
	}
	before := map[int]string{}
	var unknown strangers
	for _, p := range placed {
		i, known := position[p.Customer]
		switch {
		case !known:
			unknown.add(p.Customer)
		case p.Territory != "":
			before[i] = p.Territory
		}
	}
	if len(before) == 0 {
		return nil, fmt.Errorf("no customer of %s has a territory in %s: check that both are of the same company", w.customers, w.current)
	}
	unknown.note(n, w.current, "is not looked at")
	if fresh := len(position) - len(before); fresh > 0 {
		n.say("customers without a territory in %s, who get one now: %d", w.current, fresh)
	}
	return before, nil
}

func (t *terms) capacities(listed []table.TerritoryRow, number map[string]int) {
	for _, row := range listed {
		at := number[row.Name]
		if row.Capacity != 1 && t.brief.Capacity == nil {
			t.brief.Capacity = slices.Repeat([]float64{1}, t.brief.Territories)
		}
		if t.brief.Capacity != nil {
			t.brief.Capacity[at] = row.Capacity
		}
		if row.Home != nil {
			if t.brief.Homes == nil {
				t.brief.Homes = make([]*geo.Point, t.brief.Territories)
			}
			t.brief.Homes[at] = row.Home
		}
	}
}

func (t *terms) hold(locks []lock, number map[string]int) {
	for _, l := range locks {
		if l.site < 0 {
			if t.brief.HeldCells == nil {
				t.brief.HeldCells = map[geo.Cell]int{}
			}
			t.brief.HeldCells[l.cell] = number[l.territory]
			continue
		}
		if t.brief.Held == nil {
			t.brief.Held = slices.Repeat([]int{geo.Free}, len(t.brief.Sites))
		}
		t.brief.Held[l.site] = number[l.territory]
	}
}

// begin makes the design start from the territories of before.
func (t *terms) begin(w territoriesWish, before map[int]string, number map[string]int) {
	b := &t.brief
	b.Price, b.OpenSurcharge = w.price, w.openPrice
	if w.budget < 1 {
		b.Budget = &w.budget
	}
	b.Current = make([]int, len(b.Sites))
	for i := range b.Sites {
		at, kept := number[before[i]]
		if !kept {
			at = geo.Free
		}
		b.Current[i] = at
	}
}

const (
	coarsest  = 7      // whose hexagons are some 5 km²; beyond, a unit may lie too far from its customers
	manyUnits = 30_000 // more of them than a large city has make the search slow and the design no better
	fewUnits  = 40     // per territory: fewer leave the search no room
)

// resolutionFor is that of the largest units: geo.SiteResolution, or coarser where the sites fill more cells than a city does.
func resolutionFor(sites []geo.Site, territories int) (int, error) {
	cells := map[geo.Cell]bool{}
	for _, s := range sites {
		c, err := geo.CellAt(s.Point, geo.SiteResolution)
		if err != nil {
			return 0, fmt.Errorf("customer %s: %w", s.ID, err)
		}
		cells[c] = true
	}
	r := geo.SiteResolution
	for ; r > coarsest && len(cells) > manyUnits; r-- {
		coarser := map[geo.Cell]bool{}
		for c := range cells {
			parent, err := c.Parent(r - 1)
			if err != nil {
				return 0, err
			}
			coarser[parent] = true
		}
		if len(coarser) < fewUnits*territories {
			break
		}
		cells = coarser
	}
	return r, nil
}
