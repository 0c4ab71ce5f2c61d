package routetest

import (
	"encoding/json"
	"math"
	"math/rand/v2"
)

// Traits are what a field day has beyond visits, reps and shifts.
type Traits uint32

// The traits of a day. Several may be joined with |.
const (
	Windows     Traits = 1 << iota // opening hours, with a lunch between or in the morning alone
	Skills                         // some visits need what some reps can
	Breaks                         // lunches, and now and then a second break
	Priorities                     // and more work than fits
	Amounts                        // goods delivered and collected, and capacities
	Shipments                      // things to fetch here and bring there
	Limits                         // most tasks, travel time, distance
	Costs                          // costs of vehicles, by hour, kilometre and use
	Setups                         // set-up times, and several visits at one place
	Types                          // service times by type of vehicle
	Speeds                         // speed factors
	OpenEnds                       // shifts without a start or an end
	Unreachable                    // places without a way to or from them
	Crowded                        // twice the work that fits
	Absolute                       // times of the Unix clock
	Coordinates                    // no matrix
	Prizes                         // visits that are worth so much and no more
	Wishes                         // reps allowed, banned and preferred
	All         = 1<<iota - 1
)

// Day is a made-up field day: a city of visits around a few centres, and reps who live in it. The same Day is the same
// bytes, on every machine.
type Day struct {
	Seed         uint64
	Visits, Reps int
	Traits       Traits
}

// Random is a small day with some traits or others.
func Random(seed uint64) Day {
	rng := rand.New(rand.NewPCG(seed, 11))
	traits := Traits(rng.Uint32()) & All
	traits &= Traits(rng.Uint32()) // each in a quarter of the days
	if rng.IntN(8) == 0 {
		traits = All &^ (Coordinates * Traits(rng.IntN(2)))
	}
	return Day{Seed: seed, Visits: 1 + rng.IntN(60), Reps: 1 + rng.IntN(6), Traits: traits}
}

// maker makes one day.
type maker struct {
	day    Day
	rng    *rand.Rand
	origin int64        // seconds: midnight
	points [][2]float64 // metres
	p      problem
}

func (d Day) has(t Traits) bool { return d.Traits&t != 0 }

// JSON is the day as VROOM's input.
func (d Day) JSON() []byte {
	m := &maker{day: d, rng: rand.New(rand.NewPCG(d.Seed, 7))}
	if d.has(Absolute) {
		m.origin = 1_795_392_000
	}
	centres := make([][2]float64, 3+m.rng.IntN(5))
	for i := range centres {
		centres[i] = [2]float64{m.rng.Float64() * 30_000, m.rng.Float64() * 30_000}
	}
	spread := func() [2]float64 {
		c := centres[m.rng.IntN(len(centres))]
		return [2]float64{c[0] + m.rng.NormFloat64()*2500, c[1] + m.rng.NormFloat64()*2500}
	}
	for range d.Reps {
		m.points = append(m.points, spread())
	}
	for i := range d.Reps {
		m.p.Vehicles = append(m.p.Vehicles, m.rep(i))
	}
	shipments := 0
	if d.has(Shipments) {
		shipments = d.Visits / 10
	}
	for i := range d.Visits - 2*shipments {
		m.stand(spread)
		m.p.Jobs = append(m.p.Jobs, m.visit(i))
	}
	for i := range shipments {
		m.p.Shipments = append(m.p.Shipments, m.shipment(i, spread))
	}
	m.travel()
	out, err := json.Marshal(m.p)
	if err != nil {
		panic(err) // a problem is numbers and texts: there is nothing in it that JSON has no word for
	}
	return out
}

// chance is true once in n.
func (m *maker) chance(n int) bool { return m.rng.IntN(n) == 0 }

// stand adds a place, or stays at the last one.
func (m *maker) stand(spread func() [2]float64) {
	if m.day.has(Setups) && len(m.points) > m.day.Reps && m.chance(5) {
		m.points = append(m.points, m.points[len(m.points)-1])
		return
	}
	m.points = append(m.points, spread())
}

const hour = 3600

func (m *maker) rep(i int) vehicle {
	v := vehicle{ID: uint64(i + 1), Description: "rep", StartIndex: &i, EndIndex: &i}
	opens := m.origin + 8*hour + int64(m.rng.IntN(5))*hour/2
	v.Window = &[2]int64{opens, opens + 8*hour + int64(m.rng.IntN(3))*hour/2}
	d := m.day
	if d.has(OpenEnds) {
		switch m.rng.IntN(4) {
		case 0:
			v.StartIndex = nil
		case 1:
			v.EndIndex = nil
		case 2:
			if m.chance(3) {
				v.Window = nil
			}
		}
	}
	if d.has(Skills) {
		for s := range 4 {
			if m.chance(2) {
				v.Skills = append(v.Skills, s)
			}
		}
	}
	if d.has(Breaks) && !m.chance(4) && v.Window != nil {
		noon := m.origin + 12*hour
		b := rest{ID: 1, Service: 1800 + int64(m.rng.IntN(3))*900, Windows: [][2]int64{{noon, noon + 2*hour}}}
		v.Breaks = append(v.Breaks, b)
		if m.chance(3) {
			v.Breaks = append(v.Breaks, rest{ID: 2, Service: 900, Windows: [][2]int64{{noon + 3*hour, noon + 4*hour}, {noon + 9*hour/2, noon + 5*hour}}})
		}
		if d.has(Amounts) && m.chance(3) {
			v.Breaks[0].MaxLoad = []int64{60, 30}
		}
	}
	if d.has(Amounts) || d.has(Shipments) {
		v.Capacity = []int64{80 + int64(m.rng.IntN(80)), 40 + int64(m.rng.IntN(40))}
	}
	if d.has(Limits) {
		switch m.rng.IntN(4) {
		case 0:
			v.MaxTasks = m.some(3, 12)
		case 1:
			v.MaxTravelTime = m.some(2000, 9000)
		case 2:
			v.MaxDistance = m.some(20_000, 90_000)
		}
	}
	if d.has(Costs) {
		v.Costs = &costs{Fixed: int64(m.rng.IntN(4)) * 600, PerTaskHour: int64(m.rng.IntN(3)) * 400, PerKm: int64(m.rng.IntN(3)) * 100, PerHour: m.some(1800, 5400)}
	}
	if d.has(Types) {
		v.Type = []string{"", "junior", "senior"}[m.rng.IntN(3)]
	}
	if d.has(Speeds) && m.chance(2) {
		v.SpeedFactor = []float64{0.5, 0.8, 0.93, 1.25, 2}[m.rng.IntN(5)]
	}
	if d.has(Wishes) && v.Window != nil && m.chance(4) {
		v.Hexbeat = &vehicleWish{Overtime: &overtime{From: v.Window[1] - hour, PerHour: 5400}}
	}
	return v
}

// some is a number from least to most.
func (m *maker) some(least, most int) *int64 {
	n := int64(least + m.rng.IntN(most-least+1))
	return &n
}

// task is a call at the place that was added last.
func (m *maker) task(id int) task {
	at := len(m.points) - 1
	t := task{ID: uint64(id), Index: &at, Service: 600 + int64(m.rng.IntN(12))*300}
	d := m.day
	if !d.has(Crowded) && !d.has(Priorities) {
		t.Service /= 2
	}
	if d.has(Setups) && m.chance(2) {
		t.Setup = 120 + int64(m.rng.IntN(4))*60
	}
	if d.has(Types) && m.chance(3) {
		t.ServicePerType = map[string]int64{"junior": t.Service + 600, "senior": t.Service / 2}
	}
	if !d.has(Windows) {
		return t
	}
	day := func(from, to float64) [2]int64 {
		return [2]int64{m.origin + int64(from*hour), m.origin + int64(to*hour)}
	}
	switch m.rng.IntN(6) {
	case 0:
		t.Windows = [][2]int64{day(9, 13), day(14, 18)}
	case 1:
		t.Windows = [][2]int64{day(8, 11.5)}
	case 2:
		from := 9 + m.rng.Float64()*6
		t.Windows = [][2]int64{day(from, from+1.5)}
	case 3:
		t.Windows = [][2]int64{day(8.5, 9.5), day(12, 12.5), day(15, 17.25)}
	case 4:
		t.Windows = [][2]int64{day(9, 18)}
	}
	return t
}

func (m *maker) visit(i int) job {
	d := m.day
	j := job{task: m.task(i + 1)}
	if d.has(Skills) && m.chance(4) {
		j.Skills = []int{m.rng.IntN(4)}
		if m.chance(4) {
			j.Skills = append(j.Skills, 4) // nobody can that
		}
	}
	if d.has(Priorities) {
		j.Priority = []int64{0, 0, 0, 5, 10, 50, 100}[m.rng.IntN(7)]
	}
	if d.has(Amounts) {
		if m.chance(2) {
			j.Delivery = []int64{int64(m.rng.IntN(20)), int64(m.rng.IntN(10))}
		}
		if m.chance(3) {
			j.Pickup = []int64{int64(m.rng.IntN(20)), 0}
		}
	}
	j.Hexbeat = m.wish()
	return j
}

func (m *maker) wish() *jobWish {
	var w jobWish
	someone := func() []uint64 { return []uint64{1 + uint64(m.rng.IntN(m.day.Reps))} }
	switch {
	case m.day.has(Prizes) && m.chance(4):
		w.Prize = m.some(300, 3000)
	case m.day.has(Wishes) && m.chance(5):
		switch m.rng.IntN(4) {
		case 0:
			w.Allowed = someone()
		case 1:
			w.Banned = someone()
		case 2:
			w.Preferred, w.Elsewhere = someone(), 600
		case 3:
			w.Mandatory = true
		}
	default:
		return nil
	}
	return &w
}

func (m *maker) shipment(i int, spread func() [2]float64) shipment {
	s := shipment{Amount: []int64{int64(m.rng.IntN(30)), 1}}
	m.stand(spread)
	s.Pickup = m.task(i + 1)
	m.stand(spread)
	s.Delivery = m.task(i + 1)
	if m.day.has(Priorities) {
		s.Priority = int64(m.rng.IntN(3)) * 20
	}
	if m.day.has(Skills) && m.chance(5) {
		s.Skills = []int{m.rng.IntN(4)}
	}
	return s
}

// travel writes matrices: neither symmetric nor triangular, as streets are. Or it writes coordinates.
func (m *maker) travel() {
	if m.day.has(Coordinates) {
		m.locate()
		return
	}
	n := len(m.points)
	t := tables{Durations: make([][]*int64, n), Distances: make([][]*int64, n)}
	for a := range n {
		t.Durations[a], t.Distances[a] = make([]*int64, n), make([]*int64, n)
		for b := range n {
			length := 1.35 * math.Hypot(m.points[a][0]-m.points[b][0], m.points[a][1]-m.points[b][1])
			metres := int64(length * (0.9 + 0.2*m.rng.Float64()))
			seconds := int64(length / 8.3 * (0.8 + 0.4*m.rng.Float64()))
			if length > 0 {
				seconds += 60
			}
			t.Durations[a][b], t.Distances[a][b] = &seconds, &metres
		}
	}
	if m.day.has(Unreachable) {
		minus := int64(-1)
		for range 1 + n/30 {
			island := m.rng.IntN(n)
			for b := range n {
				if b != island && m.chance(2) {
					t.Durations[island][b], t.Distances[island][b] = nil, nil
				} else if b != island {
					t.Durations[b][island], t.Distances[b][island] = &minus, &minus
				}
			}
		}
	}
	m.p.Matrices = map[string]tables{"car": t}
}

// locate turns indices into coordinates near Moscow.
func (m *maker) locate() {
	at := func(index *int) []float64 {
		if index == nil {
			return nil
		}
		p := m.points[*index]
		return []float64{37.4 + math.Round(p[0]/62_700*1e6)/1e6, 55.6 + math.Round(p[1]/111_200*1e6)/1e6}
	}
	for i := range m.p.Vehicles {
		v := &m.p.Vehicles[i]
		v.Start, v.End, v.StartIndex, v.EndIndex = at(v.StartIndex), at(v.EndIndex), nil, nil
	}
	move := func(t *task) { t.Location, t.Index = at(t.Index), nil }
	for i := range m.p.Jobs {
		move(&m.p.Jobs[i].task)
	}
	for i := range m.p.Shipments {
		move(&m.p.Shipments[i].Pickup)
		move(&m.p.Shipments[i].Delivery)
	}
}
