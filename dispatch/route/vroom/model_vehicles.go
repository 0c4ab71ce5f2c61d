package vroom

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// margin is how long before the first window a vehicle without one may leave, in seconds: four days and a half.
const margin = 400_000

// setVehicles makes the vehicles with their breaks and given routes.
func (m *Model) setVehicles() error {
	opens := m.firstWindow()
	visits := map[VehicleStep]int32{}
	for i, j := range m.problem.Jobs {
		visits[VehicleStep{Type: "job", ID: j.ID}] = int32(i)
	}
	for i, s := range m.problem.Shipments {
		visits[VehicleStep{Type: "pickup", ID: s.Pickup.ID}] = m.engine.Shipments[i].Pickup
		visits[VehicleStep{Type: "delivery", ID: s.Delivery.ID}] = m.engine.Shipments[i].Delivery
	}
	for i, given := range m.problem.Vehicles {
		path := fmt.Sprintf("vehicles[%d]", i)
		if m.problem.Matrices[given.Profile].Costs.Size > 0 && (given.Costs.PerHour != usualPerHour || given.Costs.PerKm != 0) {
			return refuse(path+".costs", "has per_hour or per_km, and matrices.%s.costs says what travel costs: give one or the other", given.Profile)
		}
		v := route.Vehicle{
			Profile: int32(slices.Index(m.profiles, given.Profile)),
			Type:    int32(slices.Index(m.types, given.Type)),
			Start:   m.at(given.Start), End: m.at(given.End),
			Opens: opens, Closes: route.Forever,
			Fixed: given.Costs.Fixed * m.ticks, PerHour: given.Costs.PerHour, PerTaskHour: given.Costs.PerTaskHour,
			PerKm: given.Costs.PerKm * m.ticks, PerVisit: given.Extra.PerVisit * m.ticks,
			Capacity: given.Capacity, Skills: skillsOf(given.Skills),
			Frozen: int(given.Extra.Frozen),
		}
		if f := factor(given.SpeedFactor); f != centi {
			v.Speed = centi / float64(f)
		}
		if w := given.Window; w != nil {
			v.Opens, v.Closes = w.Start*m.ticks, w.End*m.ticks
		}
		if o := given.Extra.Overtime; o != nil {
			v.Ends, v.Overtime = o.From*m.ticks, o.PerHour
		}
		if n := given.MaxTasks; n != nil {
			v.MostVisits = int(*n)
		}
		if n := given.MaxTravelTime; n != nil {
			v.MostTravel = max(1, *n*m.ticks)
		}
		if n := given.MaxDistance; n != nil {
			if *n == 0 {
				return refuse(path+".max_distance", "is 0, which keeps the vehicle at home: leave the vehicle out")
			}
			v.MostDistance = *n
		}
		for _, b := range m.breaksOf(given) {
			if b.Service > m.mostSpan() {
				return refuse(path+".breaks", "has a break of %d s, and at most %d can be counted", b.Service, m.mostSpan())
			}
			v.Breaks = append(v.Breaks, route.Break{Service: b.Service * m.ticks, Windows: m.windows(b.Windows), MaxLoad: b.MaxLoad})
		}
		for _, step := range given.Steps {
			if visit, known := visits[VehicleStep{Type: step.Type, ID: step.ID}]; known {
				v.Given = append(v.Given, visit)
			}
		}
		if v.Frozen > len(v.Given) {
			return refuse(path+".hexbeat.frozen", "is %d, and steps has %d tasks", v.Frozen, len(v.Given))
		}
		m.engine.Vehicles = append(m.engine.Vehicles, v)
	}
	return nil
}

// breaksOf are a vehicle's breaks in the order in which they are taken: of their first windows, as in VROOM.
func (m *Model) breaksOf(v Vehicle) []Break {
	breaks := slices.Clone(v.Breaks)
	slices.SortStableFunc(breaks, func(a, b Break) int {
		var first, second Window
		if len(a.Windows) > 0 {
			first = a.Windows[0]
		} else {
			first.End = math.MaxInt64
		}
		if len(b.Windows) > 0 {
			second = b.Windows[0]
		} else {
			second.End = math.MaxInt64
		}
		return cmp.Or(cmp.Compare(first.Start, second.Start), cmp.Compare(first.End, second.End))
	})
	return breaks
}

// firstWindow is when a vehicle without a time window may leave: 0, or shortly before anything opens. VROOM takes 0
// always; the engine counts moments in 32 bits, and the Unix clock is far from 0.
func (m *Model) firstWindow() int64 {
	first := int64(math.MaxInt64)
	for _, v := range m.problem.Vehicles {
		if v.Window != nil {
			first = min(first, v.Window.Start)
		}
		for _, b := range v.Breaks {
			if len(b.Windows) > 0 {
				first = min(first, b.Windows[0].Start)
			}
		}
	}
	see := func(t Task) {
		if len(t.Windows) > 0 {
			first = min(first, t.Windows[0].Start)
		}
	}
	for _, j := range m.problem.Jobs {
		see(j.Task)
	}
	for _, s := range m.problem.Shipments {
		see(s.Pickup)
		see(s.Delivery)
	}
	if first == math.MaxInt64 {
		return 0
	}
	return max(0, first-margin) * m.ticks
}
