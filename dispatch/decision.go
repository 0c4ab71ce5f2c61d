package dispatch

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
)

// What may refuse a wish. The words for people are in graph's table of problems.
var (
	ErrNoVisit     = errors.New("no such visit")
	ErrNoDecision  = errors.New("no such decision")
	ErrStale       = errors.New("visit changed since it was read")
	ErrOffShift    = errors.New("rep has no shift on that day")
	ErrAbsent      = errors.New("rep is absent on that day")
	ErrBegun       = errors.New("visit has begun")
	ErrEnded       = errors.New("visit has ended")
	ErrSameRep     = errors.New("visit is with that rep already")
	ErrOtherBranch = errors.New("rep belongs to another branch")
	ErrReason      = errors.New("unknown reason")
	ErrOutcome     = errors.New("unknown outcome")
	ErrTaken       = errors.New("visit is no longer in the queue")
	ErrSkills      = errors.New("rep lacks a skill that the visit needs")
	ErrShiftOver   = errors.New("the rep's shift is over")
	ErrNotTheirs   = errors.New("visit is not with that rep")
	ErrThere       = errors.New("visit waits there already")
	ErrNoOwner     = errors.New("nobody is responsible for the visit's site")
)

// EngineVersion names the rules a decision was made by; replay under another version says so.
const EngineVersion = "2"

// Term is one part of a score, in minutes: what a choice costs for one reason.
type Term struct {
	Name    string  `json:"name"` // travel, load, window, territory, churn
	Minutes float64 `json:"minutes"`
}

// Option is one way to decide: a rep, a place in the route, and what it costs.
type Option struct {
	RepID    uuid.UUID `json:"repId"`
	Position int       `json:"position"`
	Arrival  time.Time `json:"arrival"`
	Terms    []Term    `json:"terms"`
	Total    float64   `json:"total"` // minutes; the smaller the better
}

// Refusal says why a rep could not be chosen.
type Refusal struct {
	RepID  uuid.UUID `json:"repId"`
	Code   string    `json:"code"`
	Option *Option   `json:"option,omitempty"` // what it would have cost otherwise; nil where the rep has no day to weigh
}

// Decision is what was chosen and why, with the bounded input it was made from, so that it can be replayed.
type Decision struct {
	ID        uuid.UUID       `db:"id" json:"id"`
	Kind      string          `db:"kind" json:"kind"` // REASSIGN, ASSIGN, …: open
	VisitID   uuid.UUID       `db:"visit_id" json:"visitId"`
	Engine    string          `db:"engine" json:"engine"`
	Chosen    Option          `db:"chosen" json:"chosen"`
	RunnerUp  *Option         `db:"runner_up" json:"runnerUp"`
	Refusals  []Refusal       `db:"refusals" json:"refusals"`
	Input     json.RawMessage `db:"input" json:"input"`
	DecidedAt time.Time       `db:"decided_at" json:"decidedAt"`
}
