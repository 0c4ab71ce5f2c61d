package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// RescheduleVisit moves a visit to another day of its rep, or promises it for a window, or both. On a day that has no shift yet it waits in
// the rep's backlog, due that day: planning the day takes what was promised first. One that waits in the queue stays there.
type RescheduleVisit struct {
	Visit    uuid.UUID
	Seen     dispatch.Revision
	Date     *hours.Date   // nil: the day of what is promised
	Promised *hours.Window // nil: leaves what was promised
	Unpinned bool          // the engine may give the visit to another rep
	Reason   string
	Note     string
}

func (c RescheduleVisit) run(ctx context.Context, tx *Tx) (Transferred, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return Transferred{}, err
	}
	calls, err := tx.lockCalls(ctx, []uuid.UUID{c.Visit})
	if err != nil {
		return Transferred{}, err
	}
	if err := c.check(tx); err != nil {
		return Transferred{}, err
	}
	if err := tx.because(ctx, "REASSIGN", c.Reason, c.Note); err != nil {
		return Transferred{}, err
	}
	if calls[0].Visit.Version != c.Seen {
		return Transferred{}, dispatch.ErrStale
	}
	move, err := c.move(ctx, tx, calls[0])
	if err != nil {
		return Transferred{}, err
	}
	days, err := tx.lockMoves(ctx, []dispatch.Move{move})
	if err != nil {
		return Transferred{}, err
	}
	out, err := dispatch.Transfer{Moves: []dispatch.Move{move}, Days: days, Reason: c.Reason, Pin: !c.Unpinned, Now: tx.Now}.Move()
	if err != nil {
		return Transferred{}, err
	}
	if err := tx.openTraced(ctx, "RESCHEDULE", c.Reason, c.Note, &deed{Trace: out.Trace}); err != nil {
		return Transferred{}, err
	}
	return tx.writeTransfer(ctx, c.Reason, out)
}

func (c RescheduleVisit) check(tx *Tx) error {
	switch {
	case c.Date == nil && c.Promised == nil:
		return Invalid{Path: []string{"date"}, Code: "EMPTY"}
	case c.Promised != nil && !c.Promised.To.After(c.Promised.From):
		return Invalid{Path: []string{"promised"}, Code: "ORDER"}
	case c.Promised != nil && !c.Promised.To.After(tx.Now):
		return Invalid{Path: []string{"promised"}, Code: "PAST"}
	}
	return nil
}

func (c RescheduleVisit) move(ctx context.Context, tx *Tx, call dispatch.Call) (dispatch.Move, error) {
	move := dispatch.Move{Call: call, Promised: c.Promised, Fate: dispatch.Stay}
	branch, err := tx.Branch(ctx, call.Visit.BranchID)
	if err != nil {
		return move, err
	}
	var own *roster.OwnHours
	if call.Visit.RepID != nil {
		all, err := tx.OwnHoursOf(ctx, branch.ID)
		if err != nil {
			return move, err
		}
		own = all[*call.Visit.RepID]
	}
	date := func(at time.Time) (hours.Date, error) {
		return tx.serviceDate(ctx, call.Visit.RepID, branch.UsualDate(own, at), at)
	}
	today, err := date(tx.Now)
	if err != nil {
		return move, err
	}
	if c.Promised != nil {
		if move.Date, err = date(c.Promised.From); err != nil {
			return move, err
		}
	}
	if c.Date != nil {
		move.Date = *c.Date
	}
	due, usual := move.Date.In(hours.Zone(call.Site.TimeZone)), branch.WorkingTimeOf(own, move.Date)
	var day dispatch.RepDay
	if call.Visit.RepID != nil {
		days, err := tx.RepDays(ctx, move.Date, tx.Now, *call.Visit.RepID)
		if err != nil {
			return move, err
		}
		if day = days[0]; day.Shift != nil {
			usual = day.Shift.Window()
		}
	}
	if usual.To.After(due.To) {
		due.To = usual.To // the service day goes on past midnight
	}
	switch {
	case move.Date < today:
		return move, Invalid{Path: []string{"date"}, Code: "PAST"}
	case c.Promised != nil && c.Promised.Intersect(due).Length() == 0:
		return move, Invalid{Path: []string{"promised"}, Code: "OTHER_DAY"}
	case call.Visit.RepID == nil:
		move.Due = &due
		return move, nil
	}
	move.Fate, move.To = dispatch.Give, *call.Visit.RepID
	if day.Shift == nil && !day.Absent && move.Date > today {
		if usual.Length() == 0 {
			return move, dispatch.ErrOffShift
		}
		move.Fate, move.Due = dispatch.Defer, &due
	}
	return move, nil
}

// serviceDate is the service day of a rep that a moment falls into. Where the rep has no shift there yet, or there is no rep, it is the usual one.
func (tx *Tx) serviceDate(ctx context.Context, rep *uuid.UUID, usual hours.Date, at time.Time) (hours.Date, error) {
	if rep == nil {
		return usual, nil
	}
	duties, err := tx.Duties(ctx, at, *rep)
	if err != nil || duties[*rep].UnderWay || usual == duties[*rep].Date {
		return duties[*rep].Date, err
	}
	days, err := tx.RepDays(ctx, usual, tx.Now, *rep)
	if err != nil || days[0].Shift != nil {
		return duties[*rep].Date, err // the rep works that day, at another time
	}
	return usual, nil
}
