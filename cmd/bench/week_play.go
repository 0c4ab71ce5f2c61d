package main

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// weekFigures are what a week came to.
type weekFigures struct {
	driving  time.Duration // the ways home included
	idle     time.Duration // on shift with nothing to do, waiting at doors included
	overtime time.Duration // home after the shift's end
	promised int
	broken   int // begun after what was promised, or not at all on that day
	made     int
	left     int     // due by the end of the week and not made
	gini     float64 // of the reps' driving and calls over the week: 0 is all the same
}

func (f *weekFigures) add(o weekFigures) {
	f.driving += o.driving
	f.idle += o.idle
	f.overtime += o.overtime
	f.promised += o.promised
	f.broken += o.broken
	f.made += o.made
	f.left += o.left
	f.gini += o.gini
}

// play is the week as it goes under some weights.
func (w givenWeek) play(weights dispatch.Weights) weekFigures {
	g := game{givenWeek: w, weights: weights, open: make([]map[uuid.UUID]dispatch.Call, len(w.homes)), worked: make([]time.Duration, len(w.homes))}
	for i := range g.open {
		g.open[i] = map[uuid.UUID]dispatch.Call{}
	}
	for day := range weekDays {
		g.playDay(day)
	}
	for _, owed := range g.open {
		g.left += len(owed)
	}
	g.gini = gini(g.worked)
	return g.weekFigures
}

// game is a week in play.
type game struct {
	givenWeek
	weekFigures
	weights dispatch.Weights
	open    []map[uuid.UUID]dispatch.Call // what each rep owes and is on no day
	worked  []time.Duration               // of each rep
	reps    []walker                      // today
	opened  hours.Date                    // cadence visits up to here are among the open ones
}

// walker is a rep on the way.
type walker struct {
	day     dispatch.RepDay
	home    geo.Point
	at      geo.Point // where the rep is, or set out from
	act     act
	until   time.Time // the act's end
	left    time.Time // when the act began
	toward  geo.Point
	visit   uuid.UUID // of a drive and a call
	worked  time.Duration
	lunched bool
	ill     bool
}

// act is what a rep is doing.
type act int

const (
	waiting act = iota // for something to do
	driving
	calling
	lunching
	gone // home, for today
)

func repID(n int) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n+1))
	return id
}

// playDay goes from one thing that happens to the next.
func (g *game) playDay(n int) {
	date := weekBegins + hours.Date(n)
	g.morning(date)
	opens, closes := date.At(cityOpens, time.UTC), date.At(cityCloses, time.UTC)
	arrivals, ill := g.urgent[n], n == illDay
	for i := range g.reps {
		g.goOn(i, opens)
	}
	for {
		next, who := closes, -1
		for i, w := range g.reps {
			if w.act != waiting && w.act != gone && (who < 0 || w.until.Before(next)) {
				next, who = w.until, i
			}
		}
		switch {
		case ill && !date.At(illAt, time.UTC).After(next):
			ill = false
			g.fallIll(date.At(illAt, time.UTC))
		case len(arrivals) > 0 && (who < 0 || !arrivals[0].Visit.CreatedAt.After(next)):
			g.assign(arrivals[0], arrivals[0].Visit.CreatedAt)
			arrivals = arrivals[1:]
		case who < 0:
			g.evening(date)
			return
		default:
			g.finish(who, next)
		}
	}
}

// morning plans every rep's day from what is due.
func (g *game) morning(date hours.Date) {
	for _, d := range g.due {
		if d.from <= date && d.from > g.opened {
			g.open[d.rep][d.call.Visit.ID] = d.call
		}
	}
	g.opened = date
	now := date.At(cityOpens-60, time.UTC)
	g.reps = make([]walker, len(g.homes))
	for i, home := range g.homes {
		day := cityRepDay(i, date, &home)
		day.Weights = &g.weights
		var owed []dispatch.Call
		for _, call := range g.open[i] {
			owed = append(owed, call)
		}
		slices.SortFunc(owed, func(a, b dispatch.Call) int { return slices.Compare(a.Visit.ID[:], b.Visit.ID[:]) })
		plan := dispatch.Plan(dispatch.PlanInput{Day: day, Candidates: owed, Now: now, Seed: g.seed})
		for _, v := range plan.Placed {
			delete(g.open[i], v.ID)
		}
		g.reps[i] = walker{day: plan.Day, home: home, at: home}
	}
}

// assign gives new work to the best rep.
func (g *game) assign(call dispatch.Call, now time.Time) {
	options, _ := dispatch.Options(call, g.days(now), now)
	if len(options) == 0 { // nobody is on shift any more
		g.keep(call)
		return
	}
	i := g.number(options[0].RepID)
	made, err := dispatch.Create(call, &g.reps[i].day, now)
	if err != nil {
		g.keep(call)
		return
	}
	g.reps[i].day = *made.Day
	g.wake(i, now)
}

// keep leaves a visit to whoever is responsible for the site. What was promised of it is broken.
func (g *game) keep(call dispatch.Call) {
	if call.Visit.Promised != nil {
		g.promised++
		g.broken++
	}
	call.Visit.State, call.Visit.RepID, call.Visit.Date, call.Visit.Promised = dispatch.Backlog, call.Owner, nil, nil
	g.open[g.number(*call.Owner)][call.Visit.ID] = call
}

// fallIll sends a rep home; what was ahead goes to others, in the order of the route.
func (g *game) fallIll(now time.Time) {
	sick := &g.reps[g.ill]
	sick.ill = true
	for _, stop := range slices.Clone(sick.day.Route.Stops) {
		call, ahead := sick.ahead(stop)
		if !ahead {
			continue
		}
		options, _ := dispatch.Options(call, g.days(now), now)
		if len(options) == 0 {
			continue
		}
		i := g.number(options[0].RepID)
		moved, err := dispatch.Reassign(call, &sick.day, g.reps[i].day, call.Visit.Version, "ABSENCE", now)
		if err != nil {
			continue
		}
		sick.day, g.reps[i].day = *moved.From, moved.To
		g.wake(i, now)
	}
	if sick.act != calling {
		g.goHome(g.ill, now)
	}
}

// days are the reps' days as the engine knows them: phones say where everybody is.
func (g *game) days(now time.Time) []dispatch.RepDay {
	list := make([]dispatch.RepDay, len(g.reps))
	for i, w := range g.reps {
		at := w.at
		if w.act == driving {
			share := float64(now.Sub(w.left)) / float64(max(1, w.until.Sub(w.left)))
			at = geo.Point{Lat: at.Lat + share*(w.toward.Lat-at.Lat), Lon: at.Lon + share*(w.toward.Lon-at.Lon)}
		}
		list[i] = w.day
		list[i].At = &at
		list[i].Absent = w.ill
	}
	return list
}

func (g *game) number(rep uuid.UUID) int { return int(binary.BigEndian.Uint64(rep[8:])) - 1 }

// wake lets a rep who has nothing to do begin.
func (g *game) wake(i int, now time.Time) {
	if g.reps[i].act == waiting {
		g.goOn(i, now)
	}
}

// ahead is the call of a stop that the rep has not begun and is not driving to.
func (w *walker) ahead(stop dispatch.Stop) (call dispatch.Call, ahead bool) {
	if stop.VisitID == nil || w.act == calling && w.visit == *stop.VisitID {
		return call, false
	}
	call = w.call(*stop.VisitID)
	return call, call.Visit.State == dispatch.Assigned
}

func (w *walker) call(visit uuid.UUID) dispatch.Call {
	i := slices.IndexFunc(w.day.Calls, func(c dispatch.Call) bool { return c.Visit.ID == visit })
	return w.day.Calls[i]
}

// goOn begins what the route has next.
func (g *game) goOn(i int, now time.Time) {
	w := &g.reps[i]
	w.act = waiting
	if !now.Before(w.day.Shift.EndsAt) || w.ill {
		g.goHome(i, now)
		return
	}
	for _, stop := range w.day.Route.Stops {
		if stop.EngagementID != nil && !w.lunched {
			lunch := w.day.Engagements[0]
			if now.Before(lunch.StartsAt) && stop.Arrival.After(now) {
				continue // not yet: the visit after it comes first
			}
			w.lunched = true
			w.act, w.left, w.until = lunching, now, now.Add(lunch.Length)
			return
		}
		call, ahead := w.ahead(stop)
		if !ahead {
			continue
		}
		drive := time.Duration(float64(w.day.Travel.Time(w.at, *call.Site.Point)) * g.luck(call.Visit.ID, 1))
		w.act, w.visit, w.left, w.until, w.toward = driving, call.Visit.ID, now, now.Add(drive), *call.Site.Point
		return
	}
}

// finish ends what a rep is doing.
func (g *game) finish(i int, now time.Time) {
	w := &g.reps[i]
	switch w.act {
	case driving:
		g.drove(w, now.Sub(w.left))
		w.at = w.toward
		g.callOn(w, now)
		return
	case calling:
		call := w.call(w.visit)
		done := dispatch.Complete(call, &w.day, g.attempt(w, now), now)
		if done.Day != nil {
			w.day = *done.Day
		}
		g.made++
	}
	g.goOn(i, now)
}

// callOn begins a call, once the door opens.
func (g *game) callOn(w *walker, now time.Time) {
	call := w.call(w.visit)
	begins := now
	if opens := call.Site.Hours.On(hours.DateOf(now), time.UTC); len(opens) > 0 && opens[0].From.After(now) {
		begins = opens[0].From
	}
	if call.Visit.Promised != nil {
		g.promised++
		if begins.After(call.Visit.Promised.To) {
			g.broken++
		}
	}
	there := dispatch.Arrive(call, &w.day, g.attempt(w, now), now)
	if there.Day != nil {
		w.day = *there.Day
	}
	length := time.Duration(float64(call.Visit.Service) * g.luck(call.Visit.ID, 2))
	w.worked += length
	w.act, w.left, w.until = calling, now, begins.Add(length)
}

func (g *game) attempt(w *walker, now time.Time) dispatch.Attempt {
	return dispatch.Attempt{ID: w.visit, RepID: w.day.Rep.ID, DeviceTime: now, RecordedAt: now}
}

func (g *game) drove(w *walker, drive time.Duration) {
	g.driving += drive
	w.worked += drive
}

func (g *game) goHome(i int, now time.Time) {
	w := &g.reps[i]
	if w.act == driving { // turned back on the way
		g.drove(w, now.Sub(w.left))
	}
	drive := w.day.Travel.Time(w.at, w.home)
	g.drove(w, drive)
	w.act, w.at, w.until = gone, w.home, now.Add(drive)
}

// evening sends everybody home who still waits, counts the day, and takes what nobody began off it.
func (g *game) evening(date hours.Date) {
	night := date.At(24*60-1, time.UTC)
	for i := range g.reps {
		w := &g.reps[i]
		closes := w.day.Shift.EndsAt
		if w.act != gone {
			g.goHome(i, closes)
			w.until = closes // who waits for nothing goes in time
		}
		over := max(0, w.until.Sub(closes))
		g.overtime += over
		lunch := time.Duration(0)
		if w.lunched {
			lunch = w.day.Engagements[0].Length
		}
		if !w.ill {
			g.idle += max(0, closes.Add(over).Sub(w.day.Shift.StartsAt)-lunch-w.worked)
		}
		g.worked[i] += w.worked
		sites := map[uuid.UUID]dispatch.Call{}
		for _, c := range w.day.Calls {
			sites[c.Visit.ID] = c
		}
		for _, v := range dispatch.CarryOver(w.day, date, w.day.Calls, night).Visits {
			call := sites[v.ID]
			call.Visit = v
			if v.Promised != nil {
				g.promised++
				g.broken++
				call.Visit.Promised = nil // a new one is agreed on
			}
			g.open[i][v.ID] = call
		}
	}
}

// gini is the mean difference between two of the values, in parts of twice their mean (Gini 1912): 0 where all are the same.
func gini(values []time.Duration) float64 {
	sorted := slices.Sorted(slices.Values(values))
	var sum, weighted float64
	for i, v := range sorted {
		sum += float64(v)
		weighted += float64(v) * float64(2*(i+1)-len(sorted)-1)
	}
	if sum == 0 {
		return 0
	}
	return weighted / (float64(len(sorted)) * sum)
}
