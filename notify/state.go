package notify

import (
	"errors"
	"slices"
	"time"
)

// ErrEnded refuses to move an alert whose life is over.
var ErrEnded = errors.New("alert has ended")

// next is the life of an alert. An alert can only be annulled while no channel has it; later a newer
// one supersedes it. An escalated alert is off our hands, but the rep may still acknowledge it.
var next = map[State][]State{
	Queued:    {Sent, Delivered, Seen, Acknowledged, Escalated, Superseded, Annulled, Expired},
	Sent:      {Delivered, Seen, Acknowledged, Escalated, Superseded, Expired},
	Delivered: {Seen, Acknowledged, Escalated, Superseded, Expired},
	Seen:      {Acknowledged, Escalated, Superseded, Expired},
	Escalated: {Acknowledged, Superseded},
}

// Next lists the states that may follow, in the order of an alert's life.
func (s State) Next() []State { return slices.Clone(next[s]) }

// Open says whether the rep still has to be told: whether a channel should be tried and nobody else
// has been called in.
func (s State) Open() bool {
	return s == Queued || s == Sent || s == Delivered || s == Seen
}

// Untouched says whether no channel can have the alert: what it tells can still be undone in silence.
func (a Alert) Untouched() bool { return a.State == Queued && a.TryingAt == nil }

// Move brings the alert into the state at a time, and makes a new version of it. The state it is in already is no
// change. It refuses with ErrEnded what the alert's life does not allow any more.
func (a Alert) Move(to State, at time.Time) (Alert, error) {
	if a.State == to {
		return a, nil
	}
	if !slices.Contains(next[a.State], to) || to == Annulled && !a.Untouched() {
		return Alert{}, ErrEnded
	}
	a.State = to
	a.Version++
	if mark := a.mark(to); *mark == nil {
		*mark = &at
	}
	if !to.Open() {
		a.DueAt, a.Hold = nil, ""
	}
	return a, nil
}

// mark is where the time of a state is kept.
func (a *Alert) mark(s State) **time.Time {
	switch s {
	case Sent:
		return &a.SentAt
	case Delivered:
		return &a.DeliveredAt
	case Seen:
		return &a.SeenAt
	case Acknowledged:
		return &a.AcknowledgedAt
	case Escalated:
		return &a.EscalatedAt
	}
	return &a.EndedAt
}

// end is Move for a state with a reason.
func (a Alert) end(to State, why Reason, at time.Time) (Alert, error) {
	ended, err := a.Move(to, at)
	if err == nil && ended.Version != a.Version {
		ended.Reason = why
	}
	return ended, err
}

// Handed records that a channel took the alert. The fact is never refused: an alert that was read or
// superseded while it travelled keeps its state and learns only the time.
func (a Alert) Handed(at time.Time) Alert {
	if a.SentAt != nil {
		return a
	}
	a.SentAt = &at
	a.Version++
	if a.State == Queued {
		a.State = Sent
	}
	return a
}

// Received records what a phone says of itself: that it has the alert (Delivered) or has shown it (Seen). Like Handed it is a fact:
// what comes late, or twice, changes nothing that is further on. A phone that has the alert was handed it, whatever way it came.
func (a Alert) Received(s State, at time.Time) Alert {
	before := a
	if a.SentAt == nil {
		a.SentAt = &at
	}
	for _, reached := range []State{Delivered, Seen} {
		if mark := a.mark(reached); *mark == nil {
			*mark = &at
		}
		if reached == s {
			break
		}
	}
	if slices.Contains(next[a.State], s) {
		a.State = s
	}
	if a.State != before.State || before.SentAt == nil || before.DeliveredAt == nil || s == Seen && before.SeenAt == nil {
		a.Version++
	}
	return a
}

// Acknowledge records that the rep has understood. Doing it twice keeps the first time.
// It refuses with ErrEnded when the alert was superseded, annulled or expired before.
func (a Alert) Acknowledge(at time.Time) (Alert, error) { return a.end(Acknowledged, Understood, at) }

// Again notes that somebody wants the alert sent once more: tries before that no longer count. It refuses with ErrEnded what has nobody
// to be told to any more.
func (a Alert) Again(at time.Time) (Alert, error) {
	if !a.State.Open() && a.State != Escalated {
		return Alert{}, ErrEnded
	}
	a.ResentAt = &at
	return a, nil
}
