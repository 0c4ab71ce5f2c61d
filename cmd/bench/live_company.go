package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/hexbeat/hexbeat/work"
	"github.com/jackc/pgx/v5"
)

// liveWish says how large the company of a live day is.
type liveWish struct {
	reps, visits, waiting int
	seed                  uint64
}

// liveCompany is a company of one branch, all of whose reps are about to begin their day.
type liveCompany struct {
	organization, branch, line uuid.UUID
	zone                       string
	date                       hours.Date
	reps                       []roster.Rep
	sites                      []customer.Site
	waiting                    []uuid.UUID // visits of the queue
	dispatcher                 string      // a token
	phones                     []string    // tokens of the first reps
}

// Of the branch: a city as wide as Moscow within its ring, whose reps call on the customers around their homes. Grounds overlap.
const (
	liveWide    = 17.0 // kilometres from the middle
	liveGround  = 1.5  // standard deviation of a customer's distance from the rep's home, kilometres
	liveShift   = 9 * time.Hour
	livePhones  = 40
	liveOrders  = 300 // iterations of the search for each rep's day
	liveToken   = 24 * time.Hour
	liveMorning = 9 // the hour that the branch's clocks show at the start
)

// newLiveCompany fills an empty record.
func newLiveCompany(ctx context.Context, db *postgres.DB, wish liveWish, now time.Time) (*liveCompany, error) {
	jobs, err := work.NewInserter(db)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{DB: db, Jobs: jobs, Clock: func() time.Time { return now }}
	c := &liveCompany{zone: zoneWhereItIs(liveMorning, now)}
	c.date = hours.DateOf(now.In(hours.Zone(c.zone)))
	if c.organization, err = desk.AddOrganization(ctx, d, "Bench", "en"); err != nil {
		return nil, err
	}
	ctx = auth.With(ctx, auth.Caller{Organization: c.organization, Roles: []auth.Role{auth.Admin}, Everywhere: true, Door: auth.Import})
	branch, err := desk.Do(ctx, d, uuid.Nil, desk.AddBranch{Name: "Bench", TimeZone: c.zone, Hours: hours.Every(0, 24*60-1, 0, 1, 2, 3, 4, 5, 6)})
	if err != nil {
		return nil, err
	}
	c.branch = branch.ID
	r := rand.New(rand.NewPCG(wish.seed, 500))
	if err := db.Write(ctx, c.organization, func(tx *postgres.Tx) (err error) {
		if c.line, err = tx.DefaultLine(ctx); err != nil {
			return err
		}
		return c.hire(ctx, tx, wish.reps, now, r)
	}); err != nil {
		return nil, fmt.Errorf("hire reps: %w", err)
	}
	owners := c.found(wish.visits+wish.waiting, r)
	if err := c.writeSites(ctx, db, now); err != nil {
		return nil, fmt.Errorf("write sites: %w", err)
	}
	if err := db.Analyze(ctx); err != nil {
		return nil, err
	}
	if _, err := desk.AlignOwners(ctx, d, c.branch, owners); err != nil {
		return nil, fmt.Errorf("align: %w", err)
	}
	if err := c.plan(ctx, db, owners, wish, now); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if err := db.Analyze(ctx); err != nil {
		return nil, err
	}
	return c, c.signIn(ctx, d)
}

// zoneWhereItIs is a zone without summer time whose clocks show that hour.
func zoneWhereItIs(hour int, now time.Time) string {
	east := (hour - now.UTC().Hour() + 36) % 24
	if east -= 12; east >= 0 {
		return fmt.Sprintf("Etc/GMT-%d", east) // the sign is POSIX's
	}
	return fmt.Sprintf("Etc/GMT+%d", -east)
}

// hire adds reps with their shifts of the day.
func (c *liveCompany) hire(ctx context.Context, tx *postgres.Tx, reps int, now time.Time, r *rand.Rand) error {
	opens := now.Truncate(time.Minute).Add(10 * time.Minute)
	for n := range reps {
		home := liveCity(r, geo.Point{Lat: 55.75, Lon: 37.62}, liveWide)
		person := postgres.Person{
			User:  roster.User{ID: liveID(), Name: fmt.Sprintf("Rep %d", n+1), Locale: "en", Email: fmt.Sprintf("rep%d@example.com", n+1)},
			Start: &home,
		}
		if err := tx.AddPerson(ctx, person, now); err != nil {
			return err
		}
		rep := roster.Rep{ID: liveID(), PersonID: person.ID, BranchID: c.branch, Name: person.Name, Start: &home}
		if err := tx.AddRep(ctx, rep, c.line, now); err != nil {
			return err
		}
		if _, err := tx.AddGrant(ctx, postgres.Grant{ID: liveID(), Person: person.ID, Role: auth.Rep, Branch: &c.branch, From: c.date}); err != nil {
			return err
		}
		shift, lunch := roster.Branch{TimeZone: c.zone}.UsualDay(rep, c.date, hours.Window{From: opens, To: opens.Add(liveShift)})
		shift.ID = liveID()
		if _, err := tx.AddShift(ctx, shift); err != nil {
			return err
		}
		for _, e := range lunch {
			e.ID = liveID()
			if err := tx.AddEngagement(ctx, e, c.date); err != nil {
				return err
			}
		}
		c.reps = append(c.reps, rep)
	}
	return nil
}

// found founds sites around the reps' homes, in turn, and says whose they are. Every other one has opening hours.
func (c *liveCompany) found(n int, r *rand.Rand) desk.Owners {
	owners := desk.Owners{}
	for i := range n {
		rep := c.reps[i%len(c.reps)]
		at := geo.Point{Lat: rep.Start.Lat + r.NormFloat64()*liveGround/111, Lon: rep.Start.Lon + r.NormFloat64()*liveGround/63}
		s := customer.Site{
			ID: liveID(), CustomerID: liveID(), BranchID: c.branch, Name: fmt.Sprintf("Shop %d", i+1), Point: &at, TimeZone: c.zone,
			Service: time.Duration(8+r.IntN(13)) * time.Minute, Priority: 30 + r.IntN(50),
		}
		if i%2 == 0 {
			s.Hours = hours.Every(hours.TimeOfDay(8*60+30*r.IntN(4)), hours.TimeOfDay(18*60+30*r.IntN(6)), 0, 1, 2, 3, 4, 5, 6)
		}
		owners[s.ID] = rep.ID
		c.sites = append(c.sites, s)
	}
	return owners
}

// liveCity is a place within so many kilometres, as likely here as there.
func liveCity(r *rand.Rand, middle geo.Point, wide float64) geo.Point {
	for {
		x, y := 2*r.Float64()-1, 2*r.Float64()-1
		if x*x+y*y <= 1 {
			return geo.Point{Lat: middle.Lat + wide*y/111, Lon: middle.Lon + wide*x/63}
		}
	}
}

// liveID is an id as the program makes them.
func liveID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func (c *liveCompany) writeSites(ctx context.Context, db *postgres.DB, now time.Time) error {
	customers, sites := make([][]any, len(c.sites)), make([][]any, len(c.sites))
	for i, s := range c.sites {
		cell, err := geo.CellAt(*s.Point, geo.SiteResolution)
		if err != nil {
			return err
		}
		open, err := json.Marshal(s.Hours)
		if err != nil {
			return err
		}
		customers[i] = []any{c.organization, s.CustomerID, s.Name, "A", now}
		sites[i] = []any{
			c.organization, s.ID, s.CustomerID, c.branch, s.Name, s.Point.Lat, s.Point.Lon, int64(cell), c.zone, string(open), s.Service, s.Priority,
			4 * s.Service.Minutes(), now,
		}
	}
	if err := pour(ctx, db, "customer", []string{"organization_id", "id", "name", "segment", "created_at"}, customers); err != nil {
		return err
	}
	return pour(ctx, db, "site", []string{
		"organization_id", "id", "customer_id", "branch_id", "name", "lat", "lon", "cell", "time_zone", "hours", "service", "priority", "workload", "created_at",
	}, sites)
}

func pour(ctx context.Context, db *postgres.DB, table string, columns []string, rows [][]any) error {
	_, err := db.Pool().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}

// plan gives every rep a day of the own sites, in a good order; what is left over waits in the queue.
func (c *liveCompany) plan(ctx context.Context, db *postgres.DB, owners desk.Owners, wish liveWish, now time.Time) error {
	day := c.date.In(hours.Zone(c.zone))
	owed := map[uuid.UUID][]dispatch.Call{}
	var waiting []dispatch.Visit
	for i, s := range c.sites {
		v := dispatch.Visit{
			ID: liveID(), BranchID: c.branch, SiteID: s.ID, LineID: c.line, Kind: desk.KindRegular, Origin: "MANUAL", State: dispatch.Backlog,
			DueFrom: day.From, DueTo: day.To, Priority: s.Priority, Service: s.Service, Version: 1, CreatedAt: now,
		}
		if i >= wish.visits {
			waiting = append(waiting, v)
			continue
		}
		rep := owners[s.ID]
		v.RepID = &rep
		owed[rep] = append(owed[rep], dispatch.Call{Visit: v, Site: s, Owner: &rep})
	}
	reps := make([]uuid.UUID, len(c.reps))
	for i, rep := range c.reps {
		reps[i] = rep.ID
	}
	var days []dispatch.RepDay
	if err := db.Read(ctx, c.organization, func(tx *postgres.Tx) (err error) {
		days, err = tx.RepDays(ctx, c.date, now, reps...)
		return err
	}); err != nil {
		return err
	}
	plans := parallel(len(days), func(i int) dispatch.DayPlan {
		return dispatch.Plan(dispatch.PlanInput{
			Day: days[i], Candidates: owed[days[i].Rep.ID], Now: now, Seed: wish.seed + uint64(i), Iterations: liveOrders,
		})
	})
	var visits []dispatch.Visit
	var routes []dispatch.Route
	for _, p := range plans {
		p.Day.Route.ID = liveID()
		visits, routes = append(visits, p.Placed...), append(routes, p.Day.Route)
		for _, v := range p.Backlog {
			v.RepID = nil
			waiting = append(waiting, v)
		}
	}
	for _, v := range waiting {
		c.waiting = append(c.waiting, v.ID)
		why := dispatch.Created
		v.State, v.QueueReason, v.Date = dispatch.Queued, &why, nil
		visits = append(visits, v)
	}
	if err := c.writeVisits(ctx, db, visits, now); err != nil {
		return err
	}
	return db.Write(ctx, c.organization, func(tx *postgres.Tx) error { return tx.SaveRoutes(ctx, routes...) })
}

func (c *liveCompany) writeVisits(ctx context.Context, db *postgres.DB, list []dispatch.Visit, now time.Time) error {
	visits, assignments := make([][]any, len(list)), make([][]any, len(list))
	batch := liveID()
	for i, v := range list {
		var why, date any
		if v.QueueReason != nil {
			why = string(*v.QueueReason)
		}
		if v.Date != nil {
			date = v.Date.In(time.UTC).From
		}
		visits[i] = []any{
			c.organization, v.ID, v.BranchID, v.SiteID, v.LineID, v.Kind, v.Origin, string(v.State), why, v.DueFrom, v.DueTo, v.Priority, v.Service,
			v.RepID, date, v.Epoch, int(v.Version), v.CreatedAt,
		}
		assignments[i] = []any{c.organization, v.ID, v.Epoch, v.RepID, batch, now}
	}
	if err := pour(ctx, db, "visit", []string{
		"organization_id", "id", "branch_id", "site_id", "line_id", "kind", "origin", "state", "queue_reason", "due_from", "due_to", "priority", "service",
		"rep_id", "date", "epoch", "version", "created_at",
	}, visits); err != nil {
		return err
	}
	return pour(ctx, db, "assignment", []string{"organization_id", "visit_id", "epoch", "rep_id", "batch_id", "assigned_at"}, assignments)
}

// signIn makes tokens for a dispatcher and for some reps.
func (c *liveCompany) signIn(ctx context.Context, d *desk.Desk) error {
	const dispatcher = "dispatcher@example.com"
	if _, err := desk.Do(ctx, d, uuid.Nil, desk.AddUser{Email: dispatcher, Role: auth.Dispatcher, Branch: &c.branch}); err != nil {
		return err
	}
	issued, err := desk.Do(ctx, d, uuid.Nil, desk.IssueToken{Email: dispatcher, For: liveToken})
	if err != nil {
		return err
	}
	c.dispatcher = issued.Token
	for n := range min(livePhones, len(c.reps)) {
		issued, err := desk.Do(ctx, d, uuid.Nil, desk.IssueToken{Email: fmt.Sprintf("rep%d@example.com", n+1), For: liveToken})
		if err != nil {
			return err
		}
		c.phones = append(c.phones, issued.Token)
	}
	return nil
}
