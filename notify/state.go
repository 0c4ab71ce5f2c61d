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

// Move brings the alert into the state, and makes a new version of it. The state it is in already is no
// change. It refuses with ErrEnded what the alert's life does not allow any more.
func (a Alert) Move(to State) (Alert, error) {
	if a.State == to {
		return a, nil
	}
	if !slices.Contains(next[a.State], to) {
		return Alert{}, ErrEnded
	}
	a.State = to
	a.Version++
	return a, nil
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

// Acknowledge records that the rep has understood. Doing it twice keeps the first time.
// It refuses with ErrEnded when the alert was superseded, annulled or expired before.
func (a Alert) Acknowledge(at time.Time) (Alert, error) {
	acknowledged, err := a.Move(Acknowledged)
	if err != nil {
		return Alert{}, err
	}
	if acknowledged.AcknowledgedAt == nil {
		acknowledged.AcknowledgedAt = &at
	}
	return acknowledged, nil
}
