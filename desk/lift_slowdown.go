package desk

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// ErrLifted refuses to end a slowdown that is over already.
var ErrLifted = errors.New("the slowdown is over already")

// LiftSlowdown says that driving is as it always was: the street is open again. The branch's day is timed anew. Visits that were given up
// stay where they are; to have them back, take the slowdown's batch back.
type LiftSlowdown struct {
	Slowdown uuid.UUID
	Note     string
}

func (c LiftSlowdown) run(ctx context.Context, tx *Tx) (AreaSlowed, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return AreaSlowed{}, err
	}
	if utf8.RuneCountInString(c.Note) > longestNote {
		return AreaSlowed{}, Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	slowdown, withdrawn, err := tx.LockSlowdown(ctx, c.Slowdown)
	switch {
	case err != nil:
		return AreaSlowed{}, err
	case !tx.Caller.MaySeeBranch(slowdown.BranchID):
		return AreaSlowed{}, postgres.ErrNoSlowdown
	case withdrawn:
		return AreaSlowed{}, ErrLifted
	}
	days, err := tx.lockSlowed(ctx, slowdown)
	if err != nil {
		return AreaSlowed{}, err
	}
	out := dispatch.SlowDay{Slowdown: slowdown, Days: days, Now: tx.Now}.Lift()
	did := deed{Trace: out.Trace, Slow: []slowDeed{{Slowdown: slowdown.ID, Branch: slowdown.BranchID, Withdrawn: true}}}
	if err := tx.openTraced(ctx, "SLOWDOWN", slowOver, c.Note, &did); err != nil {
		return AreaSlowed{}, err
	}
	if err := tx.WithdrawSlowdown(ctx, slowdown.ID, &tx.Now); err != nil {
		return AreaSlowed{}, err
	}
	slowdown.Version++
	if err := tx.slowdownChanged(ctx, slowdown); err != nil {
		return AreaSlowed{}, err
	}
	done, err := tx.writeTransfer(ctx, slowOver, out)
	return AreaSlowed{done, slowdown}, err
}

// slowdownChanged puts a slowdown into the feed.
func (tx *Tx) slowdownChanged(ctx context.Context, s dispatch.Slowdown) error {
	tx.concerns(s.ID)
	return tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "slowdown", ID: s.ID, Version: s.Version, BranchBefore: &s.BranchID, BranchAfter: &s.BranchID,
	})
}
