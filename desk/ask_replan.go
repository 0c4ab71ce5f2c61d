package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// AskReplan leaves ReplanDay to a worker.
type AskReplan struct{ ReplanDay }

// ReplanAsked says whose day it is about.
type ReplanAsked struct {
	Branch uuid.UUID
	Waited bool // somebody had asked already; that wish is carried out
}

// ReplanDays is the job that betters the rest of a branch's day.
type ReplanDays struct {
	Organization  uuid.UUID `json:"organization" river:"unique"`
	Branch        uuid.UUID `json:"branch" river:"unique"`
	Date          string    `json:"date" river:"unique"` // empty: whatever day counts for each rep when the job runs
	FrozenMinutes int       `json:"frozenMinutes"`
	Changes       int       `json:"changes"`
	Reason        string    `json:"reason"`
	Note          string    `json:"note,omitempty"`

	// Slot is set where nobody asked: the branch's rules as they are by then say what may change, and one job stands for everything that
	// happens up to that moment.
	Slot string `json:"slot,omitempty" river:"unique"`
}

// Kind names the job in the queue.
func (ReplanDays) Kind() string { return "replan_days" }

// InsertOpts lets one such job at a time wait or run for a branch and day.
func (ReplanDays) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: QueuePlan, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

func (c AskReplan) run(ctx context.Context, tx *Tx) (ReplanAsked, error) {
	if err := c.check(ctx, tx); err != nil {
		return ReplanAsked{}, err
	}
	if tx.desk.Jobs == nil {
		return ReplanAsked{}, errors.New("the desk has no job queue")
	}
	if _, err := tx.Branch(ctx, c.Branch); err != nil {
		return ReplanAsked{}, err
	}
	asked := ReplanAsked{Branch: c.Branch}
	date := ""
	if c.Date != nil {
		date = c.Date.String()
	}
	tx.concerns(c.Branch)
	job, err := tx.desk.Jobs.InsertTx(ctx, tx.Tx, ReplanDays{
		Organization: tx.Organization, Branch: c.Branch, Date: date, FrozenMinutes: int(c.Frozen / time.Minute),
		Changes: c.Changes, Reason: c.Reason, Note: c.Note,
	}, nil)
	if err != nil {
		return ReplanAsked{}, fmt.Errorf("ask for a new plan: %w", err)
	}
	asked.Waited = job.UniqueSkippedAsDuplicate
	return asked, nil
}
