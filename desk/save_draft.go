package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// SaveDraft keeps a design of a branch's territories. Nothing is in force before it is published.
type SaveDraft struct {
	Branch      uuid.UUID
	Line        uuid.UUID
	Origin      string                      // DESIGN or IMPORT
	For         *DesignBrief                // what was asked for, where it was a design; the rest follows from it
	Measures    json.RawMessage             `json:"-"`
	Territories []postgres.AlignedTerritory `json:"-"`
}

// AlignmentDrafted is a kept design.
type AlignmentDrafted struct {
	Alignment   uuid.UUID
	Territories int
	Vacant      int // territories without a rep
	Measures    json.RawMessage
	Findings    []geo.Finding // why it could not be as asked, by the numbers of Names
	Names       []string      // of the territories
}

func (c SaveDraft) run(ctx context.Context, tx *Tx) (AlignmentDrafted, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return AlignmentDrafted{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return AlignmentDrafted{}, roster.ErrNoBranch
	}
	alignment := postgres.Alignment{
		ID: newID(), BranchID: c.Branch, LineID: c.Line, State: "DRAFT", Origin: c.Origin, Measures: c.Measures, CreatedAt: tx.Now,
	}
	if err := tx.AddAlignment(ctx, alignment, c.Territories); err != nil {
		return AlignmentDrafted{}, fmt.Errorf("add alignment: %w", err)
	}
	tx.concerns(alignment.ID)
	result := AlignmentDrafted{Alignment: alignment.ID, Territories: len(c.Territories), Measures: c.Measures}
	for _, t := range c.Territories {
		if t.RepID == nil {
			result.Vacant++
		}
	}
	return result, nil
}
