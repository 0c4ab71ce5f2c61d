package main

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/city"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/tiles"
)

// town is what a demo is filled with: a generated city or a customer file.
type town struct {
	name     string
	zone     string
	branches []string
	rows     []table.CustomerRow
	rejected []table.Rejected
	reps     []townPerson
	staff    []townPerson
	ground   []tiles.Feature
}

type townPerson struct {
	demoUser
	start *geo.Point
}

// town reads or makes what was wished for.
func (w demoWish) town(shift hours.Window) (town, error) {
	if w.Customers == "" {
		return w.sample(shift)
	}
	return w.file()
}

// sample is the generated city. It goes through the same reader as a company's own file.
func (w demoWish) sample(shift hours.Window) (town, error) {
	made := city.Generate(w.Seed, city.Options{Reps: w.Reps})
	var file bytes.Buffer
	if err := city.WriteCSV(&file, made.Sites); err != nil {
		return town{}, err
	}
	rows, rejected, err := table.ReadCustomers(&file, "city.csv")
	if err != nil {
		return town{}, err
	}
	if len(rejected) > 0 {
		return town{}, fmt.Errorf("the generated city has a row that can't be read: %s", rejected[0].EN)
	}
	t := town{name: made.Name, zone: made.Zone, rows: rows, ground: made.Ground}
	for _, b := range made.Branches {
		t.branches = append(t.branches, b.Name)
	}
	openAround(t.rows, shift, hours.Zone(made.Zone))
	for _, p := range made.Reps {
		t.reps = append(t.reps, townPerson{demoUser{Email: p.Email, Name: p.Name, Role: p.Role, Branch: p.Branch}, &p.Start})
	}
	for _, p := range made.Staff {
		t.staff = append(t.staff, townPerson{demoUser: demoUser{Email: p.Email, Name: p.Name, Role: p.Role, Branch: p.Branch}})
	}
	return t, nil
}

// openAround turns the city's clock so that its ordinary working day lies around the shift: at midnight or on a Sunday every
// door would be closed, and there would be nothing to see.
func openAround(rows []table.CustomerRow, shift hours.Window, zone *time.Location) {
	const usualStart, usualDay = 9 * 60, time.Tuesday
	begins := shift.From.In(zone)
	later := hours.TimeOfDay(begins.Hour()*60+begins.Minute()-usualStart) / 30 * 30
	turn := func(t *hours.TimeOfDay) *hours.TimeOfDay {
		if t == nil || later == 0 {
			return t
		}
		turned := (*t + later + 2*1440) % 1440
		return &turned
	}
	weekend := begins.Weekday() == time.Saturday || begins.Weekday() == time.Sunday
	for i := range rows {
		rows[i].Opens, rows[i].Closes = turn(rows[i].Opens), turn(rows[i].Closes)
		if !weekend {
			continue
		}
		for d, day := range rows[i].Weekdays {
			rows[i].Weekdays[d] = (day + begins.Weekday() - usualDay + 7) % 7
		}
	}
}

// file is a company's own file, divided between two branches by place, with made-up people.
func (w demoWish) file() (town, error) {
	file, err := os.Open(w.Customers)
	if err != nil {
		return town{}, fmt.Errorf("read --customers: %w", err)
	}
	defer file.Close()
	rows, rejected, err := table.ReadCustomers(file, filepath.Base(w.Customers))
	if err != nil {
		return town{}, fmt.Errorf("read %s: %w", w.Customers, err)
	}
	located := slices.DeleteFunc(slices.Clone(rows), func(r table.CustomerRow) bool { return r.Point == nil })
	if len(located) < w.Reps {
		return town{}, fmt.Errorf("%s has %d customers with coordinates: too few for %d reps", w.Customers, len(located), w.Reps)
	}
	t := town{
		name: strings.TrimSuffix(filepath.Base(w.Customers), filepath.Ext(w.Customers)), zone: w.Zone,
		branches: []string{"Запад", "Восток"}, rows: rows, rejected: rejected,
	}
	divide(t.rows, located, t.branches)
	r := rand.New(rand.NewPCG(w.Seed, 0))
	people := city.Generate(w.Seed, city.Options{Sites: 100, Reps: w.Reps})
	for i, p := range people.Reps {
		branch := t.branches[i*2/len(people.Reps)]
		home := someone(r, located)
		for home.Branch != branch {
			home = someone(r, located)
		}
		start := *home.Point
		t.reps = append(t.reps, townPerson{demoUser{Email: p.Email, Name: p.Name, Role: string(auth.Rep), Branch: branch}, &start})
	}
	for _, p := range people.Staff {
		branch := ""
		if p.Branch != "" {
			branch = t.branches[0]
		}
		t.staff = append(t.staff, townPerson{demoUser: demoUser{Email: p.Email, Name: p.Name, Role: p.Role, Branch: branch}})
	}
	return t, nil
}

// divide gives each row a branch: the western half of the located ones and the eastern one, however close they lie. Rows without a
// place go west.
func divide(rows, located []table.CustomerRow, branches []string) {
	byLon := slices.Clone(located)
	slices.SortStableFunc(byLon, func(a, b table.CustomerRow) int { return cmp.Compare(a.Point.Lon, b.Point.Lon) })
	east := map[int]bool{} // by line of the file
	for _, row := range byLon[len(byLon)/2:] {
		east[row.Line] = true
	}
	for _, list := range [][]table.CustomerRow{rows, located} {
		for i := range list {
			list[i].Branch = branches[0]
			if east[list[i].Line] {
				list[i].Branch = branches[1]
			}
		}
	}
}

// everyDay is a week of the shift's hours: a demo works on Sundays.
func everyDay(shift hours.Window, zone string) hours.Week {
	opens, closes := timeOfDay(shift.From, zone), timeOfDay(shift.To, zone)
	return hours.Every(opens, closes, time.Sunday, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday)
}

func timeOfDay(t time.Time, zone string) hours.TimeOfDay {
	local := t.In(hours.Zone(zone))
	return hours.TimeOfDay(local.Hour()*60 + local.Minute())
}

func lower(r auth.Role) string { return strings.ToLower(string(r)) }
