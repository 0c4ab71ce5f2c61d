package dispatch

import (
	"time"

	"github.com/google/uuid"
)

// KindClaim is the kind of a decision by which a rep took a visit from the queue.
const KindClaim = "CLAIM"

// Given is everything that follows when a visit that waits gets a rep and a day.
type Given struct {
	Visit    Visit      // ASSIGNED, with the rep and the date
	Day      RepDay     // with the visit, re-timed, route version one up
	Load     LoadChange // of the day
	Notices  []Notice
	Decision Decision // without an id: the caller gives one
}

// Claim gives a queued visit to the rep who asks for it, pinned: it is a person's choice. Seen is the version the rep
// was looking at; nil is any. It refuses with ErrSameRep what the rep has already, ErrEnded, ErrTaken what is not in the queue any
// more, ErrStale, ErrOtherBranch, ErrAbsent, ErrOffShift, ErrShiftOver, and ErrSkills. A full day is no obstacle: the decision says what
// it costs. The others are weighed as in Reassign.
func Claim(call Call, day RepDay, seen *Revision, now time.Time, others ...RepDay) (Given, error) {
	visit := call.Visit
	switch {
	case visit.State.Ended():
		return Given{}, ErrEnded
	case visit.isOf(day.Rep.ID):
		return Given{}, ErrSameRep
	case visit.State != Queued:
		return Given{}, ErrTaken
	case seen != nil && visit.Version != *seen:
		return Given{}, ErrStale
	}
	if err := admit(call, day, now); err != nil {
		return Given{}, err
	}
	switch {
	case !now.Before(day.Shift.EndsAt):
		return Given{}, ErrShiftOver
	case !day.Rep.Can(visit.Needs):
		return Given{}, ErrSkills
	}
	return give(KindClaim, call, visit.givenTo(day), day, now, others), nil
}

// give puts the visit, as it is afterwards, into the day. Refused are reps that were no choice, besides those that Options would refuse.
func give(kind string, call Call, after Visit, day RepDay, now time.Time, others []RepDay, refused ...Refusal) Given {
	in := newInput(call, day, now)
	in.Kind, in.Refusals = kind, refused
	taken := join(in, call, after, day, now, others)
	arrival := taken.decision.Chosen.Arrival
	gained := Notice{RepID: day.Rep.ID, Kind: VisitsGained, VisitID: after.ID, Arrival: &arrival}
	return Given{
		Visit: after, Day: taken.day, Load: taken.load, Decision: taken.decision, Notices: append([]Notice{gained}, taken.notices...),
	}
}

// queued is the visit once it waits for a rep.
func (v Visit) queued(why QueueReason) Visit {
	v.State, v.QueueReason = Queued, &why
	v.RepID, v.Date, v.RepPinned = nil, nil, false
	v.Epoch++
	v.Version++
	return v
}

// waitingFor is the visit once its rep owes it on no particular day.
func (v Visit) waitingFor(rep uuid.UUID) Visit {
	if !v.isOf(rep) {
		v.Epoch++
		v.RepPinned = false
	}
	v.State, v.QueueReason = Backlog, nil
	v.RepID, v.Date = &rep, nil
	v.Version++
	return v
}
