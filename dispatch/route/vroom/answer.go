package vroom

import (
	"math"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// PlanExtra is what Hexbeat says of a solution beyond VROOM's words, under the name hexbeat.
type PlanExtra struct {
	Cost     float64 `json:"cost"`               // with what VROOM does not count: prizes forgone, overtime, preferences, balance, churn
	Overtime int64   `json:"overtime,omitempty"` // seconds
	Changed  int     `json:"changed,omitempty"`  // tasks that are not as they were published
}

// Solution says a plan in VROOM's words, and why what it leaves over is left over.
func (m *Model) Solution(plan route.Solution, unserved []route.Unserved) Solution {
	reasons := m.reasons(unserved)
	out := Solution{Unassigned: []Unassigned{}, Routes: []Route{}}
	extra := PlanExtra{Cost: plan.Cost / float64(m.ticks), Changed: plan.Changed}
	for k, r := range plan.Routes {
		extra.Overtime += r.Overtime / m.ticks
		if len(r.Stops) == 0 {
			continue
		}
		out.Routes = append(out.Routes, m.route(k, r))
	}
	for _, v := range plan.Unassigned {
		left := m.unassigned(v)
		if why, known := reasons[v]; known {
			left.Extra = why
		}
		out.Unassigned = append(out.Unassigned, left)
	}
	out.Extra = extra
	out.sum(m.hasDistances(), m.amountSize())
	return out
}

func (m *Model) unassigned(visit int32) Unassigned {
	t, kind := m.task(visit)
	return Unassigned{ID: t.ID, Location: t.Place.Coordinates, LocationIndex: indexOf(t.Place), Type: kind, Description: t.Description}
}

// sum adds the routes up.
func (s *Solution) sum(metres bool, amounts int) {
	total := &s.Summary
	*total = Summary{Routes: len(s.Routes), Unassigned: len(s.Unassigned), Sums: newSums(metres, amounts)}
	for _, r := range s.Routes {
		total.Cost += r.Cost
		total.Sums.add(r.Sums)
	}
}

func newSums(metres bool, amounts int) Sums {
	s := Sums{Violations: []Violation{}}
	if amounts > 0 {
		s.Delivery, s.Pickup = make([]int64, amounts), make([]int64, amounts)
		s.Amount = s.Delivery
	}
	if metres {
		s.Distance = new(int64)
	}
	return s
}

func (s *Sums) add(r Sums) {
	addTo(s.Delivery, r.Delivery)
	addTo(s.Pickup, r.Pickup)
	s.Setup += r.Setup
	s.Service += r.Service
	s.Duration += r.Duration
	s.WaitingTime += r.WaitingTime
	s.Priority += r.Priority
	if s.Distance != nil && r.Distance != nil {
		*s.Distance += *r.Distance
	}
	for _, v := range r.Violations {
		s.Violations = addViolation(s.Violations, v)
	}
}

func addTo(sum, amounts []int64) {
	for i := range amounts {
		sum[i] += amounts[i]
	}
}

func subtractFrom(sum, amounts []int64) {
	for i := range amounts {
		sum[i] -= amounts[i]
	}
}

// task is what a visit is in the problem, and VROOM's name for its kind.
func (m *Model) task(visit int32) (Task, string) {
	jobs := m.problem.Jobs
	if int(visit) < len(jobs) {
		return jobs[visit].Task, "job"
	}
	k := int(visit) - len(jobs)
	s := m.problem.Shipments[k/2]
	if k%2 == 0 {
		return s.Pickup, "pickup"
	}
	return s.Delivery, "delivery"
}

// hasDistances says whether the length of every route is known.
func (m *Model) hasDistances() bool {
	for _, t := range m.engine.Travel {
		if t.Distances == nil {
			return false
		}
	}
	return true
}

func (m *Model) amountSize() int { return len(m.problem.Vehicles[0].Capacity) }

// route says one vehicle's route.
func (m *Model) route(k int, r route.Route) Route {
	given := m.problem.Vehicles[k]
	vehicle := m.engine.Vehicles[k]
	table := m.engine.Travel[vehicle.Profile]
	out := Route{Vehicle: given.ID, Description: given.Description, Sums: newSums(table.Distances != nil, m.amountSize())}
	breaks := m.breaksOf(given)

	load := make([]int64, m.amountSize())
	visits := r.Visits()
	for _, v := range visits {
		if int(v) < len(m.problem.Jobs) {
			addTo(load, m.engine.Visits[v].Delivery)
		}
	}
	first, last := given.Start, given.End
	if !first.given() && len(visits) > 0 {
		t, _ := m.task(visits[0])
		first = t.Place
	}
	if !last.given() && len(visits) > 0 {
		t, _ := m.task(visits[len(visits)-1])
		last = t.Place
	}
	bill := bill{table: table, at: m.at(given.Start), ticks: m.ticks}

	// Moments are cut to whole seconds, and the spans between them follow from those: so they add up, and what waits
	// for a window begins in it.
	left := r.Depart / m.ticks
	step := Step{Type: "start", Arrival: left}
	m.place(&step, first)
	out.say(step, load, table.Distances != nil, 0)
	for _, stop := range r.Stops {
		step := Step{
			Setup: stop.Setup / m.ticks, Service: stop.Service / m.ticks, WaitingTime: stop.Begin/m.ticks - stop.Arrival/m.ticks,
			Arrival: stop.Arrival / m.ticks,
		}
		out.Duration += step.Arrival - left
		step.Duration = out.Duration
		left = step.Arrival + step.WaitingTime + step.Setup + step.Service
		if stop.Visit >= 0 {
			visit := m.engine.Visits[stop.Visit]
			t, kind := m.task(stop.Visit)
			step.Type, step.Description, step.ID, step.Job = kind, t.Description, &t.ID, &t.ID
			m.place(&step, t.Place)
			subtractFrom(load, visit.Delivery)
			addTo(load, visit.Pickup)
			addTo(out.Delivery, visit.Delivery)
			addTo(out.Pickup, visit.Pickup)
			out.Priority += int64(visit.Priority)
			bill.drive(visit.Place)
			bill.work += stop.Setup + stop.Service
		} else {
			b := breaks[stop.Break]
			step.Type, step.Description, step.ID = "break", b.Description, &b.ID
		}
		out.say(step, load, table.Distances != nil, bill.metres)
	}
	bill.drive(m.at(given.End))
	out.Duration += r.Finish/m.ticks - left
	step = Step{Type: "end", Arrival: r.Finish / m.ticks, Duration: out.Duration}
	m.place(&step, last)
	out.say(step, load, table.Distances != nil, bill.metres)
	if out.Distance != nil {
		*out.Distance = bill.metres
	}
	out.Cost = bill.total(given)
	return out
}

// say appends a step, with what is on board after it, and counts its time.
func (r *Route) say(step Step, load []int64, measured bool, metres int64) {
	step.Violations = []Violation{}
	step.Load = append([]int64(nil), load...)
	if measured {
		step.Distance = &metres
	}
	r.Setup += step.Setup
	r.Service += step.Service
	r.WaitingTime += step.WaitingTime
	r.Steps = append(r.Steps, step)
}

// place says where a step is, as the problem said it.
func (m *Model) place(step *Step, p Place) {
	step.Location, step.LocationIndex = p.Coordinates, indexOf(p)
}

func indexOf(p Place) *int {
	if p.Index < 0 {
		return nil
	}
	return &p.Index
}

// bill adds up what a route costs as VROOM counts: exactly, in parts of 1/360000, and without a remainder at the end.
type bill struct {
	table  route.Table
	at     int32 // place; Nowhere: travel begins at the next
	ticks  int64
	time   int64 // seconds of travel before any speed factor
	metres int64
	costs  int64 // of the custom matrix
	work   int64 // ticks of set-up and service
}

// drive goes on to a place. Nowhere is nowhere to go.
func (b *bill) drive(to int32) {
	if b.at != route.Nowhere && to != route.Nowhere {
		k := int(b.at)*b.table.Places + int(to)
		b.time += int64(b.table.Durations[k]) / b.ticks
		if b.table.Distances != nil {
			b.metres += int64(b.table.Distances[k])
		}
		if b.table.Costs != nil {
			b.costs += int64(b.table.Costs[k]) / b.ticks
		}
	}
	b.at = to
}

// total is the cost of the route in the problem's unit.
func (b *bill) total(v Vehicle) int64 {
	const parts = centi * usualPerHour
	travel := b.costs * parts
	if b.table.Costs == nil {
		perSecond := int64(math.Round(centi / v.SpeedFactor * float64(v.Costs.PerHour)))
		travel = b.time*perSecond + b.metres*v.Costs.PerKm*parts/1000
	}
	return v.Costs.Fixed + (travel+b.work*(centi/b.ticks)*v.Costs.PerTaskHour)/parts
}
