package dispatch

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
)

// IdleRep is a rep on shift who has nothing to do for a while.
type IdleRep struct {
	RepID uuid.UUID
	Since time.Time // now
	Until time.Time // when it is time to go to the next thing, or the shift ends
	Offer *Offer    // of the queue, the nearest that the day has room for; nil: none is within reach
}

// LateVisit is a visit that its rep will begin after it may begin.
type LateVisit struct {
	Visit   Visit
	Arrival time.Time
	Latest  time.Time // the last moment at which it could begin
	Next    int       // visits of the rep's day after it that are late too
}

// Late is by how much.
func (l LateVisit) Late() time.Duration { return l.Arrival.Sub(l.Latest) }

// RiskyVisit is a visit whose promise is likely to break.
type RiskyVisit struct {
	Visit   Visit
	Arrival time.Time // planned
	Latest  time.Time // the last moment at which it could begin
	Chance  float64   // that it breaks, 0 to 1
	Cost    float64   // what that is worth, in points of priority: a promise counts as much as in Score
}

// Idle says whether the rep is on shift and has nothing to do for at least so long, and what of the queue is within reach then. Who would only
// drive off early to wait at a door is free until it is time to go.
func Idle(day RepDay, queue []Call, least time.Duration, now time.Time) (IdleRep, bool) {
	if day.Shift == nil || day.Absent || now.Before(day.Shift.StartsAt) || !now.Before(day.Shift.EndsAt) {
		return IdleRep{}, false
	}
	s, _ := newSheet(day, now, zones{})
	if s.UnderWay > 0 || s.Opens > ceil(now) {
		return IdleRep{}, false // at a customer's, or kept by something else
	}
	t := newTimetable(s)
	order := t.settle(t.visits())
	idle := IdleRep{RepID: day.Rep.ID, Since: now, Until: day.Shift.EndsAt}
	if len(order) > 0 {
		timing := t.p.Time(order)
		first := t.p.Nodes[order[0]]
		idle.Until = moment(t.p.Leave(t.p.Start, first.Place, timing.Depart[0]-first.Service))
	}
	if idle.Until.Sub(idle.Since) < least {
		return IdleRep{}, false
	}
	if offers := Offers(day, queue, now, 1); len(offers) > 0 {
		idle.Offer = &offers[0]
	}
	return idle, true
}

// Late lists the visits ahead that begin after they may, in the order of the day.
func Late(day RepDay, now time.Time) (late []LateVisit) {
	for _, w := range day.windowsAhead(now) {
		if w.slack < 0 {
			late = append(late, LateVisit{Visit: w.call.Visit, Arrival: w.begins, Latest: w.latest})
		}
	}
	for i := range late {
		late[i].Next = len(late) - i - 1
	}
	return late
}

// How far a day strays from its plan: the standard deviation of an hour of service and of an hour of driving, in minutes. Those of stops
// one after another add up as their squares do.
const (
	serviceStray = 18
	drivingStray = 15
)

// AtRisk lists the visits ahead whose promises are likely to break: those that stand a chance of at least one in ten, late ones included. The
// arrival strays around the plan as the sum of what comes before it does, taken as normal.
func AtRisk(day RepDay, now time.Time) (risky []RiskyVisit) {
	for _, w := range day.windowsAhead(now) {
		if w.call.Visit.Promised == nil {
			continue
		}
		chance := 1.0
		if w.stray > 0 {
			chance = 0.5 * math.Erfc(w.slack.Minutes()/(w.stray*math.Sqrt2))
		} else if w.slack >= 0 {
			chance = 0
		}
		if chance = math.Round(chance*1000) / 1000; chance < leastChance {
			continue
		}
		risky = append(risky, RiskyVisit{
			Visit: w.call.Visit, Arrival: w.begins, Latest: w.latest, Chance: chance,
			Cost: round(chance * float64(scorePromise+w.call.Visit.Priority)),
		})
	}
	return risky
}

const leastChance = 0.1

// ahead is a visit ahead that may not begin at any time.
type ahead struct {
	call           Call
	begins, latest time.Time
	slack          time.Duration // until the last moment at which it may begin; negative: late
	stray          float64       // standard deviation of when it begins, minutes
}

// windowsAhead reads the rest of the day: when each visit begins that has windows, and by when it must.
func (day RepDay) windowsAhead(now time.Time) (list []ahead) {
	if day.Shift == nil || day.over(now) {
		return nil
	}
	s, _ := newSheet(day, now, zones{})
	t := newTimetable(s)
	order := t.settle(t.visits())
	timing := t.p.Time(order)
	calls := day.calls()
	variance := minutes(s.Rest) / 60 * serviceStray * serviceStray
	for i, c := range order {
		task := t.tasks[c]
		variance += minutes(timing.Drive[i]) / 60 * drivingStray * drivingStray
		if task.VisitID != nil && len(task.Windows) > 0 {
			latest := task.Windows[len(task.Windows)-1].Close
			begins := timing.Depart[i] - task.Service
			list = append(list, ahead{
				call: calls[*task.VisitID], begins: moment(begins), latest: moment(latest),
				slack: seconds(latest - timing.Arrival[i]), stray: math.Sqrt(variance),
			})
		}
		if task.VisitID != nil {
			variance += minutes(task.Service) / 60 * serviceStray * serviceStray
		}
	}
	return list
}

// Watch is what a dispatcher should look at: who has nothing to do, what is late, and what is at risk. Lists are as long as asked for.
type Watch struct {
	Idle   []IdleRep    // the longest first
	Late   []LateVisit  // the latest first
	AtRisk []RiskyVisit // the dearest first
}

// Look goes through the days of a branch.
func Look(days []RepDay, queue []Call, least time.Duration, now time.Time, most int) Watch {
	var w Watch
	for _, day := range days {
		if idle, is := Idle(day, queue, least, now); is {
			w.Idle = append(w.Idle, idle)
		}
		w.Late = append(w.Late, Late(day, now)...)
		w.AtRisk = append(w.AtRisk, AtRisk(day, now)...)
	}
	slices.SortFunc(w.Idle, func(a, b IdleRep) int {
		return cmp.Or(cmp.Compare(b.Until.Sub(b.Since), a.Until.Sub(a.Since)), slices.Compare(a.RepID[:], b.RepID[:]))
	})
	slices.SortFunc(w.Late, func(a, b LateVisit) int {
		return cmp.Or(cmp.Compare(b.Late(), a.Late()), slices.Compare(a.Visit.ID[:], b.Visit.ID[:]))
	})
	slices.SortFunc(w.AtRisk, func(a, b RiskyVisit) int {
		return cmp.Or(cmp.Compare(b.Cost, a.Cost), slices.Compare(a.Visit.ID[:], b.Visit.ID[:]))
	})
	w.Idle, w.Late, w.AtRisk = w.Idle[:min(most, len(w.Idle))], w.Late[:min(most, len(w.Late))], w.AtRisk[:min(most, len(w.AtRisk))]
	return w
}

// WeekLoad is the load of several days of one rep, by the same formula as of one: what is to do in all, over all the time there is.
func WeekLoad(days []RepDay, now time.Time) Load {
	var sum Load
	var service, travel, available time.Duration
	for _, day := range days {
		load := LoadOf(day, now)
		service += minutesOf(load.ServiceMinutes)
		travel += minutesOf(load.TravelMinutes)
		available += minutesOf(load.AvailableMinutes)
		sum.Visits += load.Visits
	}
	return newLoad(service, travel, available, sum.Visits)
}

func minutesOf(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
