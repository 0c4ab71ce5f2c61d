package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
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
	zone := hours.Zone(call.Site.TimeZone)
	move := dispatch.Move{Call: call, Promised: c.Promised, Fate: dispatch.Stay}
	if c.Promised != nil {
		move.Date = hours.DateOf(c.Promised.From.In(zone))
	}
	if c.Date != nil {
		move.Date = *c.Date
	}
	switch {
	case move.Date < tx.today(call):
		return move, Invalid{Path: []string{"date"}, Code: "PAST"}
	case c.Promised != nil && c.Promised.Intersect(move.Date.In(zone)).Length() == 0:
		return move, Invalid{Path: []string{"promised"}, Code: "OTHER_DAY"}
	}
	due := move.Date.In(zone)
	if v := call.Visit; v.RepID == nil {
		move.Due = &due
		return move, nil
	}
	move.Fate, move.To = dispatch.Give, *call.Visit.RepID
	days, err := tx.RepDays(ctx, move.Date, tx.Now, move.To)
	if err != nil {
		return move, err
	}
	if day := days[0]; day.Shift == nil && !day.Absent && move.Date > tx.today(call) {
		branch, err := tx.Branch(ctx, day.Rep.BranchID)
		if err != nil {
			return move, err
		}
		if branch.WorkingTime(move.Date).Length() == 0 {
			return move, dispatch.ErrOffShift
		}
		move.Fate, move.Due = dispatch.Defer, &due
	}
	return move, nil
}
