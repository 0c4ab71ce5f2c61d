package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// PlanInput is what the plan of one rep's day rests on.
type PlanInput struct {
	Day        RepDay // the visits it has already stay in it, those not begun in a new order
	Candidates []Call // owed visits of the rep's ground, in any order
	Now        time.Time
	Seed       uint64
	Iterations int // of the search; 0: as many as an ordinary day needs
}

// Why a visit got no place in a day.
const (
	NoRoom       = "NO_ROOM"       // others were more urgent or nearer; it fits another day
	NoShift      = "NO_SHIFT"      // the rep does not work that day, or no longer
	ClosedAllDay = "CLOSED"        // the site is closed while the rep could be there, or opens for less than the service
	OutOfWindow  = "OUT_OF_WINDOW" // what was promised and the site's hours, or what the rep can reach, share no time
	TooLong      = "TOO_LONG"      // the service and the way there and home take longer than the shift has left
	WithoutPlace = "NOT_LOCATED"   // the site has no place on the map yet
)

// Unfit says why a candidate got no place in the day: one of the codes above.
type Unfit struct {
	VisitID uuid.UUID
	Code    string
}

// DayPlan is a rep's planned day and what was left over.
type DayPlan struct {
	Day     RepDay  // ordered and timed, route version one up, every arrival ahead counting as told
	Placed  []Visit // candidates that got a place, in the order of the day: ASSIGNED, with rep and date, version one up
	Backlog []Visit // candidates that got none: BACKLOG of the rep; version one up where they were not already
	Unfit   []Unfit // why, one per visit of Backlog, in the same order
	Load    Load
}

// The worth of a call, in seconds of driving. A call that is due is worth more than any drive inside a city, so a day
// with room takes them all; where room is short the more urgent and the nearer win.
const (
	worthDue      = 2 * 3600
	worthOverdue  = 12 * 60 // per day, for as many as mostOverdue
	worthPriority = 30      // per point of 100
	worthPromised = 30 * 24 * 3600
	mostOverdue   = 60
)

// Worth is the driving that making the call is worth on a day that ends then.
func Worth(v Visit, end time.Time) time.Duration { return seconds(worthOf(v, end)) }

// PlanIterations is as many iterations of the search as an ordinary day needs.
const PlanIterations = 1000

// field is how many candidates a plan looks at: no day takes more than a few dozen, and the worthiest are among them.
const field = 400

// Plan chooses from the candidates the visits of a rep's day and orders them. Promised visits come first, then
// the more overdue and the more important ones, as far as they lie on the way; what does not fit stays in
// the backlog of the rep. Visits of the day itself are never dropped. Candidates that have ended or begun, and those
// the day has already, are passed over. The same input gives the same plan.
func Plan(in PlanInput) DayPlan {
	day, now := in.Day, in.Now
	plan := DayPlan{Day: day}
	candidates := fresh(in.Candidates, day)
	if day.Shift == nil || day.Absent || !now.Before(day.Shift.EndsAt) {
		plan.Day = Schedule(day, now)
		for _, c := range candidates {
			plan.leave(c, day, NoShift)
		}
		plan.Load = LoadOf(plan.Day, now)
		return plan
	}
	day = day.complete()

	z := zones{}
	w := newWorkday(day, now, z)
	w.arrange(in.Seed, in.iterations())
	w.relax()
	tasks := make([]task, len(candidates))
	for i, c := range candidates {
		tasks[i] = day.task(c, now, z)
	}
	t := newTimetable(w.t.sheet, tasks...)
	first := len(w.t.tasks) // node of the first candidate

	why := make([]string, len(candidates))
	var able []int
	for i, c := range candidates {
		if why[i] = t.hindrance(c, int32(first+i), day, z); why[i] == "" {
			able = append(able, i)
		}
	}
	worth := func(i int) int64 { return worthOf(candidates[i].Visit, day.Shift.EndsAt) }
	slices.SortStableFunc(able, func(a, b int) int { return cmp.Compare(worth(b), worth(a)) })
	for i := range able[min(field, len(able)):] {
		why[able[field+i]] = NoRoom
	}
	able = able[:min(field, len(able))]

	// The search sees only the candidates that are in the running.
	bids := make([]bid, len(able))
	for i, c := range able {
		bids[i] = bid{tasks[c], worth(c)}
	}
	order := w.t.visitsOf(w.order)
	if len(bids) > 0 {
		order = newAgenda(w, bids).search(in.Seed, in.iterations())
	}
	short, order, kept := w.with(order, bids)

	taken := map[int]bool{}
	date := day.Route.Date
	day.Calls = slices.Clone(day.Calls)
	for _, k := range kept {
		i := able[k]
		taken[i] = true
		v := candidates[i].Visit.assignedTo(day.Rep.ID, date)
		plan.Placed = append(plan.Placed, v)
		day.Calls = append(day.Calls, Call{Visit: v, Site: candidates[i].Site, Owner: candidates[i].Owner})
	}
	for i, c := range candidates {
		if !taken[i] {
			plan.leave(c, day, cmp.Or(why[i], NoRoom))
		}
	}
	plan.Day = day.timed(short, w.begun, order)
	plan.Day.Route.Version++
	for i := range plan.Day.Route.Stops[len(w.begun):] {
		stop := &plan.Day.Route.Stops[len(w.begun)+i]
		told := stop.Arrival
		stop.Told = &told
	}
	plan.Load = LoadOf(plan.Day, now)
	return plan
}

// complete is the day with a stop for each of its visits that has not ended.
func (day RepDay) complete() RepDay {
	has := map[uuid.UUID]bool{}
	for _, stop := range day.Route.Stops {
		has[stop.subject()] = true
	}
	day.Route.Stops = slices.Clone(day.Route.Stops)
	for _, c := range day.Calls {
		if !has[c.Visit.ID] && !c.Visit.State.Ended() {
			day.Route.Stops = append(day.Route.Stops, Stop{VisitID: &c.Visit.ID})
		}
	}
	return day
}

func (in PlanInput) iterations() int { return cmp.Or(in.Iterations, PlanIterations) }

// fresh are the candidates that may be planned, each once, in an order that does not depend on how they came.
func fresh(candidates []Call, day RepDay) []Call {
	seen := map[uuid.UUID]bool{}
	for _, c := range day.Calls {
		seen[c.Visit.ID] = true
	}
	var out []Call
	for _, c := range candidates {
		if !seen[c.Visit.ID] && !c.Visit.State.Ended() && c.Visit.State != UnderWay {
			seen[c.Visit.ID] = true
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Call) int { return slices.Compare(a.Visit.ID[:], b.Visit.ID[:]) })
	return out
}

// hindrance is the reason why the candidate could not be visited even on an empty day; empty where it could.
func (t *timetable) hindrance(c Call, node int32, day RepDay, z zones) string {
	if c.Site.Point == nil {
		return WithoutPlace
	}
	s := startsOf(c, day.Shift.Window(), z.of(c.Site.TimeZone, day.Shift.TimeZone))
	switch {
	case s.conflict:
		return OutOfWindow
	case s.closed:
		return ClosedAllDay
	}
	timing := t.p.Time([]int32{node})
	if timing.Broken() == 0 {
		return ""
	}
	free := *t
	free.p.Nodes = slices.Clone(t.p.Nodes[node : node+1])
	free.p.Nodes[0].Windows = nil
	if free.p.Time([]int32{0}).Broken() > 0 {
		return TooLong
	}
	if c.Visit.Promised != nil {
		return OutOfWindow
	}
	return ClosedAllDay
}

// worthOf is the worth of making the call on a day that ends then.
func worthOf(v Visit, end time.Time) int64 {
	worth := int64(worthDue)
	if v.DueFrom.After(end) {
		worth = worthDue / 8 // not due yet: only where it lies on the way
	}
	if late := int64(end.Sub(v.DueTo) / (24 * time.Hour)); late > 0 && !v.DueTo.IsZero() {
		worth += worthOverdue * min(late, mostOverdue)
	}
	worth += worthPriority * int64(min(100, max(0, v.Priority)))
	if v.Promised != nil {
		worth += worthPromised
	}
	return worth
}

// leave adds the candidate to what did not fit.
func (p *DayPlan) leave(c Call, day RepDay, code string) {
	v := c.Visit
	if v.State != Backlog || !v.isOf(day.Rep.ID) || v.Date != nil {
		if !v.isOf(day.Rep.ID) {
			v.Epoch++
		}
		rep := day.Rep.ID
		v.State, v.QueueReason, v.RepID, v.Date = Backlog, nil, &rep, nil
		v.Version++
	}
	p.Backlog = append(p.Backlog, v)
	p.Unfit = append(p.Unfit, Unfit{VisitID: v.ID, Code: code})
}
