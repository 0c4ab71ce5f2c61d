package dispatch

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
)

// Transfer is a wish to move visits between days, all of them or none.
type Transfer struct {
	Moves  []Move
	Days   []RepDay    // every day a visit is on or may go to; no two of one rep and date
	Away   []uuid.UUID // reps who are given nothing, whatever their shifts say
	Reason string
	Pin    bool // the engine leaves visits that were given where they are
	Now    time.Time
}

// Transferred is everything that follows from a transfer.
type Transferred struct {
	Visits   []Moved    // in the order of the moves
	Days     []MovedDay // those that changed, in the order of the wish
	Notices  []Notice   // whom to tell what; of each rep what was gained, then what was lost, then what moved in time
	Promises []PromiseTouched
	Trace    Trace
}

// A visit that is spread is weighed against the nearest days that can take it, and its decision keeps the best of them. Further
// away no day is better: the driving alone costs more than an even load is worth.
// A visit whose windows so many days could not keep, though they had the time, is not made at once by driving still further.
const (
	weighedDays = 12
	triedDays   = 48
	keptOthers  = 2
)

// Move carries a transfer out, or refuses it with a MoveError: ErrEnded and ErrBegun by the visit's state, ErrReason without a reason,
// ErrSameRep, ErrOtherBranch, ErrAbsent and ErrOffShift by the rep it is to go to.
//
// All visits leave their days first, so that two reps who change places find room. Then the promised ones are placed, the more important
// and the more overdue before the others, each where it costs least (see Options) as the days stand by then. A person's wish by name is
// carried out though it makes others late; visits that are spread go only where nothing breaks that held before.
func (t Transfer) Move() (Transferred, error) {
	if len(t.Moves) == 0 {
		return Transferred{}, ErrNoMoves
	}
	d := newDays(t.Days, t.Now)
	for i, m := range t.Moves {
		if err := t.admit(m, d); err != nil {
			return Transferred{}, MoveError{i, m.Call.Visit.ID, err}
		}
	}
	out := Transferred{Visits: make([]Moved, len(t.Moves))}
	for _, m := range t.Moves {
		if m.Fate != Stay {
			d.leave(m.Call.Visit)
		}
	}
	for _, i := range t.urgent() {
		out.Visits[i] = t.move(t.Moves[i], d)
	}
	out.finish(d)
	return out, nil
}

// admit refuses what can't be moved, or not there.
func (t Transfer) admit(m Move, d *days) error {
	visit := m.Call.Visit
	switch {
	case visit.State.Ended():
		return ErrEnded
	case visit.State == UnderWay:
		return ErrBegun
	case t.Reason == "":
		return ErrReason
	case m.Fate != Give:
		return nil
	}
	to := d.takes(m)
	if to == nil {
		return ErrOffShift
	}
	err := admit(m.Call, to.was, t.Now)
	if errors.Is(err, ErrSameRep) && m.Promised != nil {
		return nil // the same day at another time
	}
	return err
}

// urgent is the order in which visits are placed.
func (t Transfer) urgent() []int {
	order := make([]int, len(t.Moves))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := t.Moves[i].visit(), t.Moves[j].visit()
		if (a.Promised == nil) != (b.Promised == nil) {
			if b.Promised == nil {
				return -1
			}
			return 1
		}
		if a.Promised != nil && !a.Promised.To.Equal(b.Promised.To) {
			return a.Promised.To.Compare(b.Promised.To)
		}
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), a.DueTo.Compare(b.DueTo), slices.Compare(a.ID[:], b.ID[:]))
	})
	return order
}

// visit is the visit with what it is to be promised.
func (m Move) visit() Visit {
	v := m.Call.Visit
	if m.Promised != nil {
		v.Promised = m.Promised
	}
	if m.Due != nil {
		v.DueFrom, v.DueTo = m.Due.From, m.Due.To
	}
	return v
}

func (t Transfer) move(m Move, d *days) Moved {
	call := m.Call
	call.Visit = m.visit()
	out := Moved{Before: m.Call, After: m.Call.Visit}
	switch m.Fate {
	case Give:
		out.Decision, out.After = t.give(call, d.takes(m), d, nil, nil)
	case Spread:
		best, others, refusals := t.weigh(call, m, d)
		if best == nil {
			out.Code = mainly(refusals)
			if m.Else == Enqueue {
				out.After = call.Visit.enqueued(m.Why)
			} else {
				d.back(m.Call)
			}
			break
		}
		out.Decision, out.After = t.give(call, best, d, others, refusals)
	case Defer:
		out.After = call.Visit.deferred()
	case Enqueue:
		out.After = call.Visit.enqueued(m.Why)
	case Stay:
		if m.Promised != nil || m.Due != nil {
			out.After = call.Visit
			out.After.Version++
		}
	}
	return out
}

// give puts the call at the best place of a day.
func (t Transfer) give(call Call, to *dayOn, d *days, others []choice, refusals []Refusal) (*Decision, Visit) {
	in := newInput(call, to.is, t.Now)
	in.Kind, in.Reason = KindAssign, t.Reason
	if call.Visit.RepID != nil && call.Visit.Date != nil {
		in.Kind = KindReassign
	}
	in.Chosen, in.Others, in.Refusals = to.choice(call, d), others, refusals[:min(maxRefusals, len(refusals))]
	p := in.placeIn(to.opened(d), in.Chosen.Call)
	decision := in.decideOn(p.option)
	after := call.Visit.assignedTo(to.is.Rep.ID, to.is.Route.Date)
	after.RepPinned = t.Pin
	call.Visit = after
	to.is = to.is.with(call).timed(p.timetable, to.begun, p.order)
	to.touch()
	return &decision, after
}

// weigh finds the day that suits a call best, the next best ones, and why the others could not.
func (t Transfer) weigh(call Call, m Move, d *days) (best *dayOn, others []choice, refusals []Refusal) {
	type weighed struct {
		day    *dayOn
		choice choice
		option Option
	}
	var able []weighed
	tried := 0
	for _, day := range d.near(call, m) {
		code := refusal(call, day.day, t.Now)
		switch {
		case code != "":
		case slices.Contains(t.Away, day.day.Rep.ID):
			code = Absent
		case call.Site.Point == nil:
			code = WithoutPlace
		case tried == triedDays || !day.hasTime(call, d):
			code = NoRoom
		default:
			tried++
			c := day.choice(call, d)
			p := newInput(call, day.is, t.Now).placeIn(day.opened(d), c.Call)
			switch {
			case c.Call.Closed:
				code = ClosedAllDay
			case !p.fits:
				code = NoRoom
			default:
				able = append(able, weighed{day, c, p.option})
			}
		}
		if code != "" {
			refusals = append(refusals, Refusal{RepID: day.day.Rep.ID, Code: code})
		}
		if len(able) == weighedDays {
			break
		}
	}
	if len(able) == 0 {
		return nil, nil, refusals
	}
	slices.SortStableFunc(able, func(a, b weighed) int { return byTotal(a.option, b.option) })
	for _, w := range able[1:min(1+keptOthers, len(able))] {
		others = append(others, w.choice)
	}
	return able[0].day, others, refusals
}

// mainly is the reason most reps have in common: of as many, the one found first, nearest to the visit.
func mainly(refusals []Refusal) string {
	best, most := NoShift, 0
	counts := map[string]int{}
	for _, r := range refusals {
		counts[r.Code]++
	}
	for _, r := range refusals {
		if n := counts[r.Code]; n > most && r.Code != SameRep {
			best, most = r.Code, n
		}
	}
	return best
}

// deferred is the visit back in its rep's backlog; one that has no rep stays where it is.
func (v Visit) deferred() Visit {
	if v.RepID == nil {
		return v
	}
	v.State, v.QueueReason, v.Date = Backlog, nil, nil
	v.Version++
	return v
}

// enqueued is the visit in the queue.
func (v Visit) enqueued(why QueueReason) Visit {
	if v.RepID != nil {
		v.Epoch++
	}
	v.State, v.QueueReason, v.RepID, v.Date, v.RepPinned = Queued, &why, nil, nil, false
	v.Version++
	return v
}

// near are the days on which the call may be made, the nearest first: by its distance, as the crow flies, from where the rep is going anyway.
func (d *days) near(call Call, m Move) []*dayOn {
	type apart struct {
		day *dayOn
		by  float64
	}
	all := make([]apart, 0, len(d.list))
	for _, on := range d.list {
		if date, works := m.On(on.day.Rep.ID); works && on.day.Route.Date == date && on.day.Rep.BranchID == call.Visit.BranchID {
			all = append(all, apart{on, on.apart(call.Site.Point)})
		}
	}
	slices.SortStableFunc(all, func(a, b apart) int { return cmp.Compare(a.by, b.by) })
	list := make([]*dayOn, len(all))
	for i, a := range all {
		list[i] = a.day
	}
	return list
}

// apart is how far a place is from the nearest of those the rep is at or goes to, as the square of degrees of latitude: that tells near
// from far as well as metres do, and a wish for many visits asks it a million times.
func (on *dayOn) apart(p *geo.Point) float64 {
	if p == nil {
		return 0
	}
	if on.goes == nil {
		day := on.day
		if on.timed {
			day = on.is
		}
		on.goes = day.goesTo()
	}
	nearest, shrink := math.Inf(1), math.Cos(p.Lat*math.Pi/180)
	for _, q := range on.goes {
		north, east := q.Lat-p.Lat, (q.Lon-p.Lon)*shrink
		nearest = min(nearest, north*north+east*east)
	}
	return nearest
}

// goesTo are the places of a day: where the rep was seen, where the shift begins, and the sites of its calls.
func (day RepDay) goesTo() []geo.Point {
	places := make([]geo.Point, 0, len(day.Calls)+2)
	var start *geo.Point
	if day.Shift != nil {
		start = day.Shift.Start
	}
	for _, at := range []*geo.Point{day.At, cmp.Or(start, day.Rep.Start)} {
		if at != nil {
			places = append(places, *at)
		}
	}
	for _, c := range day.Calls {
		if c.Site.Point != nil {
			places = append(places, *c.Site.Point)
		}
	}
	return places
}

// distance is how far a place is from the nearest of the day's places.
func (day RepDay) distance(p *geo.Point) geo.Metres {
	if p == nil {
		return 0
	}
	nearest := geo.Metres(1e9)
	for _, at := range day.goesTo() {
		nearest = min(nearest, geo.Distance(at, *p))
	}
	return nearest
}
