package dispatch

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// sheet is the rest of a rep's day in numbers: where and when it begins, what is still to do. Moments are seconds
// since 1970. It holds ids and places but no names, for decisions keep it as their input.
type sheet struct {
	RepID       uuid.UUID  `json:"repId"`
	Opens       int64      `json:"opens"`
	Closes      int64      `json:"closes"` // end of the shift
	Start       *geo.Point `json:"start"`
	End         *geo.Point `json:"end"`
	SlowStart   float64    `json:"slowStart,omitempty"` // how many times as long driving takes there; 0: as long as ever
	SlowEnd     float64    `json:"slowEnd,omitempty"`
	Travel      geo.Travel `json:"travel"`
	Roads       geo.Roads  `json:"roads,omitempty"` // by kind of ground; none: Travel everywhere
	Pace        *geo.Pace  `json:"pace,omitempty"`  // by the hour; nil: even
	StartLand   geo.Land   `json:"startLand,omitempty"`
	EndLand     geo.Land   `json:"endLand,omitempty"`
	Available   int64      `json:"available"`   // seconds, from now on
	Begun       int        `json:"begun"`       // stops before the first of Visits
	Rest        int64      `json:"rest"`        // seconds of service left of the visit under way
	UnderWay    int        `json:"underWay"`    // visits under way
	Visits      []task     `json:"visits"`      // in order
	Engagements []task     `json:"engagements"` // in order of time, fixed ones first
}

// task is one thing still to do.
type task struct {
	VisitID      *uuid.UUID     `json:"visitId,omitempty"`
	EngagementID *uuid.UUID     `json:"engagementId,omitempty"`
	Point        *geo.Point     `json:"point"` // nil: wherever the rep is
	Service      int64          `json:"service"`
	Windows      []route.Window `json:"windows"` // in which it may begin; none: at any time
	Closed       bool           `json:"closed,omitempty"`
	Promised     bool           `json:"promised,omitempty"` // the windows lie within what was promised
	Told         *int64         `json:"told,omitempty"`     // the arrival people know of
	Slow         float64        `json:"slow,omitempty"`     // how many times as long driving takes there; 0: as long as ever
	Land         geo.Land       `json:"land,omitempty"`     // the kind of ground there, where there are roads by kind
}

// zones keeps the locations it has found, unknown ones too.
type zones map[string]*time.Location

func (z zones) of(names ...string) *time.Location {
	for _, name := range names {
		if name == "" {
			continue
		}
		zone, known := z[name]
		if !known {
			zone, _ = hours.LoadZone(name)
			z[name] = zone
		}
		if zone != nil {
			return zone
		}
	}
	return time.UTC
}

// newSheet reads a day that has a shift. Begun is the head of the route that keeps its facts.
func newSheet(day RepDay, now time.Time, z zones) (s sheet, begun []Stop) {
	return newSheetOf(day, day.calls(), func(c Call) starts { return day.starts(c, z) }, now, z)
}

// newSheetOf is newSheet where the day's calls are at hand, and when each may begin.
func newSheetOf(day RepDay, calls map[uuid.UUID]Call, startsOf func(Call) starts, now time.Time, z zones) (s sheet, begun []Stop) {
	shift := *day.Shift
	s = sheet{
		RepID:     day.Rep.ID,
		Opens:     max(ceil(now), ceil(shift.StartsAt)),
		Closes:    shift.EndsAt.Unix(),
		Start:     cmp.Or(shift.Start, day.Rep.Start),
		Travel:    day.travel(),
		Available: int64(roster.Available(shift, day.Engagements, now) / time.Second),
	}
	s.End = cmp.Or(shift.End, s.Start)
	s.Roads, s.Pace = day.traffic(z)

	begun, ahead := split(day, calls, now)
	s.Begun = len(begun)
	seen := map[uuid.UUID]bool{}
	for i, stop := range begun {
		if p := day.point(stop, calls); p != nil {
			s.Start = p
		}
		if stop.EngagementID != nil {
			seen[*stop.EngagementID] = true
			s.Opens = max(s.Opens, ceil(stop.Departure))
			continue
		}
		if call, ok := calls[*stop.VisitID]; ok && call.Visit.State == UnderWay {
			begun[i].Departure = later(stop.Arrival.Add(call.Visit.Service), now)
			left := ceil(begun[i].Departure)
			s.Rest += min(left-ceil(now), int64(call.Visit.Service/time.Second))
			s.UnderWay++
			s.Opens = max(s.Opens, left)
		}
	}
	if day.At != nil && s.UnderWay == 0 && now.After(shift.StartsAt) {
		s.Start = day.At
	}
	s.SlowStart, s.SlowEnd = day.slowness(s.Start, now), day.slowness(s.End, now)
	s.StartLand, s.EndLand = day.land(s.Start), day.land(s.End)
	for _, stop := range ahead {
		t := task{VisitID: stop.VisitID, Service: int64(stop.Departure.Sub(stop.Arrival) / time.Second)}
		if call, ok := calls[*stop.VisitID]; ok {
			t = day.taskOf(call, startsOf(call), now)
		}
		if stop.Told != nil {
			told := stop.Told.Unix()
			t.Told = &told
		}
		s.Visits = append(s.Visits, t)
	}
	s.Engagements = day.engagements(seen, now)
	for i, e := range s.Engagements {
		if e.Windows[0].Open < s.Opens && e.Windows[0].Open == e.Windows[0].Close {
			// A meeting that began before anyone noticed still ends when it ends.
			cut := min(e.Service, s.Opens-e.Windows[0].Open)
			s.Engagements[i].Service -= cut
			s.Engagements[i].Windows = []route.Window{{Open: s.Opens, Close: s.Opens}}
		}
	}
	return s, begun
}

// split parts the route's stops: those begun or ended, by when they were, and the visits still ahead. Engagements
// ahead are in neither, they are placed anew.
func split(day RepDay, calls map[uuid.UUID]Call, now time.Time) (begun, ahead []Stop) {
	begunVisit := func(id uuid.UUID) bool {
		call, ok := calls[id]
		return ok && (call.Visit.State == UnderWay || call.Visit.State.Ended())
	}
	open := false      // a visit before this stop is not done yet
	var done time.Time // when the last one before it was
	for _, stop := range day.Route.Stops {
		switch {
		case stop.VisitID == nil && stop.EngagementID == nil:
		case stop.VisitID == nil:
			// Nobody reports a lunch: it counts as taken once its time has come and all before it is done.
			e := day.engagement(*stop.EngagementID)
			if e == nil {
				continue // it was called off
			}
			began := later(stop.Arrival, stop.Departure.Add(-e.Span()))
			if began.Before(now) && (!e.Flexible || !open && !began.Before(done)) {
				begun = append(begun, stop)
			}
		case begunVisit(*stop.VisitID):
			begun = append(begun, stop)
			open = open || calls[*stop.VisitID].Visit.State == UnderWay
			done = later(done, stop.Departure)
		default:
			open = true
			ahead = append(ahead, stop)
		}
	}
	underWay := func(s Stop) int {
		if s.VisitID != nil && calls[*s.VisitID].Visit.State == UnderWay {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(begun, func(a, b Stop) int {
		return cmp.Or(cmp.Compare(underWay(a), underWay(b)), a.Arrival.Compare(b.Arrival))
	})
	return begun, ahead
}

// task is a visit of the day in numbers.
func (day RepDay) task(call Call, now time.Time, z zones) task {
	return day.taskOf(call, day.starts(call, z), now)
}

// starts is when a call may begin on the day.
func (day RepDay) starts(call Call, z zones) starts {
	return startsOf(call, day.Shift.Window(), z.of(call.Site.TimeZone, day.Shift.TimeZone))
}

// taskOf is task where it is known when the call may begin.
func (day RepDay) taskOf(call Call, s starts, now time.Time) task {
	return task{
		VisitID: &call.Visit.ID,
		Point:   call.Site.Point,
		Service: int64(max(0, call.Visit.Service) / time.Second),
		Windows: s.windows,
		Closed:  s.closed,

		Promised: call.Visit.Promised != nil,
		Slow:     day.slowness(call.Site.Point, now),
		Land:     day.land(call.Site.Point),
	}
}

// engagements are those still to come that touch the shift.
func (day RepDay) engagements(seen map[uuid.UUID]bool, now time.Time) []task {
	all := slices.Clone(day.Engagements)
	slices.SortStableFunc(all, func(a, b roster.Engagement) int {
		if a.Flexible != b.Flexible {
			if b.Flexible {
				return -1
			}
			return 1
		}
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	var tasks []task
	for _, e := range all {
		if seen[e.ID] || !e.EndsAt.After(now) || !e.EndsAt.After(day.Shift.StartsAt) || !e.StartsAt.Before(day.Shift.EndsAt) {
			continue
		}
		t := task{EngagementID: &e.ID, Point: e.Point, Slow: day.slowness(e.Point, now), Land: day.land(e.Point)}
		open := max(ceil(e.StartsAt), ceil(day.Shift.StartsAt))
		if e.Flexible {
			open = max(open, ceil(now))
			t.Service = max(0, min(int64(e.Length/time.Second), e.EndsAt.Unix()-open))
			t.Windows = []route.Window{{Open: open, Close: max(open, e.EndsAt.Unix()-t.Service)}}
		} else {
			end := min(e.EndsAt.Unix(), day.Shift.EndsAt.Unix())
			t.Service = max(0, end-open)
			t.Windows = []route.Window{{Open: open, Close: open}}
		}
		tasks = append(tasks, t)
	}
	return tasks
}

func (day RepDay) calls() map[uuid.UUID]Call {
	calls := make(map[uuid.UUID]Call, len(day.Calls))
	for _, c := range day.Calls {
		calls[c.Visit.ID] = c
	}
	return calls
}

// travel is the day's estimate of driving, a city's where none is set.
func (day RepDay) travel() geo.Travel {
	if day.Travel.Speed > 0 && day.Travel.Detour > 0 {
		return day.Travel
	}
	return geo.CityTravel
}

func (day RepDay) engagement(id uuid.UUID) *roster.Engagement {
	for i := range day.Engagements {
		if day.Engagements[i].ID == id {
			return &day.Engagements[i]
		}
	}
	return nil
}

// point is where a stop is; nil where nobody knows.
func (day RepDay) point(stop Stop, calls map[uuid.UUID]Call) *geo.Point {
	if stop.VisitID != nil {
		return calls[*stop.VisitID].Site.Point
	}
	if e := day.engagement(*stop.EngagementID); e != nil {
		return e.Point
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
