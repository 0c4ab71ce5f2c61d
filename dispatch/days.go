package dispatch

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// days are reps' days while visits move between them.
type days struct {
	now   time.Time
	zones zones
	list  []*dayOn
	at    map[repDate]*dayOn
}

type repDate struct {
	rep  uuid.UUID
	date hours.Date
}

// dayOn is one of them. Most are never looked at closely, and not timed before somebody does.
type dayOn struct {
	day     RepDay // as it came
	timed   bool
	was     RepDay // as it came, timed as of now
	is      RepDay
	touched bool

	sheet *sheet // of is; nil: not written yet
	begun []Stop
	ready *ready      // for calls to join it; nil: not yet
	spare *float64    // minutes of is that are neither work nor engagements; nil: not reckoned yet
	goes  []geo.Point // where the rep is, begins and calls; nil: not listed yet
}

func newDays(list []RepDay, now time.Time) *days {
	d := &days{now: now, zones: zones{}, at: map[repDate]*dayOn{}}
	for _, day := range list {
		on := &dayOn{day: day}
		d.list = append(d.list, on)
		d.at[repDate{day.Rep.ID, day.Route.Date}] = on
	}
	return d
}

// of is a rep's day; nil where it is none of these.
func (d *days) of(rep uuid.UUID, date hours.Date) *dayOn {
	if on := d.at[repDate{rep, date}]; on != nil {
		return d.time(on)
	}
	return nil
}

// time times a day as of now, unless that was done.
func (d *days) time(on *dayOn) *dayOn {
	if !on.timed {
		on.was = Schedule(on.day, d.now)
		on.is, on.timed = on.was, true
	}
	return on
}

// takes is the day of the rep whom a move names; nil where it is none of these.
func (d *days) takes(m Move) *dayOn {
	if date, works := m.On(m.To); works {
		return d.of(m.To, date)
	}
	return nil
}

// holding is the day the visit is on.
func (d *days) holding(v Visit) *dayOn {
	if v.RepID == nil || v.Date == nil {
		return nil
	}
	if on := d.of(*v.RepID, *v.Date); on != nil && on.is.has(v.ID) {
		return on
	}
	return nil
}

// leave takes the visit off its day.
func (d *days) leave(v Visit) {
	if on := d.holding(v); on != nil {
		on.is = Schedule(on.is.without(v.ID), d.now)
		on.touch()
	}
}

// back puts a call that left and found no other place where it was.
func (d *days) back(call Call) {
	v := call.Visit
	if v.RepID == nil || v.Date == nil {
		return
	}
	on := d.of(*v.RepID, *v.Date)
	if on == nil || !on.was.has(v.ID) {
		return
	}
	order := map[uuid.UUID]int{}
	var stop Stop
	for i, s := range on.was.Route.Stops {
		order[s.subject()] = i + 1
		if s.subject() == v.ID {
			stop = s
		}
	}
	day := on.is.with(call)
	at := len(day.Route.Stops)
	for i, s := range day.Route.Stops {
		if order[s.subject()] > order[v.ID] {
			at = i
			break
		}
	}
	day.Route.Stops = slices.Insert(slices.Clone(day.Route.Stops), at, stop)
	on.is = Schedule(day, d.now)
	on.touch()
}

// touch marks the day as changed.
func (on *dayOn) touch() {
	on.touched, on.sheet, on.ready, on.spare, on.goes = true, nil, nil, nil, nil
}

// hasTime says whether the call's service is shorter than what the day has to spare. Where it is not, the call fits nowhere, and looking
// for a place can be spared. A day that is over its shift as it stands may wait somewhere for long: there one has to look.
func (on *dayOn) hasTime(call Call, d *days) bool {
	if on.spare == nil {
		r := on.opened(d)
		spare := math.Inf(1)
		if r.base.Over == 0 {
			load := r.t.load(r.order, r.base)
			spare = load.AvailableMinutes - load.ServiceMinutes - load.TravelMinutes + 1 // seconds are rounded
			if on.sheet.Pace != nil {
				spare += load.TravelMinutes // which may become less, out of the rush
			}
		}
		on.spare = &spare
	}
	return call.Visit.Service.Minutes() <= *on.spare
}

// choice is the day with a call that might join it.
func (on *dayOn) choice(call Call, d *days) choice {
	on.write(d)
	return choice{Day: *on.sheet, Call: on.is.task(call, d.now, d.zones)}
}

// opened is the day made ready for calls.
func (on *dayOn) opened(d *days) *ready {
	on.write(d)
	if on.ready == nil {
		on.ready = on.sheet.ready()
	}
	return on.ready
}

// write writes the day's sheet.
func (on *dayOn) write(d *days) {
	d.time(on)
	if on.sheet == nil {
		s, begun := newSheet(on.is, d.now, d.zones)
		on.sheet, on.begun = &s, begun
	}
}

// finish makes the changed days the next versions of their routes and finds out what follows for whom.
func (out *Transferred) finish(d *days) {
	moved := map[uuid.UUID]*Moved{}
	for i := range out.Visits {
		moved[out.Visits[i].After.ID] = &out.Visits[i]
	}
	var late []Notice
	var before []RepDay
	for _, on := range d.list {
		if !on.touched || on.unchanged() && !on.concerns(moved) {
			continue
		}
		day := on.is
		day.Route.Version = on.was.Route.Version + 1
		day.Route.Stops = slices.Clone(day.Route.Stops)
		var gained []Notice
		for i, s := range day.Route.Stops {
			if s.VisitID == nil {
				continue
			}
			m := moved[*s.VisitID]
			if m == nil || !m.Changed() {
				continue
			}
			arrival := s.Arrival
			day.Route.Stops[i].Told = &arrival
			notice := Notice{RepID: day.Rep.ID, Kind: VisitsGained, VisitID: *s.VisitID, Arrival: &arrival}
			if was := m.Before.Visit; was.isOf(day.Rep.ID) && was.Date != nil {
				notice.Kind, notice.Told = VisitsChanged, d.told(was)
			}
			gained = append(gained, notice)
		}
		day, others := day.tell(on.was, d.now)
		out.Notices = append(out.Notices, gained...)
		late = append(late, others...)
		out.Days = append(out.Days, MovedDay{on.was, day, LoadChange{LoadOf(on.was, d.now), LoadOf(day, d.now)}})
		before = append(before, on.was)
	}
	for _, m := range out.Visits {
		if after := m.After; m.Changed() && after.RepID != nil && after.Date == nil && !m.Before.Visit.isOf(*after.RepID) {
			out.Notices = append(out.Notices, Notice{RepID: *after.RepID, Kind: VisitsGained, VisitID: after.ID}) // owed on no day
		}
	}
	for _, m := range out.Visits {
		was := m.Before.Visit
		if !m.Changed() || was.RepID == nil {
			continue
		}
		notice := Notice{RepID: *was.RepID, Kind: VisitsLost, VisitID: was.ID, Told: d.told(was)}
		switch {
		case !m.After.isOf(*was.RepID):
		case was.Date != nil && !was.State.Ended() && (m.After.Date == nil || m.After.State.Ended()):
			notice.Kind = VisitsChanged // not on that day any more
		default:
			continue
		}
		out.Notices = append(out.Notices, notice)
	}
	out.Notices = append(out.Notices, late...)
	out.promises(d, moved)
	out.Trace = TraceOf(out.Visits, before...)
}

// told is the arrival the visit's rep was told.
func (d *days) told(v Visit) *time.Time {
	if v.RepID == nil || v.Date == nil {
		return nil
	}
	if on := d.of(*v.RepID, *v.Date); on != nil {
		return on.was.told(v.ID)
	}
	return nil
}

// unchanged says whether the day is what it was: what left has come back.
func (on *dayOn) unchanged() bool {
	return slices.EqualFunc(on.was.Route.Stops, on.is.Route.Stops, func(a, b Stop) bool {
		return a.subject() == b.subject() && a.Arrival.Equal(b.Arrival) && a.Departure.Equal(b.Departure)
	})
}

// concerns says whether a visit of the day is not what it was though it may stand where it stood: what was promised of it is another.
func (on *dayOn) concerns(moved map[uuid.UUID]*Moved) bool {
	return slices.ContainsFunc(on.is.Route.Stops, func(s Stop) bool {
		return s.VisitID != nil && moved[*s.VisitID] != nil && moved[*s.VisitID].Changed()
	})
}

// promises lists those of moved visits, and those of others on changed days that are kept now and were not, or the other way round.
func (out *Transferred) promises(d *days, moved map[uuid.UUID]*Moved) {
	before, after := map[uuid.UUID]time.Time{}, map[uuid.UUID]time.Time{}
	var concerned []Visit
	for _, m := range out.Visits {
		d.holding(m.Before.Visit) // whose day is timed, though the visit may stay there
		if m.Changed() && (m.After.Promised != nil || m.Before.Visit.Promised != nil) {
			v := m.After
			if v.Promised == nil {
				v.Promised = m.Before.Visit.Promised
			}
			concerned = append(concerned, v)
		}
	}
	for _, on := range d.list {
		for _, s := range on.was.Route.Stops { // none of a day that nobody looked at: nothing left or joined it
			before[s.subject()] = s.Arrival
		}
	}
	for _, day := range out.Days {
		for _, s := range day.After.Route.Stops {
			after[s.subject()] = s.Arrival
		}
		for _, c := range day.After.Calls {
			if c.Visit.Promised != nil && !c.Visit.State.Ended() && moved[c.Visit.ID] == nil {
				concerned = append(concerned, c.Visit)
			}
		}
	}
	for _, v := range concerned {
		p := PromiseTouched{VisitID: v.ID, Window: *v.Promised, Before: known(before, v.ID), After: known(after, v.ID)}
		p.Kept = kept(v, p.After)
		if moved[v.ID] != nil || p.Kept != kept(v, p.Before) {
			out.Promises = append(out.Promises, p)
		}
	}
}

func known(at map[uuid.UUID]time.Time, visit uuid.UUID) *time.Time {
	if arrival, ok := at[visit]; ok {
		return &arrival
	}
	return nil
}

// kept says whether who arrives then keeps the promise. Who comes early waits.
func kept(v Visit, arrival *time.Time) bool { return arrival != nil && !arrival.After(v.Promised.To) }

// Breaks says whether a day as it is now breaks a promise that it kept as it was. Both are timed.
func Breaks(was, is RepDay) bool {
	for _, s := range is.Route.Stops {
		if s.VisitID == nil {
			continue
		}
		i := slices.IndexFunc(is.Calls, func(c Call) bool { return c.Visit.ID == *s.VisitID })
		if i < 0 || is.Calls[i].Visit.Promised == nil || is.Calls[i].Visit.State != Assigned || kept(is.Calls[i].Visit, &s.Arrival) {
			continue
		}
		for _, before := range was.Route.Stops {
			if before.VisitID != nil && *before.VisitID == *s.VisitID && kept(is.Calls[i].Visit, &before.Arrival) {
				return true
			}
		}
	}
	return false
}
