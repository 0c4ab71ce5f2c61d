package notify

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
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
	VisitsOffered Kind = "OFFER"          // visits of the queue that the rep may take; nobody has to
)

// Reason is the code of why an alert left its rep's hands.
type Reason string

// The reasons.
const (
	Understood      Reason = "UNDERSTOOD"       // acknowledged: the rep said so
	Newer           Reason = "NEWER"            // superseded: a newer alert speaks of all its visits
	Undone          Reason = "UNDONE"           // annulled: what it told was undone before anybody was told
	DayOver         Reason = "DAY_OVER"         // expired: its day has passed, or the time of its offer
	NotAcknowledged Reason = "NOT_ACKNOWLEDGED" // escalated: every channel was tried, and the rep says nothing
	Withdrawn       Reason = "WITHDRAWN"        // annulled or expired: what it offered went to others
	NoChannel       Reason = "NO_CHANNEL"       // escalated: the rep has no device that a channel here reaches
)

// Alert is something a rep must know; it lives until acknowledged. One per batch and rep, with an item
// for each visit: a storm is one alert of forty lines.
type Alert struct {
	ID        uuid.UUID `db:"id"`
	RepID     uuid.UUID `db:"rep_id"`
	BatchID   uuid.UUID `db:"batch_id"`
	Seq       int       `db:"seq"` // its number in the rep's inbox, without gaps; given by the record
	Kind      Kind      `db:"kind"`
	Priority  Priority  `db:"priority"`
	State     State     `db:"state"`
	Version   int       `db:"version"`
	CreatedAt time.Time `db:"created_at"`
	ExpiresAt time.Time `db:"expires_at"` // when its day is over, or its offer

	// How far it has come, each with its time.
	SentAt         *time.Time `db:"sent_at"`
	DeliveredAt    *time.Time `db:"delivered_at"`
	SeenAt         *time.Time `db:"seen_at"`
	AcknowledgedAt *time.Time `db:"acknowledged_at"`
	EscalatedAt    *time.Time `db:"escalated_at"`
	EndedAt        *time.Time `db:"ended_at"`      // superseded, annulled or expired
	Reason         Reason     `db:"reason"`        // of the last of these; "" while nothing has ended it
	SupersededBy   *uuid.UUID `db:"superseded_by"` // the alert that speaks in its place

	// How it is being handed over; see Rules.
	TryingAt *time.Time `db:"trying_at"` // since when a channel may have it: from then on it can't be annulled
	Channels []string   `db:"channels"`  // asked so far, in order
	AskedAt  *time.Time `db:"asked_at"`  // when the last of them was
	Hold     Hold       `db:"hold"`      // why no channel is asked now
	DueAt    *time.Time `db:"due_at"`    // when the next step is to be decided; nil: no more
	ResentAt *time.Time `db:"resent_at"` // when somebody had it sent again: tries before that no longer count

	Items []Item `db:"items"`
}

// Item is one visit of an alert, as it stood when the alert was made.
type Item struct {
	VisitID  uuid.UUID  `json:"visitId"`
	Site     string     `json:"site"`              // name of the site
	Arrival  *time.Time `json:"arrival,omitempty"` // planned
	Told     *time.Time `json:"told,omitempty"`    // the arrival the rep knew of before
	TimeZone string     `json:"timeZone"`          // the site's; arrivals are told in it
	Reason   string     `json:"reason,omitempty"`  // code
	Moved    bool       `json:"moved,omitempty"`   // not what the alert is about: its time changed on account of that
	Heard    bool       `json:"heard,omitempty"`   // an older alert about the visit went out and was left unread
	Struck   bool       `json:"struck,omitempty"`  // a newer alert speaks of the visit, or what this tells was undone
}

// At is the arrival as the wall clock at the site shows it; nil where there is none. Without a known zone it keeps its own offset.
func (i Item) At() *time.Time {
	if i.Arrival == nil || i.TimeZone == "" {
		return i.Arrival
	}
	zone, err := hours.LoadZone(i.TimeZone)
	if err != nil {
		return i.Arrival
	}
	local := i.Arrival.In(zone)
	return &local
}

// Live is what the alert still tells: the items that are not struck; all of them once it has ended.
func (a Alert) Live() []Item {
	var live []Item
	for _, item := range a.Items {
		if !item.Struck {
			live = append(live, item)
		}
	}
	if live == nil {
		return a.Items
	}
	return live
}
