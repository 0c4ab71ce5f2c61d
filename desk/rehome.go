package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// movedGround is the reason of what follows from territories: whoever lost or gained waiting visits is told why.
const movedGround = "ALIGNMENT"

// rehome takes waiting visits to who answers for their sites today, and says how many changed hands. The branch must be locked. Reps on both
// sides are told: a customer who calls about the visit calls them.
func (tx *Tx) rehome(ctx context.Context, branch roster.Branch, line uuid.UUID) (int, error) {
	about, notices, err := tx.takeHome(ctx, branch, line)
	if err != nil {
		return 0, err
	}
	_, err = tx.tell(ctx, movedGround, about, notices)
	return len(about), err
}

// takeHome is rehome without telling anybody: it answers which visits changed hands and who is to be told.
func (tx *Tx) takeHome(ctx context.Context, branch roster.Branch, line uuid.UUID) (callsByVisit, []dispatch.Notice, error) {
	strays, err := tx.LockRehomed(ctx, branch.ID, line, hours.DateOf(tx.Now.In(branch.Zone())))
	if err != nil || len(strays) == 0 {
		return nil, nil, err
	}
	if err := tx.open(ctx, "ALIGNMENT", "", ""); err != nil {
		return nil, nil, err
	}
	var visits []dispatch.Visit
	var assignments []postgres.Assignment
	var changes []postgres.FeedChange
	var notices []dispatch.Notice
	for _, stray := range strays {
		v := stray.Visit
		was := v
		before := v.RepID
		v.RepID, v.State, v.QueueReason = stray.Owner, dispatch.Backlog, nil
		if stray.Owner == nil {
			reason := dispatch.NoOwner
			v.State, v.QueueReason = dispatch.Queued, &reason
		}
		v.Epoch++
		v.Version++
		tx.stirs(was, v)
		visits = append(visits, v)
		if before != nil {
			notices = append(notices, dispatch.Notice{RepID: *before, Kind: dispatch.VisitsLost, VisitID: v.ID})
		}
		if v.RepID != nil {
			notices = append(notices, dispatch.Notice{RepID: *v.RepID, Kind: dispatch.VisitsGained, VisitID: v.ID})
		}
		assignments = append(assignments, postgres.Assignment{Visit: v.ID, Epoch: v.Epoch, Rep: v.RepID, Batch: tx.Batch, At: tx.Now})
		changes = append(changes, postgres.FeedChange{
			Kind: "visit", ID: v.ID, Version: int(v.Version), RepBefore: before, RepAfter: v.RepID,
			BranchBefore: &v.BranchID, BranchAfter: &v.BranchID,
		})
	}
	if err := tx.SaveVisits(ctx, visits); err != nil {
		return nil, nil, err
	}
	if err := tx.AddAssignments(ctx, assignments...); err != nil {
		return nil, nil, err
	}
	if err := tx.AddChanges(ctx, tx.Now, changes...); err != nil {
		return nil, nil, err
	}
	about, err := tx.callsOf(ctx, visits)
	return about, notices, err
}

// callsOf are many visits with their sites.
func (tx *Tx) callsOf(ctx context.Context, visits []dispatch.Visit) (callsByVisit, error) {
	ids := make([]uuid.UUID, len(visits))
	for i, v := range visits {
		ids[i] = v.SiteID
	}
	sites, err := tx.Sites(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read the sites of visits: %w", err)
	}
	byID := make(map[uuid.UUID]customer.Site, len(sites))
	for _, s := range sites {
		byID[s.ID] = s
	}
	about := callsByVisit{}
	for _, v := range visits {
		about[v.ID] = dispatch.Call{Visit: v, Site: byID[v.SiteID]}
	}
	return about, nil
}
