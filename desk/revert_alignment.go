package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// ErrNoEarlierAlignment refuses to go back where nothing was in force before.
var ErrNoEarlierAlignment = errors.New("no earlier territories to go back to")

// RevertAlignment takes a branch's last publication back: what it took the place of is in force again from a day on, with the reps of
// its last day. Reverting twice leads to where one began.
type RevertAlignment struct {
	Branch uuid.UUID
	Line   uuid.UUID // uuid.Nil: the default one
	From   hours.Date
}

func (c RevertAlignment) run(ctx context.Context, tx *Tx) (AlignmentPublished, error) {
	if err := tx.lockOwnBranch(ctx, c.Branch); err != nil {
		return AlignmentPublished{}, err
	}
	line := c.Line
	if line == uuid.Nil {
		standard, err := tx.DefaultLine(ctx)
		if err != nil {
			return AlignmentPublished{}, err
		}
		line = standard
	}
	last, err := tx.NewestPublished(ctx, c.Branch, line)
	if errors.Is(err, postgres.ErrNoAlignment) || err == nil && last.Replaces == nil {
		return AlignmentPublished{}, ErrNoEarlierAlignment
	}
	if err != nil {
		return AlignmentPublished{}, err
	}
	earlier, err := tx.LockAlignment(ctx, *last.Replaces)
	if err != nil {
		return AlignmentPublished{}, err
	}
	var copyOf uuid.UUID
	if earlier.State == "PUBLISHED" {
		again := postgres.Alignment{
			ID: newID(), BranchID: earlier.BranchID, LineID: earlier.LineID, State: "DRAFT", Origin: "REVERT", CreatedAt: tx.Now,
		}
		if err := tx.CopyAlignment(ctx, earlier.ID, again); err != nil {
			return AlignmentPublished{}, fmt.Errorf("copy alignment: %w", err)
		}
		tx.concerns(earlier.ID)
		earlier, copyOf = again, earlier.ID
	}
	done, err := tx.putIntoForce(ctx, earlier, c.From)
	done.CopyOf = copyOf
	return done, err
}
