package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
)

// PlanDay chooses and orders one rep's visits of a day from the backlog. Visits the day has already stay in it.
type PlanDay struct {
	Rep  uuid.UUID
	Date hours.Date
	Seed uint64
}

// DayPlanned is what came of it.
type DayPlanned struct {
	Route   uuid.UUID
	Placed  int
	Backlog int // candidates that got no place
	Load    dispatch.Load
}

func (c PlanDay) run(ctx context.Context, tx *Tx) (DayPlanned, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return DayPlanned{}, err
	}
	rep, err := tx.Rep(ctx, c.Rep)
	if err != nil {
		return DayPlanned{}, err
	}
	branch, err := tx.Branch(ctx, rep.BranchID)
	if err != nil {
		return DayPlanned{}, err
	}
	// Visits before days, as every command locks them.
	candidates, err := tx.LockBacklog(ctx, c.Rep, (c.Date+1).At(0, branch.Zone()))
	if err != nil {
		return DayPlanned{}, err
	}
	days, err := tx.lockDays(ctx, c.Date, c.Rep)
	if err != nil {
		return DayPlanned{}, err
	}
	day := days[0]
	plan := dispatch.Plan(dispatch.PlanInput{Day: day, Candidates: candidates, Now: tx.Now, Seed: c.Seed})
	result := DayPlanned{Route: day.Route.ID, Placed: len(plan.Placed), Backlog: len(plan.Backlog), Load: plan.Load}
	if len(plan.Placed) == 0 {
		return result, nil
	}
	tx.concerns(c.Rep)
	if err := tx.open(ctx, "PLAN", "", ""); err != nil {
		return result, err
	}
	if err := tx.SaveVisits(ctx, plan.Placed); err != nil {
		return result, err
	}
	planned := plan.Day
	if err := tx.saveDays(ctx, &planned); err != nil {
		return result, err
	}
	result.Route = planned.Route.ID
	if err := tx.place(ctx, branch.TimeZone, plan.Placed...); err != nil {
		return result, err
	}
	calls := calls(candidates...)
	var changes []postgres.FeedChange
	var events []dispatch.Event
	for _, v := range plan.Placed {
		changes = append(changes, postgres.FeedChange{
			Kind: "visit", ID: v.ID, Version: int(v.Version), RepBefore: v.RepID, RepAfter: v.RepID,
			BranchBefore: &v.BranchID, BranchAfter: &v.BranchID,
		})
		events = append(events, tx.event(dispatch.VisitPlanned, calls[v.ID], v.RepID))
	}
	if err := tx.AddChanges(ctx, tx.Now, changes...); err != nil {
		return result, err
	}
	if err := tx.happened(ctx, events...); err != nil {
		return result, err
	}
	_, err = tx.tell(ctx, "", calls.and(&planned), planNotices(planned))
	return result, err
}

// planNotices tells the rep of the whole day ahead, in its order: a plan takes the place of the one before, and what it moves counts as told.
func planNotices(day dispatch.RepDay) []dispatch.Notice {
	ahead := map[uuid.UUID]bool{}
	for _, c := range day.Calls {
		ahead[c.Visit.ID] = c.Visit.State == dispatch.Assigned
	}
	var notices []dispatch.Notice
	for _, s := range day.Route.Stops {
		if s.VisitID != nil && ahead[*s.VisitID] && s.Told != nil && s.Told.Equal(s.Arrival) {
			notices = append(notices, dispatch.Notice{
				RepID: day.Rep.ID, Kind: string(notify.DayPlanned), VisitID: *s.VisitID, Arrival: &s.Arrival,
			})
		}
	}
	return notices
}
