package dispatch

import (
	"slices"
	"time"

	"github.com/hexbeat/hexbeat/dispatch/route"
)

// workday is the rest of a rep's day while it is planned: the visits it has, and the engagements between them.
type workday struct {
	day   RepDay
	begun []Stop
	t     *timetable
	order []int32 // of t's nodes: what is there to begin with
	late  int64   // by how much it breaks windows and the day
}

func newWorkday(day RepDay, now time.Time, z zones) *workday {
	s, begun := newSheet(day, now, z)
	w := &workday{day: day, begun: begun, t: newTimetable(s)}
	w.order = w.t.settle(w.t.visits())
	return w
}

// longest is how many visits of its own a day may have to be put into another order. No rep makes as many: a longer day
// is somebody's error, and keeps the order it has.
const longest = 1000

// arrange puts the visits of the day itself into the order that is late least and, with that, drives least. Visits that
// can't be made in time wherever they stand go to where the day suffers least.
func (w *workday) arrange(seed uint64, iterations int) {
	if n := len(w.t.sheet.Visits); n < 1 || n > longest {
		return
	}
	order := w.t.settle(w.t.whole(newAgenda(w, nil).search(seed, iterations)))
	if slices.Compare(w.t.price(order), w.t.price(w.order)) < 0 {
		w.order = order
	}
	w.order = w.t.nearFirst(w.order)
}

// whole is the order with those of the day's own visits that it lacks, each where the day suffers least.
func (t *timetable) whole(order []int32) []int32 {
	for i := range int32(len(t.sheet.Visits)) {
		if !slices.Contains(order, i) {
			order = t.join(order, i, leastBroken)
		}
	}
	return order
}

// nearFirst is the order or, where that is as good, the same round the other way about: of two ways to drive it the rep
// takes the one on which work begins sooner.
func (t *timetable) nearFirst(order []int32) []int32 {
	back := t.visitsOf(order)
	slices.Reverse(back)
	back = t.settle(back)
	if slices.Compare(t.price(back), t.price(order)) < 0 {
		return back
	}
	return order
}

// relax moves the bounds that the order breaks to where it breaks them: a search from there has a sound order to keep
// sound, and can make nothing later than it is.
func (w *workday) relax() {
	timing := w.t.p.Time(w.order)
	w.late = timing.Broken()
	w.relaxTo(timing)
	if w.t.p.Hours != nil {
		w.relaxTo(w.t.even().p.Time(w.order)) // as a search at the mean pace sees it
	}
}

// relaxTo moves the bounds that a timing of the order breaks to where it breaks them.
func (w *workday) relaxTo(timing route.Timing) {
	if timing.Broken() == 0 {
		return
	}
	t := *w.t
	t.p.Nodes = slices.Clone(t.p.Nodes)
	for i, c := range w.order {
		windows := t.p.Nodes[c].Windows
		if n := len(windows); n > 0 && windows[n-1].Close < timing.Arrival[i] {
			windows = slices.Clone(windows)
			windows[n-1].Close = timing.Arrival[i]
			t.p.Nodes[c].Windows = windows
		}
	}
	t.p.Closes = max(t.p.Closes, timing.Finish)
	w.t = &t
}

// with is the day with calls at places of an order, whose nodes after the day's own are these calls. It answers which
// of the calls it could keep: a search knows a lunch to the second, a day puts it between two stops, so that once in a
// while the least worthy of the calls has to go.
func (w *workday) with(order []int32, calls []bid) (t *timetable, settled []int32, kept []int) {
	own := int32(len(w.t.tasks))
	tasks := make([]task, len(calls))
	for i, b := range calls {
		tasks[i] = b.task
	}
	t = newTimetable(w.t.sheet, tasks...)
	order = t.whole(order)
	for {
		settled = t.settle(order)
		if t.p.Time(settled).Broken() <= w.late {
			break
		}
		least := -1
		for i, c := range order {
			if c >= own && (least < 0 || calls[c-own].worth <= calls[order[least]-own].worth) {
				least = i
			}
		}
		if least < 0 {
			settled = w.order // the day as it was
			break
		}
		order = slices.Delete(order, least, least+1)
	}
	settled = t.nearFirst(settled)
	for _, c := range settled {
		if c >= own {
			kept = append(kept, int(c-own))
		}
	}
	return t, settled, kept
}

// price is what orders of the same visits are judged by.
func (t *timetable) price(order []int32) []int64 {
	timing := t.p.Time(order)
	price := []int64{timing.Broken(), timing.Travel + movedPrice*int64(t.moved(order, timing)), timing.Finish}
	if len(order) > 0 {
		price = append(price, timing.Arrival[0])
	}
	return price
}

func leastBroken(_ []int32, got route.Timing) [2]float64 {
	return [2]float64{float64(got.Broken()), float64(got.Travel)}
}
