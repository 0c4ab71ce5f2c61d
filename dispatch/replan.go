package dispatch

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Replan is a wish to better the rest of a day that has begun: to find places for visits that wait, and to move what is planned already
// as far as a budget allows.
type Replan struct {
	Days    []RepDay // no two of one rep; at night some began the evening before
	Waiting []Call   // of the queue, the most urgent first
	Budget  Budget
	Priced  bool   // also look for the plan without a budget, to say what stability costs
	Reason  string // for the decisions
	Now     time.Time
	Seed    uint64
}

// Budget bounds what a new plan may change.
type Budget struct {
	Frozen  time.Duration // what is planned to begin before this is over stays as it is
	Changes int           // how many changes each rep sees at most; 0: only waiting visits are inserted; negative: any number
}

// Outlook is what the rest of a day costs.
type Outlook struct {
	Cost          float64 // minutes, as decisions weigh them (see Weights), without churn
	TravelMinutes float64
	Changes       int // of all reps, against the plan before
}

// Replanned is everything that follows.
type Replanned struct {
	Transferred
	Was, Is Outlook  // of all days; Is includes waiting visits that found a place
	Free    *Outlook // the plan without a budget, with the same visits; nil where it was not asked for
}

// StabilityPrice is how many minutes are paid for each change that the budget avoids: by how much the plan without a budget is cheaper, for
// each change that it has more. It avoids none where that plan is no cheaper, for then nobody would make those changes, and where it has no
// more of them: there the budget stands in the way of better changes, and not of more.
func (r Replanned) StabilityPrice() (minutes float64, avoids bool) {
	if r.Free == nil || r.Free.Changes <= r.Is.Changes || r.Free.Cost >= r.Is.Cost {
		return 0, false
	}
	return round((r.Is.Cost - r.Free.Cost) / float64(r.Free.Changes-r.Is.Changes)), true
}

// Plan carries the wish out. A change of a rep is a planned visit that leaves the day, one that comes from another rep, or one that moves
// in time by more than Tolerance; no rep sees more of them than the budget allows. A visit that waited is new to everybody and no
// change. What is begun or driven to stays, and so does what begins within the frozen time, to the second. A promise that holds is kept,
// windows are not broken by more than before, and what a person gave to a rep stays with that rep.
//
// The new plan is never dearer than the old one but for the visits that waited. The same wish gives the same plan.
func (r Replan) Plan() Replanned {
	p := newReplanning(r)
	was := p.outlook()
	p.insertWaiting()
	old := p.clone()
	if r.Budget.Changes != 0 {
		p.improve()
	}
	out := Replanned{Was: was, Is: p.outlook()}
	if r.Priced {
		o := out.Is // what the budget allows is allowed without it too
		for _, free := range []*replanning{old, p.clone()} {
			free.budget.Changes = -1
			free.improve()
			if found := free.outlook(); found.Cost < o.Cost {
				o = found
			}
		}
		out.Free = &o
	}
	out.Transferred = p.transferred()
	return out
}

// replanning is a plan on its way from an old one to a new one.
type replanning struct {
	Replan
	budget  Budget
	zones   zones
	days    []restOfDay
	calls   map[uuid.UUID]Call // as they came
	on      map[uuid.UUID]int  // the day a visit is on
	waiting map[uuid.UUID]bool
	held    map[uuid.UUID]bool // promises that were kept
}

func newReplanning(r Replan) *replanning {
	p := &replanning{
		Replan: r, budget: r.Budget, zones: zones{}, calls: map[uuid.UUID]Call{}, on: map[uuid.UUID]int{},
		waiting: map[uuid.UUID]bool{}, held: map[uuid.UUID]bool{},
	}
	for _, day := range r.Days {
		if day.Shift == nil || day.Absent || !r.Now.Before(day.Shift.EndsAt) {
			continue
		}
		rest := p.rest(day)
		rest.was, rest.head = rest.is, rest.is.frozen(r.Now, r.Budget.Frozen)
		for _, c := range rest.is.Calls {
			p.calls[c.Visit.ID], p.on[c.Visit.ID] = c, len(p.days)
		}
		for _, s := range rest.is.Route.Stops {
			if s.VisitID != nil {
				v := p.calls[*s.VisitID].Visit
				p.held[v.ID] = v.Promised != nil && kept(v, &s.Arrival)
			}
		}
		p.days = append(p.days, rest)
	}
	for _, c := range r.Waiting {
		if _, planned := p.calls[c.Visit.ID]; !planned && c.Visit.State == Queued {
			p.calls[c.Visit.ID], p.waiting[c.Visit.ID] = c, true
		}
	}
	return p
}

func (p *replanning) clone() *replanning {
	c := *p
	c.days, c.on = slices.Clone(p.days), maps.Clone(p.on)
	return &c
}

func (p *replanning) outlook() (o Outlook) {
	for i := range p.days {
		o.Cost += p.days[i].cost
		o.TravelMinutes += p.days[i].travel
		o.Changes += p.days[i].changes(p.waiting)
	}
	o.Cost, o.TravelMinutes = round(o.Cost), round(o.TravelMinutes)
	return o
}

// weighedForWaiting is how many of the nearest days a waiting visit is weighed for.
const weighedForWaiting = 12

// insertWaiting finds places for visits that wait, where nothing breaks and the budget holds.
func (p *replanning) insertWaiting() {
	for _, call := range p.Waiting {
		v := call.Visit.ID
		if _, placed := p.on[v]; placed || !p.waiting[v] || call.Site.Point == nil {
			continue
		}
		nearest := make([]int, len(p.days))
		for i := range nearest {
			nearest[i] = i
		}
		slices.SortStableFunc(nearest, func(i, j int) int {
			return cmp.Compare(p.days[i].is.distance(call.Site.Point), p.days[j].is.distance(call.Site.Point))
		})
		var best *step
		for _, i := range nearest[:min(weighedForWaiting, len(nearest))] {
			s, ok := p.insert(call, i)
			if ok && !s.breaks && (best == nil || s.cost < best.cost) {
				best = &s
			}
		}
		if best != nil {
			p.adopt(*best)
		}
	}
}

// step is a possible change of one or two days.
type step struct {
	visit  uuid.UUID
	days   map[int]restOfDay
	to     int
	cost   float64 // minutes, by how much dearer the days get
	breaks bool
}

// insert puts a call that is on none of the days into one.
func (p *replanning) insert(call Call, to int) (step, bool) {
	day := &p.days[to]
	if refusal(call, day.is, p.Now) != "" {
		return step{}, false
	}
	joined, fits := p.join(*day, call)
	s := step{visit: call.Visit.ID, days: map[int]restOfDay{to: joined}, to: to, breaks: !fits}
	return p.judged(s)
}

// relocate moves a visit to the best place of a day, its own or another.
func (p *replanning) relocate(v uuid.UUID, to int) (step, bool) {
	call, from := p.calls[v], p.on[v]
	left := p.days[from].without(v, p)
	s := step{visit: v, days: map[int]restOfDay{from: left}, to: to}
	if to == from {
		s.days[to], _ = p.join(left, call)
		return p.judged(s)
	}
	if code := refusal(call, p.days[to].is, p.Now); code != "" && code != SameRep {
		return step{}, false
	}
	s.days[to], _ = p.join(p.days[to], call)
	return p.judged(s)
}

// judged says what the step costs, and whether it may be taken.
func (p *replanning) judged(s step) (step, bool) {
	var lateBefore, lateAfter int64
	for i, after := range s.days {
		before := &p.days[i]
		s.cost += after.cost - before.cost
		lateBefore, lateAfter = lateBefore+before.late, lateAfter+after.late
		if !p.sound(after) {
			return s, false
		}
	}
	return s, lateAfter <= lateBefore
}

// sound says whether the day holds what was promised and stays within the budget.
func (p *replanning) sound(day restOfDay) bool {
	for i, s := range day.was.Route.Stops[:day.head] {
		if i >= len(day.is.Route.Stops) || day.is.Route.Stops[i].subject() != s.subject() || !day.is.Route.Stops[i].Arrival.Equal(s.Arrival) {
			return false
		}
	}
	for _, s := range day.is.Route.Stops {
		if s.VisitID != nil && p.held[*s.VisitID] && !kept(p.calls[*s.VisitID].Visit, &s.Arrival) {
			return false
		}
	}
	return p.budget.Changes < 0 || day.changes(p.waiting) <= p.budget.Changes
}

func (p *replanning) adopt(s step) {
	for i, day := range s.days {
		p.days[i] = day
	}
	p.on[s.visit] = s.to
}

// join puts the call at the best place of the day behind what is frozen, and says whether it fits there.
func (p *replanning) join(day restOfDay, call Call) (restOfDay, bool) {
	in := newInput(call, day.is, p.Now)
	placed := in.place(choice{Day: day.sheet(p), Call: day.is.task(call, p.Now, p.zones)})
	node := int32(len(placed.timetable.tasks) - 1)
	next := uuid.Nil // the visit that follows
	visits := placed.timetable.visitsOf(placed.order)
	if at := slices.Index(visits, node); at+1 < len(visits) {
		next = *placed.timetable.tasks[visits[at+1]].VisitID
	}
	is := day.is.with(p.given(call, day.is))
	at := slices.IndexFunc(is.Route.Stops, func(s Stop) bool { return s.VisitID != nil && *s.VisitID == next })
	if at < 0 {
		at = len(is.Route.Stops)
	}
	stop := Stop{VisitID: &call.Visit.ID, Told: day.was.told(call.Visit.ID)}
	is.Route.Stops = slices.Insert(slices.Clone(is.Route.Stops), at, stop)
	return day.becomes(is, p), placed.fits
}

// given is the call as one of that day; on its old day it is what it was.
func (p *replanning) given(call Call, day RepDay) Call {
	call = p.calls[call.Visit.ID]
	if !call.Visit.isOn(day) {
		call.Visit = call.Visit.assignedTo(day.Rep.ID, day.Route.Date)
		call.Visit.RepPinned = false
	}
	return call
}

// transferred is the new plan as a transfer between days, each move with a decision that weighs it against the day it left.
func (p *replanning) transferred() Transferred {
	d := newDays(p.Days, p.Now)
	var out Transferred
	for i := range p.days {
		on := d.of(p.days[i].is.Rep.ID, p.days[i].is.Route.Date)
		on.is = p.days[i].is
		on.touch()
	}
	byID := func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }
	for _, v := range slices.SortedFunc(maps.Keys(p.calls), byID) {
		call := p.calls[v]
		to, placed := p.on[v]
		switch {
		case !placed:
			out.Visits = append(out.Visits, Moved{Before: call, After: call.Visit, Code: NoRoom})
		case !call.Visit.isOn(p.days[to].is):
			out.Visits = append(out.Visits, Moved{Before: call, After: p.given(call, p.days[to].is).Visit, Decision: p.decide(call, to)})
		}
	}
	out.finish(d)
	return out
}

// decide says why the call is on a day.
func (p *replanning) decide(call Call, to int) *Decision {
	day := p.days[to].without(call.Visit.ID, p)
	in := newInput(call, day.is, p.Now)
	in.Kind, in.Reason = KindAssign, p.Reason
	in.Chosen = choice{Day: day.sheet(p), Call: day.is.task(call, p.Now, p.zones)}
	if call.Visit.RepID != nil && call.Visit.Date != nil {
		in.Kind = KindReassign
		for i := range p.days {
			if p.days[i].is.Rep.ID == *call.Visit.RepID {
				in.Others = []choice{{Day: p.days[i].sheet(p), Call: p.days[i].is.task(call, p.Now, p.zones)}}
			}
		}
	}
	decision := in.decide()
	return &decision
}
