package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// OweVisits makes the visits that the cadences of a branch ask for on a day or soon after: into the backlog of who answers for
// the site, or into the queue where nobody does or the site is not located.
type OweVisits struct {
	Branch uuid.UUID
	Date   hours.Date
}

// VisitsOwed counts the visits made.
type VisitsOwed struct {
	Backlog int
	Queued  int
}

// ahead is how many days before it falls due a visit may be made: a seventh of its rhythm, so that a plan can take what lies on
// the way without the rhythm drifting.
func ahead(every int) hours.Date { return hours.Date(every / 7) }

// mayBeLate is how long a cadence visit has from the day it falls due.
const mayBeLate = 7

func (c OweVisits) run(ctx context.Context, tx *Tx) (VisitsOwed, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return VisitsOwed{}, err
	}
	// Two planners of one branch go one after the other; the second finds nothing left to make.
	if err := tx.LockBranch(ctx, c.Branch); err != nil {
		return VisitsOwed{}, err
	}
	line, err := tx.DefaultLine(ctx)
	if err != nil {
		return VisitsOwed{}, err
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return VisitsOwed{}, err
	}
	// Territories may have come into force this night.
	if _, err := tx.rehome(ctx, branch, line); err != nil {
		return VisitsOwed{}, err
	}
	owed, err := tx.OwedVisits(ctx, c.Branch, line, c.Date)
	if err != nil {
		return VisitsOwed{}, err
	}
	var made VisitsOwed
	var visits []dispatch.Visit
	var assignments []postgres.Assignment
	var changes []postgres.FeedChange
	var events []dispatch.Event
	for _, o := range owed {
		due := dispatch.FirstDue(o.Site, o.Cadence(), o.Since)
		if o.Last != nil {
			due = dispatch.NextDue(*o.Last, o.Cadence())
		}
		if due > c.Date+ahead(o.Every) {
			continue
		}
		v := c.visit(o, due, tx.Now)
		if v.State == dispatch.Queued {
			made.Queued++
		} else {
			made.Backlog++
		}
		tx.stirs(dispatch.Visit{}, v)
		visits = append(visits, v)
		assignments = append(assignments, postgres.Assignment{Visit: v.ID, Rep: v.RepID, Batch: tx.Batch, At: tx.Now})
		changes = append(changes, postgres.FeedChange{
			Kind: "visit", ID: v.ID, Version: int(v.Version), RepAfter: v.RepID, BranchBefore: &c.Branch, BranchAfter: &c.Branch,
		})
		events = append(events, dispatch.Event{
			ID: newID(), Type: dispatch.VisitCreated, HappenedAt: tx.Now, Date: hours.DateOf(tx.Now.In(hours.Zone(o.TimeZone))), TimeZone: o.TimeZone,
			Visit: &v.ID, Customer: &o.Customer, Site: &o.Site, Owner: v.RepID, Branch: &c.Branch, Territory: o.Territory, Line: &o.Line,
			Segment: segment(o.Segment),
		})
	}
	if len(visits) == 0 {
		return made, nil
	}
	tx.concerns(c.Branch)
	if err := tx.AddVisits(ctx, visits); err != nil {
		return made, err
	}
	if err := tx.open(ctx, "OWE", "", ""); err != nil {
		return made, err
	}
	if err := tx.AddAssignments(ctx, assignments...); err != nil {
		return made, err
	}
	if err := tx.AddChanges(ctx, tx.Now, changes...); err != nil {
		return made, err
	}
	return made, tx.happened(ctx, events...)
}

func (c OweVisits) visit(o postgres.Owed, due hours.Date, now time.Time) dispatch.Visit {
	zone := hours.Zone(o.TimeZone)
	v := dispatch.Visit{
		ID: newID(), BranchID: c.Branch, SiteID: o.Site, LineID: o.Line, Kind: o.Kind, Origin: "CADENCE",
		DueFrom: (due - ahead(o.Every)).At(0, zone), DueTo: (due + mayBeLate).At(0, zone),
		Priority: o.Priority, Service: o.Service, RepID: o.Rep, State: dispatch.Backlog, Version: 1, CreatedAt: now,
	}
	switch reason := dispatch.NoOwner; {
	case !o.Located:
		reason = dispatch.NotLocated
		fallthrough
	case o.Rep == nil:
		v.RepID, v.State, v.QueueReason = nil, dispatch.Queued, &reason
	}
	return v
}
