package dispatch

import "time"

// CreatedVisit is a new visit and what follows from it.
type CreatedVisit struct {
	Visit    Visit     // version 1
	Day      *RepDay   // the day it joined, re-timed, route version one up; nil where it joined none
	Decision *Decision // without an id; nil where no rep's day was asked for
	Notices  []Notice
}

// Create makes a visit of what the caller has put into call.Visit (everything but state, date, epoch and version).
// With a day it is ASSIGNED and takes the best place in that route; it refuses then with ErrOtherBranch,
// ErrAbsent and ErrOffShift. Without, it is BACKLOG of Visit.RepID, or QUEUED where there is none: with
// Visit.QueueReason, by default NOT_LOCATED for a site without a place and CREATED else.
func Create(call Call, day *RepDay, now time.Time) (CreatedVisit, error) { return CreatedVisit{}, nil }
