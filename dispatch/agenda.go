package dispatch

import (
	"slices"

	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
)

// agenda is the days of reps, and calls that may join them, as route's problem. Costs are seconds of driving.
//
// A day is a vehicle. Its own visits must stay with it; so must an engagement at a place. What happens wherever the rep
// is, a lunch or a visit whose place nobody knows, is a break. Calls are optional, each for its worth.
type agenda struct {
	days []*workday
	p    route.Problem

	node   []int32   // of each of the problem's visits, in its day's timetable; of a call, its number after days'
	breaks [][]int32 // of each day, the nodes of its breaks
}

// bid is a call that may join some of the days.
type bid struct {
	task   task
	worth  int64
	to     []int32 // the days that may take it
	abroad int64   // cost of going to another day than home
	home   int32   // day of who is responsible; -1: nobody's of these
}

// usual is how many visits and calls an ordinary day has to choose from.
const usual = 32

// movedPrice is the driving that is worth not moving what people were told.
const movedPrice = 120 // seconds, as StandardWeights.Moved

func newAgenda(days []*workday, bids []bid) *agenda {
	a := &agenda{days: days, breaks: make([][]int32, len(days))}
	places := places{index: map[geo.Point]int32{}}
	profiles := map[geo.Travel]int32{}
	for v, w := range days {
		a.addDay(int32(v), w, &places, profiles)
	}
	for i, b := range bids {
		visit := route.Visit{
			Place: places.of(b.task.Point), Service: b.task.Service, Windows: b.task.Windows,
			Optional: true, Prize: b.worth, Allowed: b.to,
		}
		if len(b.to) > 1 {
			visit.Elsewhere = b.abroad
			if b.home >= 0 {
				visit.On = []route.On{{Vehicle: b.home}}
			}
		}
		a.p.Visits, a.node = append(a.p.Visits, visit), append(a.node, int32(i))
	}
	a.p.Travel = make([]route.Table, len(profiles))
	for travel, i := range profiles {
		a.p.Travel[i] = places.table(travel)
	}
	a.p.Churn = &route.Churn{Arrival: movedPrice, Tolerance: int64(Tolerance.Seconds()), Most: -1}
	return a
}

func (a *agenda) addDay(v int32, w *workday, places *places, profiles map[geo.Travel]int32) {
	s := w.t.sheet
	profile, known := profiles[s.Travel]
	if !known {
		profile = int32(len(profiles))
		profiles[s.Travel] = profile
	}
	vehicle := route.Vehicle{
		Profile: profile, Start: places.of(s.Start), End: places.of(s.End),
		Opens: w.t.p.Opens, Closes: max(w.t.p.Opens, w.t.p.Closes), PerHour: 3600,
	}
	for _, c := range w.order {
		task, node := w.t.tasks[c], w.t.p.Nodes[c]
		if task.Point == nil {
			vehicle.Breaks = append(vehicle.Breaks, route.Break{Service: node.Service, Windows: node.Windows})
			a.breaks[v] = append(a.breaks[v], c)
			continue
		}
		visit := route.Visit{
			Place: places.of(task.Point), Service: node.Service, Windows: node.Windows, Mandatory: true, Allowed: []int32{v},
		}
		if task.Told != nil {
			visit.Published = &route.Published{Vehicle: v, Arrival: serves(node.Windows, *task.Told)}
		}
		vehicle.Given = append(vehicle.Given, int32(len(a.p.Visits)))
		a.p.Visits, a.node = append(a.p.Visits, visit), append(a.node, c)
	}
	a.p.Vehicles = append(a.p.Vehicles, vehicle)
}

// search answers with the order of each day: the nodes of its own visits, without engagements, and calls, counted on from
// the last of the day's own nodes. Calls that no day takes are in none; nor are visits of a day that it can't make in
// time, unless its bounds were relaxed. Iterations are those of an ordinary day. The same agenda, seed and iterations give the same orders.
func (a *agenda) search(seed uint64, iterations int) [][]int32 {
	orders := make([][]int32, len(a.days))
	// A longer agenda needs more of them: each moves about ten visits.
	iterations *= max(1, len(a.p.Visits)/usual)
	solver, err := route.NewSolver(&a.p, route.Options{Seed: seed})
	if err != nil {
		// Numbers beyond all reason, like a visit of years: whatever the days have stays as it is.
		for v, w := range a.days {
			orders[v] = w.t.visitsOf(w.order)
		}
		return orders
	}
	for range solver.Epochs(iterations) {
	}
	for v, r := range solver.Best().Routes {
		orders[v] = a.read(int32(v), r)
	}
	return orders
}

// read is a route in the terms of its day.
func (a *agenda) read(v int32, r route.Route) []int32 {
	w := a.days[v]
	own := int32(len(w.t.tasks))
	var order []int32
	for _, stop := range r.Stops {
		switch {
		case stop.Visit < 0:
			order = append(order, a.breaks[v][stop.Break])
		case a.p.Visits[stop.Visit].Optional:
			order = append(order, own+a.node[stop.Visit])
		default:
			order = append(order, a.node[stop.Visit])
		}
	}
	if len(r.Stops) == 0 {
		order = slices.Clone(a.breaks[v]) // a vehicle without visits takes no breaks
	}
	return w.t.visitsOf(order)
}

// visitsOf is an order without the day's engagements.
func (t *timetable) visitsOf(order []int32) []int32 {
	first := int32(len(t.sheet.Visits))
	last := first + int32(len(t.sheet.Engagements))
	var visits []int32
	for _, c := range order {
		if c < first || c >= last {
			visits = append(visits, c)
		}
	}
	return visits
}

// serves is when service begins for who is there then.
func serves(windows []route.Window, at int64) int64 {
	for _, w := range windows {
		if at <= w.Close {
			return max(at, w.Open)
		}
	}
	return at
}

// longestDrive bounds what a table says, in seconds: two years are not driven in a day.
const longestDrive = 1 << 26

// places numbers points.
type places struct {
	index  map[geo.Point]int32
	points []geo.Point
}

func (p *places) of(point *geo.Point) int32 {
	if point == nil {
		return route.Nowhere
	}
	i, known := p.index[*point]
	if !known {
		i = int32(len(p.points))
		p.index[*point], p.points = i, append(p.points, *point)
	}
	return i
}

// table is the driving between all places, to the second what a day's timetable says.
func (p *places) table(travel geo.Travel) route.Table {
	n := len(p.points)
	t := route.Table{Places: n, Durations: make([]int32, n*n)}
	for i, from := range p.points {
		for j, to := range p.points {
			if i != j {
				t.Durations[i*n+j] = int32(min(travel.Time(from, to).Seconds(), longestDrive))
			}
		}
	}
	return t
}
