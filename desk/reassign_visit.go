package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// longestNote is how many characters a note may have.
const longestNote = 1000

// ReassignVisit gives a visit to another rep, from a route, the backlog or the queue. Both reps are alerted.
type ReassignVisit struct {
	Visit  uuid.UUID
	To     uuid.UUID
	Seen   dispatch.Revision
	Reason string
	Note   string
	// Others are reps that might take it instead, as the board proposed; the best becomes the decision's runner-up.
	// They are no part of the wish: a repeated request may come with others.
	Others []uuid.UUID `json:"-"`
}

// VisitReassigned is what came of it.
type VisitReassigned struct {
	Visit    dispatch.Visit
	Decision dispatch.Decision
	Batch    uuid.UUID
	Days     []DayChange
	Alerts   []AlertPreview
}

// MarshalJSON is what is kept under the request id. The decision's input, most of it all, stands in the record already.
func (v VisitReassigned) MarshalJSON() ([]byte, error) {
	type kept VisitReassigned
	v.Decision.Input = nil
	return json.Marshal(kept(v))
}

// UnmarshalJSON reads what was kept.
func (v *VisitReassigned) UnmarshalJSON(data []byte) error {
	type kept VisitReassigned
	err := json.Unmarshal(data, (*kept)(v))
	v.Decision.Input = nil
	return err
}

func (c ReassignVisit) run(ctx context.Context, tx *Tx) (VisitReassigned, error) {
	if err := c.check(tx); err != nil {
		return VisitReassigned{}, err
	}
	call, from, to, others, err := c.load(ctx, tx)
	if err != nil {
		return VisitReassigned{}, err
	}
	outcome, err := dispatch.Reassign(call, from, to, c.Seen, c.Reason, tx.Now, others...)
	if err != nil {
		return VisitReassigned{}, err
	}
	outcome.Decision.ID = newID()
	return c.write(ctx, tx, call, from, to, outcome)
}

func (c ReassignVisit) check(tx *Tx) error {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return err
	}
	if utf8.RuneCountInString(c.Note) > longestNote {
		return Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	return nil
}

// load locks the visit and then the days, always in this order, and reads what the decision rests on: in two round trips.
func (c ReassignVisit) load(ctx context.Context, tx *Tx) (call dispatch.Call, from *dispatch.RepDay, to dispatch.RepDay, others []dispatch.RepDay, err error) {
	found, err := tx.LockVisitToReassign(ctx, tx.Now, c.Visit, c.To, c.Reason, c.Others...)
	if err != nil {
		return
	}
	if call, err = c.admit(tx, found); err != nil {
		return
	}
	v, on := call.Visit, call.Visit.TakenOn(found.Duties, c.To)
	days := []postgres.DayOfRep{{Rep: c.To, Date: on}}
	if v.RepID != nil && v.Date != nil && !v.State.Ended() && (*v.RepID != c.To || *v.Date != on) {
		days = append(days, postgres.DayOfRep{Rep: *v.RepID, Date: *v.Date})
	}
	changed := len(days)
	tx.placeNext(call.Site.TimeZone, call.Visit)
	if err = tx.LockDaysOf(ctx, days); err != nil {
		return
	}
	// The others' days are not locked: nothing of theirs is changed.
	for _, rep := range c.Others {
		days = append(days, postgres.DayOfRep{Rep: rep, Date: v.TakenOn(found.Duties, rep)})
	}
	read, err := tx.daysOf(ctx, days...)
	if err != nil {
		return
	}
	call.Owner = tx.placed[call.Visit.SiteID].Owner
	to, others = read[0], read[changed:]
	if changed > 1 {
		from = &read[1]
	}
	return
}

// admit refuses what is not there, or not the caller's to give away.
func (c ReassignVisit) admit(tx *Tx, h postgres.VisitToReassign) (dispatch.Call, error) {
	switch {
	case !h.KnownReason:
		return dispatch.Call{}, dispatch.ErrReason
	case len(h.Visits) == 0 || !tx.maySee(h.Visits[0]):
		return dispatch.Call{}, dispatch.ErrNoVisit
	case !tx.Caller.MaySeeBranch(h.Visits[0].BranchID): // seeing it as a rep is not enough
		return dispatch.Call{}, auth.ErrForbidden
	case len(h.Sites) == 0:
		return dispatch.Call{}, customer.ErrNoSite
	case len(h.Takers) == 0 || !tx.Caller.MaySeeBranch(h.Takers[0].BranchID):
		return dispatch.Call{}, roster.ErrNoRep
	}
	tx.concerns(c.Visit)
	return dispatch.Call{Visit: h.Visits[0], Site: h.Sites[0]}, nil
}

func (c ReassignVisit) write(ctx context.Context, tx *Tx, before dispatch.Call, from *dispatch.RepDay, to dispatch.RepDay, outcome dispatch.Reassigned) (VisitReassigned, error) {
	after := outcome.Visit
	was := []dispatch.RepDay{to}
	if from != nil {
		was = []dispatch.RepDay{*from, to}
	}
	did := deed{Trace: dispatch.TraceOf([]dispatch.Moved{{Before: before, After: after}}, was...)}
	if err := tx.openTraced(ctx, "REASSIGN", c.Reason, c.Note, &did); err != nil {
		return VisitReassigned{}, err
	}
	if err := tx.AddDecision(ctx, outcome.Decision, tx.Batch); err != nil {
		return VisitReassigned{}, fmt.Errorf("add decision: %w", err)
	}
	if err := tx.SavePinnedVisit(ctx, after, tx.Caller.Person, tx.Caller.Door); err != nil {
		return VisitReassigned{}, fmt.Errorf("save visit %s: %w", after.ID, err)
	}
	// A rep's own backlog visit, given a day, stays in the rep's epoch.
	handedOver := after.Epoch != before.Visit.Epoch
	if handedOver {
		if err := tx.AddAssignments(ctx, postgres.Assignment{
			Visit: after.ID, Epoch: after.Epoch, Rep: after.RepID, Batch: tx.Batch, Decision: &outcome.Decision.ID, At: tx.Now,
		}); err != nil {
			return VisitReassigned{}, err
		}
	}
	days := []*dispatch.RepDay{&outcome.To}
	changes := []DayChange{{Rep: outcome.To.Rep.ID, Before: outcome.ToLoad.Before, After: outcome.ToLoad.After}}
	if from != nil {
		days = []*dispatch.RepDay{outcome.From, &outcome.To}
		changes = append([]DayChange{{Rep: outcome.From.Rep.ID, Before: outcome.FromLoad.Before, After: outcome.FromLoad.After}}, changes...)
	}
	if err := tx.saveDays(ctx, days...); err != nil {
		return VisitReassigned{}, err
	}
	for i, day := range days {
		changes[i].Was, changes[i].Route = dispatch.Schedule(was[i], tx.Now).Route, day.Route
	}
	if err := tx.changed(ctx, before.Visit, after); err != nil {
		return VisitReassigned{}, err
	}
	event := tx.event(dispatch.VisitReassigned, before, after.RepID)
	event.Code = c.Reason
	if handedOver {
		event.TakenFrom = before.Visit.RepID
	}
	if err := tx.happened(ctx, event); err != nil {
		return VisitReassigned{}, err
	}
	alerts, err := tx.tell(ctx, c.Reason, calls(before).and(days...), outcome.Notices)
	if err != nil {
		return VisitReassigned{}, err
	}
	return VisitReassigned{Visit: after, Decision: outcome.Decision, Batch: tx.Batch, Days: changes, Alerts: alerts}, nil
}
