package main

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// cityDay is a working day of the reps who share a customer file.
type cityDay struct {
	days []dispatch.RepDay
	owed [][]dispatch.Call // of each rep
	now  time.Time
}

// cityPlan is what planning it came to.
type cityPlan struct {
	iterations   int // of each rep's search
	placed, left int
	driving      time.Duration
	cost         time.Duration // driving, and what the visits left out are worth
	took         usage
}

// The day: a Tuesday from nine to six with a lunch, planned in the morning. Cadences began some days before, so that
// more falls due than one day can take.
const (
	cityOpens, cityCloses = 9 * 60, 18 * 60
	cityLead              = 1 // days
	cityLateAfter         = 7 // days from the due day
)

// readCityDay gives each territory of a design to a rep who lives at one of its customers.
func readCityDay(file string, reps int, seed uint64) (cityDay, error) {
	in, err := os.Open(file)
	if err != nil {
		return cityDay{}, err
	}
	defer in.Close()
	rows, _, err := table.ReadCustomers(in, file)
	if err != nil {
		return cityDay{}, err
	}
	var located []table.CustomerRow
	brief := geo.Brief{Territories: reps, Seed: seed}
	for _, row := range rows {
		if row.Point != nil {
			located = append(located, row)
			brief.Sites = append(brief.Sites, geo.Site{ID: row.ID, Point: *row.Point, Workload: row.Workload})
		}
	}
	draft, err := geo.Design(brief)
	if err != nil {
		return cityDay{}, fmt.Errorf("design territories: %w", err)
	}
	date := hours.NewDate(2026, time.November, 24)
	d := cityDay{owed: make([][]dispatch.Call, reps), now: date.At(cityOpens-60, time.UTC)}
	of := draft.Of(len(located))
	for i, row := range located {
		if call, due := owedCall(row, date); due {
			d.owed[of[i]] = append(d.owed[of[i]], call)
		}
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for t := range reps {
		var home *geo.Point
		for n, i := range r.Perm(len(located)) {
			if of[i] == t || n == len(located)-1 {
				home = located[i].Point
				break
			}
		}
		d.days = append(d.days, cityRepDay(t, date, home))
	}
	return d, nil
}

// owedCall is the visit that the row's cadence asks for on the day or soon after.
func owedCall(row table.CustomerRow, date hours.Date) (call dispatch.Call, due bool) {
	site := uuid.NewSHA1(uuid.Nil, []byte(row.ID))
	rhythm := customer.Cadence{SiteID: site, Every: row.Every, Weekdays: row.Weekdays}
	soon := hours.Date(row.Every / 7)
	on := dispatch.FirstDue(site, rhythm, date-cityLead)
	if on > date+soon {
		return call, false
	}
	opens, closes := hours.TimeOfDay(cityOpens), hours.TimeOfDay(cityCloses)
	if row.Opens != nil && row.Closes != nil {
		opens, closes = *row.Opens, *row.Closes
	}
	return dispatch.Call{
		Visit: dispatch.Visit{
			ID: uuid.NewSHA1(site, []byte("visit")), SiteID: site, State: dispatch.Backlog, Service: row.Service, Priority: row.Priority,
			DueFrom: (on - soon).At(0, time.UTC), DueTo: (on + cityLateAfter).At(0, time.UTC),
		},
		Site: customer.Site{
			ID: site, Point: row.Point, TimeZone: "UTC",
			Hours: hours.Every(opens, closes, 0, 1, 2, 3, 4, 5, 6),
		},
	}, true
}

func cityRepDay(n int, date hours.Date, home *geo.Point) dispatch.RepDay {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[8:], uint64(n+1))
	opens := date.At(cityOpens, time.UTC)
	return dispatch.RepDay{
		Rep: roster.Rep{ID: id, Start: home},
		Shift: &roster.Shift{
			ID: id, RepID: id, Date: date, TimeZone: "UTC", StartsAt: opens, EndsAt: date.At(cityCloses, time.UTC),
		},
		Engagements: []roster.Engagement{{
			ID: id, RepID: id, Kind: "LUNCH", StartsAt: opens.Add(3 * time.Hour), EndsAt: opens.Add(6 * time.Hour),
			Length: 45 * time.Minute, Flexible: true,
		}},
		Route:  dispatch.Route{ID: id, RepID: id, Date: date},
		Travel: geo.CityTravel,
	}
}

// plan plans the day of each rep in turn.
func (d cityDay) plan(iterations int, seed uint64) cityPlan {
	sum := cityPlan{iterations: iterations}
	begin, spent := time.Now(), cpuTime()
	for i, day := range d.days {
		plan := dispatch.Plan(dispatch.PlanInput{Day: day, Candidates: d.owed[i], Now: d.now, Seed: seed, Iterations: iterations})
		sum.placed += len(plan.Placed)
		sum.left += len(plan.Backlog)
		sum.driving += plan.Day.Route.Travel
		sum.cost += plan.Day.Route.Travel
		for _, v := range plan.Backlog {
			sum.cost += dispatch.Worth(v, day.Shift.EndsAt)
		}
	}
	sum.took = usage{wall: time.Since(begin), cpu: cpuTime() - spent}
	return sum
}

// cpuTime is what this program has taken so far; 0 where the system does not tell.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
