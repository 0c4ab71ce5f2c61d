package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// mostPositions is how many positions one report may bring.
const mostPositions = 500

// ReportPositions keeps where the calling rep's phone was.
type ReportPositions struct {
	Positions []roster.Position
}

// PositionsReported says how many of them were new.
type PositionsReported struct {
	Accepted int
}

func (c ReportPositions) run(ctx context.Context, tx *Tx) (PositionsReported, error) {
	rep := tx.Caller.Rep
	if rep == uuid.Nil {
		return PositionsReported{}, ErrNotARep
	}
	if len(c.Positions) > mostPositions {
		return PositionsReported{}, Invalid{Path: []string{"positions"}, Code: "TOO_MANY"}
	}
	positions := make([]roster.Position, len(c.Positions))
	for i, p := range c.Positions {
		if p.Point.Check() != nil {
			return PositionsReported{}, Invalid{Path: []string{"positions", fmt.Sprint(i), "point"}, Code: "NO_PLACE"}
		}
		if p.Accuracy < 0 || p.Accuracy > 1e6 {
			return PositionsReported{}, Invalid{Path: []string{"positions", fmt.Sprint(i), "accuracy"}, Code: "OUT_OF_RANGE"}
		}
		p.RecordedAt = tx.Now
		positions[i] = p
	}
	accepted, err := tx.AddPositions(ctx, rep, positions)
	if err != nil || accepted == 0 {
		return PositionsReported{Accepted: accepted}, err
	}
	tx.concerns(rep)
	return PositionsReported{Accepted: accepted}, tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "position", ID: rep, RepBefore: &rep, RepAfter: &rep,
		BranchBefore: &tx.Caller.RepBranch, BranchAfter: &tx.Caller.RepBranch,
	})
}
