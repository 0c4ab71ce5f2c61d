package dispatch

import (
	"time"

	"github.com/google/uuid"
)

// PutBack is what follows when a visit goes back to where it waits.
type PutBack struct {
	Visit   Visit       // QUEUED or BACKLOG, on no day
	Day     *RepDay     // the day it left, re-timed, route version one up; nil where it was on no route
	Load    *LoadChange // nil where Day is
	Notices []Notice
}

// Release puts a visit back by a dispatcher's wish: into the queue, or into the backlog of its rep and, where it has
// none, of who is responsible for its site. The engine may give it to anybody then, but for what it was told about before: a pin goes
// with the rep. Day is the rep-day it is on, nil for none. It refuses with ErrStale, ErrEnded, ErrBegun, ErrReason, ErrThere where it
// waits in that place already, and ErrNoOwner where nobody could owe it.
func Release(call Call, day *RepDay, to State, seen Revision, reason string, now time.Time) (PutBack, error) {
	visit := call.Visit
	switch {
	case visit.Version != seen:
		return PutBack{}, ErrStale
	case visit.State.Ended():
		return PutBack{}, ErrEnded
	case visit.State == UnderWay:
		return PutBack{}, ErrBegun
	case reason == "":
		return PutBack{}, ErrReason
	case visit.State == to:
		return PutBack{}, ErrThere
	}
	after := visit.queued(Released)
	if to == Backlog {
		owner := visit.RepID
		if owner == nil {
			owner = call.Owner
		}
		if owner == nil {
			return PutBack{}, ErrNoOwner
		}
		after = visit.waitingFor(*owner)
	}
	return putBack(call, after, day, now), nil
}

// Decline gives a visit back to the queue by its rep's wish. Seen is the version the rep was looking at; nil is any. It refuses
// with ErrNotTheirs a visit that is not the rep's, ErrStale, ErrEnded, ErrBegun and ErrReason. Day is as in Release.
func Decline(call Call, day *RepDay, rep uuid.UUID, seen *Revision, reason string, now time.Time) (PutBack, error) {
	visit := call.Visit
	switch {
	case visit.State.Ended():
		return PutBack{}, ErrEnded
	case !visit.isOf(rep):
		return PutBack{}, ErrNotTheirs
	case seen != nil && visit.Version != *seen:
		return PutBack{}, ErrStale
	case visit.State == UnderWay:
		return PutBack{}, ErrBegun
	case reason == "":
		return PutBack{}, ErrReason
	}
	return putBack(call, visit.queued(Declined), day, now), nil
}

// Endanger puts a visit into the queue whose promised time its rep can't keep. Day is the rep-day it is on, nil for none.
func Endanger(call Call, day *RepDay, now time.Time) PutBack {
	return putBack(call, call.Visit.queued(Endangered), day, now)
}

// putBack takes the visit off its day and says who must hear of it.
func putBack(call Call, after Visit, day *RepDay, now time.Time) PutBack {
	visit := call.Visit
	out := PutBack{Visit: after}
	switch {
	case visit.RepID == nil && after.RepID != nil:
		out.Notices = append(out.Notices, Notice{RepID: *after.RepID, Kind: VisitsGained, VisitID: visit.ID})
	case after.RepID == nil:
		out.Notices = append(out.Notices, Notice{RepID: *visit.RepID, Kind: VisitsLost, VisitID: visit.ID, Told: day.told(visit.ID)})
	case visit.Date != nil:
		out.Notices = append(out.Notices, Notice{RepID: *visit.RepID, Kind: VisitsChanged, VisitID: visit.ID, Told: day.told(visit.ID)})
	}
	if day == nil || !day.has(visit.ID) {
		return out
	}
	before := Schedule(*day, now)
	left, notices := before.without(visit.ID).changed(now).tell(before, now)
	out.Day, out.Load = &left, &LoadChange{LoadOf(before, now), LoadOf(left, now)}
	out.Notices = append(out.Notices, notices...)
	return out
}
