package dispatch

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// The kinds of a decision so far.
const (
	KindReassign = "REASSIGN" // from one rep to another
	KindAssign   = "ASSIGN"   // from queue or backlog, or made new, to a day
)

// A decision keeps at most this many others it was weighed against, the best ones, and reps that could not.
const (
	maxOthers   = 4
	maxRefusals = 8
	maxBarred   = 2 // of these, whose days are kept to say what they would have cost
)

// LoadChange is a rep's load before and after a change.
type LoadChange struct{ Before, After Load }

// Reassigned is everything that follows when a visit goes to a rep's day.
type Reassigned struct {
	Visit    Visit       // ASSIGNED, with the new rep and date, pinned to the rep
	From     *RepDay     // the day it left, re-timed, route version one up; nil where it was on no route
	To       RepDay      // the day it joined, re-timed, route version one up
	FromLoad *LoadChange // nil where From is
	ToLoad   LoadChange
	Notices  []Notice // whom to tell what
	Decision Decision // without an id: the caller gives one
}

// Reassign gives the visit to a rep's day: an assigned one from the day it is on, a queued or backlog one
// with from == nil. It refuses with ErrStale when the asker was looking at an older visit, ErrEnded and ErrBegun
// by the visit's state, ErrReason without a reason, and ErrSameRep, ErrOtherBranch, ErrAbsent, ErrOffShift by the
// rep. A full day is no obstacle to a person's wish: the decision says what it costs. The others are
// reps that might have taken it instead; the best of them is the decision's runner-up.
func Reassign(call Call, from *RepDay, to RepDay, seen Revision, reason string, now time.Time, others ...RepDay) (Reassigned, error) {
	visit := call.Visit
	switch {
	case visit.Version != seen:
		return Reassigned{}, ErrStale
	case visit.State.Ended():
		return Reassigned{}, ErrEnded
	case visit.State == UnderWay:
		return Reassigned{}, ErrBegun
	case reason == "":
		return Reassigned{}, ErrReason
	}
	if err := admit(call, to, now); err != nil {
		return Reassigned{}, err
	}

	in := newInput(call, to, now)
	in.Kind, in.Reason = KindAssign, reason
	if visit.RepID != nil && visit.Date != nil {
		in.Kind = KindReassign
	}
	after := visit.givenTo(to)
	taken := join(in, call, after, to, now, others)
	out := Reassigned{Visit: after, To: taken.day, ToLoad: taken.load, Decision: taken.decision}

	kind, lost := VisitsGained, visit.RepID != nil && *visit.RepID != to.Rep.ID
	if !lost && visit.Date != nil {
		kind = VisitsChanged // the same rep on another day
	}
	arrival := taken.decision.Chosen.Arrival
	out.Notices = append(out.Notices, Notice{RepID: to.Rep.ID, Kind: kind, VisitID: visit.ID, Arrival: &arrival})
	out.Notices = append(out.Notices, taken.notices...)
	if lost {
		out.Notices = append(out.Notices, Notice{RepID: *visit.RepID, Kind: VisitsLost, VisitID: visit.ID, Told: from.told(visit.ID)})
	}
	if from == nil {
		return out, nil
	}
	before := Schedule(*from, now)
	left := Schedule(before.without(visit.ID), now)
	left.Route.Version++
	left, notices := left.tell(before, now)
	out.From, out.FromLoad = &left, &LoadChange{LoadOf(before, now), LoadOf(left, now)}
	out.Notices = append(out.Notices, notices...)
	return out, nil
}

// admit refuses what a rep can't be given, whoever wishes it.
func admit(call Call, to RepDay, now time.Time) error {
	switch refusal(call, to, now) {
	case SameRep:
		return ErrSameRep
	case OtherBranch:
		return ErrOtherBranch
	case Absent:
		return ErrAbsent
	case OffShift:
		return ErrOffShift
	}
	return nil
}

// givenTo is the visit once a person gave it to the rep's day.
func (v Visit) givenTo(day RepDay) Visit {
	v = v.assignedTo(day.Rep.ID, day.Route.Date)
	v.RepPinned = true
	return v
}

// assignedTo is the visit once it has a rep and a day.
func (v Visit) assignedTo(rep uuid.UUID, date hours.Date) Visit {
	if !v.isOf(rep) {
		v.Epoch++
	}
	v.State, v.QueueReason = Assigned, nil
	v.RepID, v.Date = &rep, &date
	v.Version++
	return v
}

// joined is a day after a call joined it.
type joined struct {
	day      RepDay
	load     LoadChange
	notices  []Notice // of the other visits of the day
	decision Decision
}

// join puts the visit, as it is afterwards, at the best place of the day, and weighs that against the others.
func join(in input, call Call, visit Visit, to RepDay, now time.Time, others []RepDay) joined {
	before := Schedule(to, now)
	chosen, begun := newChoice(call, before, now)
	in.Chosen = chosen
	in.weigh(call, to.Rep.ID, others, now)
	decision := in.decide()

	p := in.place(chosen)
	call.Visit = visit
	day := before.with(call).timed(p.timetable, begun, p.order)
	day.Route.Version++
	stop := &day.Route.Stops[p.option.Position-1]
	told := stop.Arrival
	stop.Told = &told
	day, notices := day.tell(before, now)
	return joined{day, LoadChange{LoadOf(before, now), LoadOf(day, now)}, notices, decision}
}

// weigh adds the other reps to the input: the best few of those who could, the first few of those who could not.
func (in *input) weigh(call Call, chosen uuid.UUID, others []RepDay, now time.Time) {
	type weighed struct {
		choice choice
		option Option
	}
	byCost := func(a, b weighed) int { return byTotal(a.option, b.option) }
	var all, barred []weighed
	var refused []Refusal
	code := map[uuid.UUID]string{}
	for _, day := range others {
		if day.Rep.ID == chosen {
			continue
		}
		why := refusal(call, day, now)
		if why != "" && !weighable(why) {
			refused = append(refused, Refusal{RepID: day.Rep.ID, Code: why})
			continue
		}
		c, _ := newChoice(call, day, now)
		w := weighed{c, in.place(c).option}
		if why == "" {
			all = append(all, w)
		} else {
			code[day.Rep.ID], barred = why, append(barred, w)
		}
	}
	slices.SortStableFunc(all, byCost)
	for _, w := range all[:min(maxOthers, len(all))] {
		in.Others = append(in.Others, w.choice)
	}
	// The nearest of those who could not come first.
	slices.SortStableFunc(barred, byCost)
	for i, w := range barred {
		in.Refusals = append(in.Refusals, Refusal{RepID: w.option.RepID, Code: code[w.option.RepID]})
		if i < maxBarred {
			in.Barred = append(in.Barred, w.choice)
		}
	}
	in.Refusals = append(in.Refusals, refused...)
	in.Refusals = in.Refusals[:min(maxRefusals, len(in.Refusals))]
}

// weighable says whether a rep who was refused for that reason has a day in which the call can be weighed.
func weighable(code string) bool {
	return !slices.Contains([]string{SameRep, Absent, OffShift, ShiftOver}, code)
}

// decide makes the decision. It looks at nothing but the input, so that a replay gives the same.
func (in input) decide() Decision { return in.decideOn(in.place(in.Chosen).option) }

// decideOn is decide where it is known what the chosen one costs.
func (in input) decideOn(chosen Option) Decision {
	d := Decision{
		Kind:      in.Kind,
		VisitID:   in.VisitID,
		Engine:    in.Engine,
		Chosen:    chosen,
		Refusals:  append([]Refusal{}, in.Refusals...),
		DecidedAt: in.DecidedAt.Truncate(time.Microsecond), // as the record keeps it
	}
	for i, refusal := range d.Refusals {
		for _, c := range in.Barred {
			if c.Day.RepID == refusal.RepID {
				option := in.place(c).option
				d.Refusals[i].Option = &option
			}
		}
	}
	var options []Option
	for _, c := range in.Others {
		options = append(options, in.place(c).option)
	}
	if len(options) > 0 {
		best := slices.MinFunc(options, byTotal)
		d.RunnerUp = &best
	}
	// Plain numbers, ids and times: this can't fail but for a coordinate that is no number, which no site has.
	d.Input, _ = json.Marshal(in)
	return d
}

// with is the day with the call among its own, in the place of an older reading of the same visit.
func (day RepDay) with(call Call) RepDay {
	day.Calls = slices.Clone(day.Calls)
	if i := slices.IndexFunc(day.Calls, func(c Call) bool { return c.Visit.ID == call.Visit.ID }); i >= 0 {
		day.Calls[i] = call
		return day
	}
	day.Calls = append(day.Calls, call)
	return day
}

// without is the day without the visit and its stop.
func (day RepDay) without(visit uuid.UUID) RepDay {
	day.Calls = slices.DeleteFunc(slices.Clone(day.Calls), func(c Call) bool { return c.Visit.ID == visit })
	day.Route.Stops = slices.DeleteFunc(slices.Clone(day.Route.Stops), func(s Stop) bool {
		return s.VisitID != nil && *s.VisitID == visit
	})
	return day
}

// told is the arrival the rep was told for a visit of the day; nil where none was, and for no day at all.
func (day *RepDay) told(visit uuid.UUID) *time.Time {
	if day == nil {
		return nil
	}
	for _, stop := range day.Route.Stops {
		if stop.VisitID != nil && *stop.VisitID == visit {
			return stop.Told
		}
	}
	return nil
}

// tell finds the visits ahead that a change has moved beyond Tolerance from what was told. They count as told anew.
func (day RepDay) tell(before RepDay, now time.Time) (RepDay, []Notice) {
	planned := make(map[uuid.UUID]time.Time, len(before.Route.Stops))
	for _, stop := range before.Route.Stops {
		planned[stop.subject()] = stop.Arrival
	}
	day.Route.Stops = slices.Clone(day.Route.Stops)
	var notices []Notice
	_, ahead := split(day, day.calls(), now)
	for _, stop := range ahead {
		was, known := planned[*stop.VisitID]
		if stop.Told == nil || !known || stop.Arrival.Equal(was) || !drifted(stop.Arrival, *stop.Told) {
			continue
		}
		arrival := stop.Arrival
		day.Route.Stops[stop.Position-1].Told = &arrival
		notices = append(notices, Notice{day.Rep.ID, VisitsChanged, *stop.VisitID, &arrival, stop.Told})
	}
	return day, notices
}
