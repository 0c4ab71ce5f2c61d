package route

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// aField is a random problem of n visits and m vehicles with a little of everything; `plain` leaves all but windows
// and amounts out.
func aField(rng *rand.Rand, n, m int, plain bool) *Problem {
	places := n + 3
	points := make([][2]float64, places)
	for i := range points {
		points[i] = [2]float64{rng.Float64() * 3000, rng.Float64() * 3000}
		if i > 0 && rng.IntN(5) == 0 {
			points[i] = points[i-1]
		}
	}
	table := Table{Places: places, Durations: make([]int32, places*places), Distances: make([]int32, places*places)}
	for i := range points {
		for j := range points {
			d := math.Hypot(points[i][0]-points[j][0], points[i][1]-points[j][1])
			k := i*places + j
			table.Distances[k] = int32(8 * d)
			if i != j {
				table.Durations[k] = int32(d) + rng.Int32N(60)
			}
			if !plain && rng.IntN(200) == 0 && i != j {
				table.Durations[k] = -1
			}
		}
	}
	p := &Problem{Travel: []Table{table}}
	const day = 8 * 3600
	from := rng.Int64N(1 << 30)
	for i := range n {
		v := Visit{Place: int32(i), Service: 300 + rng.Int64N(2400), Delivery: []int64{1 + rng.Int64N(5)}}
		if rng.IntN(2) == 0 {
			open := from + rng.Int64N(day)
			v.Windows = []Window{{open, open + 1800 + rng.Int64N(7200)}}
		}
		if plain {
			p.Visits = append(p.Visits, v)
			continue
		}
		if rng.IntN(3) == 0 {
			v.Place = int32(rng.IntN(n))
		}
		if rng.IntN(3) == 0 {
			v.Setup = rng.Int64N(600)
		}
		if len(v.Windows) > 0 && rng.IntN(2) == 0 {
			open := v.Windows[0].Close + 1 + rng.Int64N(7200)
			v.Windows = append(v.Windows, Window{open, open + rng.Int64N(3600)})
		}
		if rng.IntN(4) == 0 {
			v.Pickup = []int64{rng.Int64N(5), rng.Int64N(3)}
		}
		if rng.IntN(4) == 0 {
			v.Skills = []int32{rng.Int32N(3)}
		}
		if rng.IntN(8) == 0 {
			v.Allowed = []int32{rng.Int32N(int32(m))}
		}
		if rng.IntN(8) == 0 {
			v.Banned = []int32{rng.Int32N(int32(m))}
		}
		if rng.IntN(3) == 0 {
			v.Elsewhere = rng.Int64N(500)
			v.On = []On{{rng.Int32N(int32(m)), rng.Int64N(100)}}
		}
		switch rng.IntN(6) {
		case 0:
			v.Mandatory = true
		case 1:
			v.Optional, v.Prize = true, rng.Int64N(4000)
		}
		v.Priority = rng.Int32N(101)
		if rng.IntN(6) == 0 {
			v.Release = from + rng.Int64N(day/2)
		}
		p.Visits = append(p.Visits, v)
	}
	for range m {
		v := Vehicle{
			Start: int32(places - 1), End: int32(places - 1), Opens: from + rng.Int64N(3600), Closes: from + day + rng.Int64N(7200),
			PerHour: 3600, Capacity: []int64{10 + rng.Int64N(60), 5},
		}
		if plain {
			v.Opens, v.Closes, v.Capacity = from, from+day, []int64{40}
			p.Vehicles = append(p.Vehicles, v)
			continue
		}
		v.Start, v.End = int32(places-1-rng.IntN(4)), int32(places-1-rng.IntN(4))
		if v.Start == int32(places-4) {
			v.Start = Nowhere
		}
		if v.End == int32(places-4) {
			v.End = Nowhere
		}
		if rng.IntN(3) == 0 {
			v.Speed = 0.5 + rng.Float64()
		}
		if rng.IntN(3) == 0 {
			v.Overtime, v.Ends = 7200, v.Opens+day/2
		}
		v.Skills = []int32{rng.Int32N(3), rng.Int32N(3)}
		v.Fixed, v.PerVisit, v.PerTaskHour, v.PerKm = rng.Int64N(900), rng.Int64N(50), rng.Int64N(900), rng.Int64N(30)
		if rng.IntN(3) == 0 {
			v.MostVisits = 1 + rng.IntN(8)
		}
		if rng.IntN(3) == 0 {
			v.MostTravel = 3600 + rng.Int64N(7200)
		}
		if rng.IntN(3) == 0 {
			v.MostDistance = 20_000 + rng.Int64N(40_000)
		}
		for at := v.Opens + 3600 + rng.Int64N(7200); rng.IntN(2) == 0; at += 10_000 {
			b := Break{Service: rng.Int64N(3600), Windows: []Window{{at, at + rng.Int64N(5400)}}}
			if rng.IntN(4) == 0 {
				b.MaxLoad = []int64{20}
			}
			v.Breaks = append(v.Breaks, b)
		}
		p.Vehicles = append(p.Vehicles, v)
	}
	if plain {
		return p
	}
	if rng.IntN(3) == 0 {
		p.Balance = rng.Int64N(20)
	}
	order := rng.Perm(n)
	for len(order) >= 2 && rng.IntN(3) > 0 {
		a, b := int32(order[0]), int32(order[1])
		order = order[2:]
		switch rng.IntN(3) {
		case 0:
			p.Shipments = append(p.Shipments, Shipment{a, b})
			x, y := &p.Visits[a], &p.Visits[b]
			x.Pickup, x.Delivery, y.Pickup, y.Delivery = []int64{2, 1}, nil, nil, []int64{2, 1}
			y.Mandatory, y.Optional, y.Priority = x.Mandatory, x.Optional, x.Priority
		case 1:
			p.Together = append(p.Together, Together{a, b})
		case 2:
			p.Visits[max(a, b)].After = append(p.Visits[max(a, b)].After, min(a, b))
		}
	}
	if rng.IntN(2) == 0 {
		p.Churn = &Churn{Vehicle: 200, Arrival: 100, Tolerance: 900, Most: rng.IntN(8) - 1}
		for i := range p.Visits {
			if rng.IntN(2) == 0 {
				p.Visits[i].Published = &Published{rng.Int32N(int32(m)), from + rng.Int64N(day)}
			}
		}
	}
	return p
}

// verify walks a solution of the problem as a person would, without anything the search knows, and says what it
// breaks first.
func verify(p *Problem, s Solution) error {
	at, begins, ends := map[int32]int{}, map[int32]int64{}, map[int32]int64{}
	for r, route := range s.Routes {
		if len(route.Visits()) == 0 {
			continue
		}
		v := &p.Vehicles[r]
		if err := verifyRoute(p, v, int32(r), route); err != nil {
			return fmt.Errorf("vehicle %d: %w", r, err)
		}
		for _, stop := range route.Stops {
			if stop.Visit >= 0 {
				if _, twice := at[stop.Visit]; twice {
					return fmt.Errorf("visit %d is served twice", stop.Visit)
				}
				at[stop.Visit], begins[stop.Visit] = r, stop.Begin
				ends[stop.Visit] = stop.Begin + stop.Setup + stop.Service
			}
		}
	}
	for _, c := range s.Unassigned {
		if _, served := at[c]; served {
			return fmt.Errorf("visit %d is served and unassigned", c)
		}
	}
	if len(at)+len(s.Unassigned) != len(p.Visits) {
		return fmt.Errorf("%d visits served and %d not, of %d", len(at), len(s.Unassigned), len(p.Visits))
	}
	for _, x := range p.Shipments {
		a, one := at[x.Pickup]
		b, two := at[x.Delivery]
		if one != two || one && (a != b || begins[x.Pickup] >= begins[x.Delivery]) {
			return fmt.Errorf("shipment %v is torn", x)
		}
	}
	for _, x := range p.Together {
		a, one := at[x.A]
		b, two := at[x.B]
		if one != two || one && (a == b || begins[x.A] != begins[x.B]) {
			return fmt.Errorf("the call for two %v begins at %d and %d, vehicles %d and %d", x, begins[x.A], begins[x.B], a, b)
		}
	}
	for c := range p.Visits {
		if _, served := at[int32(c)]; !served {
			continue
		}
		for _, b := range p.Visits[c].After {
			if _, done := at[b]; !done || ends[b] > begins[int32(c)] {
				return fmt.Errorf("visit %d begins at %d, before %d has ended at %d", c, begins[int32(c)], b, ends[b])
			}
		}
	}
	return nil
}

func verifyRoute(p *Problem, v *Vehicle, r int32, route Route) error {
	t := p.Travel[v.Profile]
	speed := v.Speed
	if speed == 0 {
		speed = 1
	}
	drive := func(a, b int32) (int64, int64, error) {
		if a == Nowhere || b == Nowhere {
			return 0, 0, nil
		}
		k := int(a)*t.Places + int(b)
		if t.Durations[k] < 0 {
			return 0, 0, fmt.Errorf("there is no way from %d to %d", a, b)
		}
		seconds := int64(math.Round(float64(t.Durations[k]) / speed))
		if t.Distances == nil {
			return seconds, 0, nil
		}
		return seconds, int64(t.Distances[k]), nil
	}
	visits := route.Visits()
	load := make([]int64, 4)
	for _, c := range visits {
		if !slices.ContainsFunc(p.Shipments, func(s Shipment) bool { return s.Delivery == c || s.Pickup == c }) {
			for d, x := range p.Visits[c].Delivery {
				load[d] += x
			}
		}
	}
	full := func() bool {
		for d, x := range load {
			room := int64(0)
			if d < len(v.Capacity) {
				room = v.Capacity[d]
			}
			if v.Capacity != nil && x > room {
				return true
			}
		}
		return false
	}
	if route.Depart < v.Opens || full() {
		return fmt.Errorf("leaves at %d with %v", route.Depart, load)
	}
	now, place, travel, metres, pending := route.Depart, v.Start, int64(0), int64(0), int64(0)
	breaks := int32(0)
	inside := func(windows []Window, begin int64) bool {
		return len(windows) == 0 || slices.ContainsFunc(windows, func(w Window) bool { return w.Open <= begin && begin <= w.Close })
	}
	for i, s := range route.Stops {
		now += s.Travel
		if s.Arrival != now || s.Begin < now {
			return fmt.Errorf("stop %d: arrives at %d, said %d, begins %d", i, now, s.Arrival, s.Begin)
		}
		if s.Visit < 0 {
			b := v.Breaks[breaks]
			if s.Break != breaks || !inside(b.Windows, s.Begin) || s.Service != b.Service {
				return fmt.Errorf("stop %d: break %d at %d", i, s.Break, s.Begin)
			}
			for d, x := range b.MaxLoad {
				if load[d] > x {
					return fmt.Errorf("stop %d: break with %v", i, load)
				}
			}
			breaks++
			pending += s.Travel
			now = s.Begin + s.Service
			continue
		}
		c := &p.Visits[s.Visit]
		d, m, err := drive(place, c.Place)
		if err != nil {
			return err
		}
		if d != s.Travel+pending {
			return fmt.Errorf("stop %d: drives %d+%d of %d", i, pending, s.Travel, d)
		}
		pending = 0
		travel, metres = travel+d, metres+m
		setup := c.Setup
		if place == c.Place {
			setup = 0
		}
		if s.Setup != setup || s.Service != c.Service || !inside(c.Windows, s.Begin) || c.Release != 0 && s.Begin < c.Release {
			return fmt.Errorf("stop %d: begins %d, set-up %d, service %d, of %+v", i, s.Begin, s.Setup, s.Service, c)
		}
		for _, skill := range c.Skills {
			if !slices.Contains(v.Skills, skill) {
				return fmt.Errorf("stop %d: no skill %d", i, skill)
			}
		}
		if c.Allowed != nil && !slices.Contains(c.Allowed, r) || slices.Contains(c.Banned, r) {
			return fmt.Errorf("stop %d: not on this vehicle", i)
		}
		for d, x := range c.Delivery {
			load[d] -= x
		}
		for d, x := range c.Pickup {
			load[d] += x
		}
		if full() {
			return fmt.Errorf("stop %d: %v on board", i, load)
		}
		now, place = s.Begin+setup+c.Service, c.Place
	}
	d, m, err := drive(place, v.End)
	if err != nil {
		return err
	}
	if d != route.Home+pending {
		return fmt.Errorf("drives %d+%d home, of %d", pending, route.Home, d)
	}
	travel, metres, now = travel+d, metres+m, now+route.Home
	switch {
	case now != route.Finish || now > v.Closes:
		return fmt.Errorf("ends at %d, said %d, closes at %d", now, route.Finish, v.Closes)
	case int(breaks) != len(v.Breaks):
		return fmt.Errorf("%d breaks of %d", breaks, len(v.Breaks))
	case travel != route.Travel || v.MostTravel > 0 && travel > v.MostTravel:
		return fmt.Errorf("travels %d, said %d", travel, route.Travel)
	case v.MostDistance > 0 && metres > v.MostDistance:
		return fmt.Errorf("%d metres", metres)
	case v.MostVisits > 0 && len(visits) > v.MostVisits:
		return fmt.Errorf("%d visits", len(visits))
	}
	return nil
}
