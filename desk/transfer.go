package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// Limits on what one wish may move. Everything it touches is locked until it commits.
const (
	MostVisits  = 500
	mostReps    = 50
	mostDates   = 31
	mostRepDays = 4000
)

// Transferred is what came of moving visits: one batch, all of it or nothing.
type Transferred struct {
	Batch    uuid.UUID
	Moves    []VisitMove
	Days     []DayChange
	Promises []dispatch.PromiseTouched
	Alerts   []AlertPreview
}

// VisitMove is what became of one visit.
type VisitMove struct {
	Visit    dispatch.Visit
	From     *uuid.UUID         // the rep before; nil: nobody
	Decision *dispatch.Decision // without its input; nil where no rep was chosen
	Code     *string            // why it was given to nobody; nil where nobody tried, or where it was
}

// lockCalls locks visits in the order of their ids, and answers them with their sites in the order asked for. One that is missing or out
// of the caller's sight refuses.
func (tx *Tx) lockCalls(ctx context.Context, ids []uuid.UUID) ([]dispatch.Call, error) {
	visits, err := tx.LockVisits(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]dispatch.Visit{}
	for _, v := range visits {
		byID[v.ID] = v
	}
	ordered := make([]dispatch.Visit, len(ids))
	for i, id := range ids {
		v, found := byID[id]
		if !found || !tx.maySee(v) {
			return nil, dispatch.MoveError{At: i, Visit: id, Err: dispatch.ErrNoVisit}
		}
		if !tx.Caller.MaySeeBranch(v.BranchID) {
			return nil, auth.ErrForbidden
		}
		ordered[i] = v
	}
	return tx.callsFor(ctx, ordered)
}

// callsFor are visits with their sites, with whose ground these are, and with who gave them back, in the same order.
func (tx *Tx) callsFor(ctx context.Context, visits []dispatch.Visit) ([]dispatch.Call, error) {
	if len(visits) == 0 {
		return nil, nil
	}
	about, err := tx.callsOf(ctx, visits)
	if err != nil {
		return nil, err
	}
	if err := tx.place(ctx, about[visits[0].ID].Site.TimeZone, visits...); err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(visits))
	for i, v := range visits {
		ids[i] = v.ID
	}
	declined, err := tx.Decliners(ctx, ids...)
	if err != nil {
		return nil, fmt.Errorf("read who gave visits back: %w", err)
	}
	calls := make([]dispatch.Call, len(visits))
	for i, v := range visits {
		calls[i] = about[v.ID]
		calls[i].Owner, calls[i].DeclinedBy = tx.placed[v.SiteID].Owner, declined[v.ID]
	}
	return calls, nil
}

// repDates are days of reps, each named once.
type repDates map[hours.Date]map[uuid.UUID]bool

func (r repDates) add(date hours.Date, reps ...uuid.UUID) {
	if r[date] == nil {
		r[date] = map[uuid.UUID]bool{}
	}
	for _, rep := range reps {
		r[date][rep] = true
	}
}

// lockDates locks days of reps, date after date and of each date in the order of ids, and only then reads them.
func (tx *Tx) lockDates(ctx context.Context, wanted repDates) ([]dispatch.RepDay, error) {
	var locks []postgres.DayOfRep
	dates := slices.Sorted(maps.Keys(wanted))
	repsOn := map[hours.Date][]uuid.UUID{}
	for _, date := range dates {
		repsOn[date] = slices.SortedFunc(maps.Keys(wanted[date]), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		for _, rep := range repsOn[date] {
			locks = append(locks, postgres.DayOfRep{Rep: rep, Date: date})
		}
	}
	if len(locks) > mostRepDays {
		return nil, Invalid{Path: []string{"dates"}, Code: "TOO_MANY", Most: mostRepDays}
	}
	if err := tx.LockDaysOf(ctx, locks); err != nil {
		return nil, err
	}
	var days []dispatch.RepDay
	for _, date := range dates {
		on, err := tx.RepDays(ctx, date, tx.Now.Add(-dispatch.PositionFresh), repsOn[date]...)
		if err != nil {
			return nil, err
		}
		days = append(days, on...)
	}
	return days, nil
}

// lockMoves locks and reads every day that moves concern.
func (tx *Tx) lockMoves(ctx context.Context, moves []dispatch.Move) ([]dispatch.RepDay, error) {
	wanted, err := tx.concerned(ctx, moves)
	if err != nil {
		return nil, err
	}
	return tx.lockDates(ctx, wanted)
}

// concerned are the days the visits are on, those they are given to and, where they are to be spread, those of everybody of the branch who
// works then.
func (tx *Tx) concerned(ctx context.Context, moves []dispatch.Move) (repDates, error) {
	wanted := repDates{}
	type branchDate struct {
		branch uuid.UUID
		date   hours.Date
	}
	asked, now := map[branchDate]bool{}, map[uuid.UUID]bool{}
	for _, m := range moves {
		v := m.Call.Visit
		if v.RepID != nil && v.Date != nil && !v.State.Ended() {
			wanted.add(*v.Date, *v.RepID)
		}
		switch key := (branchDate{v.BranchID, m.Date}); {
		case m.Fate == dispatch.Give:
			if date, works := m.On(m.To); works {
				wanted.add(date, m.To)
			}
		case m.Fate == dispatch.Spread && m.Now != nil && !now[v.BranchID]:
			now[v.BranchID] = true
			for rep, date := range m.Now {
				wanted.add(date, rep)
			}
		case m.Fate == dispatch.Spread && m.Now == nil && !asked[key]:
			asked[key] = true
			reps, err := tx.RepsOnShift(ctx, v.BranchID, m.Date)
			if err != nil {
				return nil, err
			}
			wanted.add(m.Date, reps...)
		}
	}
	return wanted, nil
}

// lockWhole locks the visits that reps have on days and have not begun, and then the days. Those that join a day in between ask for another
// try.
func (tx *Tx) lockWhole(ctx context.Context, list []postgres.DayOfRep) ([]dispatch.RepDay, error) {
	visits, err := tx.LockAssignedOn(ctx, list)
	if err != nil {
		return nil, err
	}
	calls, err := tx.callsFor(ctx, visits)
	if err != nil {
		return nil, err
	}
	wanted := repDates{}
	for _, day := range list {
		wanted.add(day.Date, day.Rep)
	}
	days, err := tx.lockDates(ctx, wanted)
	if err != nil {
		return nil, err
	}
	locked := callsByVisit{}
	for _, c := range calls {
		locked[c.Visit.ID] = c
	}
	for _, day := range days {
		for i, c := range day.Calls {
			whole, known := locked[c.Visit.ID]
			if c.Visit.State == dispatch.Assigned && !known {
				return nil, postgres.ErrAgain
			}
			if known {
				day.Calls[i] = whole
			}
		}
	}
	return days, nil
}

// dated says on which service days moves that are spread or given away are made: visits that wait, and those that are work of now, on
// whichever day counts for whoever takes them; others on their own day.
func (tx *Tx) dated(ctx context.Context, moves []dispatch.Move) error {
	var reps []uuid.UUID
	for _, m := range moves {
		if v := m.Call.Visit; v.RepID != nil {
			reps = append(reps, *v.RepID)
		}
		if m.Fate == dispatch.Give {
			reps = append(reps, m.To)
		}
	}
	duties, err := tx.Duties(ctx, tx.Now, byID(reps)...)
	if err != nil {
		return err
	}
	crews := map[uuid.UUID]map[uuid.UUID]hours.Date{}
	for i, m := range moves {
		v := m.Call.Visit
		if v.Date != nil {
			moves[i].Date = *v.Date
		}
		if !v.Timely(duties) {
			continue
		}
		if m.Fate == dispatch.Give {
			moves[i].Now = map[uuid.UUID]hours.Date{m.To: duties[m.To].Date}
			continue
		}
		if crews[v.BranchID] == nil {
			crew, err := tx.Crew(ctx, v.BranchID, tx.Now)
			if err != nil {
				return err
			}
			crews[v.BranchID] = make(map[uuid.UUID]hours.Date, len(crew))
			for _, day := range crew {
				crews[v.BranchID][day.Rep] = day.Date
			}
		}
		moves[i].Now = crews[v.BranchID]
	}
	return nil
}

// writeTransfer keeps what became of visits, of days and of who answers for sites, in a batch that is open, and tells each rep once.
func (tx *Tx) writeTransfer(ctx context.Context, reason string, out dispatch.Transferred, owners ...ownerDeed) (Transferred, error) {
	result := Transferred{Batch: tx.Batch, Promises: out.Promises}
	tx.upsets(out)
	var visits []dispatch.Visit
	var assignments []postgres.Assignment
	var changes []postgres.FeedChange
	var events []dispatch.Event
	named := callsByVisit{}
	for _, m := range out.Visits {
		before, after := m.Before.Visit, m.After
		move := VisitMove{Visit: after, From: before.RepID}
		if m.Code != "" {
			move.Code = &m.Code
		}
		named[after.ID] = m.Before
		if m.Changed() {
			tx.concerns(after.ID)
			tx.stirs(before, after)
			visits = append(visits, after)
			changes = append(changes, postgres.FeedChange{
				Kind: "visit", ID: after.ID, Version: int(after.Version), RepBefore: before.RepID, RepAfter: after.RepID,
				BranchBefore: &before.BranchID, BranchAfter: &after.BranchID,
			})
			assignment := postgres.Assignment{Visit: after.ID, Epoch: after.Epoch, Rep: after.RepID, Batch: tx.Batch, At: tx.Now}
			if m.Decision != nil {
				decision := *m.Decision
				decision.ID = newID()
				if err := tx.AddDecision(ctx, decision, tx.Batch); err != nil {
					return result, fmt.Errorf("add decision: %w", err)
				}
				assignment.Decision = &decision.ID
				decision.Input = nil
				move.Decision = &decision
			}
			event := tx.event(dispatch.VisitRescheduled, m.Before, after.RepID)
			event.Code = reason
			switch {
			case before.State == dispatch.Cancelled:
				event.Type = dispatch.VisitRestored
			case after.State == dispatch.Cancelled:
				event.Type = dispatch.VisitCancelled
			}
			if after.Epoch != before.Epoch {
				assignments = append(assignments, assignment)
				event.Type, event.TakenFrom = dispatch.VisitReassigned, before.RepID
			}
			events = append(events, event)
		}
		result.Moves = append(result.Moves, move)
	}
	if err := tx.SaveTransferred(ctx, visits, tx.Caller.Person, string(tx.Caller.Door)); err != nil {
		return result, err
	}
	if err := tx.AddAssignments(ctx, assignments...); err != nil {
		return result, err
	}
	days := make([]*dispatch.RepDay, len(out.Days))
	for i := range out.Days {
		days[i] = &out.Days[i].After
	}
	if len(days) > 0 {
		if err := tx.saveDays(ctx, days...); err != nil {
			return result, err
		}
	}
	for _, day := range out.Days {
		result.Days = append(result.Days, DayChange{
			Rep: day.After.Rep.ID, Before: day.Load.Before, After: day.Load.After, Was: day.Before.Route, Route: day.After.Route,
		})
	}
	if err := tx.AddChanges(ctx, tx.Now, changes...); err != nil {
		return result, err
	}
	if err := tx.happened(ctx, events...); err != nil {
		return result, err
	}
	followed, notices, err := tx.changeOwners(ctx, owners)
	if err != nil {
		return result, err
	}
	maps.Copy(named, followed)
	result.Alerts, err = tx.tell(ctx, reason, named.and(days...), append(out.Notices, notices...))
	return result, err
}

// byID sorts ids, the order in which things are locked.
func byID(ids []uuid.UUID) []uuid.UUID {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(sorted)
}
