package route

import (
	"fmt"
	"math"
)

// scale turns the caller's costs into whole numbers that are as small as they can be without rounding: costs per hour
// and per kilometre become costs per second and metre, all multiplied by the same factor and divided by what they have
// in common.
type scale struct {
	whole  int64 // scaled cost of one unit of the caller's
	common int64
}

// parts is how many parts a unit of cost must have so that a second at a cost per hour (3,600 s) and a metre at a
// cost per kilometre are whole: the least common multiple of 3,600 and 1,000.
const parts = 18000

func newScale(p *Problem) (scale, error) {
	common := int64(0)
	add := func(part int64) { common = gcd(common, part) }
	for i := range p.Vehicles {
		v := &p.Vehicles[i]
		for _, hourly := range []int64{v.PerHour, v.PerTaskHour, v.Overtime} {
			add(hourly * (parts / 3600))
		}
		add(v.PerKm * (parts / 1000))
		for _, whole := range []int64{v.Fixed, v.PerVisit} {
			add(whole * parts)
		}
		if p.Travel[v.Profile].Costs != nil {
			add(parts)
		}
	}
	for i := range p.Visits {
		v := &p.Visits[i]
		add(v.Elsewhere * parts)
		add(v.Prize * parts)
		for _, on := range v.On {
			add(on.Cost * parts)
		}
	}
	if p.Churn != nil {
		add(p.Churn.Vehicle * parts)
		add(p.Churn.Arrival * parts)
	}
	if p.Balance > 0 || common == 0 {
		common = 1
	}
	// Costs are whole units again where everything is: scaled is then what the caller counts.
	common = gcd(common, parts)
	s := scale{whole: parts / common, common: common}
	if bound := s.bound(p) * float64(len(p.Visits)+1); bound > math.MaxInt64/64 {
		return s, fmt.Errorf("%w: costs up to %.3g a visit are too large to add up", ErrProblem, s.bound(p)/float64(s.whole))
	}
	return s, nil
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (s scale) hourly(cost int64) int64 { return cost * (parts / 3600) / s.common }

func (s scale) kilometre(cost int64) int64 { return cost * (parts / 1000) / s.common }

func (s scale) unit(scaled int64) float64 { return float64(scaled) / float64(s.whole) }

// bound is more than serving any one visit can cost, scaled.
func (s scale) bound(p *Problem) float64 {
	type longest struct{ duration, distance, cost float64 }
	tables := make([]longest, len(p.Travel))
	for i := range p.Travel {
		t := &p.Travel[i]
		tables[i] = longest{longestOf(t.Durations), longestOf(t.Distances), longestOf(t.Costs)}
		if t.Way != nil {
			tables[i] = longest{24 * 3600, 2e6, 0} // a plan held live does not leave its region
		}
	}
	var service float64
	for i := range p.Visits {
		service = max(service, float64(p.Visits[i].Service+p.Visits[i].Setup))
	}
	var travel, most float64
	for i := range p.Vehicles {
		v := &p.Vehicles[i]
		t := tables[v.Profile]
		speed := v.Speed
		if speed == 0 {
			speed = 1
		}
		journey := t.duration / speed * float64(s.hourly(v.PerHour))
		journey += t.distance * float64(s.kilometre(v.PerKm))
		journey += t.cost * float64(s.whole)
		travel = max(travel, 2*journey)
		day := float64(v.Fixed+v.PerVisit)*float64(s.whole) + service*float64(s.hourly(v.PerTaskHour))
		if v.Overtime > 0 && v.Closes > v.Ends {
			day += float64(min(v.Closes-v.Ends, mostSpan)) * float64(s.hourly(v.Overtime))
		}
		most = max(most, day)
	}
	var visit float64
	for i := range p.Visits {
		v := &p.Visits[i]
		extra := float64(v.Elsewhere)
		for _, on := range v.On {
			extra = max(extra, float64(on.Cost))
		}
		visit = max(visit, max(extra, float64(v.Prize))*float64(s.whole))
	}
	if p.Churn != nil {
		visit += float64(p.Churn.Vehicle+p.Churn.Arrival) * float64(s.whole)
	}
	if p.Balance > 0 {
		day := 48.0 // hours of work that balance is thought for
		visit += float64(p.Balance) * day * day * float64(s.whole)
	}
	return travel + most + visit + 1
}

func longestOf(table []int32) float64 {
	most := int32(0)
	for _, d := range table {
		most = max(most, d)
	}
	return float64(most)
}

// price sets the cost of leaving each visit out, so that one mandatory visit outweighs all priorities, one point of
// priority all visits, and one visit all travel, as far as an int64 reaches; beyond that, a visit still outweighs
// several times what serving it can cost, a point of priority many visits, and so on.
func (m *model) price() {
	p := m.p
	n := float64(m.n)
	bound := m.scale.bound(p)
	var priorities, mandatory, ordinary float64
	for i := range p.Visits {
		if v := &p.Visits[i]; v.Mandatory {
			mandatory++
		} else if !v.Optional {
			ordinary++
		}
		if !p.Visits[i].Optional {
			priorities += float64(p.Visits[i].Priority)
		}
	}
	const room = float64(math.MaxInt64 / 8)
	count := bound*n + 1
	point, must := 0.0, 0.0
	weigh := func() float64 {
		point, must = 0, 0
		if priorities > 0 {
			point = count * (n + 1)
		}
		if mandatory > 0 && ordinary > 0 {
			must = point*(priorities+1) + count*(n+1)
		}
		return must*mandatory + point*priorities + count*n
	}
	for weigh() > room && count > 4*bound {
		count = max(4*bound, count/2)
	}
	if weigh() > room {
		if priorities > 0 {
			point = 16 * count
		}
		if mandatory > 0 && ordinary > 0 {
			must = 16 * (count + 100*point)
		}
	}
	all := must*mandatory + point*priorities + count*n
	shrink := min(1, room/(all+1))
	m.penalty = make([]int64, m.n)
	for i := range p.Visits {
		v := &p.Visits[i]
		switch {
		case v.Optional:
			m.prized = !m.linked
			m.penalty[i] = v.Prize * m.scale.whole
		default:
			weight := count + point*float64(v.Priority)
			if v.Mandatory {
				weight += must
			}
			m.penalty[i] = int64(weight * shrink)
		}
	}
	// A shipment is two visits. Both are left out with the first.
	for _, s := range p.Shipments {
		if !p.Visits[s.Pickup].Optional {
			m.penalty[s.Pickup] += m.penalty[s.Delivery]
		}
		m.penalty[s.Delivery] = 0
	}
	usual := int64(0)
	for _, penalty := range m.penalty {
		m.mixed = m.mixed || usual > 0 && penalty > 0 && penalty != usual
		usual = max(usual, penalty)
	}
	m.balance = float64(p.Balance) * float64(m.scale.whole) / (3600 * 3600)
	if c := p.Churn; c != nil && m.published != nil {
		m.churn = churn{
			on: true, vehicle: c.Vehicle * m.scale.whole, arrival: c.Arrival * m.scale.whole,
			tolerance: int32(c.Tolerance), most: int64(c.Most),
		}
	}
}
