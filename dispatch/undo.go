package dispatch

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// Why an undo leaves a visit where it is. Besides these: the state of one that has ended since (DONE, MISSED, CANCELLED), and ABSENT,
// OFF_SHIFT, SHIFT_OVER and OTHER_BRANCH of the rep it would go back to.
const (
	BegunSince = "BEGUN" // a rep is there
	MovedSince = "MOVED" // somebody has given it another rep, day or promise
	GoneSince  = "GONE"  // it is not in the record any more
)

// Undone is everything that follows when a batch is taken back.
type Undone struct {
	Transferred
	Kept []KeptVisit // what could not be put back, in the order of the trace
}

// KeptVisit is a visit that an undo leaves where it is, and why.
type KeptVisit struct {
	VisitID uuid.UUID
	Code    string
}

// Undo puts the visits of a batch back where they stood before it: reps, days, promises, pins, and the order of each day as far as its
// visits are still ahead; what the batch called off is owed again, and what it made is called off, wherever it has come to. Visits that came to such a day since take the places that cost least.
// Times are those of now: on a day on which nothing has begun they are those of before. What has happened to a visit since the batch
// stands, and its name is told.
//
// Calls are the trace's visits as they are now, days all that the trace and the calls name. The result's own trace undoes the undo.
func Undo(trace Trace, calls []Call, list []RepDay, now time.Time) Undone {
	d := newDays(list, now)
	for i, on := range d.list {
		d.time(on).was = list[i].renumbered() // as people know it, not as it would be timed now
	}
	index := map[uuid.UUID]Call{}
	for _, c := range calls {
		index[c.Visit.ID] = c
	}
	var out Undone
	coming := map[*dayOn][]Call{}
	for _, t := range trace.Visits {
		call, found := index[t.Visit]
		code := GoneSince
		if found {
			code = d.hindrance(call, t)
		}
		if code != "" {
			out.Kept = append(out.Kept, KeptVisit{t.Visit, code})
			continue
		}
		if t.Made {
			t.Before = standingOf(call.Visit).calledOff()
		}
		d.leave(call.Visit)
		after := call.Visit.stand(t.Before)
		out.Visits = append(out.Visits, Moved{Before: call, After: after})
		if to := d.to(t.Before); to != nil {
			call.Visit = after
			coming[to] = append(coming[to], call)
		}
	}
	order := map[repDate][]uuid.UUID{}
	for _, t := range trace.Days {
		order[repDate{t.Rep, t.Date}] = t.Order
	}
	for _, on := range d.list {
		key := repDate{on.is.Rep.ID, on.is.Route.Date}
		was, changed := order[key]
		if !changed {
			was = on.is.order() // as it goes by now
		}
		if changed || len(coming[on]) > 0 || on.touched {
			on.restore(coming[on], was, now)
		}
	}
	out.finish(d)
	return out
}

// hindrance is why the visit can't be put back; empty where it can.
func (d *days) hindrance(call Call, t VisitTrace) string {
	visit := call.Visit
	switch {
	case visit.State.Ended() && (t.After.State != Cancelled || !standingOf(visit).same(t.After)):
		return string(visit.State)
	case visit.State == UnderWay:
		return BegunSince
	case t.Made:
		return "" // whoever has it by now
	case !standingOf(visit).same(t.After):
		return MovedSince
	}
	to := d.to(t.Before)
	if to == nil {
		if t.Before.State == Assigned {
			return OffShift
		}
		return ""
	}
	switch code := refusal(call, to.was, d.now); code {
	case SameRep, LacksSkill, HasDeclined: // what the rep had before may come back
		return ""
	default:
		return code
	}
}

// to is the day on which a standing has the visit; nil where that is none.
func (d *days) to(s Standing) *dayOn {
	if s.State != Assigned || s.Rep == nil || s.Date == nil {
		return nil
	}
	return d.of(*s.Rep, *s.Date)
}

// restore puts calls back into a day, in the order that the day had.
func (on *dayOn) restore(coming []Call, order []uuid.UUID, now time.Time) {
	place := map[uuid.UUID]int{}
	for i, id := range order {
		place[id] = i + 1
	}
	day := on.is
	var strangers []Call
	for _, c := range coming {
		if place[c.Visit.ID] == 0 {
			strangers = append(strangers, c)
			continue
		}
		day = day.with(c)
		day.Route.Stops = append(slices.Clone(day.Route.Stops), Stop{VisitID: &c.Visit.ID})
	}
	calls := day.calls()
	begun, ahead := split(day, calls, now)
	var known []Stop
	for _, s := range ahead {
		if place[*s.VisitID] > 0 {
			known = append(known, s)
		} else {
			strangers = append(strangers, calls[*s.VisitID])
			day = day.without(*s.VisitID)
		}
	}
	slices.SortStableFunc(known, func(a, b Stop) int { return place[*a.VisitID] - place[*b.VisitID] })
	told := map[uuid.UUID]*time.Time{}
	for _, s := range on.is.Route.Stops {
		told[s.subject()] = s.Told
	}
	day.Route.Stops = slices.Concat(begun, known, day.engaged(begun))
	day = Schedule(day, now)
	for _, c := range strangers {
		chosen, begun := newChoice(c, day, now)
		p := newInput(c, day, now).place(chosen)
		day = day.with(c).timed(p.timetable, begun, p.order)
	}
	for i, s := range day.Route.Stops {
		day.Route.Stops[i].Told = told[s.subject()]
	}
	on.is = day
	on.touch()
}

// engaged are the stops of engagements that have not begun, so that none is lost where the day can't be timed anew.
func (day RepDay) engaged(begun []Stop) (stops []Stop) {
	for _, s := range day.Route.Stops {
		if s.EngagementID != nil && !slices.ContainsFunc(begun, func(b Stop) bool { return b.subject() == s.subject() }) {
			stops = append(stops, s)
		}
	}
	return stops
}

// Touched lists the reps and dates that a trace and the visits' present places name, each date with its reps in the order of their ids.
func (t Trace) Touched(now []Visit) map[hours.Date][]uuid.UUID {
	touched := map[hours.Date][]uuid.UUID{}
	add := func(rep *uuid.UUID, date *hours.Date) {
		if rep != nil && date != nil && !slices.Contains(touched[*date], *rep) {
			touched[*date] = append(touched[*date], *rep)
		}
	}
	for _, d := range t.Days {
		add(&d.Rep, &d.Date)
	}
	for _, v := range t.Visits {
		add(v.Before.Rep, v.Before.Date)
	}
	for _, v := range now {
		add(v.RepID, v.Date)
	}
	for _, reps := range touched {
		slices.SortFunc(reps, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	}
	return touched
}
