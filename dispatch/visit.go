package dispatch

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/hours"
)

// State says where a visit stands.
type State string

// The states of a visit. A backlog visit is owed by its rep on no particular day; a queued one has no rep.
const (
	Planned   State = "PLANNED"
	Backlog   State = "BACKLOG"
	Queued    State = "QUEUED"
	Assigned  State = "ASSIGNED"
	UnderWay  State = "UNDER_WAY"
	Done      State = "DONE"
	Missed    State = "MISSED"
	Cancelled State = "CANCELLED"
)

// Ended says whether nothing more will happen with the visit.
func (s State) Ended() bool { return s == Done || s == Missed || s == Cancelled }

// QueueReason says why a visit has no rep.
type QueueReason string

// Why a visit waits in the queue.
const (
	NoOwner    QueueReason = "NO_OWNER"    // nobody is responsible for its ground
	NotLocated QueueReason = "NOT_LOCATED" // its site has no place on the map yet
	Released   QueueReason = "RELEASED"    // a dispatcher put it back
	Declined   QueueReason = "DECLINED"    // its rep gave it back
	Endangered QueueReason = "PROMISE"     // its rep can't keep what was promised, or did not
	Created    QueueReason = "CREATED"     // made without a rep
)

// Revision is the version of a visit that the asker was looking at.
type Revision int

// Visit is one call on a site that is owed. What was done about it is in its attempts.
type Visit struct {
	ID          uuid.UUID     `db:"id"`
	BranchID    uuid.UUID     `db:"branch_id"`
	SiteID      uuid.UUID     `db:"site_id"`
	LineID      uuid.UUID     `db:"line_id"`
	Kind        string        `db:"kind"`   // code of a VisitKind
	Origin      string        `db:"origin"` // CADENCE, MANUAL, …: open
	State       State         `db:"state"`
	QueueReason *QueueReason  `db:"queue_reason"`
	DueFrom     time.Time     `db:"due_from"`
	DueTo       time.Time     `db:"due_to"`
	Promised    *hours.Window `db:"promised"`
	Priority    int           `db:"priority"` // 0 to 100
	Service     time.Duration `db:"service"`
	Needs       []string      `db:"needs"` // skills its rep must have
	RepID       *uuid.UUID    `db:"rep_id"`
	Date        *hours.Date   `db:"date"`       // the day it is planned for
	RepPinned   bool          `db:"rep_pinned"` // a person chose the rep: the engine leaves it there
	Epoch       int           `db:"epoch"`      // grows with each change of rep
	Version     Revision      `db:"version"`
	CreatedAt   time.Time     `db:"created_at"`
}

// Call is a visit with the site it goes to: what ordering needs to know.
type Call struct {
	Visit Visit
	Site  customer.Site
	Owner *uuid.UUID // the rep responsible for the site on that day; nil: nobody, or not known

	DeclinedBy []uuid.UUID // reps who gave it back: the engine asks them no more
}

// Fact is what a rep did about a visit.
type Fact string

// The facts.
const (
	Arrived   Fact = "ARRIVED"
	Started   Fact = "STARTED"
	Completed Fact = "COMPLETED"
	Failed    Fact = "FAILED"
)

// Attempt is an append-only fact about a visit: who, when by which clock, where, with what outcome.
// Two reps who finish the same visit offline are two attempts; one is credited.
type Attempt struct {
	ID         uuid.UUID     `db:"id"`
	VisitID    uuid.UUID     `db:"visit_id"`
	RepID      uuid.UUID     `db:"rep_id"`
	Fact       Fact          `db:"fact"`
	DeviceTime time.Time     `db:"device_time"`
	RecordedAt time.Time     `db:"recorded_at"`
	Offset     time.Duration `db:"clock_offset"` // device clock − server clock, as the phone measured it
	Lat        *float64      `db:"lat"`
	Lon        *float64      `db:"lon"`
	Accuracy   *float64      `db:"accuracy"` // metres
	Mocked     bool          `db:"mocked"`
	Outcome    *string       `db:"outcome"` // code of an Outcome
	Note       string        `db:"note"`
	Credited   bool          `db:"credited"`
	Door       auth.Door     `db:"door"`
}
