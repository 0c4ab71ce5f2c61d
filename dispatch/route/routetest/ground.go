package routetest

import "math"

// work is a task with what its job or shipment says of it.
type work struct {
	task
	kind          string // job, pickup or delivery
	off, on       []int64
	skills        []int
	priority      int64
	wish          *jobWish
	partner       int  // the other end of a shipment; -1
	fromTheOutset bool // what is delivered was on board from the start
}

// everything lists all tasks: jobs, then pickup and delivery of each shipment.
func (p *problem) everything() []work {
	var all []work
	for _, j := range p.Jobs {
		all = append(all, work{j.task, "job", j.Delivery, j.Pickup, j.Skills, j.Priority, j.Hexbeat, -1, true})
	}
	for _, s := range p.Shipments {
		k := len(all)
		all = append(all,
			work{s.Pickup, "pickup", nil, s.Amount, s.Skills, s.Priority, s.Hexbeat, k + 1, false},
			work{s.Delivery, "delivery", s.Amount, nil, s.Skills, s.Priority, s.Hexbeat, k, false})
	}
	return all
}

// spot is a place: an index, or coordinates.
type spot struct {
	known    bool
	index    int
	lon, lat float64
}

func spotOf(index *int, at []float64) spot {
	switch {
	case index != nil:
		s := spot{known: true, index: *index}
		return s
	case len(at) == 2:
		return spot{known: true, index: -1, lon: at[0], lat: at[1]}
	}
	return spot{}
}

func (t task) spot() spot     { return spotOf(t.Index, t.Location) }
func (v vehicle) start() spot { return spotOf(v.StartIndex, v.Start) }
func (v vehicle) end() spot   { return spotOf(v.EndIndex, v.End) }

// leg is what lies between two places for a vehicle.
type leg struct {
	seconds int64 // before any speed factor
	metres  int64
	cost    int64 // of the custom matrix
	noWay   bool
}

// ground answers how far it is.
type ground struct {
	p        *problem
	metres   bool // every vehicle's distances are given
	priced   map[string]bool
	estimate map[string]travel
}

func newGround(p *problem) ground {
	g := ground{p: p, metres: true, priced: map[string]bool{}, estimate: map[string]travel{"car": {24, 1.35}}}
	if p.Hexbeat != nil {
		for profile, t := range p.Hexbeat.Travel {
			g.estimate[profile] = t
		}
	}
	for profile, t := range p.Matrices {
		g.priced[profile] = t.Costs != nil
	}
	for _, v := range p.Vehicles {
		t := p.Matrices[v.profile()]
		g.metres = g.metres && (t.Durations == nil || t.Distances != nil || v.MaxDistance != nil || v.Costs != nil && v.Costs.PerKm > 0)
	}
	return g
}

func (v vehicle) profile() string {
	if v.Profile == "" {
		return "car"
	}
	return v.Profile
}

func (g ground) between(v vehicle, from, to spot) leg {
	if !from.known || !to.known {
		return leg{}
	}
	t := g.p.Matrices[v.profile()]
	if t.Durations == nil {
		way := g.estimate[v.profile()]
		metres := sphere(from, to) * way.Detour
		return leg{seconds: int64(math.Round(metres / 1000 / way.Speed * 3600)), metres: int64(math.Round(metres))}
	}
	var l leg
	entry := func(table [][]*int64) int64 {
		if table == nil {
			return 0
		}
		if n := table[from.index][to.index]; n != nil && *n >= 0 {
			return *n
		}
		l.noWay = true
		return 0
	}
	l.seconds, l.metres, l.cost = entry(t.Durations), entry(t.Distances), entry(t.Costs)
	return l
}

// sphere is the way along a great circle in metres, by the angle between two directions.
func sphere(a, b spot) float64 {
	direction := func(s spot) [3]float64 {
		lat, lon := s.lat*math.Pi/180, s.lon*math.Pi/180
		return [3]float64{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
	}
	u, w := direction(a), direction(b)
	var chord float64
	for i := range u {
		chord += (u[i] - w[i]) * (u[i] - w[i])
	}
	return 2 * 6371008.8 * math.Asin(math.Min(1, math.Sqrt(chord)/2))
}

// scale is what a vehicle's travel is multiplied by, in hundredths.
func (v vehicle) scale() int64 {
	if v.SpeedFactor == 0 {
		return 100
	}
	return int64(math.Round(100 / v.SpeedFactor))
}

func (w work) setupOn(v vehicle) int64 {
	if s, own := w.SetupPerType[v.Type]; own {
		return s
	}
	return w.Setup
}

func (w work) serviceOn(v vehicle) int64 {
	if s, own := w.ServicePerType[v.Type]; own {
		return s
	}
	return w.Service
}

// mayServe says whether skills and wishes let the vehicle do the task.
func (v vehicle) mayServe(w work) bool {
	for _, need := range w.skills {
		has := false
		for _, s := range v.Skills {
			has = has || s == need
		}
		if !has {
			return false
		}
	}
	if w.wish == nil {
		return true
	}
	for _, id := range w.wish.Banned {
		if id == v.ID {
			return false
		}
	}
	allowed := w.wish.Allowed == nil
	for _, id := range w.wish.Allowed {
		allowed = allowed || id == v.ID
	}
	return allowed
}
