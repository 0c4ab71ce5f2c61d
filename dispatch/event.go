package dispatch

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// EventType names a kind of business fact. The catalogue is closed: no type carries a personal field.
type EventType string

// The catalogue.
const (
	VisitCreated       EventType = "visit.created"
	VisitPlanned       EventType = "visit.planned"
	VisitReassigned    EventType = "visit.reassigned"
	VisitCancelled     EventType = "visit.cancelled"
	VisitRestored      EventType = "visit.restored"     // called off before, owed again
	VisitAssigned      EventType = "visit.assigned"     // by the engine, from the queue
	VisitClaimed       EventType = "visit.claimed"      // by its rep, from the queue
	VisitReleased      EventType = "visit.released"     // by a dispatcher, back to where it waits
	VisitDeclined      EventType = "visit.declined"     // by its rep, back to the queue
	VisitRescheduled   EventType = "visit.rescheduled"  // to another day or promise, or off its day; the rep has it still
	VisitCarriedOver   EventType = "visit.carried_over" // its day went by; the rep owes it still
	AttemptArrived     EventType = "attempt.arrived"
	AttemptStarted     EventType = "attempt.started"
	AttemptCompleted   EventType = "attempt.completed"
	AttemptFailed      EventType = "attempt.failed"
	AlignmentPublished EventType = "alignment.published"
	SiteOwnerChanged   EventType = "site.owner_changed" // somebody answers for the site by name, or nobody does any more
)

// Event is a business fact as it was recorded, with the dimensions as of then. Figures are folds over events.
type Event struct {
	ID         uuid.UUID
	Type       EventType
	HappenedAt time.Time // by the clock-corrected device time, where a phone reports
	Date       hours.Date
	TimeZone   string
	Doubtful   bool
	Visit      *uuid.UUID
	Customer   *uuid.UUID
	Site       *uuid.UUID
	Performed  *uuid.UUID // rep who did it
	Owner      *uuid.UUID // rep responsible then
	TakenFrom  *uuid.UUID // rep responsible before
	Branch     *uuid.UUID
	Territory  *uuid.UUID
	Line       *uuid.UUID
	Segment    *string
	Code       string  // outcome or reason
	Amount     float64 // in the unit the type names; 0 for none
}

// How far a phone's clock may be from ours before the date it says is not believed.
const (
	oldestBelieved = 35 * 24 * time.Hour
	newestBelieved = 24 * time.Hour
)

// BusinessTime is when a reported fact counts: the device's time less its clock's offset, in the branch's zone. A time that
// can't be true (over 35 days old, or over a day ahead) counts at the time of recording and is doubtful.
func BusinessTime(device time.Time, offset time.Duration, recorded time.Time, zone *time.Location) (at time.Time, day hours.Date, doubtful bool) {
	at = device.Add(-offset)
	if age := recorded.Sub(at); age > oldestBelieved || age < -newestBelieved {
		return recorded, hours.DateOf(recorded.In(zone)), true
	}
	return at, hours.DateOf(at.In(zone)), false
}
