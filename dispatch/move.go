package dispatch

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
)

// Fate is what a wish does with a visit.
type Fate string

// The fates.
const (
	Give    Fate = "GIVE"   // to one rep's day
	Spread  Fate = "SPREAD" // to the day that suits it best by driving and load, and that keeps every window and the shift
	Defer   Fate = "DEFER"  // to the backlog of its rep; when it is due stays as it is
	Enqueue Fate = "QUEUE"  // to the queue, without a rep
	Stay    Fate = "STAY"
)

// Why visits that a batch moved wait in the queue.
const (
	RepAway     QueueReason = "REP_AWAY"    // their rep does not work that day
	NobodyFits  QueueReason = "NOBODY_FITS" // no rep could take them and keep windows and shift
	SlowedDown  QueueReason = "SLOWED_DOWN" // nobody keeps what was promised while driving is slow
	Unallocated QueueReason = "UNALLOCATED" // an undo took them from a rep who was not to have them
)

// Move is what is wished of one visit.
type Move struct {
	Call Call       // as it is
	Date hours.Date // the service day it is to be made on; ignored by Defer and Enqueue
	// Now is of work that is to be made on whichever service day counts for its rep now: which that is, by rep. One who is missing has
	// none. Nil: everybody makes it on Date.
	Now      map[uuid.UUID]hours.Date
	Fate     Fate
	To       uuid.UUID     // of Give
	Else     Fate          // what becomes of a visit to spread that fits nobody: Stay or Enqueue
	Why      QueueReason   // of Enqueue
	Promised *hours.Window // takes the place of what was promised; nil leaves that
	Due      *hours.Window // when it is owed from now on; nil leaves that
}

// On is the rep's service day that the visit is to be made on, if there is one.
func (m Move) On(rep uuid.UUID) (date hours.Date, works bool) {
	if m.Now == nil {
		return m.Date, true
	}
	date, works = m.Now[rep]
	return date, works
}

// MoveError says which of several moves was refused, and why.
type MoveError struct {
	At    int // in the wish's order, from 0
	Visit uuid.UUID
	Err   error
}

func (e MoveError) Error() string {
	return fmt.Sprintf("move %d, visit %s: %v", e.At+1, e.Visit, e.Err)
}

func (e MoveError) Unwrap() error { return e.Err }

// ErrNoMoves refuses a wish that names no visit.
var ErrNoMoves = errors.New("no visit is selected")

// Moved is what became of one visit.
type Moved struct {
	Before   Call
	After    Visit     // version one up where it Changed
	Decision *Decision // without an id: the caller gives one; nil where no rep was chosen
	Code     string    // why it was not given to anybody: NO_ROOM, CLOSED, …; empty where it was, or where nobody tried
}

// Changed says whether anything became of the visit.
func (m Moved) Changed() bool { return m.After.Version != m.Before.Visit.Version }

// MovedDay is what a wish did to one rep's day.
type MovedDay struct {
	Before RepDay // timed as of now
	After  RepDay // re-timed, route version one up
	Load   LoadChange
}

// PromiseTouched is a promise to a customer that a wish concerns: its visit moved, or is kept where it was not and the other way round.
type PromiseTouched struct {
	VisitID uuid.UUID
	Window  hours.Window
	Before  *time.Time // planned arrival; nil: on no route
	After   *time.Time
	Kept    bool // the arrival afterwards lies in the window
}

// Standing is where a visit stands, as far as an undo can put it back.
type Standing struct {
	State    State         `json:"state"`
	Reason   *QueueReason  `json:"reason,omitempty"`
	Rep      *uuid.UUID    `json:"rep,omitempty"`
	Date     *hours.Date   `json:"date,omitempty"`
	Pinned   bool          `json:"pinned,omitempty"`
	Promised *hours.Window `json:"promised,omitempty"`
	Due      hours.Window  `json:"due"`
}

func standingOf(v Visit) Standing {
	return Standing{
		State: v.State, Reason: v.QueueReason, Rep: v.RepID, Date: v.Date, Pinned: v.RepPinned, Promised: v.Promised,
		Due: hours.Window{From: v.DueFrom, To: v.DueTo},
	}
}

// same says whether nothing has happened to the visit between two standings. A pin alone is nothing.
func (s Standing) same(o Standing) bool {
	return s.State == o.State && equal(s.Rep, o.Rep) && equal(s.Date, o.Date) &&
		(s.Promised == nil) == (o.Promised == nil) &&
		(s.Promised == nil || s.Promised.From.Equal(o.Promised.From) && s.Promised.To.Equal(o.Promised.To))
}

func equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// stand is the visit put where a standing says, as its next version.
func (v Visit) stand(s Standing) Visit {
	if !equal(v.RepID, s.Rep) {
		v.Epoch++
	}
	v.State, v.QueueReason, v.RepID, v.Date, v.RepPinned, v.Promised = s.State, s.Reason, s.Rep, s.Date, s.Pinned, s.Promised
	v.DueFrom, v.DueTo = s.Due.From, s.Due.To
	v.Version++
	return v
}

// Trace is what a batch did, in as few words as an undo needs.
type Trace struct {
	Visits []VisitTrace `json:"visits,omitempty"`
	Days   []DayTrace   `json:"days,omitempty"`
}

// VisitTrace is what a batch did to a visit.
type VisitTrace struct {
	Visit  uuid.UUID `json:"visit"`
	Before Standing  `json:"before"`
	After  Standing  `json:"after"`
	Made   bool      `json:"made,omitempty"` // the batch made the visit: there is nothing before it, and an undo calls it off
}

// DayTrace is the order in which a day's visits stood before a batch.
type DayTrace struct {
	Rep   uuid.UUID   `json:"rep"`
	Date  hours.Date  `json:"date"`
	Order []uuid.UUID `json:"order"`
}

// TraceOfNew is the trace of a new visit; the day it joined, if any, is given as it was.
func TraceOfNew(visit Visit, joined ...RepDay) Trace {
	t := TraceOf(nil, joined...)
	t.Visits = []VisitTrace{{Visit: visit.ID, Before: standingOf(visit).calledOff(), After: standingOf(visit), Made: true}}
	return t
}

// calledOff is where a visit stands that is called off there.
func (s Standing) calledOff() Standing {
	s.State, s.Reason = Cancelled, nil
	return s
}

// TraceOf is the trace of visits moved between days; days are given as they were.
func TraceOf(moved []Moved, before ...RepDay) Trace {
	var t Trace
	for _, m := range moved {
		if m.Changed() {
			t.Visits = append(t.Visits, VisitTrace{Visit: m.After.ID, Before: standingOf(m.Before.Visit), After: standingOf(m.After)})
		}
	}
	for _, day := range before {
		t.Days = append(t.Days, DayTrace{day.Rep.ID, day.Route.Date, day.order()})
	}
	return t
}

// order is in which order the day's visits stand.
func (day RepDay) order() []uuid.UUID {
	order := []uuid.UUID{}
	for _, stop := range day.Route.Stops {
		if stop.VisitID != nil {
			order = append(order, *stop.VisitID)
		}
	}
	return order
}
