package route

import "math"

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
