package dispatch

import "time"

// CancelledVisit is what follows when a visit is called off.
type CancelledVisit struct {
	Visit   Visit   // CANCELLED
	Day     *RepDay // the day it left, re-timed, route version one up; nil where it was on no route
	Notices []Notice
}

// Cancel calls the visit off. It refuses with ErrStale when the asker was looking at an older visit, ErrEnded,
// ErrBegun while the rep is there, and ErrReason without a reason. Day is the rep-day it is on, nil for none.
func Cancel(call Call, day *RepDay, seen Revision, reason string, now time.Time) (CancelledVisit, error) {
	return CancelledVisit{}, nil
}
