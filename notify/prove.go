package notify

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// What the promise about alerts can be broken by.
const (
	NoAlert         = "NO_ALERT"          // a committed change told an affected rep nothing
	Silent          = "SILENT"            // the rep was told, but not of this visit
	Untold          = "UNTOLD"            // a time counts as told that no alert named
	TwoAlerts       = "TWO_ALERTS"        // one batch told one rep twice
	Unnumbered      = "UNNUMBERED"        // a number of the inbox is missing
	NotHanded       = "NOT_HANDED"        // a channel was asked, and nobody ever tried it
	Abandoned       = "ABANDONED"         // the alert is open, and nobody will take the next step
	AnnulledButSent = "ANNULLED_BUT_SENT" // it was annulled, and a channel may have it
	SentAfterEnd    = "SENT_AFTER_END"    // it was tried after the rep had acknowledged it, or it had ended
	HandedTwice     = "HANDED_TWICE"      // a device was handed it again after its provider had taken it
	NoTime          = "NO_TIME"           // a state was reached, and nobody knows when
	NoReason        = "NO_REASON"         // it ended, and nobody knows why
	NoSuccessor     = "NO_SUCCESSOR"      // it was superseded by no alert that there is
)

// Graces of Prove: what is under way is no breach.
const (
	stepGrace = 2 * time.Minute  // between the time of a step and the step
	tryGrace  = 30 * time.Second // a try under way when its alert ends; a worker's job takes no longer
)

// Evidence is what the record holds of the alerts of a time.
type Evidence struct {
	Cases   []Case
	Inboxes []Inbox
	Times   []ToldTime
}

// Case is a committed change as it concerns one rep.
type Case struct {
	Batch  uuid.UUID
	Rep    uuid.UUID
	At     time.Time
	Owed   []uuid.UUID // visits that came to the rep, went, or were planned or called off: the rep must be told of each
	Alerts []History
}

// ToldTime is an arrival that counts as told to a rep and differs from what the rep's newest alert about the visit says.
type ToldTime struct {
	Rep   uuid.UUID  `db:"rep"`
	Visit uuid.UUID  `db:"visit"`
	Told  time.Time  `db:"told"`
	Said  *time.Time `db:"said"`   // when that alert was made; nil where none is about the visit
	Own   *time.Time `db:"own_at"` // when the rep last changed the day in person, which nobody is told of; nil for never
}

// History is an alert with everything that was tried.
type History struct {
	Alert
	Tries []Try
}

// Try is one try to hand an alert to a device.
type Try struct {
	Device  uuid.UUID `json:"device"`
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"` // SENT, AGAIN, RETRY, PASSED, FORGOTTEN, DEAD, CONFIRMED
}

// Inbox is how many alerts a rep has, with those the record has forgotten for their age, and the last number given.
type Inbox struct {
	Rep         uuid.UUID `db:"rep"`
	Count, Last int
}

// Breach is a promise broken.
type Breach struct {
	Code  string
	Rep   uuid.UUID
	Batch uuid.UUID // uuid.Nil where it is about the inbox as a whole
	Alert uuid.UUID // uuid.Nil where there is none
	Visit uuid.UUID // uuid.Nil where it is about all of them
	At    time.Time // of the change
}

// Prove holds the record against what is promised of alerts, as of now: every committed change gives each affected rep one alert that names
// every visit concerned, which is handed to a channel unless it was annulled before, and ends with a reason; and no arrival counts as told that
// no alert named. It returns every breach, by time.
func Prove(e Evidence, now time.Time) []Breach {
	var found []Breach
	for _, c := range e.Cases {
		found = append(found, c.breaches(now)...)
	}
	for _, t := range e.Times {
		if t.Own == nil || t.Said != nil && t.Own.Before(*t.Said) {
			found = append(found, Breach{Code: Untold, Rep: t.Rep, Visit: t.Visit, At: t.Told})
		}
	}
	for _, i := range e.Inboxes {
		if i.Count != i.Last {
			found = append(found, Breach{Code: Unnumbered, Rep: i.Rep})
		}
	}
	slices.SortStableFunc(found, func(a, b Breach) int { return a.At.Compare(b.At) })
	return found
}

// breaches says what is wrong with how one rep was told of one change.
func (c Case) breaches(now time.Time) (found []Breach) {
	breach := func(code string, alert, visit uuid.UUID) {
		found = append(found, Breach{Code: code, Rep: c.Rep, Batch: c.Batch, Alert: alert, Visit: visit, At: c.At})
	}
	switch {
	case len(c.Alerts) == 0 && len(c.Owed) > 0:
		breach(NoAlert, uuid.Nil, uuid.Nil)
		return found
	case len(c.Alerts) > 1:
		breach(TwoAlerts, c.Alerts[1].ID, uuid.Nil)
	}
	named := map[uuid.UUID]bool{}
	for _, h := range c.Alerts {
		for _, item := range h.Items {
			named[item.VisitID] = true
		}
	}
	for _, visit := range c.Owed {
		if !named[visit] {
			breach(Silent, c.Alerts[0].ID, visit)
		}
	}
	for _, h := range c.Alerts {
		for _, code := range h.breaches(now) {
			breach(code, h.ID, uuid.Nil)
		}
	}
	return found
}

// breaches says what is wrong with one alert's life.
func (h History) breaches(now time.Time) (codes []string) {
	if h.abandoned(now) {
		codes = append(codes, Abandoned)
	}
	if h.forgotten(now) {
		codes = append(codes, NotHanded)
	}
	if h.State == Annulled && h.handed() {
		codes = append(codes, AnnulledButSent)
	}
	if h.triedAfterEnd() {
		codes = append(codes, SentAfterEnd)
	}
	if h.handedTwice() {
		codes = append(codes, HandedTwice)
	}
	if h.State != Queued && *h.Alert.mark(h.State) == nil {
		codes = append(codes, NoTime)
	}
	if !h.State.Open() && h.Reason == "" {
		codes = append(codes, NoReason)
	}
	if h.State == Superseded && h.SupersededBy == nil {
		codes = append(codes, NoSuccessor)
	}
	return codes
}

// forgotten says whether a channel was asked to carry the alert, nobody tried, and nothing came between: no newer alert, no word of the rep, and
// no undoing before it went out.
func (h History) forgotten(now time.Time) bool {
	return h.AskedAt != nil && now.Sub(*h.AskedAt) > stepGrace && len(h.Tries) == 0 &&
		h.State != Superseded && h.State != Acknowledged && h.State != Annulled
}

func (h History) abandoned(now time.Time) bool {
	return h.State.Open() && (h.DueAt == nil || now.Sub(*h.DueAt) > stepGrace)
}

// handed says whether a channel may have the alert. A page that read the inbox the moment before and confirms that is none.
func (h History) handed() bool {
	return h.TryingAt != nil || h.SentAt != nil && (h.EndedAt == nil || h.SentAt.Before(*h.EndedAt)) ||
		slices.ContainsFunc(h.Tries, func(t Try) bool { return t.Outcome != "CONFIRMED" })
}

// triedAfterEnd looks for a push after the rep had said: understood, or after the alert had ended. What somebody asked to be sent again may be.
func (h History) triedAfterEnd() bool {
	end := h.EndedAt
	if h.AcknowledgedAt != nil {
		end = h.AcknowledgedAt
	}
	return end != nil && slices.ContainsFunc(h.Tries, func(t Try) bool {
		return t.Outcome != "CONFIRMED" && t.At.Sub(*end) > tryGrace && (h.ResentAt == nil || t.At.Before(*h.ResentAt))
	})
}

// handedTwice looks for a try of a device whose provider had taken the push.
func (h History) handedTwice() bool {
	for _, taken := range h.Tries {
		if taken.Outcome == "AGAIN" {
			return true
		}
		if taken.Outcome == "SENT" && slices.ContainsFunc(h.Tries, func(t Try) bool {
			return t.Device == taken.Device && t.Outcome != "CONFIRMED" && t.At.After(taken.At)
		}) {
			return true
		}
	}
	return false
}
