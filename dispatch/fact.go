package dispatch

import "time"

// Recorded is what follows from a fact. A fact is always recorded; whether it changes the visit is another matter.
type Recorded struct {
	Visit   Visit   // afterwards; version one up where Changed
	Changed bool    // the fact moved the visit
	Attempt Attempt // as given, with VisitID, Fact and Credited set
	Day     *RepDay // the given day, re-timed, route version one up; nil where no route changed
	Notices []Notice
}

// Arrive records that the rep stands before the door. The visit is then under way.
//
// For all four facts: day is the rep-day whose route the visit is on, nil where it is on none; the attempt comes
// with everything but VisitID, Fact and Credited. A fact on an ended visit, and one by a rep who is not
// responsible for it, is recorded and changes nothing, but for Complete.
func Arrive(call Call, day *RepDay, a Attempt, now time.Time) Recorded { return Recorded{} }

// Start records that the call itself began. The visit is under way.
func Start(call Call, day *RepDay, a Attempt, now time.Time) Recorded { return Recorded{} }

// Complete records that the call was made: the visit is done and the attempt credited. The first rep to finish it
// is credited, whoever is responsible: work that was done is done. A later one is recorded without credit.
func Complete(call Call, day *RepDay, a Attempt, now time.Time) Recorded { return Recorded{} }

// Fail records that the call could not be made: a closed shop. The visit is still owed: it goes back to the backlog
// of its rep, or to the queue where it has none, and leaves the route.
func Fail(call Call, day *RepDay, a Attempt, now time.Time) Recorded { return Recorded{} }
