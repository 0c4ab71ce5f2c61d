package route

import (
	"math"
	"slices"
)

// far is the travel time where there is no way: longer than every horizon, and small enough to be added to one.
const far int32 = 1 << 29

// infinite is a cost that nothing real reaches, and that may be added to one.
const infinite int64 = math.MaxInt64 / 4

// model is a Problem made ready for the search: flat arrays, moments from one base as int32, costs as one scaled int64.
// A group of routes has a model of its own, cut out of the whole one.
type model struct {
	p     *Problem
	n, m  int // visits, vehicles
	base  int64
	scale scale

	visits   []int32 // the Problem's visit of each
	vehicles []int32 // the Problem's vehicle of each

	place   []int32
	hull    []span   // from the first opening to the last close
	windows [][]span // where there are several; nil: the hull says all
	penalty []int64  // cost of leaving it out
	loose   []bool   // may be moved

	dims     int
	delivery []int64 // n×dims
	pickup   []int64 // n×dims
	bulk     []int64 // the largest share of any capacity, in millionths: for sorting

	class   []*class // of each vehicle
	car     []car
	kinds   []kind
	kindOf  []int32
	can     []bool  // n×m
	extra   []int64 // n×m: the cost of a visit on a vehicle; nil where there is none
	choices []int32 // vehicles that can serve each visit

	near   []int32 // the visits by distance from each, one visit's after another's
	nearAt []int32 // where each visit's begin; n+1

	partner   []int32 // of a shipment or a call for two; -1
	delivers  []bool  // the later half of a shipment
	shipment  []bool
	before    [][]int32 // visits that must have ended; nil
	followers [][]int32
	published []Published // rebased; nil: nothing was
	churn     churn
	told      []int32 // the vehicle each visit was published for, where that can be kept; nil: there is no budget of changes
	promise   []span  // its hull there

	live    bool // ways are asked for, not tabulated
	plain   bool // nothing but one window, amounts that only add up, and travel: the fast loops hold
	loaded  bool // what is on board goes up and down
	setups  bool
	linked  bool
	balance float64 // scaled cost per squared second of work
	mixed   bool    // penalties differ
	prized  bool    // some visits are optional
}

// car is a vehicle's own day.
type car struct {
	start, end    int32 // places, the class's last one standing for Nowhere
	opens, closes int32
	ends          int32 // after it a second costs overtime
	overtime      int64
	fixed, visit  int64
	capacity      []int64 // dims; nil: no bound
	mostVisits    int32
	mostTravel    int64
	mostMetres    int64
	breaks        []pause
	light         bool // some break bounds what is on board
}

type pause struct {
	service int32
	hull    span
	windows []span
	maxLoad []int64
}

type churn struct {
	on        bool
	vehicle   int64
	arrival   int64
	tolerance int32
	most      int64 // negative: any number
}

// nearest is how many neighbours of a visit the search knows.
const nearest = 128

// newModel makes the problem ready for a search. It refuses what Check refuses, and costs that can't be added up.
func newModel(p *Problem) (*model, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	tabulated := *p
	tabulated.Travel = slices.Clone(p.Travel)
	for i := range tabulated.Travel {
		tabulated.Travel[i] = tabulated.Travel[i].tabulated()
	}
	m, err := readModel(&tabulated, false)
	if err != nil {
		return nil, err
	}
	m.findNear()
	return m, nil
}

func readModel(p *Problem, live bool) (*model, error) {
	s, err := newScale(p)
	if err != nil {
		return nil, err
	}
	m := &model{p: p, n: len(p.Visits), m: len(p.Vehicles), scale: s, live: live}
	m.visits, m.vehicles = count(m.n), count(m.m)
	m.rebase()
	m.readLinks()
	m.readVisits()
	m.readVehicles()
	m.readPairs()
	m.price()
	m.readPromises()
	m.findKinds()
	m.plain = !live && m.isPlain()
	return m, nil
}

func count(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// rebase chooses the moment that is 0: early enough for every shift that could matter to a visit.
func (m *model) rebase() {
	first := Forever
	for i := range m.p.Visits {
		for _, w := range m.p.Visits[i].Windows[:min(1, len(m.p.Visits[i].Windows))] {
			first = min(first, w.Open)
		}
	}
	opens := Forever
	for i := range m.p.Vehicles {
		v := &m.p.Vehicles[i]
		early := v.Opens
		if v.Closes != Forever {
			early = max(early, v.Closes-mostSpan/2)
		}
		if first != Forever {
			early = max(early, first-mostSpan/4)
		}
		opens = min(opens, early)
	}
	m.base = min(opens, mostMoment)
}

func (m *model) readLinks() {
	p := m.p
	m.partner = make([]int32, m.n)
	m.delivers, m.shipment = make([]bool, m.n), make([]bool, m.n)
	for i := range m.partner {
		m.partner[i] = -1
	}
	for _, s := range p.Shipments {
		m.partner[s.Pickup], m.partner[s.Delivery] = s.Delivery, s.Pickup
		m.shipment[s.Pickup], m.shipment[s.Delivery], m.delivers[s.Delivery] = true, true, true
	}
	for _, t := range p.Together {
		m.partner[t.A], m.partner[t.B] = t.B, t.A
	}
	m.before, m.followers = make([][]int32, m.n), make([][]int32, m.n)
	for i := range p.Visits {
		m.before[i] = p.Visits[i].After
		for _, b := range p.Visits[i].After {
			m.followers[b] = append(m.followers[b], int32(i))
			m.linked = true
		}
	}
	m.linked = m.linked || len(p.Shipments) > 0 || len(p.Together) > 0
}

func (m *model) readVisits() {
	p := m.p
	for i := range p.Visits {
		m.dims = max(m.dims, len(p.Visits[i].Delivery), len(p.Visits[i].Pickup))
	}
	m.place, m.hull, m.windows = make([]int32, m.n), make([]span, m.n), make([][]span, m.n)
	m.delivery, m.pickup = make([]int64, m.n*m.dims), make([]int64, m.n*m.dims)
	m.loose, m.bulk = make([]bool, m.n), make([]int64, m.n)
	var takes, brings bool
	for i := range p.Visits {
		v := &p.Visits[i]
		m.place[i], m.loose[i] = v.Place, true
		m.hull[i], m.windows[i] = m.spans(v.Windows, v.Release)
		copy(m.delivery[i*m.dims:(i+1)*m.dims], v.Delivery)
		copy(m.pickup[i*m.dims:(i+1)*m.dims], v.Pickup)
		for d := range m.dims {
			brings = brings || m.delivery[i*m.dims+d] > 0
			takes = takes || m.pickup[i*m.dims+d] > 0
		}
		if v.Published != nil && p.Churn != nil {
			if m.published == nil {
				m.published = make([]Published, m.n)
				for k := range m.published {
					m.published[k].Vehicle = -1
				}
			}
			m.published[i] = Published{Vehicle: v.Published.Vehicle, Arrival: v.Published.Arrival - m.base}
		}
	}
	m.loaded = takes && brings || len(p.Shipments) > 0
	for i := range p.Vehicles {
		for _, b := range p.Vehicles[i].Breaks {
			m.loaded = m.loaded || b.MaxLoad != nil
		}
		for _, c := range p.Vehicles[i].Given[:p.Vehicles[i].Frozen] {
			m.loose[c] = false
		}
	}
}

func (m *model) readVehicles() {
	p := m.p
	m.class, m.car = make([]*class, m.m), make([]car, m.m)
	type key struct {
		profile, kind                      int32
		speed                              float64
		perHour, perTaskHour, perKm, reach int64
	}
	classes := map[key]*class{}
	for i := range p.Vehicles {
		v := &p.Vehicles[i]
		k := key{v.Profile, v.Type, v.Speed, v.PerHour, v.PerTaskHour, v.PerKm, 0}
		if v.Speed == 0 {
			k.speed = 1
		}
		if v.MostDistance > 0 {
			k.reach = 1
		}
		if classes[k] == nil {
			classes[k] = m.newClass(v, k.speed)
		}
		m.class[i] = classes[k]
		m.car[i] = m.newCar(v)
	}
	for i := range p.Visits {
		for c := range m.car {
			for d, room := range m.car[c].capacity {
				need := max(m.delivery[i*m.dims+d], m.pickup[i*m.dims+d])
				m.bulk[i] = max(m.bulk[i], int64(1e6*float64(need)/float64(max(room, 1))))
			}
			if c > 8 {
				break // a few vehicles say enough for an order of sorting
			}
		}
	}
}

func (m *model) newCar(v *Vehicle) car {
	nowhere := int32(m.p.Travel[v.Profile].Places)
	c := car{
		start: v.Start, end: v.End,
		opens: m.moment(v.Opens), closes: m.moment(v.Closes), ends: math.MaxInt32,
		fixed: v.Fixed * m.scale.whole, visit: v.PerVisit * m.scale.whole,
		mostVisits: math.MaxInt32, mostTravel: infinite, mostMetres: infinite,
	}
	if v.Closes < m.base {
		c.closes = -1
	}
	if v.Start == Nowhere {
		c.start = nowhere
	}
	if v.End == Nowhere {
		c.end = nowhere
	}
	if v.Overtime > 0 {
		c.ends, c.overtime = m.moment(v.Ends), m.scale.hourly(v.Overtime)
	}
	if v.MostVisits > 0 {
		c.mostVisits = int32(min(v.MostVisits, math.MaxInt32))
	}
	if v.MostTravel > 0 {
		c.mostTravel = v.MostTravel
	}
	if v.MostDistance > 0 {
		c.mostMetres = v.MostDistance
	}
	if v.Capacity != nil {
		c.capacity = make([]int64, m.dims)
		copy(c.capacity, v.Capacity)
	}
	for _, b := range v.Breaks {
		hull, windows := m.spans(b.Windows, 0)
		pause := pause{service: int32(b.Service), hull: hull, windows: windows}
		if b.MaxLoad != nil {
			pause.maxLoad = make([]int64, m.dims)
			copy(pause.maxLoad, b.MaxLoad)
			c.light = true
		}
		c.breaks = append(c.breaks, pause)
	}
	return c
}

// readPairs says which vehicle can serve which visit, and at what extra cost.
func (m *model) readPairs() {
	p := m.p
	skills := make([]map[int32]bool, m.m)
	for k := range p.Vehicles {
		skills[k] = map[int32]bool{}
		for _, s := range p.Vehicles[k].Skills {
			skills[k][s] = true
		}
	}
	m.can = make([]bool, m.n*m.m)
	m.choices = make([]int32, m.n)
	priced := m.published != nil
	for i := range p.Visits {
		priced = priced || p.Visits[i].Elsewhere > 0 || len(p.Visits[i].On) > 0
	}
	if priced {
		m.extra = make([]int64, m.n*m.m)
	}
	for i := range p.Visits {
		v := &p.Visits[i]
		can := m.can[i*m.m : (i+1)*m.m]
		for k := range can {
			can[k] = v.Allowed == nil
		}
		for _, k := range v.Allowed {
			can[k] = true
		}
		for _, k := range v.Banned {
			can[k] = false
		}
		for k := range can {
			for _, s := range v.Skills {
				can[k] = can[k] && skills[k][s]
			}
			if can[k] {
				m.choices[i]++
			}
		}
		if !priced {
			continue
		}
		extra := m.extra[i*m.m : (i+1)*m.m]
		for k := range extra {
			extra[k] = v.Elsewhere * m.scale.whole
		}
		for _, on := range v.On {
			extra[on.Vehicle] = on.Cost * m.scale.whole
		}
		if m.published != nil && m.published[i].Vehicle >= 0 {
			for k := range extra {
				if int32(k) != m.published[i].Vehicle {
					extra[k] += p.Churn.Vehicle * m.scale.whole
				}
			}
		}
	}
}

func (m *model) isPlain() bool {
	if m.loaded || m.setups || m.linked || m.balance > 0 || m.churn.on {
		return false
	}
	for _, w := range m.windows {
		if w != nil {
			return false
		}
	}
	for k := range m.car {
		c := &m.car[k]
		if m.p.Vehicles[m.vehicles[k]].Frozen > 0 || c.breaks != nil || c.overtime > 0 || c.mostTravel < infinite || c.mostMetres < infinite ||
			m.class[k].metres != nil || m.class[k].fares != nil {
			return false
		}
	}
	return true
}
