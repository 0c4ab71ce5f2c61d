package main

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/city"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// givenWeek is all that happens in a week whoever gets the work.
type givenWeek struct {
	seed   uint64
	homes  []geo.Point       // where each rep starts from
	due    []dueCall         // by cadence
	urgent [][]dispatch.Call // of each day, in order of arrival (Visit.CreatedAt)
	ill    int               // the rep who falls ill on Wednesday
}

// dueCall is a visit that its cadence asks for.
type dueCall struct {
	call dispatch.Call
	from hours.Date
	rep  int // whose ground the site is on
}

const (
	weekDays   = 5
	illDay     = 2       // Wednesday
	illAt      = 10 * 60 // minutes of the day
	lastUrgent = 16 * 60
)

// weekBegins is a Monday.
var weekBegins = hours.NewDate(2026, time.November, 23)

// newWeek draws a city, designs its territories and says what will happen.
func newWeek(seed uint64, sites, reps int, urgent float64) (givenWeek, error) {
	town := city.Generate(seed, city.Options{Sites: sites, Reps: reps})
	brief := geo.Brief{Territories: reps, Seed: seed, Homes: make([]*geo.Point, reps)}
	for _, s := range town.Sites {
		brief.Sites = append(brief.Sites, geo.Site{ID: s.ID, Point: s.Point, Workload: s.Workload})
	}
	w := givenWeek{seed: seed}
	for i := range reps {
		w.homes = append(w.homes, town.Reps[i].Start)
		brief.Homes[i] = &town.Reps[i].Start
	}
	draft, err := geo.Design(brief)
	if err != nil {
		return w, fmt.Errorf("design territories: %w", err)
	}
	of := draft.Of(len(town.Sites))
	for i, s := range town.Sites {
		call := callOn(s, of[i])
		rhythm := customer.Cadence{SiteID: call.Site.ID, Every: s.Every, Weekdays: s.Weekdays}
		from := dispatch.FirstDue(call.Site.ID, rhythm, weekBegins)
		if from >= weekBegins+weekDays {
			continue
		}
		call.Visit.ID = uuid.NewSHA1(call.Site.ID, []byte("due"))
		call.Visit.State, call.Visit.RepID, call.Visit.Epoch = dispatch.Backlog, call.Owner, 1
		call.Visit.DueFrom, call.Visit.DueTo = from.At(0, time.UTC), (from+cityLateAfter).At(0, time.UTC)
		w.due = append(w.due, dueCall{call, from, of[i]})
	}
	r := rand.New(rand.NewPCG(seed, 1))
	for day := range weekDays {
		w.urgent = append(w.urgent, urgentOf(r, town.Sites, of, weekBegins+hours.Date(day), int(math.Round(urgent*float64(reps)))))
	}
	w.ill = r.IntN(reps)
	return w, nil
}

// callOn is a visit to a site of the city, which a rep of that number is responsible for.
func callOn(s city.Site, rep int) dispatch.Call {
	id, owner := uuid.NewSHA1(uuid.Nil, []byte(s.ID)), repID(rep)
	return dispatch.Call{
		Visit: dispatch.Visit{SiteID: id, Service: s.Service, Priority: s.Priority},
		Site:  customer.Site{ID: id, Point: &s.Point, TimeZone: "UTC", Hours: hours.Every(s.Opens, s.Closes, 0, 1, 2, 3, 4, 5, 6)},
		Owner: &owner,
	}
}

// urgentOf is a day's urgent work. Half of it comes from one part of the city: a delivery that went wrong, a campaign of a competitor.
func urgentOf(r *rand.Rand, sites []city.Site, of []int, date hours.Date, n int) []dispatch.Call {
	trouble := sites[r.IntN(len(sites))].Point
	near := slices.Clone(sites)
	slices.SortStableFunc(near, func(a, b city.Site) int {
		return cmp.Compare(geo.Distance(trouble, a.Point), geo.Distance(trouble, b.Point))
	})
	number := make(map[string]int, len(sites))
	for i, s := range sites {
		number[s.ID] = i
	}
	var calls []dispatch.Call
	for range n {
		s := sites[r.IntN(len(sites))]
		if r.IntN(2) == 0 {
			s = near[r.IntN(max(1, len(near)/20))]
		}
		call := callOn(s, of[number[s.ID]])
		v := &call.Visit
		at := date.At(hours.TimeOfDay(cityOpens+r.IntN(lastUrgent-cityOpens)), time.UTC)
		v.ID = uuid.NewSHA1(v.SiteID, at.AppendFormat(nil, time.RFC3339))
		v.CreatedAt, v.DueFrom, v.DueTo = at, at, date.At(24*60-1, time.UTC)
		v.Priority, v.Service = 80, time.Duration(15+5*r.IntN(6))*time.Minute
		if r.IntN(10) < 7 {
			v.Promised = &hours.Window{From: at, To: at.Add(time.Duration(2+r.IntN(3)) * time.Hour)}
		}
		calls = append(calls, call)
	}
	slices.SortStableFunc(calls, func(a, b dispatch.Call) int { return a.Visit.CreatedAt.Compare(b.Visit.CreatedAt) })
	return calls
}

// luck is what a drive or a call takes of what was planned, for the same thing the same in every play: 0.7 to 1.6, and 1.05 in the mean.
func (w givenWeek) luck(what uuid.UUID, kind uint64) float64 {
	var bits uint64
	for _, b := range what {
		bits = bits*1099511628211 ^ uint64(b)
	}
	r := rand.New(rand.NewPCG(w.seed^bits, kind))
	return min(1.6, max(0.7, math.Exp(0.05+0.22*r.NormFloat64())))
}
