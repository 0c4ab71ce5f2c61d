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
	visit := call.Visit
	switch {
	case visit.Version != seen:
		return CancelledVisit{}, ErrStale
	case visit.State.Ended():
		return CancelledVisit{}, ErrEnded
	case visit.State == UnderWay:
		return CancelledVisit{}, ErrBegun
	case reason == "":
		return CancelledVisit{}, ErrReason
	}
	visit.State, visit.QueueReason = Cancelled, nil
	visit.Version++
	out := CancelledVisit{Visit: visit}
	if visit.RepID != nil && visit.Date != nil {
		out.Notices = append(out.Notices, Notice{RepID: *visit.RepID, Kind: VisitsChanged, VisitID: visit.ID, Told: day.told(visit.ID)})
	}
	if day == nil || !day.has(visit.ID) {
		return out, nil
	}
	before := Schedule(*day, now)
	left, notices := before.without(visit.ID).changed(now).tell(before, now)
	out.Day, out.Notices = &left, append(out.Notices, notices...)
	return out, nil
}
