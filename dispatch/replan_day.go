package dispatch

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// restOfDay is a rep's day while it is planned anew.
type restOfDay struct {
	was  RepDay // timed as of now
	is   RepDay
	head int // stops from the first that stay as they are

	cost   float64 // minutes; see Outlook
	travel float64 // minutes
	late   int64   // seconds by which windows are broken
}

// frozen counts the stops that stay as they are: those begun, the one the rep is driving to, and those that begin within a time from now,
// with all before the last of them. A lunch that may be had at any time keeps nothing from being done before it. The route must be timed.
func (day RepDay) frozen(now time.Time, within time.Duration) int {
	flexible := map[uuid.UUID]bool{}
	for _, e := range day.Engagements {
		flexible[e.ID] = e.Flexible
	}
	begun, _ := split(day, day.calls(), now)
	head := len(begun)
	for i, s := range day.Route.Stops[head:] {
		soon := s.Arrival.Before(now.Add(within)) && (s.EngagementID == nil || !flexible[*s.EngagementID])
		if !s.Arrival.Add(-s.Travel).After(now) || soon {
			head = max(head, len(begun)+i+1)
		}
	}
	return head
}

// rest times a day and says what it costs.
func (p *replanning) rest(day RepDay) restOfDay { return restOfDay{}.becomes(day, p) }

// becomes is the rest of the day with another route, timed as Schedule does.
func (r restOfDay) becomes(day RepDay, p *replanning) restOfDay {
	s, begun := newSheet(day, p.Now, p.zones)
	t := newTimetable(s)
	order := t.settle(t.visits())
	timing := t.p.Time(order)
	r.is = day.timed(t, begun, order)
	w, ratio := day.weights(), t.load(order, timing).Ratio
	r.travel, r.late = minutes(timing.Travel), timing.Late
	r.cost = w.Travel*r.travel + w.Window*minutes(timing.Late) + w.Overtime*minutes(timing.Over) + w.Load*ratio*ratio
	for _, c := range day.Calls {
		if !c.Visit.State.Ended() && c.Owner != nil && *c.Owner != day.Rep.ID {
			r.cost += w.Territory
		}
	}
	return r
}

func (r restOfDay) without(v uuid.UUID, p *replanning) restOfDay {
	return r.becomes(r.is.without(v), p)
}

// tail are the visits that may move, in their order.
func (r restOfDay) tail() (visits []uuid.UUID) {
	for _, s := range r.is.Route.Stops[min(r.head, len(r.is.Route.Stops)):] {
		if s.VisitID != nil {
			visits = append(visits, *s.VisitID)
		}
	}
	return visits
}

// changes counts what people were told and would be told anew.
func (r *restOfDay) changes(waiting map[uuid.UUID]bool) (n int) {
	planned := map[uuid.UUID]time.Time{}
	for _, s := range r.was.Route.Stops {
		if s.VisitID != nil {
			planned[*s.VisitID] = s.Arrival
		}
	}
	for _, s := range r.is.Route.Stops {
		if s.VisitID == nil {
			continue
		}
		was, here := planned[*s.VisitID]
		delete(planned, *s.VisitID)
		switch {
		case !here && waiting[*s.VisitID], here && s.Arrival.Equal(was):
		case !here, drifted(s.Arrival, was), s.Told != nil && drifted(s.Arrival, *s.Told):
			n++
		}
	}
	return n + len(planned)
}

// sheet is the day in numbers with what is frozen folded into its beginning.
func (r restOfDay) sheet(p *replanning) sheet {
	s, begun := newSheet(r.is, p.Now, p.zones)
	calls := r.is.calls()
	for _, stop := range r.is.Route.Stops[len(begun):min(r.head, len(r.is.Route.Stops))] {
		s.Begun++
		s.Opens = max(s.Opens, ceil(stop.Departure))
		s.Rest += int64(stop.Travel / time.Second)
		if at := r.is.point(stop, calls); at != nil {
			s.Start, s.SlowStart, s.StartLand = at, r.is.slowness(at, p.Now), r.is.land(at)
		}
		this := func(t task) bool {
			return t.VisitID != nil && stop.VisitID != nil && *t.VisitID == *stop.VisitID ||
				t.EngagementID != nil && stop.EngagementID != nil && *t.EngagementID == *stop.EngagementID
		}
		for _, t := range s.Visits {
			if this(t) {
				s.Rest += t.Service
				s.UnderWay++
			}
		}
		s.Visits = slices.DeleteFunc(s.Visits, this)
		s.Engagements = slices.DeleteFunc(s.Engagements, this)
	}
	return s
}
