package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// PublishAlignment puts a draft of territories into force from a day on. What waits without a day follows its site to the new
// owner, on that day; what is on a route, begun or given by a person stays.
type PublishAlignment struct {
	Alignment uuid.UUID // uuid.Nil: the branch's newest draft
	Branch    uuid.UUID
	From      hours.Date
}

// AlignmentPublished is what came of it.
type AlignmentPublished struct {
	Alignment uuid.UUID
	From      hours.Date
	Moved     int // waiting visits that changed hands now
}

func (c PublishAlignment) run(ctx context.Context, tx *Tx) (AlignmentPublished, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return AlignmentPublished{}, err
	}
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
	result := AlignmentPublished{Alignment: id, From: c.From}
	if c.From <= hours.DateOf(tx.Now.In(branch.Zone())) {
		result.Moved, err = tx.rehome(ctx, branch, alignment.LineID)
	}
	return result, err
}
