package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// Slowdown says that driving in an area takes longer for some hours: snow, a closed bridge.
type Slowdown struct {
	ID       uuid.UUID    `json:"id"`
	BranchID uuid.UUID    `json:"branchId"`
	Date     hours.Date   `json:"date"` // the rep-days it concerns
	Area     geo.Region   `json:"area"`
	Window   hours.Window `json:"window"`
	Factor   float64      `json:"factor"` // how many times as long; over 1
	Version  int          `json:"version"`
}

// slowness is how many times as long driving takes at a place for the rest of the day, beside what traffic adds by the hour. A place has
// one such number, not one for each hour: the slow hours count by their share of what is left of the shift. Of several slowdowns the worst counts.
func (day RepDay) slowness(p *geo.Point, now time.Time) float64 {
	if p == nil || day.Shift == nil {
		return 0
	}
	slowest := 0.0
	for _, s := range day.Slow {
		left := hours.Window{From: later(now, day.Shift.StartsAt), To: day.Shift.EndsAt}
		if left.Length() <= 0 || !s.Area.Contains(*p) {
			continue
		}
		share := s.Window.Intersect(left).Length().Seconds() / left.Length().Seconds()
		slowest = max(slowest, 1+(s.Factor-1)*share)
	}
	if slowest <= 1 {
		return 0
	}
	return slowest
}

// slowPlaces are the places of a sheet and of calls where driving is slow, with by how much; nil where it is nowhere.
func slowPlaces(s sheet, calls ...task) map[geo.Point]float64 {
	var slow map[geo.Point]float64
	add := func(p *geo.Point, factor float64) {
		if p == nil || factor <= 1 {
			return
		}
		if slow == nil {
			slow = map[geo.Point]float64{}
		}
		slow[*p] = max(slow[*p], factor)
	}
	add(s.Start, s.SlowStart)
	add(s.End, s.SlowEnd)
	for _, list := range [][]task{s.Visits, s.Engagements, calls} {
		for _, t := range list {
			add(t.Point, t.Slow)
		}
	}
	return slow
}

// SlowDay is a wish to time days anew because driving became slow, or is not any more.
type SlowDay struct {
	Slowdown Slowdown
	Days     []RepDay // of the slowdown's branch and date
	Keep     bool     // give up nothing, however late it gets
	Now      time.Time
	Seed     uint64
}

// stormIterations is as many iterations of the search as finding another order for a slow day is worth.
const stormIterations = 200

// Slow times the days anew. A day that breaks more windows, or its shift, than it did before gets another order where one helps, and then
// gives visits up to the backlog, the less important first and of those the one that helps most, until it breaks no more than before. What
// was promised for a time, and what has begun, stays.
func (s SlowDay) Slow() Transferred {
	d := newDays(s.Days, s.Now)
	var out Transferred
	for _, on := range d.list {
		day := d.time(on).is
		day.Slow = append(slices.Clone(day.Slow), s.Slowdown)
		before := on.is.breaks(s.Now, d.zones)
		day = Schedule(day, s.Now)
		if !s.Keep && day.breaks(s.Now, d.zones) > before {
			w := newWorkday(day, s.Now, d.zones)
			w.arrange(s.Seed, stormIterations)
			day = day.timed(w.t, w.begun, w.order)
			for day.breaks(s.Now, d.zones) > before {
				relieved, call := day.relieved(s.Now, d.zones)
				if call == nil {
					break
				}
				day = relieved
				out.Visits = append(out.Visits, Moved{Before: *call, After: call.Visit.deferred(), Code: NoRoom})
			}
		}
		on.is = day
		on.touch()
	}
	out.finish(d)
	return out
}

// Lift times the days anew with the slowdown over. What was given up for it stays given up: who wants that back takes the batch back.
func (s SlowDay) Lift() Transferred {
	d := newDays(s.Days, s.Now)
	for _, on := range d.list {
		day := d.time(on).is
		day.Slow = slices.DeleteFunc(slices.Clone(day.Slow), func(o Slowdown) bool { return o.ID == s.Slowdown.ID })
		on.is = Schedule(day, s.Now)
		on.touch()
	}
	var out Transferred
	out.finish(d)
	return out
}

// breaks is by how much the rest of the day breaks windows and its shift, in seconds.
func (day RepDay) breaks(now time.Time, z zones) int64 {
	if day.Shift == nil || day.over(now) {
		return 0
	}
	s, _ := newSheet(day, now, z)
	t := newTimetable(s)
	return t.p.Time(t.settle(t.visits())).Broken()
}

// relieved is the day without the visit that is given up first, and that visit's call; nil where giving up none helps.
func (day RepDay) relieved(now time.Time, z zones) (RepDay, *Call) {
	_, ahead := split(day, day.calls(), now)
	calls := day.calls()
	var able []Call
	for _, s := range ahead {
		if c, found := calls[*s.VisitID]; found && c.Visit.State == Assigned && c.Visit.Promised == nil {
			able = append(able, c)
		}
	}
	slices.SortStableFunc(able, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Visit.Priority, b.Visit.Priority), b.Visit.DueTo.Compare(a.Visit.DueTo))
	})
	least, best := day.breaks(now, z), -1
	var left RepDay
	for i, c := range able {
		if best >= 0 && c.Visit.Priority > able[best].Visit.Priority {
			break
		}
		without := Schedule(day.without(c.Visit.ID), now)
		if broken := without.breaks(now, z); broken < least {
			least, best, left = broken, i, without
		}
	}
	if best < 0 {
		return day, nil
	}
	return left, &able[best]
}
