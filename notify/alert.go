package notify

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

// ErrNoAlert is returned for an alert that does not exist, and for another rep's: nobody learns that it exists.
var ErrNoAlert = errors.New("no such alert")

// State says how far an alert has come.
type State string

// The states of an alert.
const (
	Queued       State = "QUEUED"
	Sent         State = "SENT"
	Delivered    State = "DELIVERED"
	Seen         State = "SEEN"
	Acknowledged State = "ACKNOWLEDGED"
	Escalated    State = "ESCALATED"
	Superseded   State = "SUPERSEDED"
	Annulled     State = "ANNULLED"
	Expired      State = "EXPIRED"
)

// Kind names what an alert is about. The list grows.
type Kind string

// The kinds so far.
const (
	VisitsGained  Kind = "VISITS_GAINED"  // visits came to the rep
	VisitsLost    Kind = "VISITS_LOST"    // visits went to another rep
	VisitsChanged Kind = "VISITS_CHANGED" // visits of the rep were cancelled or moved in time
	DayPlanned    Kind = "DAY_PLANNED"    // the day's plan is ready
)

// Alert is something a rep must know; it lives until acknowledged. One per batch and rep, with an item
// for each visit: a storm is one alert of forty lines.
type Alert struct {
	ID             uuid.UUID  `db:"id"`
	RepID          uuid.UUID  `db:"rep_id"`
	BatchID        uuid.UUID  `db:"batch_id"`
	Kind           Kind       `db:"kind"`
	State          State      `db:"state"`
	Version        int        `db:"version"`
	CreatedAt      time.Time  `db:"created_at"`
	SentAt         *time.Time `db:"sent_at"`
	AcknowledgedAt *time.Time `db:"acknowledged_at"`
	Items          []Item     `db:"items"`
}

// Item is one visit of an alert, as it stood when the alert was made.
type Item struct {
	VisitID  uuid.UUID  `json:"visitId"`
	Site     string     `json:"site"`              // name of the site
	Arrival  *time.Time `json:"arrival,omitempty"` // planned
	TimeZone string     `json:"timeZone"`          // the site's; arrivals are told in it
	Reason   string     `json:"reason,omitempty"`  // code
	Moved    bool       `json:"moved,omitempty"`   // not what the alert is about: its time changed on account of that
}

// at is the arrival as the wall clock at the site shows it; nil where there is none. Without a known zone it keeps its own offset.
func (i Item) at() *time.Time {
	if i.Arrival == nil || i.TimeZone == "" {
		return i.Arrival
	}
	zone, err := time.LoadLocation(i.TimeZone)
	if err != nil {
		return i.Arrival
	}
	local := i.Arrival.In(zone)
	return &local
}
