package dispatch

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

// KindAuto is the kind of a decision by which the engine gave out a visit of the queue.
const KindAuto = "AUTO"

// ErrNobody refuses to give a visit to anybody: no rep can take it without breaking something.
var ErrNobody = errors.New("no rep has room for the visit")

// Assign gives a queued visit to the rep for whom it costs least, by the way there and by how full the day is. Unlike people the engine
// breaks nothing: not a window, a promise, a shift, a skill that is needed, nor the word of a rep who gave the visit back. The rep is not
// pinned. It refuses with ErrTaken what is not in the queue, and with ErrNobody.
func Assign(call Call, days []RepDay, now time.Time) (Given, error) {
	return assign(call, NewCrew(days), now)
}

func assign(call Call, crew *Crew, now time.Time) (Given, error) {
	if call.Visit.State != Queued {
		return Given{}, ErrTaken
	}
	if call.Site.Point == nil {
		return Given{}, ErrNobody
	}
	best := crew.cheapest(call, now, 1+maxOthers, true)
	if len(best.found) == 0 {
		return Given{}, ErrNobody
	}
	day := best.found[0].day
	var others []RepDay
	for _, a := range best.found[1:] {
		others = append(others, a.day)
	}
	after := call.Visit.assignedTo(day.Rep.ID, day.Route.Date)
	return give(KindAuto, call, after, day, now, others, best.refused...), nil
}

// QueueAssigned is what came of giving out a queue.
type QueueAssigned struct {
	Before []Call   // the visits given, as they were
	Given  []Given  // in the same order; whom to tell is in Notices
	Days   []RepDay // that took any, each one version up
	Loads  []LoadChange
	Left   []uuid.UUID // visits that nobody has room for
	// Notices are of all of it: of each visit of a rep the last word.
	Notices []Notice
}

// AssignQueue gives out the calls one after another as Assign does: the first in the queue has the first choice.
func AssignQueue(queue []Call, days []RepDay, now time.Time) QueueAssigned {
	var out QueueAssigned
	days = slices.Clone(days)
	crew := NewCrew(days)
	at := make(map[uuid.UUID]int, len(days))
	for i, day := range days {
		at[day.Rep.ID] = i
	}
	changed := map[int]*LoadChange{}
	for _, call := range queue {
		given, err := assign(call, crew, now)
		if err != nil {
			out.Left = append(out.Left, call.Visit.ID)
			continue
		}
		i := at[*given.Visit.RepID]
		given.Day.Route.Version = days[i].Route.Version // counted once, below
		days[i] = given.Day
		crew = crew.With(given.Day)
		if changed[i] == nil {
			changed[i] = &LoadChange{Before: given.Load.Before}
		}
		changed[i].After = given.Load.After
		out.Before, out.Given = append(out.Before, call), append(out.Given, given)
		out.Notices = append(out.Notices, given.Notices...)
	}
	for i, day := range days {
		if changed[i] != nil {
			day.Route.Version++
			out.Days, out.Loads = append(out.Days, day), append(out.Loads, *changed[i])
		}
	}
	out.Notices = lastWords(out.Notices, out.Days)
	return out
}

// lastWords are the notices with one for each rep and visit: what is gained before what moved, with the time that counts as
// told in the end.
func lastWords(notices []Notice, days []RepDay) []Notice {
	type key struct{ rep, visit uuid.UUID }
	told := map[key]*time.Time{}
	for _, day := range days {
		for _, stop := range day.Route.Stops {
			told[key{day.Rep.ID, stop.subject()}] = stop.Told
		}
	}
	slices.SortStableFunc(notices, func(a, b Notice) int {
		return cmp.Compare(btoi(a.Kind != VisitsGained), btoi(b.Kind != VisitsGained))
	})
	seen := map[key]bool{}
	var last []Notice
	for _, n := range notices {
		k := key{n.RepID, n.VisitID}
		if seen[k] {
			continue
		}
		seen[k] = true
		if arrival := told[k]; arrival != nil {
			n.Arrival = arrival
		}
		last = append(last, n)
	}
	return last
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
