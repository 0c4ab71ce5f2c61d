package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// KindRegular is the kind of an ordinary call.
const KindRegular = "REGULAR"

// CreateVisit makes a visit that no cadence asked for.
type CreateVisit struct {
	ID       *uuid.UUID // made by a phone that was offline; nil: made here
	Site     uuid.UUID
	Kind     string        // empty: KindRegular
	Rep      *uuid.UUID    // nil: it waits in the queue
	Date     *hours.Date   // with a rep; nil: the day that counts for the rep now
	Due      *hours.Window // nil: the whole day
	Promised *hours.Window
	Priority *int           // nil: the site's
	Service  *time.Duration // nil: the site's
	Needs    []string       // skills its rep must have
	Auto     bool           // the engine gives it to a rep at once, where one has room for it
}

// VisitMade is the new visit.
type VisitMade struct {
	dispatch.Visit
	Batch uuid.UUID // takes it back
}

func (c CreateVisit) run(ctx context.Context, tx *Tx) (VisitMade, error) {
	if err := c.check(); err != nil {
		return VisitMade{}, err
	}
	site, err := tx.Site(ctx, c.Site)
	if err != nil {
		return VisitMade{}, err
	}
	if err := c.admit(tx, site); err != nil {
		return VisitMade{}, err
	}
	known, err := tx.KnowsKind(ctx, c.kind())
	if err != nil {
		return VisitMade{}, err
	}
	if !known {
		return VisitMade{}, Invalid{Path: []string{"kind"}, Code: "UNKNOWN_KIND"}
	}
	line, err := tx.DefaultLine(ctx)
	if err != nil {
		return VisitMade{}, err
	}
	date := hours.DateOf(tx.Now.In(hours.Zone(site.TimeZone)))
	on := date // of the rep's service days
	switch {
	case c.Date != nil:
		date, on = *c.Date, *c.Date
	case c.Rep != nil:
		duty, err := tx.duty(ctx, *c.Rep)
		if err != nil {
			return VisitMade{}, err
		}
		on = duty.Date
	}
	call := dispatch.Call{Visit: c.visit(tx, site, line, date), Site: site}
	if call.Visit.Needs, err = skills("needs", c.Needs); err != nil {
		return VisitMade{}, err
	}
	if err := tx.place(ctx, site.TimeZone, call.Visit); err != nil {
		return VisitMade{}, err
	}
	call.Owner = tx.placed[site.ID].Owner
	var day *dispatch.RepDay
	if c.Rep != nil {
		days, err := tx.lockDays(ctx, on, *c.Rep)
		if err != nil {
			return VisitMade{}, err
		}
		day = &days[0]
		if day.Rep.ID != tx.Caller.Rep && !tx.Caller.MaySeeBranch(day.Rep.BranchID) {
			return VisitMade{}, roster.ErrNoRep
		}
		if c.Due == nil && day.Shift != nil && day.Shift.EndsAt.After(call.Visit.DueTo) {
			call.Visit.DueTo = day.Shift.EndsAt // the service day goes on past midnight
		}
	}
	outcome, err := dispatch.Create(call, day, tx.Now)
	if err != nil {
		return VisitMade{}, err
	}
	if err := c.write(ctx, tx, call, outcome, day); err != nil || !c.Auto || outcome.Visit.State != dispatch.Queued {
		return VisitMade{outcome.Visit, tx.Batch}, err
	}
	given, err := c.assign(ctx, tx, outcome.Visit)
	return VisitMade{given, tx.Batch}, err
}

// assign has the engine look for a rep. Where nobody has room the visit stays in the queue.
func (c CreateVisit) assign(ctx context.Context, tx *Tx, made dispatch.Visit) (dispatch.Visit, error) {
	branch, err := tx.Branch(ctx, made.BranchID)
	if err != nil {
		return made, err
	}
	done, err := tx.assign(ctx, branch, []uuid.UUID{made.ID}, nil)
	if err != nil || len(done.Visits) == 0 {
		return made, err
	}
	return done.Visits[0], nil
}

func (c CreateVisit) kind() string {
	if c.Kind == "" {
		return KindRegular
	}
	return c.Kind
}

func (c CreateVisit) check() error {
	switch {
	case c.Due != nil && !c.Due.To.After(c.Due.From):
		return Invalid{Path: []string{"due"}, Code: "ORDER"}
	case c.Promised != nil && !c.Promised.To.After(c.Promised.From):
		return Invalid{Path: []string{"promised"}, Code: "ORDER"}
	case c.Priority != nil && (*c.Priority < 0 || *c.Priority > 100):
		return Invalid{Path: []string{"priority"}, Code: "OUT_OF_RANGE"}
	case c.Service != nil && (*c.Service <= 0 || *c.Service > 24*time.Hour):
		return Invalid{Path: []string{"serviceMinutes"}, Code: "OUT_OF_RANGE"}
	case c.ID != nil && c.ID.Version() != 7:
		return Invalid{Path: []string{"id"}, Code: "NOT_UUIDV7"}
	}
	return nil
}

// admit lets dispatchers make visits in their branches, and reps in the own branch for themselves or for the queue.
func (c CreateVisit) admit(tx *Tx, site customer.Site) error {
	if tx.Caller.MaySeeBranch(site.BranchID) {
		return nil
	}
	if tx.Caller.Rep == uuid.Nil || site.BranchID != tx.Caller.RepBranch {
		return customer.ErrNoSite
	}
	if c.Rep != nil && *c.Rep != tx.Caller.Rep {
		return auth.ErrForbidden
	}
	return nil
}

func (c CreateVisit) visit(tx *Tx, site customer.Site, line uuid.UUID, date hours.Date) dispatch.Visit {
	due := date.In(hours.Zone(site.TimeZone))
	if c.Due != nil {
		due = *c.Due
	}
	v := dispatch.Visit{
		ID: newID(), BranchID: site.BranchID, SiteID: site.ID, LineID: line, Kind: c.kind(), Origin: "MANUAL",
		DueFrom: due.From, DueTo: due.To, Promised: c.Promised, Priority: site.Priority, Service: site.Service,
		RepID: c.Rep, RepPinned: c.Rep != nil, CreatedAt: tx.Now,
	}
	if c.ID != nil {
		v.ID = *c.ID
	}
	if c.Priority != nil {
		v.Priority = *c.Priority
	}
	if c.Service != nil {
		v.Service = *c.Service
	}
	return v
}

func (c CreateVisit) write(ctx context.Context, tx *Tx, call dispatch.Call, outcome dispatch.CreatedVisit, joined *dispatch.RepDay) error {
	visit := outcome.Visit
	tx.concerns(visit.ID)
	if err := tx.openTraced(ctx, "CREATE", "", "", made(visit, joined)); err != nil {
		return err
	}
	if err := tx.AddVisit(ctx, visit); errors.Is(err, postgres.ErrTaken) {
		return Invalid{Path: []string{"id"}, Code: "TAKEN"}
	} else if err != nil {
		return fmt.Errorf("add visit: %w", err)
	}
	assignment := postgres.Assignment{Visit: visit.ID, Epoch: visit.Epoch, Rep: visit.RepID, Batch: tx.Batch, At: tx.Now}
	if outcome.Decision != nil {
		outcome.Decision.ID = newID()
		assignment.Decision = &outcome.Decision.ID
		if err := tx.AddDecision(ctx, *outcome.Decision, tx.Batch); err != nil {
			return fmt.Errorf("add decision: %w", err)
		}
	}
	if err := tx.AddAssignments(ctx, assignment); err != nil {
		return err
	}
	if outcome.Day != nil {
		if err := tx.saveDays(ctx, outcome.Day); err != nil {
			return err
		}
	}
	if err := tx.changed(ctx, dispatch.Visit{BranchID: visit.BranchID}, visit); err != nil {
		return err
	}
	if err := tx.happened(ctx, tx.event(dispatch.VisitCreated, call, visit.RepID)); err != nil {
		return err
	}
	_, err := tx.tell(ctx, "", calls(call).and(outcome.Day), outcome.Notices)
	return err
}
