package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// PublishAlignment puts a draft of territories into force from a day on. What waits without a day follows its site to the new
// owner, on that day; what is on a route, begun or given by a person stays.
type PublishAlignment struct {
	Alignment uuid.UUID // uuid.Nil: the branch's newest draft
	Branch    uuid.UUID
	From      hours.Date
	Seen      int // the version the caller was looking at; 0: whatever it is
}

// AlignmentPublished is what came of it.
type AlignmentPublished struct {
	Alignment uuid.UUID
	From      hours.Date
	Moved     int       // waiting visits that changed hands now
	CopyOf    uuid.UUID // the earlier alignment that is in force again as a copy; uuid.Nil for none
}

func (c PublishAlignment) run(ctx context.Context, tx *Tx) (AlignmentPublished, error) {
	if err := tx.lockOwnBranch(ctx, c.Branch); err != nil {
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
	if c.Seen != 0 && c.Seen != alignment.Version {
		return AlignmentPublished{}, ErrDraftChanged
	}
	return tx.putIntoForce(ctx, alignment, c.From)
}

// putIntoForce publishes a locked draft of a locked branch from a day on.
func (tx *Tx) putIntoForce(ctx context.Context, alignment postgres.Alignment, from hours.Date) (AlignmentPublished, error) {
	branch, err := tx.Branch(ctx, alignment.BranchID)
	if err != nil {
		return AlignmentPublished{}, err
	}
	tx.concerns(alignment.ID)
	if err := tx.placeLate(ctx, alignment); err != nil {
		return AlignmentPublished{}, err
	}
	if err := tx.PublishAlignment(ctx, alignment, from, tx.Now, newID); err != nil {
		return AlignmentPublished{}, fmt.Errorf("publish alignment: %w", err)
	}
	if err := tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "alignment", ID: alignment.ID, Version: 1, BranchBefore: &branch.ID, BranchAfter: &branch.ID,
	}); err != nil {
		return AlignmentPublished{}, err
	}
	if err := tx.happened(ctx, dispatch.Event{
		ID: newID(), Type: dispatch.AlignmentPublished, HappenedAt: tx.Now, Date: hours.DateOf(tx.Now.In(branch.Zone())),
		TimeZone: branch.TimeZone, Branch: &branch.ID, Line: &alignment.LineID,
	}); err != nil {
		return AlignmentPublished{}, err
	}
	result := AlignmentPublished{Alignment: alignment.ID, From: from}
	if from <= hours.DateOf(tx.Now.In(branch.Zone())) {
		result.Moved, err = tx.rehome(ctx, branch, alignment.LineID)
	}
	return result, err
}

// lockOwnBranch locks a branch whose territories are the caller's to change.
func (tx *Tx) lockOwnBranch(ctx context.Context, branch uuid.UUID) error {
	if err := tx.mustBe(auth.Manager); err != nil {
		return err
	}
	if !tx.Caller.MaySeeBranch(branch) {
		return roster.ErrNoBranch
	}
	return tx.LockBranch(ctx, branch)
}

// placeLate gives sites that came after the draft was made to the territories whose ground they stand on.
func (tx *Tx) placeLate(ctx context.Context, alignment postgres.Alignment) error {
	late, err := tx.LateSites(ctx, alignment)
	if err != nil {
		return fmt.Errorf("read sites the draft does not know: %w", err)
	}
	placements := make([]postgres.Placement, 0, len(late))
	for _, s := range late {
		cells, err := geo.Ancestors(geo.Point{Lat: s.Lat, Lon: s.Lon}, geo.SiteResolution, geo.FinestResolution)
		if err != nil {
			return fmt.Errorf("place site %s: %w", s.ID, err)
		}
		placements = append(placements, postgres.Placement{Site: s.ID, Cells: cells})
	}
	return tx.PlaceLate(ctx, alignment.ID, placements)
}
