package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/hours"
)

// Slot is a time that a customer can be promised: whenever in the window the call begins, the rep's day can keep it and
// everything else it has to keep.
type Slot struct {
	RepID         uuid.UUID
	Date          hours.Date
	Window        hours.Window // in which the call begins
	TravelMinutes float64      // driving added to the day
	CostMinutes   float64      // what a decision for it would weigh: driving, load, a foreign territory, changed plans
}

// A promise is as long as people wait for somebody, and long enough to be kept when the call before takes longer. It
// begins and ends on a round minute.
const (
	longestPromise  = 2 * 60 * 60 // seconds
	shortestPromise = 15 * 60
	promiseGrain    = 5 * 60
	promisesPerDay  = 2
)

// Slots lists the best times for the call among the days, the cheapest first and at most so many: what the visit itself
// was promised stands aside, the hours of its site hold. A day offers at most two times that do not overlap. Reps who
// can't take the call are passed over, and so are days that are late as they stand, as far as they are.
func Slots(call Call, days []RepDay, now time.Time, most int) []Slot {
	call.Visit.Promised = nil
	var all []Slot
	for _, day := range days {
		if refusal(call, day, now) != "" || call.Site.Point == nil {
			continue
		}
		all = append(all, day.slots(call, now)...)
	}
	slices.SortStableFunc(all, cheapest)
	return all[:min(max(0, most), len(all))]
}

func cheapest(a, b Slot) int {
	return cmp.Or(
		cmp.Compare(a.CostMinutes, b.CostMinutes), a.Window.From.Compare(b.Window.From), slices.Compare(a.RepID[:], b.RepID[:]),
	)
}

// slots are the day's best times for the call.
func (day RepDay) slots(call Call, now time.Time) []Slot {
	c, _ := newChoice(call, day, now)
	if c.Call.Closed {
		return nil
	}
	t, weights := newTimetable(c.Day, c.Call), day.weights()
	node := int32(len(t.tasks) - 1)
	order := t.settle(t.visits())
	base := t.p.Time(order)
	moved, tight := t.moved(order, base), t.tight(order, base, weights.Reserve)
	var found []Slot
	for _, gap := range t.p.Gaps(order, node) {
		joined := slices.Insert(slices.Clone(order), gap.At, node)
		for _, w := range promises(gap) {
			t.p.Nodes[node].Windows = []route.Window{w}
			t.tasks[node].Windows, t.tasks[node].Promised = t.p.Nodes[node].Windows, true
			after := t.p.Time(joined)
			ratio := t.load(joined, after).Ratio
			added := minutes(after.Travel - base.Travel)
			cost := weights.Travel*added + weights.Load*ratio*ratio +
				weights.Moved*float64(max(0, t.moved(joined, after)-moved)) +
				weights.Window*max(0, t.tight(joined, after, weights.Reserve)-tight)
			if call.Owner != nil && *call.Owner != day.Rep.ID {
				cost += weights.Territory
			}
			found = append(found, Slot{
				RepID: day.Rep.ID, Date: day.Route.Date, Window: hours.Window{From: moment(w.Open), To: moment(w.Close)},
				TravelMinutes: round(added), CostMinutes: round(cost),
			})
		}
	}
	slices.SortStableFunc(found, cheapest)
	var best []Slot
	for _, s := range found {
		apart := !slices.ContainsFunc(best, func(b Slot) bool { return s.Window.Intersect(b.Window).Length() > 0 })
		if apart && len(best) < promisesPerDay {
			best = append(best, s)
		}
	}
	return best
}

// promises are the times of a gap as people say them.
func promises(gap route.Gap) (windows []route.Window) {
	open, last := (gap.Open+promiseGrain-1)/promiseGrain*promiseGrain, gap.Close/promiseGrain*promiseGrain
	for ; open+shortestPromise <= last; open += longestPromise {
		windows = append(windows, route.Window{Open: open, Close: min(last, open+longestPromise)})
	}
	return windows
}
