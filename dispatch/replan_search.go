package dispatch

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
)

// A branch is planned anew in groups of neighbouring reps: what is far apart is not exchanged.
const (
	mostNeighbours    = 12
	iterationsPerStop = 20
	mostPasses        = 3
	leastGain         = 1.0 / 60 // minutes that a change must save even where any number is allowed
	slackHours        = 4        // by how much a search may let days end late, at the price of overtime
)

// improve betters the plan group by group.
func (p *replanning) improve() {
	all := make([]int, len(p.days))
	for i := range all {
		all[i] = i
	}
	for n, group := range p.groups(all) {
		proposal := p.search(group, p.Seed+uint64(n))
		if !p.adoptAll(group, proposal) {
			p.adoptOnes(proposal)
		}
	}
}

// groups parts days into neighbourhoods, by halves along the longer side.
func (p *replanning) groups(days []int) [][]int {
	if len(days) == 0 {
		return nil
	}
	if len(days) <= mostNeighbours {
		return [][]int{days}
	}
	at := map[int]geo.Point{}
	var low, high geo.Point
	for n, i := range days {
		c := p.days[i].centre()
		at[i] = c
		if n == 0 {
			low, high = c, c
		}
		low = geo.Point{Lat: min(low.Lat, c.Lat), Lon: min(low.Lon, c.Lon)}
		high = geo.Point{Lat: max(high.Lat, c.Lat), Lon: max(high.Lon, c.Lon)}
	}
	tall := geo.Distance(low, geo.Point{Lat: high.Lat, Lon: low.Lon}) > geo.Distance(low, geo.Point{Lat: low.Lat, Lon: high.Lon})
	slices.SortStableFunc(days, func(i, j int) int {
		if tall {
			return cmp.Compare(at[i].Lat, at[j].Lat)
		}
		return cmp.Compare(at[i].Lon, at[j].Lon)
	})
	half := len(days) / 2
	return append(p.groups(slices.Clone(days[:half])), p.groups(slices.Clone(days[half:]))...)
}

// centre is the middle of where the rest of the day is.
func (r *restOfDay) centre() (c geo.Point) {
	n := 0.0
	for _, call := range r.is.Calls {
		if q := call.Site.Point; q != nil {
			c.Lat, c.Lon, n = c.Lat+q.Lat, c.Lon+q.Lon, n+1
		}
	}
	if n > 0 {
		return geo.Point{Lat: c.Lat / n, Lon: c.Lon / n}
	}
	if r.is.Rep.Start != nil {
		return *r.is.Rep.Start
	}
	return c
}

// proposal is what a search would like: the visits of each day, in order.
type proposal map[int][]uuid.UUID

// search looks for the best plan of a group with all that may move. It says nothing of days whose visits it could not all place.
func (p *replanning) search(group []int, seed uint64) proposal {
	var (
		problem route.Problem
		ids     []uuid.UUID // of the problem's visits; Nil: an engagement at a place
		places  = places{index: map[geo.Point]int32{}}
		breaks  = make([][]*uuid.UUID, len(group)) // visits nobody knows the place of
		sheets  = make([]sheet, len(group))
	)
	w, available, mean := p.days[group[0]].is.weights(), int64(0), 0.0
	var all ways
	for k, i := range group {
		sheets[k] = p.days[i].sheet(p)
		available += sheets[k].Available
		mean += sheets[k].mean() / float64(len(group))
		all = all.and(waysOf(sheets[k]))
	}
	for k, i := range group {
		s := sheets[k]
		vehicle := route.Vehicle{
			Start: places.of(s.Start), End: places.of(s.End), Opens: s.Opens, Closes: max(s.Opens, s.Closes) + slackHours*3600,
			Ends: max(s.Opens, s.Closes), Overtime: int64(3600 * w.Overtime), PerHour: int64(3600 * w.Travel),
		}
		arrival := map[uuid.UUID]int64{}
		for _, stop := range p.days[i].is.Route.Stops {
			arrival[stop.subject()] = stop.Arrival.Unix()
		}
		for _, t := range slices.Concat(s.Visits, s.Engagements) {
			if t.Point == nil {
				vehicle.Breaks = append(vehicle.Breaks, route.Break{Service: t.Service, Windows: t.Windows})
				breaks[k] = append(breaks[k], t.VisitID)
				continue
			}
			visit := route.Visit{Place: places.of(t.Point), Service: t.Service, Windows: t.Windows, Mandatory: true, Allowed: []int32{int32(k)}}
			id := uuid.Nil
			if t.VisitID != nil {
				id = *t.VisitID
				visit.Windows = reaching(t.Windows, arrival[id])
				visit.Published = &route.Published{Vehicle: int32(k), Arrival: serves(visit.Windows, arrival[id])}
				p.mayGo(&visit, id, group)
				vehicle.Given = append(vehicle.Given, int32(len(ids)))
			}
			problem.Visits, ids = append(problem.Visits, visit), append(ids, id)
		}
		problem.Vehicles = append(problem.Vehicles, vehicle)
	}
	problem.Travel = []route.Table{places.table(all, mean)}
	if hours := float64(available) / 3600 / float64(len(group)); hours > 0 {
		problem.Balance = int64(60 * w.Load / hours / hours)
	}
	problem.Churn = &route.Churn{
		Vehicle: int64(60 * w.NewRep), Arrival: int64(60 * w.Moved), Tolerance: int64(Tolerance.Seconds()), Most: p.budget.Changes * len(group),
	}
	if p.budget.Changes < 0 { // any number, but none for nothing
		problem.Churn.Vehicle, problem.Churn.Arrival = int64(60*leastGain), int64(60*leastGain)
	}
	solver, err := route.NewSolver(&problem, route.Options{Seed: seed, Threads: 2})
	if err != nil {
		return nil // numbers beyond all reason: the plan stays as it is
	}
	for range solver.Epochs(iterationsPerStop * max(usual, len(ids))) {
	}
	wanted := proposal{}
	for k, r := range solver.Best().Routes {
		order := []uuid.UUID{}
		for _, stop := range r.Stops {
			switch {
			case stop.Visit >= 0 && ids[stop.Visit] != uuid.Nil:
				order = append(order, ids[stop.Visit])
			case stop.Visit < 0 && breaks[k][stop.Break] != nil:
				order = append(order, *breaks[k][stop.Break])
			}
		}
		wanted[group[k]] = order
	}
	return wanted
}

// reaching are windows the last of which is open at that moment: what is late already may be as late.
func reaching(windows []route.Window, at int64) []route.Window {
	n := len(windows)
	if n == 0 || windows[n-1].Close >= at {
		return windows
	}
	windows = slices.Clone(windows)
	windows[n-1].Close = at
	return windows
}

// mayGo says which vehicles may make the visit, and what a rep costs who does not answer for its site.
func (p *replanning) mayGo(visit *route.Visit, id uuid.UUID, group []int) {
	call := p.calls[id]
	for k, i := range group {
		rep := p.days[i].is.Rep.ID
		if call.Owner != nil && *call.Owner == rep {
			visit.On = append(visit.On, route.On{Vehicle: int32(k)})
		}
		if i != p.on[id] && !call.Visit.RepPinned && slices.Contains([]string{"", SameRep}, refusal(call, p.days[i].is, p.Now)) {
			visit.Allowed = append(visit.Allowed, int32(k))
		}
	}
	if call.Owner != nil {
		visit.Elsewhere = int64(60 * p.days[group[0]].is.weights().Territory)
	}
}

// adoptAll takes a proposal as a whole where it is sound and cheaper.
func (p *replanning) adoptAll(group []int, wanted proposal) bool {
	s := step{days: map[int]restOfDay{}}
	on := map[uuid.UUID]int{}
	have := 0
	for _, i := range group {
		have += len(p.days[i].tail())
		for _, v := range wanted[i] {
			on[v] = i
		}
	}
	if len(on) != have {
		return false
	}
	for _, i := range group {
		s.days[i] = p.arranged(p.days[i], wanted[i])
	}
	s, ok := p.judged(s)
	if !ok || s.cost >= 0 {
		return false
	}
	for i, day := range s.days {
		p.days[i] = day
	}
	for v, i := range on {
		p.on[v] = i
	}
	return true
}

// arranged is the day with these visits behind what is frozen.
func (p *replanning) arranged(day restOfDay, order []uuid.UUID) restOfDay {
	is := day.is
	for _, v := range day.tail() {
		is = is.without(v)
	}
	is.Route.Stops = slices.Clone(is.Route.Stops)
	for _, v := range order {
		call := p.given(p.calls[v], is)
		is = is.with(call)
		is.Route.Stops = append(is.Route.Stops, Stop{VisitID: &call.Visit.ID, Told: day.was.told(v)})
	}
	return day.becomes(is, p)
}

// adoptOnes takes single visits to where a proposal has them, those that save most first, as long as each saves more than a change costs.
func (p *replanning) adoptOnes(wanted proposal) {
	type candidate struct {
		visit uuid.UUID
		to    int
		cost  float64
	}
	price := leastGain
	if p.budget.Changes >= 0 && len(p.days) > 0 {
		price = p.days[0].is.weights().Moved
	}
	for range mostPasses {
		var list []candidate
		for i, order := range wanted {
			for k, v := range order {
				if p.on[v] == i && follows(p.days[i].tail(), v) == before(order, k) {
					continue
				}
				if s, ok := p.relocate(v, i); ok && s.cost < -price {
					list = append(list, candidate{v, i, s.cost})
				}
			}
		}
		slices.SortFunc(list, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(a.cost, b.cost), slices.Compare(a.visit[:], b.visit[:]))
		})
		taken := false
		for _, c := range list {
			if s, ok := p.relocate(c.visit, c.to); ok && s.cost < -price {
				p.adopt(s)
				taken = true
			}
		}
		if !taken {
			return
		}
	}
}

// follows is the visit before v in the order; Nil where v is the first.
func follows(order []uuid.UUID, v uuid.UUID) uuid.UUID { return before(order, slices.Index(order, v)) }

func before(order []uuid.UUID, k int) uuid.UUID {
	if k < 1 {
		return uuid.Nil
	}
	return order[k-1]
}
