package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// SetBranchTraffic says how driving in a branch depends on place and hour from now on; figures that can't be refuse with geo.ErrTraffic. The
// kinds of ground follow from where the branch's sites are now. Days are timed by it whenever they are timed next. Each version is kept.
type SetBranchTraffic struct {
	Branch  uuid.UUID
	Traffic *geo.Traffic // nil: one speed again
}

func (c SetBranchTraffic) run(ctx context.Context, tx *Tx) (postgres.BranchTraffic, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return postgres.BranchTraffic{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return postgres.BranchTraffic{}, roster.ErrNoBranch
	}
	if err := tx.LockBranch(ctx, c.Branch); err != nil {
		return postgres.BranchTraffic{}, err
	}
	now, err := tx.BranchTraffic(ctx, c.Branch)
	if err != nil {
		return postgres.BranchTraffic{}, err
	}
	next := postgres.BranchTraffic{Version: now.Version + 1}
	if c.Traffic != nil {
		if err := c.Traffic.Check(); err != nil {
			return postgres.BranchTraffic{}, err
		}
		sites, err := tx.SitePoints(ctx, c.Branch)
		if err != nil {
			return postgres.BranchTraffic{}, err
		}
		over, err := c.Traffic.Over(sites)
		if err != nil {
			return postgres.BranchTraffic{}, err
		}
		next.Traffic = &over
	}
	tx.concerns(c.Branch)
	return next, tx.AddBranchTraffic(ctx, c.Branch, next, tx.Caller.Person, tx.Now)
}
