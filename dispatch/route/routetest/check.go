package routetest

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Check says what is wrong with a solution in VROOM's JSON: nothing, if it is a sound answer to the problem. It does
// every sum again, from the problem alone.
func Check(problem, solution []byte) (faults []string) {
	c, err := newChecker(problem, solution)
	if err != nil {
		return []string{err.Error()}
	}
	c.check()
	return c.faults
}

// checker goes through one solution.
type checker struct {
	p      problem
	s      solution
	all    []work
	number map[string]int // of a task in all, by kind and id
	ground ground
	where  string
	faults []string

	routeOf map[int]int // task → route
	begins  map[int]int64
	ends    map[int]int64
}

func newChecker(problem, solution []byte) (*checker, error) {
	c := &checker{number: map[string]int{}, routeOf: map[int]int{}, begins: map[int]int64{}, ends: map[int]int64{}}
	var err error
	if c.p, err = parse(problem); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(solution, &c.s); err != nil {
		return nil, fmt.Errorf("the solution is no JSON of VROOM's: %w", err)
	}
	if c.s.Code == nil || *c.s.Code != 0 || c.s.Summary == nil || c.s.Unassigned == nil || c.s.Routes == nil {
		return nil, fmt.Errorf("the answer is no solution: %.200s", solution)
	}
	c.all = c.p.everything()
	for i, w := range c.all {
		c.number[name(w.kind, w.ID)] = i
	}
	c.ground = newGround(&c.p)
	return c, nil
}

func name(kind string, id uint64) string { return fmt.Sprintf("%s %d", kind, id) }

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, c.where+fmt.Sprintf(format, args...))
}

// same compares a number that must be there.
func (c *checker) same(what string, got *int64, want int64) {
	switch {
	case got == nil:
		c.fault("%s is missing", what)
	case *got != want:
		c.fault("%s is %d, and comes to %d", what, *got, want)
	}
}

func (c *checker) check() {
	vehicles := map[uint64]int{}
	for i, v := range c.p.Vehicles {
		vehicles[v.ID] = i
	}
	total := sum{}
	used := map[uint64]bool{}
	for k, r := range c.s.Routes {
		c.where = fmt.Sprintf("routes[%d] of vehicle %d: ", k, r.Vehicle)
		i, known := vehicles[r.Vehicle]
		switch {
		case !known:
			c.fault("there is no such vehicle")
			continue
		case used[r.Vehicle]:
			c.fault("the vehicle has another route")
		case r.Description != c.p.Vehicles[i].Description:
			c.fault("description is %q, not %q", r.Description, c.p.Vehicles[i].Description)
		}
		used[r.Vehicle] = true
		total.add(c.route(k, r, c.p.Vehicles[i]))
	}
	c.where = "unassigned: "
	for _, u := range *c.s.Unassigned {
		i, known := c.number[name(u.Type, u.ID)]
		if !known {
			c.fault("there is no %s %d", u.Type, u.ID)
			continue
		}
		if _, twice := c.routeOf[i]; twice {
			c.fault("%s %d is there twice, or in a route too", u.Type, u.ID)
		}
		c.routeOf[i] = -1
		if w := c.all[i]; u.Description != w.Description || spotOf(u.Index, u.Location) != w.spot() {
			c.fault("%s %d is not where or what the problem says", u.Type, u.ID)
		}
	}
	c.where = ""
	for i, w := range c.all {
		route, seen := c.routeOf[i]
		if !seen {
			c.fault("%s %d is neither in a route nor unassigned", w.kind, w.ID)
		}
		if w.partner >= 0 && c.routeOf[w.partner] != route {
			c.fault("%s %d and its other end are not on one route", w.kind, w.ID)
		}
	}
	c.links()
	c.where = "summary: "
	c.same("routes", c.s.Summary.Routes, int64(len(c.s.Routes)))
	c.same("unassigned", c.s.Summary.Unassigned, int64(len(*c.s.Unassigned)))
	c.same("cost", c.s.Summary.Cost, total.cost)
	c.sums(c.s.Summary.sums, total)
}

// links looks at what ties jobs to each other.
func (c *checker) links() {
	for i, w := range c.all {
		if w.wish == nil || c.routeOf[i] < 0 {
			continue
		}
		for _, id := range w.wish.After {
			before := c.number[name("job", id)]
			if c.routeOf[before] < 0 {
				c.fault("%s %d is done, and job %d, which it must come after, is not", w.kind, w.ID, id)
			} else if c.ends[before] > c.begins[i] {
				c.fault("%s %d begins at %d, before job %d has ended at %d", w.kind, w.ID, c.begins[i], id, c.ends[before])
			}
		}
	}
	if c.p.Hexbeat == nil {
		return
	}
	for _, pair := range c.p.Hexbeat.Together {
		a, b := c.number[name("job", pair[0])], c.number[name("job", pair[1])]
		switch {
		case (c.routeOf[a] < 0) != (c.routeOf[b] < 0):
			c.fault("of jobs %d and %d, to be done together, one is left out", pair[0], pair[1])
		case c.routeOf[a] >= 0 && (c.routeOf[a] == c.routeOf[b] || c.begins[a] != c.begins[b]):
			c.fault("jobs %d and %d are not done together", pair[0], pair[1])
		}
	}
}

// sum is what a route adds up to.
type sum struct {
	off, on                                                 []int64
	cost, setup, service, duration, waiting, prio, distance int64
}

func (s *sum) add(o sum) {
	s.off, s.on = plus(s.off, o.off), plus(s.on, o.on)
	s.cost += o.cost
	s.setup += o.setup
	s.service += o.service
	s.duration += o.duration
	s.waiting += o.waiting
	s.prio += o.prio
	s.distance += o.distance
}

func plus(a, b []int64) []int64 {
	if len(a) < len(b) {
		a = append(slices.Clone(a), make([]int64, len(b)-len(a))...)
	}
	for i := range b {
		a[i] += b[i]
	}
	return a
}

func (c *checker) sums(got sums, want sum) {
	if len(c.p.Vehicles[0].Capacity) > 0 {
		zero := make([]int64, len(c.p.Vehicles[0].Capacity))
		if w := plus(slices.Clone(zero), want.off); !slices.Equal(got.Delivery, w) || !slices.Equal(got.Amount, w) {
			c.fault("delivery is %v and amount %v, and they come to %v", got.Delivery, got.Amount, w)
		}
		if w := plus(slices.Clone(zero), want.on); !slices.Equal(got.Pickup, w) {
			c.fault("pickup is %v, and comes to %v", got.Pickup, w)
		}
	}
	c.same("setup", got.Setup, want.setup)
	c.same("service", got.Service, want.service)
	c.same("duration", got.Duration, want.duration)
	c.same("waiting_time", got.Waiting, want.waiting)
	c.same("priority", got.Priority, want.prio)
	if c.ground.metres {
		c.near("distance", got.Distance, want.distance, c.slackMetres())
	}
	if got.Violations == nil || len(*got.Violations) > 0 {
		c.fault("violations are not an empty array")
	}
}

// near compares a number that is allowed to be a little off.
func (c *checker) near(what string, got *int64, want, slack int64) {
	if got == nil || *got < want-slack || *got > want+slack {
		c.same(what, got, want)
	}
}

// slackMetres is what estimated distances may be off, since they may be rounded one by one or together.
func (c *checker) slackMetres() int64 {
	if len(c.p.Matrices) > 0 {
		return 0
	}
	return int64(len(c.all))
}
