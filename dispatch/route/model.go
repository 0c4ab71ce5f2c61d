package route

import (
	"math"
	"slices"
)

// far is the travel time where there is no way: longer than every horizon, and small enough to be added to one.
const far int32 = 1 << 29

// infinite is a cost that nothing real reaches, and that may be added to one.
const infinite int64 = math.MaxInt64 / 4

// span is a stretch of rebased moments, both ends included.
type span struct{ open, close int32 }

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

// class is what vehicles share that travel alike and have the same prices.
type class struct {
	stride   int32
	speed    float64
	way      func(from, to int32) (seconds, metres int32) // in place of tables, in a plan held live
	to       []int32                                      // durations, row by row of the place left
	from     []int32                                      // the same, row by row of the place reached
	metres   []int32                                      // nil where nothing depends on them
	fares    []int32                                      // cost tables; nil: prices below
	second   int64                                        // scaled cost of a second of travel
	metre    int64                                        // and of a metre
	fare     int64                                        // and of a unit of fares
	service  []int32                                      // by visit
	setup    []int32
	taskCost int64 // scaled cost of a second of set-up and service
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

// kind is vehicles that are alike in everything: of the empty ones only the first need be looked at.
type kind struct{ vehicles []int32 }

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

// tabulated is the table with the numbers that Way gives.
func (t Table) tabulated() Table {
	if t.Way == nil {
		return t
	}
	n := t.Places
	full := Table{Places: n, Durations: make([]int32, n*n), Distances: make([]int32, n*n)}
	for a := range n {
		for b := range n {
			if a != b {
				full.Durations[a*n+b], full.Distances[a*n+b] = t.Way(int32(a), int32(b))
			}
		}
	}
	return full
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

// moment is a moment of the problem as the search counts: anything before the base is the base, anything after the
// horizon its end.
func (m *model) moment(t int64) int32 {
	return int32(min(max(t, m.base)-m.base, mostSpan))
}

// window is a window as the search counts. One that closed before the base can't be kept.
func (m *model) window(w Window) span {
	if w.Close < m.base {
		return span{0, -1}
	}
	if w.Open > m.base+mostSpan {
		return span{int32(mostSpan), -1}
	}
	return span{m.moment(w.Open), m.moment(w.Close)}
}

func (m *model) spans(windows []Window, release int64) (hull span, several []span) {
	hull = span{0, int32(mostSpan)}
	for _, w := range windows {
		if s := m.window(w); s.close >= s.open {
			several = append(several, s)
		}
	}
	if release != 0 {
		if len(windows) == 0 {
			several = []span{hull}
		}
		r := m.moment(release)
		if release > m.base+mostSpan {
			several = several[:0]
		}
		several = slices.DeleteFunc(several, func(s span) bool { return s.close < r })
		if len(several) > 0 {
			several[0].open = max(several[0].open, r)
		}
	} else if len(windows) == 0 {
		return hull, nil
	}
	if len(several) == 0 {
		return span{0, -1}, nil
	}
	hull = span{several[0].open, several[len(several)-1].close}
	if len(several) == 1 {
		several = nil
	}
	return hull, several
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

// newClass makes the travel of vehicles like v: durations at its speed, with one more place that is Nowhere.
func (m *model) newClass(v *Vehicle, speed float64) *class {
	t := &m.p.Travel[v.Profile]
	n := t.Places
	c := &class{
		stride:   int32(n + 1),
		speed:    speed,
		second:   m.scale.hourly(v.PerHour),
		taskCost: m.scale.hourly(v.PerTaskHour),
		service:  make([]int32, m.n), setup: make([]int32, m.n),
	}
	if t.Way != nil && m.live {
		c.way, c.metre = t.Way, m.scale.kilometre(v.PerKm)
		m.readTasks(c, v)
		return c
	}
	c.to = widen(t.Durations, n, c.paced)
	c.from = transposed(c.to, n+1)
	same := func(d int32) int32 { return max(0, d) }
	if t.Distances != nil && (v.PerKm > 0 || v.MostDistance > 0) {
		c.metres, c.metre = widen(t.Distances, n, same), m.scale.kilometre(v.PerKm)
	}
	if t.Costs != nil {
		c.fares, c.fare = widen(t.Costs, n, same), m.scale.whole
		c.second, c.metre = 0, 0
	}
	m.readTasks(c, v)
	return c
}

// readTasks reads how long each visit takes a vehicle like v.
func (m *model) readTasks(c *class, v *Vehicle) {
	for i := range m.p.Visits {
		visit := &m.p.Visits[i]
		c.service[i], c.setup[i] = int32(visit.Service), int32(visit.Setup)
		if int(v.Type) < len(visit.Services) && v.Type >= 0 {
			c.service[i] = int32(visit.Services[v.Type])
		}
		if int(v.Type) < len(visit.Setups) && v.Type >= 0 {
			c.setup[i] = int32(visit.Setups[v.Type])
		}
		m.setups = m.setups || c.setup[i] > 0
	}
}

// widen copies an n×n table into one of n+1 places, the last of which is Nowhere: no way is long from there.
func widen(table []int32, n int, f func(int32) int32) []int32 {
	wide := make([]int32, (n+1)*(n+1))
	for i := range n {
		row := wide[i*(n+1):]
		for j, d := range table[i*n : (i+1)*n] {
			if i != j || d > 0 {
				row[j] = f(d)
			}
		}
	}
	return wide
}

// transposed is the table by columns; the table itself where it is symmetric.
func transposed(table []int32, n int) []int32 {
	symmetric := true
	for i := 0; i < n && symmetric; i++ {
		for j := range i {
			if table[i*n+j] != table[j*n+i] {
				symmetric = false
				break
			}
		}
	}
	if symmetric {
		return table
	}
	turned := make([]int32, len(table))
	for i := range n {
		for j := range n {
			turned[j*n+i] = table[i*n+j]
		}
	}
	return turned
}

// leg is the way from place a to place b: its time, its length where it is known, and its cost.
func (c *class) leg(a, b int32) (seconds int32, metres, cost int64) {
	if c.way != nil {
		if a == b || a == c.stride-1 || b == c.stride-1 {
			return 0, 0, 0
		}
		d, m := c.way(a, b)
		seconds, metres = c.paced(d), int64(m)
		return seconds, metres, int64(seconds)*c.second + metres*c.metre
	}
	i := int(a)*int(c.stride) + int(b)
	seconds = c.to[i]
	cost = int64(seconds) * c.second
	if c.metres != nil {
		metres = int64(c.metres[i])
		cost += metres * c.metre
	}
	if c.fares != nil {
		cost += int64(c.fares[i]) * c.fare
	}
	return seconds, metres, cost
}

// price is the cost of the way from place a to place b.
func (c *class) price(a, b int32) int64 {
	_, _, cost := c.leg(a, b)
	return cost
}

func (c *class) drive(a, b int32) int32 {
	if c.way == nil {
		return c.to[int(a)*int(c.stride)+int(b)]
	}
	return c.asked(a, b)
}

func (c *class) asked(a, b int32) int32 {
	seconds, _, _ := c.leg(a, b)
	return seconds
}

func (c *class) length(a, b int32) int64 {
	_, metres, _ := c.leg(a, b)
	return metres
}

// paced is a duration at the speed of the class.
func (c *class) paced(d int32) int32 {
	switch {
	case d < 0:
		return far
	case c.speed == 1:
		return min(d, far)
	}
	return int32(min(int64(math.Round(float64(d)/c.speed)), int64(far)))
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

// findKinds puts vehicles together that nothing tells apart.
func (m *model) findKinds() {
	m.kindOf = make([]int32, m.m)
	for k := range m.m {
		found := int32(-1)
		for other := range m.kinds {
			if m.alike(int(m.kinds[other].vehicles[0]), k) {
				found = int32(other)
				break
			}
		}
		if found < 0 {
			found = int32(len(m.kinds))
			m.kinds = append(m.kinds, kind{})
		}
		m.kindOf[k] = found
		m.kinds[found].vehicles = append(m.kinds[found].vehicles, int32(k))
	}
}

func (m *model) alike(a, b int) bool {
	x, y := &m.car[a], &m.car[b]
	if m.class[a] != m.class[b] || x.start != y.start || x.end != y.end || x.opens != y.opens || x.closes != y.closes ||
		x.ends != y.ends || x.overtime != y.overtime || x.fixed != y.fixed || x.visit != y.visit ||
		x.mostVisits != y.mostVisits || x.mostTravel != y.mostTravel || x.mostMetres != y.mostMetres ||
		len(x.breaks)+len(y.breaks) > 0 || !slices.Equal(x.capacity, y.capacity) || (x.capacity == nil) != (y.capacity == nil) {
		return false
	}
	if len(m.p.Vehicles[m.vehicles[a]].Given) > 0 || len(m.p.Vehicles[m.vehicles[b]].Given) > 0 {
		return false
	}
	for i := range m.n {
		if m.can[i*m.m+a] != m.can[i*m.m+b] || m.extra != nil && m.extra[i*m.m+a] != m.extra[i*m.m+b] {
			return false
		}
	}
	return m.published == nil
}

// findNear lists for each visit the others by the way there and back.
func (m *model) findNear() {
	reach := min(nearest, max(0, m.n-1))
	m.near, m.nearAt = make([]int32, 0, m.n*reach), make([]int32, m.n+1)
	if m.m == 0 {
		return
	}
	c := m.class[0]
	keys := make([]uint64, 0, m.n)
	for i := range m.n {
		keys = keys[:0]
		to, from := c.to[int(m.place[i])*int(c.stride):], c.from[int(m.place[i])*int(c.stride):]
		for j := range m.n {
			if j != i {
				keys = append(keys, uint64(to[m.place[j]]+from[m.place[j]])<<32|uint64(j))
			}
		}
		if len(keys) > 4*reach {
			selectLeast(keys, reach)
			keys = keys[:reach]
		}
		slices.Sort(keys)
		for _, key := range keys[:reach] {
			m.near = append(m.near, int32(uint32(key)))
		}
		m.nearAt[i+1] = int32(len(m.near))
	}
}

// selectLeast brings the n least keys to the front, in any order (Hoare's quickselect).
func selectLeast(keys []uint64, n int) {
	low, high := 0, len(keys)-1
	for low < high {
		pivot := keys[low+(high-low)/2]
		i, j := low, high
		for i <= j {
			for keys[i] < pivot {
				i++
			}
			for keys[j] > pivot {
				j--
			}
			if i <= j {
				keys[i], keys[j] = keys[j], keys[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			high = j
		case n > i:
			low = i
		default:
			return
		}
	}
}

func (m *model) neighbours(c int32) []int32 { return m.near[m.nearAt[c]:m.nearAt[c+1]] }

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

// begin is the earliest moment from t on at which service may begin inside hull and windows; late where there is none.
func begin(t int32, hull span, windows []span) (start int32, ok bool) {
	t = max(t, hull.open)
	if t > hull.close {
		return t, false
	}
	for _, w := range windows {
		if t <= w.close {
			t = max(t, w.open)
			return t, t <= hull.close
		}
	}
	return t, windows == nil
}

// latest is the latest moment up to t at which service may begin; a negative one where there is none.
func latest(t int32, hull span, windows []span) int32 {
	t = min(t, hull.close)
	if windows == nil {
		if t < hull.open {
			return -1
		}
		return t
	}
	for i := len(windows) - 1; i >= 0; i-- {
		if w := windows[i]; w.open <= t {
			if t = min(t, w.close); t < hull.open {
				return -1
			}
			return t
		}
	}
	return -1
}
