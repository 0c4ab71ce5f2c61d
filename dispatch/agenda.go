package dispatch

import (
	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
)

// agenda is a rep's day, and calls that may join it, as route's problem. Costs are seconds of driving.
//
// The day is a vehicle. Its own visits must be made; so must engagements at a place. What happens wherever the rep is, a
// lunch or a visit whose place nobody knows, is a break. Calls are optional, each for its worth. Every rep has an agenda
// apart: a visit belongs to whoever answers for its ground, and handing it over is a decision, not a plan.
type agenda struct {
	day    *workday
	p      route.Problem
	node   []int32 // of each of the problem's visits, in the day's timetable; calls are counted on from its last node
	breaks []int32 // the nodes of the vehicle's breaks
}

// bid is a call that may join the day.
type bid struct {
	task  task
	worth int64
}

// usual is how many visits and calls an ordinary day has to choose from.
const usual = 32

// movedPrice is the driving that is worth not moving what people were told.
const movedPrice = 120 // seconds, as StandardWeights.Moved

func newAgenda(w *workday, bids []bid) *agenda {
	a := &agenda{day: w}
	s := w.t.sheet
	places := places{index: map[geo.Point]int32{}}
	vehicle := route.Vehicle{
		Start: places.of(s.Start), End: places.of(s.End),
		Opens: w.t.p.Opens, Closes: max(w.t.p.Opens, w.t.p.Closes), PerHour: 3600,
	}
	for _, c := range w.order {
		task, node := w.t.tasks[c], w.t.p.Nodes[c]
		if task.Point == nil {
			vehicle.Breaks = append(vehicle.Breaks, route.Break{Service: node.Service, Windows: node.Windows})
			a.breaks = append(a.breaks, c)
			continue
		}
		visit := route.Visit{Place: places.of(task.Point), Service: node.Service, Windows: node.Windows, Mandatory: true}
		if task.Told != nil {
			visit.Published = &route.Published{Arrival: serves(node.Windows, *task.Told)}
		}
		vehicle.Given = append(vehicle.Given, int32(len(a.p.Visits)))
		a.p.Visits, a.node = append(a.p.Visits, visit), append(a.node, c)
	}
	for i, b := range bids {
		a.p.Visits = append(a.p.Visits, route.Visit{
			Place: places.of(b.task.Point), Service: b.task.Service, Windows: b.task.Windows, Optional: true, Prize: b.worth,
		})
		a.node = append(a.node, int32(len(w.t.tasks)+i))
	}
	calls := make([]task, len(bids))
	for i, b := range bids {
		calls[i] = b.task
	}
	ways := waysOf(s, calls...)
	a.p.Vehicles = []route.Vehicle{vehicle}
	a.p.Travel = []route.Table{places.table(ways, s.mean())}
	a.p.Churn = &route.Churn{Arrival: movedPrice, Tolerance: int64(Tolerance.Seconds()), Most: -1}
	return a
}

// search answers with an order of the day's own visits, without engagements, and of calls, counted on from the last of
// the day's own nodes. Calls that the day does not take are missing; so are own visits that it can't make in time,
// unless its bounds were relaxed. Iterations are those of an ordinary day. The same agenda, seed and iterations give the
// same order.
func (a *agenda) search(seed uint64, iterations int) []int32 {
	// A longer agenda needs more of them: each moves about ten visits.
	iterations *= max(1, len(a.p.Visits)/usual)
	solver, err := route.NewSolver(&a.p, route.Options{Seed: seed, Threads: 2})
	if err != nil {
		// Numbers beyond all reason, like a visit of years: what the day has stays as it is.
		return a.day.t.visitsOf(a.day.order)
	}
	for range solver.Epochs(iterations) {
	}
	stops := solver.Best().Routes[0].Stops
	if len(stops) == 0 {
		return a.day.t.visitsOf(a.breaks) // a vehicle without visits takes no breaks
	}
	var order []int32
	for _, stop := range stops {
		if stop.Visit < 0 {
			order = append(order, a.breaks[stop.Break])
		} else {
			order = append(order, a.node[stop.Visit])
		}
	}
	return a.day.t.visitsOf(order)
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

// table is the driving between all places: to the second what a day's timetable says where the pace is even, and otherwise that at the mean
// pace of the day, so many times as long as at an even one. A search looks for orders by it; the timetable says what they are worth.
func (p *places) table(ways ways, mean float64) route.Table {
	n := len(p.points)
	t := route.Table{Places: n, Durations: make([]int32, n*n)}
	for i, from := range p.points {
		for j, to := range p.points {
			if i != j {
				t.Durations[i*n+j] = int32(min(ways.drive(from, to).Seconds()*mean, longestDrive))
			}
		}
	}
	return t
}
