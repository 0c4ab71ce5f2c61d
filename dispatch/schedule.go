package dispatch

import (
	"cmp"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// Schedule re-times the day's route in the order its stops have, from now on.
//
// Stops begun or ended stay first and keep their facts. The rest follows from where the rep is: driving by the
// day's travel, at the hour at which each way is driven where the day knows its traffic, waiting for opening hours and promised windows, service, and the way home to where the shift
// ends (without such a place, to where it began). Engagements still ahead are placed anew where they cost least, so a
// lunch moves and a meeting keeps its time. A window that can't be kept is not an obstacle here: the stop is late. A
// day without a shift, and one that is over, keeps the times it has. What people were told (Stop.Told) and the route's
// version are untouched.
func Schedule(day RepDay, now time.Time) RepDay {
	if day.Shift == nil || day.over(now) {
		return day.renumbered()
	}
	s, begun := newSheet(day, now, zones{})
	t := newTimetable(s)
	return day.timed(t, begun, t.settle(t.visits()))
}

// over says whether the day lies behind: work may go on past the shift's end, but not into the next day.
func (day RepDay) over(now time.Time) bool {
	zone := zones{}.of(day.Shift.TimeZone)
	return now.After(day.Shift.EndsAt) && hours.DateOf(now.In(zone)) > hours.DateOf(day.Shift.EndsAt.In(zone))
}

// renumbered is the day with positions from 1 and times as they are.
func (day RepDay) renumbered() RepDay {
	stops := make([]Stop, len(day.Route.Stops))
	for i, stop := range day.Route.Stops {
		stop.Position = i + 1
		stops[i] = stop
	}
	day.Route.Stops = stops
	return day
}

// timed is the day with the stops begun and then the order of the timetable's tasks.
func (day RepDay) timed(t *timetable, begun []Stop, order []int32) RepDay {
	timing := t.p.Time(order)
	told := map[uuid.UUID]*time.Time{}
	for _, stop := range day.Route.Stops {
		told[stop.subject()] = stop.Told
	}
	stops := make([]Stop, 0, len(begun)+len(order))
	stops = append(stops, begun...)
	for i, c := range order {
		stop := Stop{
			VisitID:      t.tasks[c].VisitID,
			EngagementID: t.tasks[c].EngagementID,
			Travel:       seconds(timing.Drive[i]),
			Arrival:      moment(timing.Arrival[i]),
			Departure:    moment(timing.Depart[i]),
		}
		if t.tasks[c].EngagementID != nil && t.tasks[c].Point == nil {
			stop.Arrival = stop.Departure.Add(-seconds(t.tasks[c].Service)) // nobody goes anywhere to wait for a lunch
		}
		stop.Told = told[stop.subject()]
		stops = append(stops, stop)
	}
	day.Route.RepID = day.Rep.ID
	day.Route.Stops = stops
	day = day.renumbered()

	calls := day.calls()
	var path []*geo.Point
	if len(begun) > 0 {
		path = append(path, cmp.Or(day.Shift.Start, day.Rep.Start))
	}
	day.Route.Travel = seconds(timing.Travel)
	for _, stop := range begun {
		day.Route.Travel += stop.Travel
		path = append(path, day.point(stop, calls))
	}
	path = append(path, t.sheet.Start)
	for _, c := range order {
		path = append(path, t.tasks[c].Point)
	}
	day.Route.Distance = day.length(append(path, t.sheet.End))
	return day
}

// length is the way along the points that are known.
func (day RepDay) length(path []*geo.Point) (all geo.Metres) {
	var at *geo.Point
	for _, p := range path {
		if p == nil {
			continue
		}
		if at != nil {
			all += day.road(*at, *p)
		}
		at = p
	}
	return all
}

// subject is the id of what the stop is for.
func (s Stop) subject() uuid.UUID {
	switch {
	case s.VisitID != nil:
		return *s.VisitID
	case s.EngagementID != nil:
		return *s.EngagementID
	}
	return uuid.Nil
}
