package dispatch

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch/route"
)

// Weights says what a choice costs, in minutes of driving.
type Weights struct {
	Travel    float64 `json:"travel"`    // per minute of driving added
	Load      float64 `json:"load"`      // times the square of the load after: the fuller, the dearer
	Window    float64 `json:"window"`    // per minute later than a promise or closing time, added
	Overtime  float64 `json:"overtime"`  // per minute after the end of the shift, added
	Territory float64 `json:"territory"` // for a rep who is not responsible for the site
	NewRep    float64 `json:"newRep"`    // churn: another rep was told of the visit
	Moved     float64 `json:"moved"`     // churn: per stop moved beyond Tolerance from what was told
	Reserve   float64 `json:"reserve"`   // minutes to spare before a promise ends: using them up costs as much as being late
}

// StandardWeights are the weights of a branch without its own.
var StandardWeights = Weights{Travel: 1, Load: 30, Window: 2, Overtime: 2, Territory: 10, NewRep: 5, Moved: 2, Reserve: 30}

// weights are those of the day's branch.
func (day RepDay) weights() Weights {
	if day.Weights != nil {
		return *day.Weights
	}
	return StandardWeights
}

// closedLate is how late a call counts on a day its site does not open, in minutes.
const closedLate = 480

// The names of the terms of a score.
const (
	TravelTerm    = "travel"
	LoadTerm      = "load"
	WindowTerm    = "window"
	OvertimeTerm  = "overtime"
	TerritoryTerm = "territory"
	ChurnTerm     = "churn"
	ReserveTerm   = "reserve"
)

// Why a rep is no option. The first three are refusals of Reassign as well.
const (
	OffShift    = "OFF_SHIFT"
	Absent      = "ABSENT"
	OtherBranch = "OTHER_BRANCH"
	SameRep     = "SAME_REP"
	ShiftOver   = "SHIFT_OVER"
	LacksSkill  = "LACKS_SKILL"
	HasDeclined = "DECLINED"
)

// Options ranks the reps who could take the call, best first, each at the best place in its route, and says why
// the others could not. Overtime and lateness cost, but exclude nobody.
func Options(call Call, days []RepDay, now time.Time) ([]Option, []Refusal) {
	z := zones{}
	var options []Option
	var refusals []Refusal
	for _, day := range days {
		if code := refusal(call, day, now); code != "" {
			refusals = append(refusals, Refusal{RepID: day.Rep.ID, Code: code})
			continue
		}
		c, _ := newChoiceIn(z, call, day, now)
		options = append(options, newInput(call, day, now).place(c).option)
	}
	slices.SortStableFunc(options, byTotal)
	return options, refusals
}

func byTotal(a, b Option) int {
	return cmp.Or(cmp.Compare(a.Total, b.Total), slices.Compare(a.RepID[:], b.RepID[:]))
}

// refusal is the code why the rep is no option for the call; empty where it is one. What is about the rep's day comes
// before what is about the rep: people may disregard the latter.
func refusal(call Call, day RepDay, now time.Time) string {
	switch {
	case call.Visit.isOn(day):
		return SameRep
	case call.Visit.BranchID != day.Rep.BranchID:
		return OtherBranch
	case day.Absent:
		return Absent
	case day.Shift == nil:
		return OffShift
	case !now.Before(day.Shift.EndsAt):
		return ShiftOver
	case !day.Rep.Can(call.Visit.Needs):
		return LacksSkill
	case slices.Contains(call.DeclinedBy, day.Rep.ID):
		return HasDeclined
	}
	return ""
}

// isOn says whether the visit is planned for that rep on that day.
func (v Visit) isOn(day RepDay) bool {
	return v.RepID != nil && *v.RepID == day.Rep.ID && v.Date != nil && *v.Date == day.Route.Date
}

// choice is one rep's day with the call in question.
type choice struct {
	Day  sheet `json:"day"`
	Call task  `json:"call"`
}

func newChoice(call Call, day RepDay, now time.Time) (c choice, begun []Stop) {
	return newChoiceIn(zones{}, call, day, now)
}

// newChoiceIn is newChoice for one of many days: a location is looked up once for all of them.
func newChoiceIn(z zones, call Call, day RepDay, now time.Time) (c choice, begun []Stop) {
	c.Day, begun = newSheet(day, now, z)
	c.Call = day.task(call, now, z)
	return c, begun
}

// placed is a choice with the call at its best place.
type placed struct {
	option    Option
	timetable *timetable
	order     []int32
	detour    float64 // minutes of driving added
	service   float64 // minutes of the call itself
	fits      bool    // breaks no window and ends within the shift, or no later than without it
}

// ready is the rest of a rep's day, made ready for calls: all about a choice that is the same whichever call is in question.
type ready struct {
	t     *timetable
	order []int32 // as the day stands
	base  route.Timing
	moved int
}

func (s sheet) ready() *ready {
	t := newTimetable(s)
	r := &ready{t: t, order: t.settle(t.visits())}
	r.base = t.p.Time(r.order)
	r.moved = t.moved(r.order, r.base)
	return r
}

// place finds the best place of the call in the day and what it costs.
func (in input) place(c choice) placed { return in.placeIn(c.Day.ready(), c.Call) }

// placeIn is place in a day that is ready for calls.
func (in input) placeIn(r *ready, call task) placed {
	t, base := r.t.with(call), r.base
	node := int32(len(t.tasks) - 1)
	tightBefore := r.t.tight(r.order, base, in.Weights.Reserve)
	rest := [2]float64{in.Weights.Window * minutes(-base.Late), in.Weights.Overtime * minutes(-base.Over)}
	order := t.joinUnder(r.order, base, node, func(travel int64) float64 {
		return in.Weights.Travel*minutes(travel) + rest[0] + rest[1]
	}, func(order []int32, timing route.Timing) [2]float64 {
		late, over := minutes(timing.Late-base.Late), minutes(timing.Over-base.Over)
		price := in.Weights.Travel*minutes(timing.Travel) + in.Weights.Window*late + in.Weights.Overtime*over +
			in.Weights.Moved*float64(t.moved(order, timing)) + in.Weights.Window*t.tight(order, timing, in.Weights.Reserve)
		return [2]float64{price, float64(timing.Finish)}
	})
	if len(t.sheet.Engagements) > 0 { // the lunch may now lie better elsewhere
		order = t.settle(t.visitsOf(order))
	}
	after := t.p.Time(order)
	at := slices.Index(order, node)

	// A day whose lunch happens to fall better with the call than without owes the rep nothing.
	late, over := max(0, minutes(after.Late-base.Late)), max(0, minutes(after.Over-base.Over))
	if call.Closed {
		late += closedLate
	}
	ratio := t.load(order, after).Ratio
	terms := []Term{
		{TravelTerm, in.Weights.Travel * minutes(after.Travel-base.Travel)},
		{LoadTerm, in.Weights.Load * ratio * ratio},
		{WindowTerm, in.Weights.Window * late},
		{OvertimeTerm, in.Weights.Overtime * over},
		{TerritoryTerm, 0},
		{ChurnTerm, in.Weights.Moved * float64(max(0, t.moved(order, after)-r.moved))},
		{ReserveTerm, in.Weights.Window * max(0, t.tight(order, after, in.Weights.Reserve)-tightBefore)},
	}
	if in.OwnerID != nil && *in.OwnerID != t.sheet.RepID {
		terms[4].Minutes = in.Weights.Territory
	}
	if in.ToldRepID != nil && *in.ToldRepID != t.sheet.RepID {
		terms[5].Minutes += in.Weights.NewRep
	}
	option := Option{
		RepID:    t.sheet.RepID,
		Position: t.sheet.Begun + at + 1,
		Arrival:  moment(after.Arrival[at]),
		Terms:    terms,
	}
	for i := range terms {
		terms[i].Minutes = round(terms[i].Minutes)
		option.Total += terms[i].Minutes
	}
	option.Total = round(option.Total)
	return placed{
		option, t, order, minutes(after.Travel - base.Travel), minutes(call.Service), late <= 0 && over <= 0,
	}
}

// round keeps a thousandth of a minute: more is noise to a reader.
func round(minutes float64) float64 { return math.Round(minutes*1000)/1000 + 0 }

// input is what a decision is made from.
type input struct {
	Engine    string     `json:"engine"`
	Kind      string     `json:"kind"`
	Reason    string     `json:"reason,omitempty"`
	DecidedAt time.Time  `json:"decidedAt"`
	VisitID   uuid.UUID  `json:"visitId"`
	OwnerID   *uuid.UUID `json:"ownerId,omitempty"`
	ToldRepID *uuid.UUID `json:"toldRepId,omitempty"` // the rep who was told of the visit
	Weights   Weights    `json:"weights"`
	Chosen    choice     `json:"chosen"`
	Others    []choice   `json:"others,omitempty"`
	Refusals  []Refusal  `json:"refusals,omitempty"`
	Barred    []choice   `json:"barred,omitempty"` // of the refused, those whose day could be weighed
}

// newInput begins a decision about the call for a day of its branch, whose weights it takes.
func newInput(call Call, day RepDay, now time.Time) input {
	in := input{
		Engine:    EngineVersion,
		DecidedAt: now.Round(0).UTC(),
		VisitID:   call.Visit.ID,
		OwnerID:   call.Owner,
		Weights:   day.weights(),
	}
	if call.Visit.Date != nil {
		in.ToldRepID = call.Visit.RepID
	}
	return in
}
