package dispatch

import (
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
	NoShift      = "NO_SHIFT"      // the rep does not work that day
	ClosedAllDay = "CLOSED"        // the site is closed all through the shift, or too short a time open for the service
	OutOfWindow  = "OUT_OF_WINDOW" // what was promised and the site's hours or the shift share no time
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
	Day     RepDay  // ordered and timed, with the visits as they are afterwards; every arrival counts as told
	Placed  []Visit // candidates that got a place, in the order of the day: ASSIGNED, with rep and date
	Backlog []Visit // candidates that got none: BACKLOG of the rep
	Unfit   []Unfit // why, one per visit of Backlog, in the same order
	Load    Load
}

// Plan chooses from the candidates the visits of a rep's day and orders them. Promised visits come first, then
// the more overdue and the more important ones, as far as they lie on the way; what does not fit stays in
// the backlog of the rep. Visits of the day itself are never dropped. The same input gives the same plan.
func Plan(in PlanInput) DayPlan { return DayPlan{} }
