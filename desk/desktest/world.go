package desktest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/hexbeat/hexbeat/work"
)

// Monday is the day on which a world begins, at 08:00 in Moscow.
var Monday = hours.NewDate(2026, time.November, 23)

// How large a world is, unless it is asked to be larger.
const (
	repsPerBranch = 4
	sitesPerRep   = 8
)

// World is a company in a database of its own.
type World struct {
	DB           *postgres.DB
	Desk         *desk.Desk
	Organization uuid.UUID
	Line         uuid.UUID
	Branches     [2]Branch
	Dispatcher   auth.Caller // of the first branch
	Admin        auth.Caller // of everything
	Wakes        atomic.Int64

	now atomic.Pointer[time.Time]
}

// Branch is a branch with its people and sites.
type Branch struct {
	roster.Branch
	Reps  []roster.Rep
	Sites [][]uuid.UUID // by rep: around the rep's home, all on a weekly cadence
}

// New makes a company with two branches of four reps with eight sites each. Nothing is aligned, on shift or planned yet.
func New(t testing.TB) *World {
	t.Helper()
	return Add(t, postgres.New(pgtest.New(t)), sitesPerRep)
}

// Add makes another company in the same database, with so many sites for each rep.
func Add(t testing.TB, db *postgres.DB, sites int) *World {
	t.Helper()
	w := &World{DB: db, Organization: NewID()}
	w.Set(Monday.At(8*60, moscow(t)))
	jobs, err := work.NewInserter(db)
	if err != nil {
		t.Fatal(err)
	}
	w.Desk = &desk.Desk{DB: db, Jobs: jobs, Clock: w.Now, Wake: func() { w.Wakes.Add(1) }}
	w.Write(t, func(tx *postgres.Tx) error {
		w.Line = NewID()
		if err := tx.AddOrganization(t.Context(), "Ромашка "+w.Organization.String(), "ru", w.Line, w.Now()); err != nil {
			return err
		}
		for i, place := range []geo.Point{{Lat: 55.75, Lon: 37.62}, {Lat: 59.94, Lon: 30.31}} {
			if err := w.addBranch(t, tx, i, place); err != nil {
				return err
			}
		}
		var err error
		if w.Dispatcher, err = w.person(t.Context(), tx, "Диспетчер", auth.Dispatcher); err != nil {
			return err
		}
		w.Dispatcher.Branches = []uuid.UUID{w.Branches[0].ID}
		w.Admin, err = w.person(t.Context(), tx, "Администратор", auth.Admin)
		w.Admin.Everywhere = true
		return err
	})
	for i := range w.Branches {
		w.addSites(t, i, sites)
	}
	return w
}

// NewID is an id as callers make them.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Now is what the world's clock shows.
func (w *World) Now() time.Time { return *w.now.Load() }

// Set puts the clock to a moment, to the microsecond as the record keeps it.
func (w *World) Set(at time.Time) {
	at = at.UTC().Truncate(time.Microsecond)
	w.now.Store(&at)
}

// Pass lets time go by.
func (w *World) Pass(d time.Duration) { w.Set(w.Now().Add(d)) }

// As is a context in which the caller asks.
func (w *World) As(c auth.Caller) context.Context { return auth.With(context.Background(), c) }

// Rep is a context in which a rep asks from the phone.
func (w *World) Rep(branch, rep int) context.Context { return w.As(w.Caller(branch, rep)) }

// Caller is a rep as caller.
func (w *World) Caller(branch, rep int) auth.Caller {
	r := w.Branches[branch].Reps[rep]
	return auth.Caller{
		Organization: w.Organization, Person: r.PersonID, Rep: r.ID, RepBranch: r.BranchID, Roles: []auth.Role{auth.Rep},
		Door: auth.Phone, Locale: "ru",
	}
}

// Write runs f in a transaction of the company.
func (w *World) Write(t testing.TB, f func(*postgres.Tx) error) {
	t.Helper()
	if err := w.DB.Write(context.Background(), w.Organization, f); err != nil {
		t.Fatal(err)
	}
}

// Count is the result of a query that counts, past every wall.
func (w *World) Count(t testing.TB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := w.DB.Pool().QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// Align gives each rep of a branch a territory of the own sites, in force since the world's day.
func (w *World) Align(t testing.TB, branch int) desk.AlignmentPublished {
	t.Helper()
	owners := desk.Owners{}
	for i, sites := range w.Branches[branch].Sites {
		for _, s := range sites {
			owners[s] = w.Branches[branch].Reps[i].ID
		}
	}
	got, err := desk.AlignOwners(w.As(w.Admin), w.Desk, w.Branches[branch].ID, owners)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Plan plans the branch's day of the clock.
func (w *World) Plan(t testing.TB, branch int) desk.BranchPlanned {
	t.Helper()
	b := w.Branches[branch]
	got, err := desk.PlanBranch(w.As(w.Admin), w.Desk, b.ID, hours.DateOf(w.Now().In(b.Zone())), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Phone registers a device of a transport for a rep; its token names both.
func (w *World) Phone(t testing.TB, branch, rep int, transport string) roster.Device {
	t.Helper()
	device, err := desk.Do(w.Rep(branch, rep), w.Desk, uuid.New(), desk.RegisterDevice{
		Token: fmt.Sprintf("%s of rep %d-%d", transport, branch+1, rep+1), Transport: transport, Platform: "android", Locale: "ru",
	})
	if err != nil {
		t.Fatal(err)
	}
	return device
}

// Planned makes a company whose first branch is aligned and planned for the day.
func Planned(t testing.TB) *World {
	t.Helper()
	w := New(t)
	w.Align(t, 0)
	w.Plan(t, 0)
	return w
}

func (w *World) addBranch(t testing.TB, tx *postgres.Tx, i int, place geo.Point) error {
	b := &w.Branches[i]
	b.Branch = roster.Branch{
		ID: NewID(), Name: fmt.Sprintf("Филиал %d", i+1), TimeZone: "Europe/Moscow",
		Hours:     hours.Every(9*60, 18*60, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
		ShiftFrom: 9 * 60, ShiftTo: 18 * 60, Detour: geo.CityTravel.Detour, Speed: geo.CityTravel.Speed,
	}
	if err := tx.AddBranch(t.Context(), b.Branch); err != nil {
		return err
	}
	for n := range repsPerBranch {
		home := geo.Point{Lat: place.Lat + 0.05*float64(n), Lon: place.Lon}
		person := postgres.Person{
			User:  roster.User{ID: NewID(), Name: fmt.Sprintf("Торговый %d-%d", i+1, n+1), Locale: "ru", Email: fmt.Sprintf("rep%d-%d@example.com", i, n)},
			Start: &home,
		}
		if err := tx.AddPerson(t.Context(), person, w.Now()); err != nil {
			return err
		}
		rep := roster.Rep{ID: NewID(), PersonID: person.ID, BranchID: b.ID, Name: person.Name, Start: &home}
		if err := tx.AddRep(t.Context(), rep, w.Line, w.Now()); err != nil {
			return err
		}
		b.Reps = append(b.Reps, rep)
	}
	return nil
}

func (w *World) person(ctx context.Context, tx *postgres.Tx, name string, role auth.Role) (auth.Caller, error) {
	person := postgres.Person{User: roster.User{ID: NewID(), Name: name, Locale: "ru", Email: strings.ToLower(string(role)) + "@example.com"}}
	return auth.Caller{
		Organization: w.Organization, Person: person.ID, Roles: []auth.Role{role}, Door: auth.Page, Locale: "ru",
	}, tx.AddPerson(ctx, person, w.Now())
}

// addSites puts each rep's sites on a small grid around the rep's home.
func (w *World) addSites(t testing.TB, branch, perRep int) {
	t.Helper()
	b := &w.Branches[branch]
	open, err := json.Marshal(hours.Week{})
	if err != nil {
		t.Fatal(err)
	}
	for n, rep := range b.Reps {
		var sites []uuid.UUID
		for i := range perRep {
			point := geo.Point{Lat: rep.Start.Lat + 0.003*float64(i%12-6), Lon: rep.Start.Lon + 0.006*float64(i/12+1)}
			sites = append(sites, w.AddSite(t, branch, fmt.Sprintf("Магазин %d-%d-%d", branch+1, n+1, i+1), &point, string(open)))
		}
		b.Sites = append(b.Sites, sites)
	}
}

// AddSite makes a customer with one site that asks for a call every week; a site without a point is not located.
func (w *World) AddSite(t testing.TB, branch int, name string, point *geo.Point, open string) uuid.UUID {
	t.Helper()
	customer, site := NewID(), NewID()
	var lat, lon, cell any
	if point != nil {
		at, err := geo.CellAt(*point, geo.SiteResolution)
		if err != nil {
			t.Fatal(err)
		}
		lat, lon, cell = point.Lat, point.Lon, int64(at)
	}
	_, err := w.DB.Pool().Exec(context.Background(), `
WITH c AS (INSERT INTO customer (organization_id, id, name, segment, created_at) VALUES ($1, $2, $4, 'A', $9)),
     s AS (INSERT INTO site (organization_id, id, customer_id, branch_id, name, address, lat, lon, cell, time_zone, hours, service, priority,
               workload, created_at)
           VALUES ($1, $3, $2, $5, $4, 'ул. Ленина, 1', $6, $7, $8, 'Europe/Moscow', $10::text::jsonb, interval '20 minutes', 50, 80, $9))
INSERT INTO cadence (organization_id, id, site_id, line_id, kind, every_days, valid_from) VALUES ($1, $11, $3, $12, 'REGULAR', 7, '2026-11-01')`,
		w.Organization, customer, site, name, w.Branches[branch].ID, lat, lon, cell, w.Now(), open, NewID(), w.Line)
	if err != nil {
		t.Fatalf("add site: %v", err)
	}
	return site
}

func moscow(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
