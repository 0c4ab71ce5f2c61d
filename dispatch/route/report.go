package route

// solution says a plan in the problem's own terms.
func (pl *plan) solution() Solution {
	m := pl.m
	sol := Solution{Routes: make([]Route, m.m), Cost: 0, Changed: int(pl.changed)}
	one := newPlan(m, new(uint32))
	forgone, cost := int64(0), int64(0)
	for r := range sol.Routes {
		sol.Routes[r] = pl.route(int32(r), one)
		cost += pl.trips[r].cost
	}
	each(pl.missing, func(c int32) {
		sol.Unassigned = append(sol.Unassigned, c)
		if m.p.Visits[c].Optional {
			forgone += m.penalty[c]
		}
	})
	sol.Cost = m.scale.unit(cost + forgone)
	return sol
}

// route says one trip. It uses a spare plan to let the vehicle leave as late as it can.
func (pl *plan) route(r int32, spare *plan) Route {
	m, t := pl.m, &pl.trips[r]
	if t.visits == 0 {
		return Route{}
	}
	car, class := &m.car[r], m.class[r]
	depart := car.opens
	if !m.churn.on { // a visit that begins later may be one that was moved
		spare.trips[r].slots = append(spare.trips[r].slots[:0], t.slots...)
		spare.backward(r, t.finish)
		depart = max(depart, min(spare.trips[r].slots[0].latest, t.slots[1].leave))
	}
	if pl.first[r] > 0 {
		depart = car.opens // what is frozen stays in time too
	}
	route := Route{Depart: int64(depart) + m.base, Cost: m.scale.unit(t.cost), Travel: t.travel}
	now, place, drove := depart, car.start, int32(0)
	var metres int64
	on := make([]int64, m.dims)
	for _, s := range t.slots {
		if s.node >= 0 && !m.shipment[s.node] {
			for d := range on {
				on[d] += m.delivery[int(s.node)*m.dims+d]
			}
		}
	}
	for _, s := range t.slots[1:] {
		if s.paused() {
			b := pauseOf(s.node)
			start, _ := begin(now, span{s.open, s.close}, car.breaks[b].windows)
			stop := Stop{
				Visit: -1, Break: b, Arrival: int64(now) + m.base, Begin: int64(start) + m.base,
				Service: int64(car.breaks[b].service), Distance: metres, Load: append([]int64(nil), on...),
			}
			drove += start - now
			now = start + car.breaks[b].service
			route.Stops = append(route.Stops, stop)
			continue
		}
		arc := class.drive(place, s.place)
		metres += class.length(place, s.place)
		// What was driven while waiting for breaks was driven before the first of them.
		before := min(arc, drove)
		for k := len(route.Stops) - 1; k >= 0 && before > 0 && route.Stops[k].Visit < 0; k-- {
			stop := &route.Stops[k]
			part := min(before, int32(stop.Begin-stop.Arrival))
			stop.Travel = int64(part)
			stop.Arrival += int64(part)
			route.Wait += stop.Begin - stop.Arrival
			before -= part
		}
		rest := max(0, arc-drove)
		now += rest
		drove = 0
		if s.node == terminal {
			route.Home = int64(rest)
			break
		}
		setup := int32(0)
		if place != s.place {
			setup = class.setup[s.node]
		}
		start, _ := begin(now, span{s.open, s.close}, m.windows[s.node])
		for d := range on {
			on[d] += m.gain(s.node, d)
		}
		route.Stops = append(route.Stops, Stop{
			Visit: m.visits[s.node], Break: -1, Travel: int64(rest),
			Arrival: int64(now) + m.base, Begin: int64(start) + m.base, Setup: int64(setup),
			Service: int64(class.service[s.node]), Distance: metres, Load: append([]int64(nil), on...),
		})
		route.Wait += int64(start - now)
		route.Setup += int64(setup)
		route.Service += int64(class.service[s.node])
		now = start + setup + class.service[s.node]
		place = s.place
	}
	route.Finish = int64(now) + m.base
	route.Distance = metres
	if car.overtime > 0 {
		route.Overtime = int64(max(0, now-car.ends))
	}
	return route
}
