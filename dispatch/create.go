package dispatch

import "time"

// CreatedVisit is a new visit and what follows from it.
type CreatedVisit struct {
	Visit    Visit     // version 1
	Day      *RepDay   // the day it joined, re-timed, route version one up; nil where it joined none
	Decision *Decision // without an id; nil where no rep's day was asked for
	Load     *LoadChange
	Notices  []Notice
}

// Create makes a visit of what the caller has put into call.Visit (everything but state, date, epoch and version).
// With a day it is ASSIGNED, pinned to that rep, and takes the best place in the route; it refuses then with
// ErrOtherBranch, ErrAbsent and ErrOffShift. Without, it is BACKLOG of Visit.RepID, or QUEUED where there is none:
// with Visit.QueueReason, by default NOT_LOCATED for a site without a place and CREATED else. The others are weighed
// as in Reassign.
func Create(call Call, day *RepDay, now time.Time, others ...RepDay) (CreatedVisit, error) {
	visit := call.Visit
	visit.Epoch, visit.Version, visit.Date = 0, 0, nil
	if day != nil {
		visit.RepID = nil
		call.Visit = visit
		if err := admit(call, *day, now); err != nil {
			return CreatedVisit{}, err
		}
		in := newInput(call, *day, now)
		in.Kind = KindAssign
		visit = visit.givenTo(*day)
		to := join(in, call, visit, *day, now, others)
		arrival := to.decision.Chosen.Arrival
		gained := Notice{RepID: day.Rep.ID, Kind: VisitsGained, VisitID: visit.ID, Arrival: &arrival}
		return CreatedVisit{
			Visit: visit, Day: &to.day, Decision: &to.decision, Load: &to.load,
			Notices: append([]Notice{gained}, to.notices...),
		}, nil
	}
	visit.Version = 1
	if visit.RepID != nil {
		visit.State, visit.QueueReason, visit.Epoch = Backlog, nil, 1
		return CreatedVisit{Visit: visit}, nil
	}
	visit.State = Queued
	if visit.QueueReason == nil {
		reason := Created
		if call.Site.Point == nil {
			reason = NotLocated
		}
		visit.QueueReason = &reason
	}
	return CreatedVisit{Visit: visit}, nil
}
