package dispatch

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// Stop is a visit's or an engagement's place in a route.
type Stop struct {
	Position     int           `db:"position"` // from 1
	VisitID      *uuid.UUID    `db:"visit_id"`
	EngagementID *uuid.UUID    `db:"engagement_id"`
	Travel       time.Duration `db:"travel"` // driving to this stop
	Arrival      time.Time     `db:"arrival"`
	Departure    time.Time     `db:"departure"` // later than arrival + service where the rep waits for opening
	Told         *time.Time    `db:"told"`      // the arrival people were last told; plans move, what was told moves by an alert
}

// Route is a rep's day in order.
type Route struct {
	ID       uuid.UUID     `db:"id"`
	RepID    uuid.UUID     `db:"rep_id"`
	Date     hours.Date    `db:"date"`
	Version  int           `db:"version"`
	Stops    []Stop        `db:"-"`
	Travel   time.Duration `db:"travel"`   // all driving, the way home included
	Distance geo.Metres    `db:"distance"` // all driving, the way home included
}

// PositionFresh is how old a phone's position may be to say where the rep is now.
const PositionFresh = 30 * time.Minute

// RepDay is everything about one rep's day that a decision rests on.
type RepDay struct {
	Rep         roster.Rep
	Shift       *roster.Shift // nil: does not work that day
	Absent      bool
	Engagements []roster.Engagement
	Route       Route
	Calls       []Call // every visit of the route, in any order
	Travel      geo.Travel
	Traffic     *geo.Traffic // how driving depends on place and hour; nil: it goes by Travel
	Slow        []Slowdown   // where and when driving takes longer
	Weights     *Weights     // the branch's; nil: StandardWeights
	At          *geo.Point   // where the rep was last seen; nil: the start of the shift
}

// Load says how loaded a rep is on a day. People, engine and reports see the same number.
type Load struct {
	Ratio            float64 // (service + travel still to do) ÷ available
	ServiceMinutes   float64
	TravelMinutes    float64
	AvailableMinutes float64
	Visits           int // still to do
}
