package route

import (
	"errors"
	"fmt"
	"math"
)

// ErrProblem is the class of all that Check finds.
var ErrProblem = errors.New("no such problem can be solved")

// The bounds that keep every sum inside an int64 and every moment of the search inside an int32.
const (
	mostVisits   = 1 << 20
	mostVehicles = 1 << 16
	mostSpan     = int64(1) << 28 // seconds, eight years: of service, and from the first opening to the last
	mostCost     = int64(1) << 40
	mostAmount   = int64(1) << 40
	mostMoment   = int64(1) << 45
	maxPriority  = 100
)

// Check says what is wrong with the problem: the first fault, in a sentence. What merely can't be served (a skill
// nobody has, a service longer than every shift, a place without a way) is not wrong; the plan then says why.
func (p *Problem) Check() error {
	for _, check := range []func() error{p.checkSizes, p.checkTravel, p.checkVisits, p.checkLinks, p.checkVehicles} {
		if err := check(); err != nil {
			return fmt.Errorf("%w: %w", ErrProblem, err)
		}
	}
	return nil
}

func (p *Problem) checkSizes() error {
	switch {
	case len(p.Visits) > mostVisits:
		return fmt.Errorf("%d visits are more than the %d that fit", len(p.Visits), mostVisits)
	case len(p.Vehicles) > mostVehicles:
		return fmt.Errorf("%d vehicles are more than the %d that fit", len(p.Vehicles), mostVehicles)
	case p.Balance < 0 || p.Balance > mostCost:
		return fmt.Errorf("balance costs %d, but a cost lies between 0 and %d", p.Balance, mostCost)
	}
	if c := p.Churn; c != nil {
		if err := within("churn", "vehicle", c.Vehicle, 0, mostCost); err != nil {
			return err
		}
		if err := within("churn", "arrival", c.Arrival, 0, mostCost); err != nil {
			return err
		}
		return within("churn", "tolerance", c.Tolerance, 0, mostSpan)
	}
	return nil
}

func (p *Problem) checkTravel() error {
	for i, t := range p.Travel {
		name := fmt.Sprintf("travel table %d", i)
		if t.Places < 0 || t.Places > math.MaxInt32 {
			return fmt.Errorf("%s has %d places", name, t.Places)
		}
		if t.Way != nil {
			if t.Durations != nil || t.Distances != nil || t.Costs != nil {
				return fmt.Errorf("%s has both numbers and a function", name)
			}
			continue
		}
		size := t.Places * t.Places
		if len(t.Durations) != size {
			return fmt.Errorf("%s has %d durations, but %d places need %d", name, len(t.Durations), t.Places, size)
		}
		if t.Distances != nil && len(t.Distances) != size {
			return fmt.Errorf("%s has %d distances, but %d places need %d", name, len(t.Distances), t.Places, size)
		}
		if t.Costs != nil && len(t.Costs) != size {
			return fmt.Errorf("%s has %d costs, but %d places need %d", name, len(t.Costs), t.Places, size)
		}
		for k, d := range t.Durations {
			if d >= 0 && (t.Distances != nil && t.Distances[k] < 0 || t.Costs != nil && t.Costs[k] < 0) {
				return fmt.Errorf("%s has a negative distance or cost from place %d to %d", name, k/t.Places, k%t.Places)
			}
		}
	}
	return nil
}

func (p *Problem) checkVisits() error {
	for i := range p.Visits {
		v := &p.Visits[i]
		name := fmt.Sprintf("visit %d", i)
		for profile, t := range p.Travel {
			if v.Place < 0 || int(v.Place) >= t.Places {
				return fmt.Errorf("%s is at place %d, but travel table %d has %d places", name, v.Place, profile, t.Places)
			}
		}
		for _, spans := range [][]int64{{v.Setup, v.Service}, v.Services, v.Setups} {
			for _, span := range spans {
				if err := within(name, "set-up or service", span, 0, mostSpan); err != nil {
					return err
				}
			}
		}
		if err := checkWindows(name, v.Windows); err != nil {
			return err
		}
		if err := within(name, "release", v.Release, -mostMoment, mostMoment); err != nil {
			return err
		}
		for _, amounts := range [][]int64{v.Delivery, v.Pickup} {
			for _, amount := range amounts {
				if err := within(name, "amount", amount, 0, mostAmount); err != nil {
					return err
				}
			}
		}
		for _, vehicles := range [][]int32{v.Allowed, v.Banned} {
			for _, k := range vehicles {
				if err := p.vehicle(name, k); err != nil {
					return err
				}
			}
		}
		for _, on := range v.On {
			if err := p.vehicle(name, on.Vehicle); err != nil {
				return err
			}
			if err := within(name, "cost on a vehicle", on.Cost, 0, mostCost); err != nil {
				return err
			}
		}
		if err := within(name, "cost elsewhere", v.Elsewhere, 0, mostCost); err != nil {
			return err
		}
		if err := within(name, "prize", v.Prize, 0, mostCost); err != nil {
			return err
		}
		if err := within(name, "priority", int64(v.Priority), 0, maxPriority); err != nil {
			return err
		}
		if v.Mandatory && v.Optional {
			return fmt.Errorf("%s is both mandatory and optional", name)
		}
		if v.Published != nil {
			if v.Published.Vehicle >= 0 {
				if err := p.vehicle(name, v.Published.Vehicle); err != nil {
					return err
				}
			}
			if err := within(name, "published arrival", v.Published.Arrival, -mostMoment, mostMoment); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkWindows(name string, windows []Window) error {
	for k, w := range windows {
		if w.Close < w.Open {
			return fmt.Errorf("%s has a window that ends (%d) before it begins (%d)", name, w.Close, w.Open)
		}
		if k > 0 && w.Open <= windows[k-1].Close {
			return fmt.Errorf("%s has windows that overlap or are not in order", name)
		}
		if err := within(name, "opening", w.Open, -mostMoment, mostMoment); err != nil {
			return err
		}
	}
	return nil
}

// checkLinks looks at what ties visits together. A visit has at most one partner, and nothing waits for itself.
func (p *Problem) checkLinks() error {
	partner := make([]bool, len(p.Visits))
	pair := func(kind string, a, b int32) error {
		for _, v := range []int32{a, b} {
			if v < 0 || int(v) >= len(p.Visits) {
				return fmt.Errorf("%s names visit %d, but there are %d", kind, v, len(p.Visits))
			}
			if partner[v] {
				return fmt.Errorf("visit %d is in more than one shipment or pair", v)
			}
			partner[v] = true
		}
		if a == b {
			return fmt.Errorf("%s names visit %d twice", kind, a)
		}
		return nil
	}
	for _, s := range p.Shipments {
		if err := pair("a shipment", s.Pickup, s.Delivery); err != nil {
			return err
		}
	}
	for _, t := range p.Together {
		if err := pair("a call for two", t.A, t.B); err != nil {
			return err
		}
	}
	// What no visit waits for any more is taken away; what stays waits in a circle.
	waits := make([]int, len(p.Visits))
	followers := make([][]int32, len(p.Visits))
	for i := range p.Visits {
		for _, before := range p.Visits[i].After {
			if before < 0 || int(before) >= len(p.Visits) {
				return fmt.Errorf("visit %d waits for visit %d, but there are %d", i, before, len(p.Visits))
			}
			waits[i]++
			followers[before] = append(followers[before], int32(i))
		}
	}
	var free []int32
	for i, n := range waits {
		if n == 0 {
			free = append(free, int32(i))
		}
	}
	for k := 0; k < len(free); k++ {
		for _, next := range followers[free[k]] {
			if waits[next]--; waits[next] == 0 {
				free = append(free, next)
			}
		}
	}
	for i, n := range waits {
		if n > 0 {
			return fmt.Errorf("visit %d waits for others that wait for it in the end", i)
		}
	}
	return nil
}

func (p *Problem) checkVehicles() error {
	given := make([]bool, len(p.Visits))
	for i := range p.Vehicles {
		v := &p.Vehicles[i]
		name := fmt.Sprintf("vehicle %d", i)
		if v.Profile < 0 || int(v.Profile) >= len(p.Travel) {
			return fmt.Errorf("%s has travel table %d, but there are %d", name, v.Profile, len(p.Travel))
		}
		table := p.Travel[v.Profile]
		for _, place := range []int32{v.Start, v.End} {
			if place != Nowhere && (place < 0 || int(place) >= table.Places) {
				return fmt.Errorf("%s starts or ends at place %d, but its travel table has %d places", name, place, table.Places)
			}
		}
		if math.IsNaN(v.Speed) || v.Speed < 0 || v.Speed > 1000 || v.Speed > 0 && v.Speed < 0.001 {
			return fmt.Errorf("%s has speed %g, but a speed lies between 0.001 and 1000", name, v.Speed)
		}
		if v.Closes < v.Opens {
			return fmt.Errorf("%s has a shift that ends (%d) before it begins (%d)", name, v.Closes, v.Opens)
		}
		if err := within(name, "opening", v.Opens, -mostMoment, mostMoment); err != nil {
			return err
		}
		for _, cost := range []int64{v.Overtime, v.Fixed, v.PerHour, v.PerTaskHour, v.PerKm, v.PerVisit} {
			if err := within(name, "cost", cost, 0, mostCost); err != nil {
				return err
			}
		}
		if table.Distances == nil && table.Way == nil && (v.PerKm > 0 || v.MostDistance > 0) {
			return fmt.Errorf("%s counts metres, but its travel table has no distances", name)
		}
		for _, amount := range v.Capacity {
			if err := within(name, "capacity", amount, 0, mostAmount); err != nil {
				return err
			}
		}
		if v.MostVisits < 0 || v.MostTravel < 0 || v.MostDistance < 0 {
			return fmt.Errorf("%s has a negative bound of visits, travel or distance", name)
		}
		for k, b := range v.Breaks {
			name := fmt.Sprintf("break %d of vehicle %d", k, i)
			if err := within(name, "service", b.Service, 0, mostSpan); err != nil {
				return err
			}
			if err := checkWindows(name, b.Windows); err != nil {
				return err
			}
		}
		if v.Frozen < 0 || v.Frozen > len(v.Given) {
			return fmt.Errorf("%s has %d frozen visits, but %d given", name, v.Frozen, len(v.Given))
		}
		for _, visit := range v.Given {
			if visit < 0 || int(visit) >= len(p.Visits) {
				return fmt.Errorf("%s is given visit %d, but there are %d", name, visit, len(p.Visits))
			}
			if given[visit] {
				return fmt.Errorf("visit %d is given twice", visit)
			}
			given[visit] = true
		}
	}
	return nil
}

func (p *Problem) vehicle(name string, k int32) error {
	if k < 0 || int(k) >= len(p.Vehicles) {
		return fmt.Errorf("%s names vehicle %d, but there are %d", name, k, len(p.Vehicles))
	}
	return nil
}

func within(name, what string, n, least, most int64) error {
	if n < least || n > most {
		return fmt.Errorf("%s has %s %d, which does not lie between %d and %d", name, what, n, least, most)
	}
	return nil
}
