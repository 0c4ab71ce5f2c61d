package vroom

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// Planned chooses times for the routes that the steps of the vehicles describe, and says which constraints they break:
// what VROOM does with -c. Nothing is searched and no order is changed. Every task begins as early as it can and no
// task before its window, so that the delays are as small as this order allows; then the vehicle leaves as late as
// that permits.
func (m *Model) Planned() (Solution, error) {
	out := Solution{Unassigned: []Unassigned{}, Routes: []Route{}}
	used := map[int32]bool{}
	for k, v := range m.problem.Vehicles {
		if !slices.ContainsFunc(v.Steps, func(s VehicleStep) bool { return s.Type != "start" && s.Type != "end" }) {
			continue
		}
		calls, err := m.calls(k)
		if err != nil {
			return Solution{}, err
		}
		for _, c := range calls {
			used[c.visit] = true
		}
		plan, err := m.timed(k, calls)
		if err != nil {
			return Solution{}, err
		}
		r := m.route(k, plan)
		m.judge(&r, k, calls, plan)
		out.Routes = append(out.Routes, r)
	}
	for visit := range m.engine.Visits {
		if !used[int32(visit)] {
			out.Unassigned = append(out.Unassigned, m.unassigned(int32(visit)))
		}
	}
	out.sum(m.hasDistances(), m.amountSize())
	return out, nil
}

// call is a task or a break of a given route, in ticks.
type call struct {
	visit, pause      int32 // one of them -1
	path              string
	place             int32
	setup, service    int64
	windows           []route.Window
	at, after, before *int64
}

// calls lists what a vehicle's steps say. A bound of the start becomes one of the moment it leaves.
func (m *Model) calls(k int) ([]call, error) {
	v := m.problem.Vehicles[k]
	vehicle := m.engine.Vehicles[k]
	given := slices.Clone(vehicle.Given)
	breaks := m.breaksOf(v)
	var calls []call
	previous := vehicle.Start
	for i, step := range v.Steps {
		c := call{visit: -1, pause: -1, path: fmt.Sprintf("vehicles[%d].steps[%d]", k, i), place: route.Nowhere}
		c.at, c.after, c.before = m.scaled(step.At), m.scaled(step.After), m.scaled(step.Before)
		switch step.Type {
		case "start", "end":
			if step.At != nil || step.After != nil || step.Before != nil {
				return nil, refuse(c.path, "bounds the time of a %s, which is not supported: give the vehicle a time_window", step.Type)
			}
			continue
		case "break":
			c.pause = int32(slices.IndexFunc(breaks, func(b Break) bool { return b.ID == step.ID }))
			b := vehicle.Breaks[c.pause]
			c.service, c.windows = b.Service, b.Windows
		default:
			c.visit, given = given[0], given[1:]
			visit := m.engine.Visits[c.visit]
			c.place, c.setup, c.service, c.windows = visit.Place, visit.Setup, visit.Service, visit.Windows
			if visit.Setups != nil {
				c.setup = visit.Setups[vehicle.Type]
			}
			if visit.Services != nil {
				c.service = visit.Services[vehicle.Type]
			}
			if c.place == previous {
				c.setup = 0
			}
			previous = c.place
		}
		calls = append(calls, c)
	}
	return calls, nil
}

func (m *Model) scaled(seconds *int64) *int64 {
	if seconds == nil {
		return nil
	}
	n := *seconds * m.ticks
	return &n
}

// timed times the calls twice: from the earliest start, which says how much later it may be, and from there.
func (m *Model) timed(k int, calls []call) (route.Route, error) {
	first, slack, err := m.walk(k, calls, m.engine.Vehicles[k].Opens)
	if err != nil || slack == 0 {
		return first, err
	}
	plan, _, err := m.walk(k, calls, first.Depart+slack)
	return plan, err
}

// walk goes through the calls, leaving at a moment, and says how much later that could be without a later end and
// without a task outside the window it is in now.
func (m *Model) walk(k int, calls []call, depart int64) (plan route.Route, slack int64, err error) {
	vehicle := m.engine.Vehicles[k]
	travel := func(from, to int32) int64 { return m.drive(vehicle, from, to) }
	plan = route.Route{Depart: depart}
	now, place := depart, vehicle.Start
	var waited, driven int64 // driven of the leg at hand, before breaks
	slack = math.MaxInt64
	for i, c := range calls {
		leg := int64(0)
		if to := nextPlace(calls[i:], vehicle.End); to != route.Nowhere {
			leg = travel(place, to)
			if leg < 0 {
				return plan, 0, refuse(c.path, "can't be reached: the matrix says that there is no way")
			}
		}
		left := max(0, leg-driven)
		arrival := now
		if c.visit >= 0 {
			arrival += left
		} else if begin := c.begin(now); begin > now { // drive on until the break may begin
			arrival += min(left, begin-now)
			driven += arrival - now
		}
		begin := c.begin(arrival)
		if c.before != nil && begin > *c.before {
			return plan, 0, refuse(c.path, "can't begin before %d, and service_before is %d", begin/m.ticks, *c.before/m.ticks)
		}
		if c.at != nil && begin > *c.at {
			return plan, 0, refuse(c.path, "can't begin before %d, and service_at is %d", begin/m.ticks, *c.at/m.ticks)
		}
		room := int64(0)
		if close := c.closes(begin); close >= begin {
			room = close - now - left
			if c.visit < 0 {
				room = close - now
			}
		}
		slack = min(slack, waited+room)
		waited += begin - arrival
		plan.Stops = append(plan.Stops, route.Stop{Visit: c.visit, Break: c.pause, Arrival: arrival, Begin: begin, Setup: c.setup, Service: c.service})
		now = begin + c.setup + c.service
		if c.visit >= 0 {
			place, driven = c.place, 0
		}
	}
	home := int64(0)
	if vehicle.End != route.Nowhere {
		if home = travel(place, vehicle.End); home < 0 {
			return plan, 0, refuse(fmt.Sprintf("vehicles[%d]", k), "can't be reached: the matrix says that there is no way to the end")
		}
	}
	plan.Finish = now + max(0, home-driven)
	return plan, max(0, min(slack, waited)), nil
}

// nextPlace is where the first of the calls with a place is; the end, where none has.
func nextPlace(calls []call, end int32) int32 {
	for _, c := range calls {
		if c.visit >= 0 {
			return c.place
		}
	}
	return end
}

// drive is the travel between two places in ticks; none from or to Nowhere, and negative where there is no way.
func (m *Model) drive(v route.Vehicle, from, to int32) int64 {
	if from == route.Nowhere || to == route.Nowhere {
		return 0
	}
	table := m.engine.Travel[v.Profile]
	d := float64(table.Durations[int(from)*table.Places+int(to)])
	if d > 0 && v.Speed != 0 {
		d /= v.Speed
	}
	return int64(math.Round(d))
}

// begin is when the call begins if the vehicle is there at t.
func (c call) begin(t int64) int64 {
	if c.after != nil {
		t = max(t, *c.after)
	}
	if c.at != nil {
		return max(t, *c.at)
	}
	for _, w := range c.windows {
		if t <= w.Close {
			return max(t, w.Open)
		}
	}
	return t
}

// closes is the latest moment to begin in the window that the call begins in; before it where it is in none.
func (c call) closes(begin int64) int64 {
	latest := int64(math.MaxInt64)
	if len(c.windows) > 0 {
		latest = begin - 1
	}
	for _, w := range c.windows {
		if w.Open <= begin && begin <= w.Close {
			latest = w.Close
		}
	}
	if c.at != nil {
		latest = min(latest, *c.at)
	}
	if c.before != nil {
		latest = min(latest, *c.before)
	}
	return latest
}

// judge writes down what a given route breaks: at the step where it is broken, and once for the route.
func (m *Model) judge(r *Route, k int, calls []call, plan route.Route) {
	given := m.problem.Vehicles[k]
	vehicle := m.engine.Vehicles[k]
	found := func(step int, cause string, ticks int64) {
		v := Violation{Cause: cause}
		if ticks > 0 {
			seconds := ticks / m.ticks
			v.Duration = &seconds
		}
		if step >= 0 {
			r.Steps[step].Violations = addViolation(r.Steps[step].Violations, v)
		}
		r.Violations = addViolation(r.Violations, v)
	}
	over := func(load, most []int64) bool {
		for i := range most {
			if load[i] > most[i] {
				return true
			}
		}
		return false
	}
	if over(r.Steps[0].Load, given.Capacity) {
		found(0, "load", 0)
	}
	picked, rested, tasks := map[int32]bool{}, 0, int64(0)
	for i, c := range calls {
		step := r.Steps[i+1]
		begin := plan.Stops[i].Begin
		if late, early := outside(c.windows, begin); late > 0 {
			found(i+1, "delay", late)
		} else if early > 0 {
			found(i+1, "lead_time", early)
		}
		if over(step.Load, given.Capacity) {
			found(i+1, "load", 0)
		}
		if c.pause >= 0 {
			rested++
			if over(step.Load, vehicle.Breaks[c.pause].MaxLoad) {
				found(i+1, "max_load", 0)
			}
			continue
		}
		tasks++
		for _, need := range m.engine.Visits[c.visit].Skills {
			if !slices.Contains(vehicle.Skills, need) {
				found(i+1, "skills", 0)
				break
			}
		}
		if n := c.visit - int32(len(m.problem.Jobs)); n >= 0 && n%2 == 1 && !picked[c.visit-1] {
			found(i+1, "precedence", 0)
		}
		picked[c.visit] = true
	}
	for i, c := range calls { // a pickup without its delivery
		if n := c.visit - int32(len(m.problem.Jobs)); c.visit >= 0 && n >= 0 && n%2 == 0 && !picked[c.visit+1] {
			found(i+1, "precedence", 0)
		}
	}
	if rested < len(vehicle.Breaks) {
		found(-1, "missing_break", 0)
	}
	if late := plan.Finish - vehicle.Closes; late > 0 {
		found(len(r.Steps)-1, "delay", late)
	}
	if given.MaxTasks != nil && tasks > *given.MaxTasks {
		found(-1, "max_tasks", 0)
	}
	if given.MaxTravelTime != nil && r.Duration > *given.MaxTravelTime {
		found(-1, "max_travel_time", 0)
	}
	if given.MaxDistance != nil && r.Distance != nil && *r.Distance > *given.MaxDistance {
		found(-1, "max_distance", 0)
	}
}

// outside is how far a moment is behind the nearest window that has closed, or before the nearest that will open,
// whichever is nearer; nothing if it is in one.
func outside(windows []route.Window, t int64) (late, early int64) {
	late, early = math.MaxInt64, math.MaxInt64
	for _, w := range windows {
		switch {
		case t > w.Close:
			late = min(late, t-w.Close)
		case t < w.Open:
			early = min(early, w.Open-t)
		default:
			return 0, 0
		}
	}
	switch {
	case len(windows) == 0:
		return 0, 0
	case late <= early:
		return late, 0
	}
	return 0, early
}

// addViolation adds one to those there are: a cause once, with all its time.
func addViolation(all []Violation, v Violation) []Violation {
	k := slices.IndexFunc(all, func(o Violation) bool { return o.Cause == v.Cause })
	if k < 0 {
		at, _ := slices.BinarySearchFunc(all, v, func(a, b Violation) int { return cmp.Compare(a.Cause, b.Cause) })
		return slices.Insert(slices.Clone(all), at, v)
	}
	if v.Duration != nil {
		sum := *v.Duration
		if all[k].Duration != nil {
			sum += *all[k].Duration
		}
		all = slices.Clone(all)
		all[k].Duration = &sum
	}
	return all
}
