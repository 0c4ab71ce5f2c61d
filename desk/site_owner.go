package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// lockBranchesOf locks the branches of visits, in the order of their ids: who changes what reps answer for goes one after the other.
func (tx *Tx) lockBranchesOf(ctx context.Context, visits []uuid.UUID) error {
	seen, err := tx.Visits(ctx, tx.Caller, visits)
	if err != nil {
		return err
	}
	var branches []uuid.UUID
	for _, v := range seen {
		branches = append(branches, v.BranchID)
	}
	for _, branch := range byID(branches) {
		if err := tx.LockBranch(ctx, branch); err != nil {
			return err
		}
	}
	return nil
}

// newOwners says who answers for the sites of visits that were given to a rep.
func (tx *Tx) newOwners(ctx context.Context, moved []dispatch.Moved) ([]ownerDeed, error) {
	var after []postgres.SiteOwner
	var deeds []ownerDeed
	for _, m := range moved {
		if v := m.After; m.Changed() && v.State == dispatch.Assigned {
			one := postgres.SiteOwner{Site: v.SiteID, Line: v.LineID, Rep: v.RepID, Own: true}
			// Two visits of one site: the one placed last counts.
			if i := slices.IndexFunc(after, func(o postgres.SiteOwner) bool { return o.Site == one.Site && o.Line == one.Line }); i >= 0 {
				after[i], deeds[i].After = one, one
				continue
			}
			after, deeds = append(after, one), append(deeds, ownerDeed{Branch: v.BranchID, After: one})
		}
	}
	if len(deeds) == 0 {
		return nil, nil
	}
	date, err := tx.dateIn(ctx, deeds[0].Branch)
	if err != nil {
		return nil, err
	}
	before, err := tx.SiteOwners(ctx, after, date)
	if err != nil {
		return nil, fmt.Errorf("read who answers for sites: %w", err)
	}
	for i := range deeds {
		for _, b := range before {
			if b.Site == deeds[i].After.Site && b.Line == deeds[i].After.Line {
				deeds[i].Before = b
			}
		}
	}
	return deeds, nil
}

// changeOwners makes reps answer for sites by name from today on. What waits without a day follows; it answers which visits that are, and
// who is to be told. The branches must be locked.
func (tx *Tx) changeOwners(ctx context.Context, deeds []ownerDeed) (followed callsByVisit, notices []dispatch.Notice, err error) {
	followed = callsByVisit{}
	byBranch := map[uuid.UUID][]ownerDeed{}
	var branches []uuid.UUID
	for _, d := range deeds {
		byBranch[d.Branch] = append(byBranch[d.Branch], d)
		branches = append(branches, d.Branch)
	}
	for _, id := range byID(branches) {
		branch, err := tx.Branch(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		today := hours.DateOf(tx.Now.In(branch.Zone()))
		var owners []postgres.SiteOwner
		var lines []uuid.UUID
		var events []dispatch.Event
		for _, d := range byBranch[id] {
			owners, lines = append(owners, d.After), append(lines, d.After.Line)
			events = append(events, dispatch.Event{
				ID: newID(), Type: dispatch.SiteOwnerChanged, HappenedAt: tx.Now, Date: today, TimeZone: branch.TimeZone,
				Site: &d.After.Site, Owner: d.After.Rep, TakenFrom: d.Before.Rep, Branch: &branch.ID, Line: &d.After.Line,
			})
			tx.concerns(d.After.Site)
		}
		if err := tx.SetSiteOwners(ctx, owners, today, newID); err != nil {
			return nil, nil, fmt.Errorf("change who answers for sites: %w", err)
		}
		if err := tx.happened(ctx, events...); err != nil {
			return nil, nil, err
		}
		for _, line := range byID(lines) {
			about, told, err := tx.takeHome(ctx, branch, line)
			if err != nil {
				return nil, nil, err
			}
			maps.Copy(followed, about)
			notices = append(notices, told...)
		}
	}
	return followed, notices, nil
}

// dateIn is today in a branch.
func (tx *Tx) dateIn(ctx context.Context, branch uuid.UUID) (hours.Date, error) {
	b, err := tx.Branch(ctx, branch)
	return hours.DateOf(tx.Now.In(b.Zone())), err
}
