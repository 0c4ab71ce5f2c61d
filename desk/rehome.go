package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// rehome takes waiting visits to who answers for their sites today, and says how many changed hands. The branch must be locked.
func (tx *Tx) rehome(ctx context.Context, branch roster.Branch, line uuid.UUID) (int, error) {
	strays, err := tx.LockRehomed(ctx, branch.ID, line, hours.DateOf(tx.Now.In(branch.Zone())))
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
