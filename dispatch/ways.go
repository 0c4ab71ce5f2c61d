package dispatch

import (
	"maps"
	"slices"
	"time"

	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
)

// ways are how one drives between the places of a sheet at an even pace: as the travel of the day has it or, where the day knows its
// traffic, as the roads of each kind of ground do; and slower where it is slow.
type ways struct {
	travel geo.Travel
	roads  geo.Roads              // nil: travel everywhere
	land   map[geo.Point]geo.Land // where there are roads
	slow   map[geo.Point]float64
}

func waysOf(s sheet, calls ...task) ways {
	w := ways{travel: s.Travel, slow: slowPlaces(s, calls...)}
	if len(s.Roads) == 0 {
		return w
	}
	w.roads, w.land = s.Roads, map[geo.Point]geo.Land{}
	add := func(p *geo.Point, land geo.Land) {
		if p != nil {
			w.land[*p] = land
		}
	}
	add(s.Start, s.StartLand)
	add(s.End, s.EndLand)
	for _, t := range slices.Concat(s.Visits, s.Engagements, calls) {
		add(t.Point, t.Land)
	}
	return w
}

// and is how one drives between the places of both; they are of one branch.
func (w ways) and(more ways) ways {
	slow, land := map[geo.Point]float64{}, map[geo.Point]geo.Land{}
	for _, each := range []ways{w, more} {
		maps.Copy(slow, each.slow)
		maps.Copy(land, each.land)
	}
	return ways{travel: more.travel, roads: more.roads, land: land, slow: slow}
}

// drive is the driving between two places, each of which slows half of the way.
func (w ways) drive(from, to geo.Point) time.Duration {
	slow := 2.0
	if w.slow != nil {
		slow = max(1, w.slow[from]) + max(1, w.slow[to])
	}
	return w.between(from, to, w.land[from], w.land[to], slow)
}

// between is drive between places of which it is told the ground, and how slow both are together.
func (w ways) between(from, to geo.Point, fromLand, toLand geo.Land, slow float64) time.Duration {
	var d time.Duration
	if w.roads == nil {
		d = w.travel.Time(from, to)
	} else {
		d = w.roads.Time(from, to, fromLand, toLand)
	}
	if slow == 2 {
		return d
	}
	return time.Duration(float64(d) * slow / 2)
}

// paceBeyond is for how long after a shift a day still knows the pace of traffic.
const paceBeyond = 3 * time.Hour

// traffic is what a sheet keeps of the day's traffic: the hours of its shift. Which part of the day is left does not matter: a day timed
// anew is driven at the same pace.
func (day RepDay) traffic(z zones) (geo.Roads, *geo.Pace) {
	if day.Traffic == nil {
		return nil, nil
	}
	zone := z.of(day.Shift.TimeZone)
	pace := day.Traffic.Pace(day.Shift.StartsAt.In(zone), day.Shift.EndsAt.Add(paceBeyond))
	return day.Traffic.Roads, &pace
}

// land is the kind of ground at a place; empty where the day knows no traffic.
func (day RepDay) land(p *geo.Point) geo.Land {
	if day.Traffic == nil || p == nil {
		return ""
	}
	return day.Traffic.Land(*p)
}

// road is the way by road between two places.
func (day RepDay) road(a, b geo.Point) geo.Metres {
	if day.Traffic == nil {
		return day.travel().Distance(a, b)
	}
	return day.Traffic.Roads.Distance(a, b, day.Traffic.Land(a), day.Traffic.Land(b))
}

// mean is how many times as long as at an even pace driving takes over what is left of the day.
func (s sheet) mean() float64 {
	if s.Pace == nil {
		return 1
	}
	return s.Pace.Mean(s.Opens, max(s.Opens, s.Closes))
}

// even is the timetable with all hours at the mean pace, as a search sees it.
func (t *timetable) even() *timetable {
	even, mean, ways := *t, t.sheet.mean(), waysOf(t.sheet, t.tasks...)
	even.p.Hours = nil
	even.p.Drive = func(a, b int32) int64 { return int64(ways.drive(t.points[a], t.points[b]).Seconds() * mean) }
	return &even
}

var _ route.Hours = geo.Pace{}
