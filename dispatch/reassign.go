package dispatch

import "time"

// LoadChange is a rep's load before and after a change.
type LoadChange struct{ Before, After Load }

// Reassigned is everything that follows when a visit goes to a rep's day.
type Reassigned struct {
	Visit    Visit       // ASSIGNED, with the new rep and date, pinned to the rep
	From     *RepDay     // the day it left, re-timed, route version one up; nil where it was on no route
	To       RepDay      // the day it joined, re-timed, route version one up
	FromLoad *LoadChange // nil where From is
	ToLoad   LoadChange
	Notices  []Notice // whom to tell what
	Decision Decision // without an id: the caller gives one
}

// Reassign gives the visit to a rep's day: an assigned one from the day it is on, a queued or backlog one
// with from == nil. It refuses with ErrStale when the asker was looking at an older visit, ErrEnded and ErrBegun
// by the visit's state, ErrReason without a reason, and ErrSameRep, ErrOtherBranch, ErrAbsent, ErrOffShift by the
// rep. A full day is no obstacle to a person's wish: the decision says what it costs. The others are
// reps that might have taken it instead; the best of them is the decision's runner-up.
func Reassign(call Call, from *RepDay, to RepDay, seen Revision, reason string, now time.Time, others ...RepDay) (Reassigned, error) {
	return Reassigned{}, nil
}
