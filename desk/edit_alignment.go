package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
)

// What an edit of a draft can be refused for, besides geo's reasons.
var (
	ErrDraftChanged = errors.New("the draft changed since it was read")
	ErrDraftKept    = errors.New("the draft was in force and is kept for going back to it")
)

// EditAlignment changes a draft of territories by hand: ground is painted or drawn, single sites move, the surroundings are mended. It is
// carried out by Workbenches, which work out what it does before the transaction begins.
type EditAlignment struct {
	Alignment uuid.UUID
	Seen      int        // the version the caller was looking at
	To        *uuid.UUID // the territory that gets ground and sites; nil where nothing but a repair is asked for
	Cells     []geo.Cell
	Polygon   *geo.Region
	Sites     []uuid.UUID // sites that move without their ground
	Repair    bool

	result edited // worked out beforehand
}

// AlignmentEdited is what an edit does, or would do.
type AlignmentEdited struct {
	Alignment   uuid.UUID
	Effect      geo.Effect
	Territories []uuid.UUID // by the numbers the effect names them with
}

// edited is the state of a draft after an edit, as the record keeps it.
type edited struct {
	answer      AlignmentEdited
	version     int // of the draft it was worked out from
	measures    json.RawMessage
	territories []postgres.AlignedTerritory
	changed     []bool // of each territory, its ground or sites
}

func (c EditAlignment) run(ctx context.Context, tx *Tx) (AlignmentEdited, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return AlignmentEdited{}, err
	}
	alignment, err := tx.LockAlignment(ctx, c.Alignment)
	if err != nil {
		return AlignmentEdited{}, err
	}
	if !tx.Caller.MaySeeBranch(alignment.BranchID) || alignment.State != "DRAFT" {
		return AlignmentEdited{}, postgres.ErrNoAlignment
	}
	if alignment.Version != c.Seen || c.result.version != c.Seen {
		return AlignmentEdited{}, ErrDraftChanged
	}
	if !alignment.Editable {
		return AlignmentEdited{}, ErrDraftKept
	}
	tx.concerns(alignment.ID)
	if err := tx.EditAlignment(ctx, alignment.ID, c.result.measures, c.result.territories, c.result.changed); err != nil {
		return AlignmentEdited{}, fmt.Errorf("keep edited draft: %w", err)
	}
	return c.result.answer, nil
}
