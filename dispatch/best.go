package dispatch

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/hexbeat/hexbeat/geo"
)

// Best is the first of Options, no more than that many. It looks closely only at days that may be among them: of the others it
// knows what they cost at the least: where reps keep to their own ground, most of a branch needs no close look.
func Best(call Call, days []RepDay, now time.Time, most int) []Option {
	z := zones{}
	type day struct {
		in    input
		c     choice
		least float64
	}
	able := make([]day, 0, len(days))
	for _, d := range days {
		if refusal(call, d, now) != "" {
			continue
		}
		c, _ := newChoiceIn(z, call, d, now)
		in := newInput(call, d, now)
		able = append(able, day{in, c, in.least(c)})
	}
	slices.SortFunc(able, func(a, b day) int {
		return cmp.Or(cmp.Compare(a.least, b.least), slices.Compare(a.c.Day.RepID[:], b.c.Day.RepID[:]))
	})
	var best []Option
	for _, d := range able {
		if len(best) >= most && (most <= 0 || d.least > best[most-1].Total) {
			break
		}
		best = append(best, d.in.place(d.c).option)
		slices.SortFunc(best, byTotal)
		best = best[:min(most, len(best))]
	}
	return best
}

// rounded is what rounding every drive to whole seconds may take off a detour, in minutes.
const rounded = 2.0 / 60

// least is less than or the same as what the call costs on that day wherever it stands: of the terms, driving, load and those that are about the
// rep. The way itself is known, but for a meeting or a slow area, which may change it: driving then counts nothing. Nothing is known in traffic by
// the hour, where a call may even shorten the driving: it moves what follows out of the rush.
func (in input) least(c choice) float64 {
	s := c.Day
	if s.Pace != nil {
		return math.Inf(-1)
	}
	known := s.SlowStart == 0 && s.SlowEnd == 0 && c.Call.Slow == 0
	path := make([]*geo.Point, 0, len(s.Visits)+2)
	path = append(path, s.Start)
	service := s.Rest + c.Call.Service
	for _, v := range s.Visits {
		path = append(path, v.Point)
		service += v.Service
		known = known && v.Slow == 0
	}
	path = append(path, s.End)
	for _, e := range s.Engagements {
		known = known && e.Point == nil
	}
	detour, travel := math.Inf(1), 0.0
	if known && c.Call.Point != nil {
		detour, travel = detourBy(s.Travel, path, *c.Call.Point)
	}
	if math.IsInf(detour, 1) {
		detour, travel = 0, 0
	}
	detour = max(0, detour-rounded)
	least := in.Weights.Travel * detour
	if s.Available > 0 {
		ratio := min(FullLoad, (minutes(service)+travel+detour)/minutes(s.Available))
		least += in.Weights.Load * ratio * ratio
	}
	if in.OwnerID != nil && *in.OwnerID != s.RepID {
		least += in.Weights.Territory
	}
	if in.ToldRepID != nil && *in.ToldRepID != s.RepID {
		least += in.Weights.NewRep
	}
	return least
}

// detourBy is by how many minutes the point lengthens the path at the least, and how long the path is. Places nobody knows are no part of it.
// Infinite for a path of none.
func detourBy(travel geo.Travel, path []*geo.Point, via geo.Point) (least, length float64) {
	least = math.Inf(1)
	var at *geo.Point
	to := 0.0 // from at to the point
	for _, p := range path {
		if p == nil {
			continue
		}
		from := travel.Time(*p, via).Minutes()
		if at != nil {
			leg := travel.Time(*at, *p).Minutes()
			least, length = min(least, to+from-leg), length+leg
		}
		at, to = p, from
	}
	if math.IsInf(least, 1) && at != nil {
		least = 0 // one place alone: how the day goes on from there is not known
	}
	return least, length
}
