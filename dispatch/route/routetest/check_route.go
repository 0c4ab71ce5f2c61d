package routetest

import "slices"

// route goes through the steps of one route, and returns what they add up to.
func (c *checker) route(k int, r tour, v vehicle) (total sum) {
	if len(r.Steps) < 3 || r.Steps[0].Type != "start" || r.Steps[len(r.Steps)-1].Type != "end" {
		c.fault("its steps are not a start, tasks and an end")
		return sum{}
	}
	for i, s := range r.Steps {
		if s.Setup == nil || s.Service == nil || s.Waiting == nil || s.Arrival == nil || s.Duration == nil || s.Violations == nil {
			c.fault("steps[%d] lacks setup, service, waiting_time, arrival, duration or violations", i)
			return sum{}
		}
		if len(*s.Violations) > 0 {
			c.fault("steps[%d] has violations", i)
		}
		total.setup += *s.Setup
		total.service += *s.Service
		total.waiting += *s.Waiting
	}
	c.order(k, r)
	drive := c.drive(r, v)
	total.duration, total.distance = *r.Steps[len(r.Steps)-1].Duration, drive.metres
	c.times(r, v)
	c.loads(r, v, &total)
	c.breaks(r, v)

	tasks := int64(0)
	var busy int64
	at := v.start()
	for i, s := range r.Steps {
		w, is := c.taskOf(s)
		if !is {
			continue
		}
		tasks++
		total.prio += w.priority
		setup := w.setupOn(v)
		if at == w.spot() {
			setup = 0
		}
		at = w.spot()
		c.same("setup of "+name(w.kind, w.ID), s.Setup, setup)
		c.same("service of "+name(w.kind, w.ID), s.Service, w.serviceOn(v))
		busy += setup + w.serviceOn(v)
		if !v.mayServe(w) {
			c.fault("steps[%d]: the vehicle may not do %s %d", i, w.kind, w.ID)
		}
		if s.Description != w.Description || spotOf(s.Index, s.Location) != w.spot() {
			c.fault("steps[%d] is not where or what the problem says", i)
		}
	}
	if v.MaxTasks != nil && tasks > *v.MaxTasks {
		c.fault("%d tasks are more than %d", tasks, *v.MaxTasks)
	}
	if v.MaxTravelTime != nil && drive.scaled > 100**v.MaxTravelTime {
		c.fault("%d s of travel are more than %d", drive.scaled/100, *v.MaxTravelTime)
	}
	if v.MaxDistance != nil && drive.metres > *v.MaxDistance {
		c.fault("%d m are more than %d", drive.metres, *v.MaxDistance)
	}
	total.cost = v.price(c.ground.priced[v.profile()], drive, busy)
	c.near("cost", r.Cost, total.cost, c.slackCost(v))
	if r.Cost != nil {
		total.cost = *r.Cost
	}
	c.sums(r.sums, total)
	if r.Distance != nil {
		total.distance = *r.Distance
	}
	return total
}

// slackCost is what a cost may be off where metres are, since they are estimated.
func (c *checker) slackCost(v vehicle) int64 {
	if v.Costs == nil || v.Costs.PerKm == 0 || len(c.p.Matrices) > 0 {
		return 0
	}
	return 1 + c.slackMetres()*v.Costs.PerKm/1000
}

// price is what VROOM's documentation says a route costs, without the fraction.
func (v vehicle) price(custom bool, drive drive, busy int64) int64 {
	fixed, perHour, perTaskHour, perKm := int64(0), int64(3600), int64(0), int64(0)
	if v.Costs != nil {
		fixed, perTaskHour, perKm = v.Costs.Fixed, v.Costs.PerTaskHour, v.Costs.PerKm
		if v.Costs.PerHour != nil {
			perHour = *v.Costs.PerHour
		}
	}
	const parts = 360_000
	speed := v.SpeedFactor
	if speed == 0 {
		speed = 1
	}
	travel := drive.seconds*int64(100/speed*float64(perHour)+0.5) + drive.metres*perKm*parts/1000
	if custom {
		travel = drive.cost * parts
	}
	return fixed + (travel+busy*100*perTaskHour)/parts
}

// anyScale says whether any vehicle has a speed factor.
func (c *checker) anyScale() bool {
	return slices.ContainsFunc(c.p.Vehicles, func(v vehicle) bool { return v.scale() != 100 })
}

// taskOf is the task that a step does.
func (c *checker) taskOf(s stop) (work, bool) {
	if s.ID == nil {
		return work{}, false
	}
	i, known := c.number[name(s.Type, *s.ID)]
	if !known {
		return work{}, false
	}
	return c.all[i], true
}

// order looks at what is done, once each, and a pickup before its delivery.
func (c *checker) order(k int, r tour) {
	for i, s := range r.Steps[1 : len(r.Steps)-1] {
		if s.Type == "break" {
			continue
		}
		w, known := c.taskOf(s)
		if !known {
			c.fault("steps[%d] is no task there is", i+1)
			continue
		}
		n := c.number[name(w.kind, w.ID)]
		if _, twice := c.routeOf[n]; twice {
			c.fault("steps[%d]: %s %d is done twice", i+1, w.kind, w.ID)
		}
		if w.kind == "delivery" {
			if route, before := c.routeOf[w.partner]; !before || route != k {
				c.fault("steps[%d]: delivery %d is not after its pickup", i+1, w.ID)
			}
		}
		c.routeOf[n] = k
		c.begins[n] = *s.Arrival + *s.Waiting
		c.ends[n] = c.begins[n] + *s.Setup + *s.Service
	}
}

// drive is what a route drives.
type drive struct {
	scaled  int64 // hundredths of a second
	seconds int64 // before the speed factor
	metres  int64
	cost    int64
}

// drive adds up the travel between the places of a route, and holds it against what the steps say.
func (c *checker) drive(r tour, v vehicle) (d drive) {
	at := v.start()
	var cut int64 // seconds lost or won where a speed factor makes hundredths: moments are cut to whole seconds
	for i, s := range r.Steps {
		if c.anyScale() && (i == 0 || *s.Waiting > 0 || c.p.Hexbeat != nil) {
			cut++
		}
		to := spot{}
		if w, is := c.taskOf(s); is {
			to = w.spot()
		} else if s.Type == "end" {
			to = v.end()
		} else {
			continue
		}
		l := c.ground.between(v, at, to)
		if l.noWay {
			c.fault("steps[%d] can't be reached", i)
		}
		d.seconds += l.seconds
		d.scaled += l.seconds * v.scale()
		d.metres += l.metres
		d.cost += l.cost
		c.near("duration at a step", s.Duration, d.scaled/100, cut)
		if to.known {
			at = to
		}
	}
	return d
}

// times looks at arrivals, waits and windows.
func (c *checker) times(r tour, v vehicle) {
	begin, end := *r.Steps[0].Arrival, *r.Steps[len(r.Steps)-1].Arrival
	if v.Window != nil && (begin < v.Window[0] || end > v.Window[1]) {
		c.fault("it lasts from %d to %d, outside the shift [%d, %d]", begin, end, v.Window[0], v.Window[1])
	}
	for i, s := range r.Steps[1:] {
		before := r.Steps[i]
		leaves := *before.Arrival + *before.Waiting + *before.Setup + *before.Service
		driven := *s.Duration - *before.Duration
		if driven < 0 || *s.Waiting < 0 {
			c.fault("steps[%d] drives or waits a negative time", i+1)
		}
		c.same("arrival at a step", s.Arrival, leaves+driven)
		if w, is := c.taskOf(s); is {
			c.inWindow(i+1, s, w.Windows, w.wish != nil || c.p.Hexbeat != nil)
		}
	}
}

// inWindow looks whether what a step does begins in a window, and waits for nothing else.
func (c *checker) inWindow(i int, s stop, windows [][2]int64, mayWait bool) {
	starts := *s.Arrival + *s.Waiting
	inside, opening := len(windows) == 0, false
	for _, w := range windows {
		inside = inside || w[0] <= starts && starts <= w[1]
		opening = opening || starts == w[0]
	}
	if !inside {
		c.fault("steps[%d] begins at %d, in no window of %v", i, starts, windows)
	}
	if *s.Waiting > 0 && !opening && !mayWait {
		c.fault("steps[%d] waits %d s for nothing", i, *s.Waiting)
	}
}

// loads looks at what is on board after each step.
func (c *checker) loads(r tour, v vehicle, total *sum) {
	size := len(v.Capacity)
	if size == 0 {
		return
	}
	load := make([]int64, size)
	for _, s := range r.Steps {
		if w, is := c.taskOf(s); is && w.fromTheOutset {
			load = plus(load, w.off)
		}
	}
	for i, s := range r.Steps {
		if w, is := c.taskOf(s); is {
			for k := range w.off {
				load[k] -= w.off[k]
			}
			load = plus(load, w.on)
			total.off, total.on = plus(total.off, w.off), plus(total.on, w.on)
		}
		if !slices.Equal(s.Load, load) {
			c.fault("steps[%d] has a load of %v, and it comes to %v", i, s.Load, load)
		}
		for k := range load {
			if load[k] < 0 || load[k] > v.Capacity[k] {
				c.fault("steps[%d] has a load of %v, beyond %v", i, load, v.Capacity)
			}
		}
	}
}

// breaks looks for every break of the vehicle, once, in its windows.
func (c *checker) breaks(r tour, v vehicle) {
	taken := map[uint64]bool{}
	for i, s := range r.Steps {
		if s.Type != "break" {
			continue
		}
		k := slices.IndexFunc(v.Breaks, func(b rest) bool { return s.ID != nil && b.ID == *s.ID })
		if k < 0 || taken[*s.ID] {
			c.fault("steps[%d] is a break that the vehicle has not, or has had", i)
			continue
		}
		b := v.Breaks[k]
		taken[b.ID] = true
		c.same("service of a break", s.Service, b.Service)
		c.inWindow(i, s, b.Windows, false)
		for k := range b.MaxLoad {
			if s.Load[k] > b.MaxLoad[k] {
				c.fault("steps[%d] is a break with a load of %v, beyond %v", i, s.Load, b.MaxLoad)
			}
		}
	}
	if len(taken) < len(v.Breaks) {
		c.fault("%d of %d breaks are missing", len(v.Breaks)-len(taken), len(v.Breaks))
	}
}
