package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// PublishAlignment puts a draft of territories into force from a day on. What waits without a day follows its site to the new
// owner; what is on a route, begun or given by a person stays.
type PublishAlignment struct {
	Alignment uuid.UUID // uuid.Nil: the branch's newest draft
	Branch    uuid.UUID
	From      hours.Date
}

// AlignmentPublished is what came of it.
type AlignmentPublished struct {
	Alignment uuid.UUID
	From      hours.Date
	Moved     int // waiting visits that changed hands
}

func (c PublishAlignment) run(ctx context.Context, tx *Tx) (AlignmentPublished, error) {
	if err := tx.LockBranch(ctx, c.Branch); err != nil {
		return AlignmentPublished{}, err
	}
	id := c.Alignment
	if id == uuid.Nil {
		newest, err := tx.NewestDraft(ctx, c.Branch)
		if err != nil {
			return AlignmentPublished{}, err
		}
		id = newest
	}
	alignment, err := tx.LockAlignment(ctx, id)
	if err != nil {
		return AlignmentPublished{}, err
	}
	if alignment.BranchID != c.Branch || alignment.State == "PUBLISHED" {
		return AlignmentPublished{}, postgres.ErrNoAlignment
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return AlignmentPublished{}, err
	}
	tx.concerns(id)
	if err := tx.PublishAlignment(ctx, alignment, c.From, tx.Now, newID); err != nil {
		return AlignmentPublished{}, fmt.Errorf("publish alignment: %w", err)
	}
	if err := tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "alignment", ID: id, Version: 1, BranchBefore: &c.Branch, BranchAfter: &c.Branch,
	}); err != nil {
		return AlignmentPublished{}, err
	}
	if err := tx.happened(ctx, dispatch.Event{
		ID: newID(), Type: dispatch.AlignmentPublished, HappenedAt: tx.Now, Date: hours.DateOf(tx.Now.In(branch.Zone())),
		TimeZone: branch.TimeZone, Branch: &c.Branch, Line: &alignment.LineID,
	}); err != nil {
		return AlignmentPublished{}, err
	}
	moved, err := c.rehome(ctx, tx, alignment)
	return AlignmentPublished{Alignment: id, From: c.From, Moved: moved}, err
}

// rehome takes waiting visits to who answers for their sites now.
func (c PublishAlignment) rehome(ctx context.Context, tx *Tx, alignment postgres.Alignment) (int, error) {
	strays, err := tx.LockRehomed(ctx, c.Branch, alignment.LineID, c.From)
	if err != nil || len(strays) == 0 {
		return 0, err
	}
	if err := tx.open(ctx, "ALIGNMENT", "", ""); err != nil {
		return 0, err
	}
	var visits []dispatch.Visit
	var assignments []postgres.Assignment
	var changes []postgres.FeedChange
	for _, stray := range strays {
		v := stray.Visit
		before := v.RepID
		v.RepID, v.State, v.QueueReason = stray.Owner, dispatch.Backlog, nil
		if stray.Owner == nil {
			reason := dispatch.NoOwner
			v.State, v.QueueReason = dispatch.Queued, &reason
		}
		v.Epoch++
		v.Version++
		visits = append(visits, v)
		assignments = append(assignments, postgres.Assignment{Visit: v.ID, Epoch: v.Epoch, Rep: v.RepID, Batch: tx.Batch, At: tx.Now})
		changes = append(changes, postgres.FeedChange{
			Kind: "visit", ID: v.ID, Version: int(v.Version), RepBefore: before, RepAfter: v.RepID,
			BranchBefore: &v.BranchID, BranchAfter: &v.BranchID,
		})
	}
	if err := tx.SaveVisits(ctx, visits); err != nil {
		return 0, err
	}
	if err := tx.AddAssignments(ctx, assignments...); err != nil {
		return 0, err
	}
	return len(visits), tx.AddChanges(ctx, tx.Now, changes...)
}
