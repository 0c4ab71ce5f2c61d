package dispatch

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

var (
	branch = id(1)
	monday = hours.NewDate(2026, time.November, 23)
	home   = geo.Point{Lat: 55.75, Lon: 37.62}
)

// id is an id that is the same in every run.
func id(n int) uuid.UUID {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	return u
}

// at is a moment of Monday in Moscow, like "09:30".
func at(t testing.TB, clock string) time.Time {
	t.Helper()
	tod, err := hours.ParseTimeOfDay(clock)
	if err != nil {
		t.Fatal(err)
	}
	return monday.At(tod, zones{}.of("Europe/Moscow"))
}

// aDay is rep n's Monday, from home and back.
func aDay(t testing.TB, n int, from, to string) RepDay {
	t.Helper()
	rep := roster.Rep{ID: id(100 + n), BranchID: branch, Start: &home}
	return RepDay{
		Rep: rep,
		Shift: &roster.Shift{
			ID: id(200 + n), RepID: rep.ID, Date: monday, TimeZone: "Europe/Moscow",
			StartsAt: at(t, from), EndsAt: at(t, to),
		},
		Route:  Route{ID: id(300 + n), RepID: rep.ID, Date: monday, Version: 1},
		Travel: geo.Travel{Detour: 1.3, Speed: 24},
	}
}

// aCall is an owed visit of 20 minutes, some kilometres north and east of home.
func aCall(n int, north, east float64) Call {
	return Call{
		Visit: Visit{
			ID: id(1000 + n), BranchID: branch, SiteID: id(100000 + n), State: Backlog, Service: 20 * time.Minute,
			DueFrom: monday.At(0, time.UTC), DueTo: (monday + 1).At(0, time.UTC), Priority: 50, Version: 3,
		},
		Site: customer.Site{
			ID: id(100000 + n), TimeZone: "Europe/Moscow",
			Point: &geo.Point{Lat: home.Lat + north/111, Lon: home.Lon + east/63},
		},
	}
}

// open is the call with a site that is open every day from and to.
func (c Call) open(t testing.TB, from, to string) Call {
	t.Helper()
	opens, err1 := hours.ParseTimeOfDay(from)
	closes, err2 := hours.ParseTimeOfDay(to)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	c.Site.Hours = hours.Every(opens, closes, 0, 1, 2, 3, 4, 5, 6)
	return c
}

// doing is the day with the calls as its visits, in that order, timed at the start of the shift.
func (day RepDay) doing(calls ...Call) RepDay {
	day.Calls, day.Route.Stops = slices.Clone(day.Calls), slices.Clone(day.Route.Stops)
	for _, c := range calls {
		c.Visit = c.Visit.assignedTo(day.Rep.ID, day.Route.Date)
		day.Calls = append(day.Calls, c)
		day.Route.Stops = append(day.Route.Stops, Stop{VisitID: &c.Visit.ID})
	}
	day = Schedule(day, day.Shift.StartsAt)
	for i := range day.Route.Stops {
		told := day.Route.Stops[i].Arrival
		day.Route.Stops[i].Told = &told
	}
	return day
}

func (day RepDay) lunch(t testing.TB, from, to string, length time.Duration) RepDay {
	day.Engagements = append(slices.Clone(day.Engagements), roster.Engagement{
		ID: id(500 + len(day.Engagements)), RepID: day.Rep.ID, Kind: "LUNCH",
		StartsAt: at(t, from), EndsAt: at(t, to), Length: length, Flexible: true,
	})
	return day
}

func (day RepDay) meeting(t testing.TB, from, to string) RepDay {
	day.Engagements = append(slices.Clone(day.Engagements), roster.Engagement{
		ID: id(500 + len(day.Engagements)), RepID: day.Rep.ID, Kind: "MEETING", StartsAt: at(t, from), EndsAt: at(t, to),
	})
	return day
}

// call is the day's reading of a visit.
func (day RepDay) call(t testing.TB, visit uuid.UUID) Call {
	t.Helper()
	c, ok := day.calls()[visit]
	if !ok {
		t.Fatalf("visit %s is not one of the day", visit)
	}
	return c
}

func (day RepDay) stop(t testing.TB, subject uuid.UUID) Stop {
	t.Helper()
	for _, s := range day.Route.Stops {
		if s.subject() == subject {
			return s
		}
	}
	t.Fatalf("%s has no stop in %v", subject, day.subjects())
	return Stop{}
}

func (day RepDay) subjects() (ids []uuid.UUID) {
	for _, s := range day.Route.Stops {
		ids = append(ids, s.subject())
	}
	return ids
}

// someCalls are n calls scattered over 20 by 20 km, some with hours, promises and priorities.
func someCalls(t testing.TB, rng *rand.Rand, n int) []Call {
	calls := make([]Call, n)
	for i := range calls {
		c := aCall(i, rng.Float64()*20-10, rng.Float64()*20-10)
		c.Visit.Priority = rng.IntN(101)
		c.Visit.DueTo = c.Visit.DueTo.AddDate(0, 0, -rng.IntN(20))
		c.Visit.Service = time.Duration(10+rng.IntN(40)) * time.Minute
		switch rng.IntN(6) {
		case 0, 1:
			c = c.open(t, "10:00", "18:00")
		case 2:
			c = c.open(t, "20:00", "02:00")
		case 3:
			from := at(t, "09:00").Add(time.Duration(rng.IntN(400)) * time.Minute)
			c.Visit.Promised = &hours.Window{From: from, To: from.Add(time.Hour)}
		}
		calls[i] = c
	}
	return calls
}
