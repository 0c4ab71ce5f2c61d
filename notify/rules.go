package notify

import (
	"slices"
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// Hold is why no channel is asked for the time being.
type Hold string

// The holds. None of them holds what is urgent.
const (
	QuietHours Hold = "QUIET_HOURS" // the branch sleeps
	OffShift   Hold = "OFF_SHIFT"   // the rep is not at work
	AtVisit    Hold = "AT_VISIT"    // the rep is with a customer
	Digest     Hold = "DIGEST"      // low priority: goes out with others of its kind; not an offer, which would be over by then
)

// Rules are how reps are told, as their branch has set it and they themselves have chosen. The zero Rules tell at once, day and night:
// silence is only where somebody has asked for it.
type Rules struct {
	Channels       []string          `json:"channels"`       // transports in the order to ask them; those not named come after
	Patience       time.Duration     `json:"patience"`       // unacknowledged for so long: the next channel, at last the dispatcher; 0: DefaultPatience
	UrgentPatience time.Duration     `json:"urgentPatience"` // the same for what is urgent; 0: DefaultUrgentPatience
	QuietFrom      hours.TimeOfDay   `json:"quietFrom"`      // quiet hours, over midnight where from is later than to; equal: none
	QuietTo        hours.TimeOfDay   `json:"quietTo"`
	Digest         []hours.TimeOfDay `json:"digest"`     // when low priority goes out, ascending; none: at once
	ShiftOnly      bool              `json:"shiftOnly"`  // silence off shift, but for the last hour before it
	VisitQuiet     bool              `json:"visitQuiet"` // silence during a visit
}

// Waits where the rules name none, and others of the policy.
const (
	DefaultPatience       = 10 * time.Minute
	DefaultUrgentPatience = 3 * time.Minute
	SocketPatience        = 15 * time.Second // an open socket answers at once or not at all

	beforeShift = time.Hour
	lookAgain   = 30 * time.Second // for the end of a visit, which nobody knows in advance
	lookForWork = time.Hour        // for the next shift, where none is known
)

// Situation is what the rules ask about a rep.
type Situation struct {
	Now       time.Time
	Zone      *time.Location // of the rep's branch
	Shifts    []hours.Window // that are not over, in order
	Visiting  bool
	Reachable []string // transports the rep has a device of
}

// Step is what is to be done about an alert now. Its zero value is: nothing, and never again.
type Step struct {
	Ask  string    // transport to hand the alert to; "" for none
	Hold Hold      // why none is asked
	End  State     // Escalated or Expired; "" where the alert goes on
	Why  Reason    // of the end
	Due  time.Time // when to decide again; zero after the end
}

// Decide says what to do about an alert: ask a channel, wait, call the dispatcher in, or give the day up as over.
func (r Rules) Decide(a Alert, s Situation) Step {
	switch {
	case !a.State.Open():
		return Step{}
	case !s.Now.Before(a.ExpiresAt):
		return Step{End: Expired, Why: DayOver}
	}
	if hold, until := r.hold(a, s); hold != "" {
		return Step{Hold: hold, Due: earlier(until, a.ExpiresAt)}
	}
	if a.AskedAt != nil {
		if over := a.AskedAt.Add(r.patience(a)); s.Now.Before(over) {
			return Step{Due: earlier(over, a.ExpiresAt)}
		}
	}
	if channel := r.nextChannel(a, s); channel != "" {
		asked := a
		asked.Channels = append(slices.Clone(a.Channels), channel)
		return Step{Ask: channel, Due: earlier(s.Now.Add(r.patience(asked)), a.ExpiresAt)}
	}
	if a.Kind == VisitsOffered {
		return Step{Due: a.ExpiresAt} // nobody has to answer an offer
	}
	if a.AskedAt != nil || a.SentAt != nil {
		return Step{End: Escalated, Why: NotAcknowledged}
	}
	// Nobody carries it. The rep may still find it in the inbox.
	if over := a.CreatedAt.Add(r.patience(Alert{Priority: a.Priority})); s.Now.Before(over) {
		return Step{Due: earlier(over, a.ExpiresAt)}
	}
	return Step{End: Escalated, Why: NoChannel}
}

// Apply writes the step into the alert.
func (s Step) Apply(a Alert, now time.Time) (Alert, error) {
	if s.End != "" {
		return a.end(s.End, s.Why, now)
	}
	a.Hold, a.DueAt = s.Hold, nil
	if !s.Due.IsZero() {
		due := s.Due
		a.DueAt = &due
	}
	if s.Ask != "" {
		a.Channels, a.AskedAt = append(slices.Clone(a.Channels), s.Ask), &now
	}
	return a, nil
}

// PassedOver is the alert when the channel asked last can't carry it: the next is asked as soon as may be.
func (a Alert) PassedOver(now time.Time) Alert {
	if a.State.Open() {
		a.AskedAt, a.DueAt = nil, &now
	}
	return a
}

// hold says whether the rep is to be left in peace, and until when.
func (r Rules) hold(a Alert, s Situation) (Hold, time.Time) {
	if a.Priority == Urgent {
		return "", time.Time{}
	}
	if until, quiet := r.quietUntil(s); quiet {
		return QuietHours, until
	}
	if until, off := r.offUntil(s); off {
		return OffShift, until
	}
	if r.VisitQuiet && s.Visiting {
		return AtVisit, s.Now.Add(lookAgain)
	}
	if a.Priority == Low && a.Kind != VisitsOffered && len(r.Digest) > 0 && a.AskedAt == nil && len(a.Channels) == 0 {
		if until := r.digestAfter(a.CreatedAt, s.Zone); s.Now.Before(until) {
			return Digest, until
		}
	}
	return "", time.Time{}
}

func (r Rules) quietUntil(s Situation) (time.Time, bool) {
	atNight := func(shift hours.Window) bool {
		return shift.Contains(s.Now) && hours.DateOf(shift.From.In(s.Zone)) < hours.DateOf(shift.To.Add(-1).In(s.Zone))
	}
	if r.QuietFrom == r.QuietTo || slices.ContainsFunc(s.Shifts, atNight) { // who works past midnight is told at night
		return time.Time{}, false
	}
	today := hours.DateOf(s.Now.In(s.Zone))
	for _, day := range []hours.Date{today - 1, today} {
		from, to := day.At(r.QuietFrom, s.Zone), day.At(r.QuietTo, s.Zone)
		if r.QuietTo < r.QuietFrom {
			to = (day + 1).At(r.QuietTo, s.Zone)
		}
		if (hours.Window{From: from, To: to}).Contains(s.Now) {
			return to, true
		}
	}
	return time.Time{}, false
}

func (r Rules) offUntil(s Situation) (time.Time, bool) {
	if !r.ShiftOnly {
		return time.Time{}, false
	}
	for _, shift := range s.Shifts {
		from := shift.From.Add(-beforeShift)
		if (hours.Window{From: from, To: shift.To}).Contains(s.Now) {
			return time.Time{}, false
		}
		if from.After(s.Now) {
			return from, true
		}
	}
	return s.Now.Add(lookForWork), true
}

// digestAfter is the first digest after the moment.
func (r Rules) digestAfter(t time.Time, zone *time.Location) time.Time {
	for day := hours.DateOf(t.In(zone)); ; day++ {
		for _, at := range r.Digest {
			if due := day.At(at, zone); due.After(t) {
				return due
			}
		}
	}
}

func (r Rules) patience(a Alert) time.Duration {
	patience := r.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	if a.Priority == Urgent {
		if patience = r.UrgentPatience; patience == 0 {
			patience = DefaultUrgentPatience
		}
	}
	// A socket that did not take it is no longer waited for; one that did counts as any channel.
	if n := len(a.Channels); n > 0 && a.Channels[n-1] == Socket && a.DeliveredAt == nil {
		return min(patience, SocketPatience)
	}
	return patience
}

// nextChannel is the first that the rep can be reached by and that was not asked yet; "" for none.
func (r Rules) nextChannel(a Alert, s Situation) string {
	for _, channel := range r.Order(s.Reachable) {
		if !slices.Contains(a.Channels, channel) {
			return channel
		}
	}
	return ""
}

// Order is the transports of somebody's devices in the order they are asked, each once.
func (r Rules) Order(reachable []string) []string {
	order := []string{}
	for _, channel := range slices.Concat(r.Channels, Transports(), reachable) {
		if slices.Contains(reachable, channel) && !slices.Contains(order, channel) {
			order = append(order, channel)
		}
	}
	return order
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
