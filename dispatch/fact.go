package dispatch

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Recorded is what follows from a fact. A fact is always recorded; whether it changes the visit is another matter.
type Recorded struct {
	Visit   Visit   // afterwards; version one up where Changed
	Changed bool    // the fact moved the visit
	Attempt Attempt // as given, with VisitID, Fact and Credited set
	Day     *RepDay // the given day, re-timed, route version one up; nil where no route changed
	Notices []Notice
}

// Arrive records that the rep stands before the door. The visit is then under way.
//
// For all four facts: day is the rep-day whose route the visit is on. Where it is on none (a backlog visit made in
// passing), it is the day of the rep who did it, and the visit joins it; nil leaves every route alone. The attempt
// comes with everything but VisitID, Fact and Credited. A fact on an ended visit, and one by a rep who is not
// responsible for it, is recorded and changes nothing, but for Complete. When it happened is the phone's time
// corrected by its offset, though never later than now.
func Arrive(call Call, day *RepDay, a Attempt, now time.Time) Recorded {
	return begin(call, day, a.as(Arrived, call), now)
}

// Start records that the call itself began. The visit is under way.
func Start(call Call, day *RepDay, a Attempt, now time.Time) Recorded {
	return begin(call, day, a.as(Started, call), now)
}

func begin(call Call, day *RepDay, a Attempt, now time.Time) Recorded {
	out := Recorded{Visit: call.Visit, Attempt: a}
	if call.Visit.State.Ended() || !call.Visit.isOf(a.RepID) {
		return out
	}
	out.Attempt.Credited = true
	if call.Visit.State == UnderWay {
		return out
	}
	out.Changed = true
	out.Visit.State = UnderWay
	out.Visit.Version++
	if day == nil || day.Rep.ID != a.RepID {
		return out
	}
	at := a.Happened(now)
	next := day.joinedBy(&out.Visit, call).stamped(call.Visit.ID, func(stop *Stop) {
		stop.Arrival, stop.Departure = at, later(at.Add(call.Visit.Service), now)
	})
	out.Day = next.changed(now)
	return out
}

// Complete records that the call was made: the visit is done and the attempt credited. The first rep to finish it
// is credited, whoever is responsible: work that was done is done. A later one is recorded without credit.
func Complete(call Call, day *RepDay, a Attempt, now time.Time) Recorded {
	a = a.as(Completed, call)
	out := Recorded{Visit: call.Visit, Attempt: a}
	if call.Visit.State.Ended() {
		return out
	}
	out.Attempt.Credited, out.Changed = true, true
	out.Visit.State, out.Visit.QueueReason = Done, nil
	out.Visit.Version++
	if !call.Visit.isOf(a.RepID) {
		// Whoever was on the way there is spared it.
		if call.Visit.RepID != nil && call.Visit.Date != nil {
			out.Notices = []Notice{{RepID: *call.Visit.RepID, Kind: VisitsChanged, VisitID: call.Visit.ID, Told: day.told(call.Visit.ID)}}
		}
		if day != nil && day.has(call.Visit.ID) {
			out.Day = day.without(call.Visit.ID).changed(now)
		}
		return out
	}
	if day == nil || day.Rep.ID != a.RepID {
		return out
	}
	at := a.Happened(now)
	next := day.joinedBy(&out.Visit, call).stamped(call.Visit.ID, func(stop *Stop) {
		if call.Visit.State != UnderWay || stop.Arrival.After(at) {
			stop.Arrival = at.Add(-call.Visit.Service)
		}
		stop.Departure = at
	})
	out.Day = next.changed(now)
	return out
}

// Fail records that the call could not be made: a closed shop. The visit is still owed: it goes back to the backlog
// of its rep and leaves the route; a queued one stays in the queue.
func Fail(call Call, day *RepDay, a Attempt, now time.Time) Recorded {
	out := Recorded{Visit: call.Visit, Attempt: a.as(Failed, call)}
	if call.Visit.State.Ended() || !call.Visit.isOf(a.RepID) {
		return out
	}
	out.Attempt.Credited, out.Changed = true, true
	out.Visit.State, out.Visit.Date = Backlog, nil
	out.Visit.Version++
	if day == nil || !day.has(call.Visit.ID) {
		return out
	}
	next := day.without(call.Visit.ID)
	if call.Site.Point != nil {
		next.At = call.Site.Point // that is where the rep goes on from
	}
	out.Day = next.changed(now)
	return out
}

// Happened is when the fact happened: the phone's time corrected by its clock's offset. A time after now, or older
// than is believed of a date, is no time a visit could have had; the moment of recording stands for it.
func (a Attempt) Happened(now time.Time) time.Time {
	at := a.DeviceTime.Add(-a.Offset)
	if at.After(now) || now.Sub(at) > oldestBelieved {
		return now.Round(0).UTC()
	}
	return at.Round(0).UTC()
}

// as is the attempt as a fact about the call.
func (a Attempt) as(fact Fact, call Call) Attempt {
	a.Fact, a.VisitID, a.Credited = fact, call.Visit.ID, false
	return a
}

// isOf says whether the rep is responsible for the visit.
func (v Visit) isOf(rep uuid.UUID) bool { return v.RepID != nil && *v.RepID == rep }

// has says whether the visit has a stop in the day's route.
func (day RepDay) has(visit uuid.UUID) bool {
	return slices.ContainsFunc(day.Route.Stops, func(s Stop) bool { return s.VisitID != nil && *s.VisitID == visit })
}

// joinedBy is the day with the visit as it is now, and with a stop for it where there was none; the visit is then
// one of this date.
func (day RepDay) joinedBy(visit *Visit, call Call) RepDay {
	if !day.has(visit.ID) {
		date := day.Route.Date
		visit.Date = &date
		day.Route.Stops = append(slices.Clone(day.Route.Stops), Stop{VisitID: &visit.ID})
	}
	call.Visit = *visit
	return day.with(call)
}

// stamped is the day with facts written to the stop of a visit.
func (day RepDay) stamped(visit uuid.UUID, facts func(*Stop)) RepDay {
	day.Route.Stops = slices.Clone(day.Route.Stops)
	for i := range day.Route.Stops {
		if stop := &day.Route.Stops[i]; stop.VisitID != nil && *stop.VisitID == visit {
			facts(stop)
		}
	}
	return day
}

// changed is the day re-timed, as the next version of its route.
func (day RepDay) changed(now time.Time) *RepDay {
	day = Schedule(day, now)
	day.Route.Version++
	return &day
}
