package desk

import (
	"context"
	"fmt"

	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// handed is visits that got a rep, each as it was before, and the days they joined.
type handed struct {
	before  []dispatch.Call
	given   []dispatch.Given // in the same order
	was     []dispatch.RepDay
	days    []*dispatch.RepDay // in the end, in the same order as before: a rep may get several
	notices []dispatch.Notice
	pinned  bool // a person chose the rep
}

// hand writes what follows when waiting visits get a rep, and alerts the reps: one alert for each.
func (tx *Tx) hand(ctx context.Context, kind string, as dispatch.EventType, h handed) ([]AlertPreview, error) {
	moved := make([]dispatch.Moved, len(h.given))
	for i, g := range h.given {
		moved[i] = dispatch.Moved{Before: h.before[i], After: g.Visit}
	}
	if err := tx.openTraced(ctx, kind, "", "", &deed{Trace: dispatch.TraceOf(moved, h.was...)}); err != nil {
		return nil, err
	}
	var events []dispatch.Event
	for i, g := range h.given {
		before, after := h.before[i], g.Visit
		tx.concerns(after.ID)
		if err := tx.AddDecision(ctx, g.Decision, tx.Batch); err != nil {
			return nil, fmt.Errorf("add decision: %w", err)
		}
		if err := tx.saveGiven(ctx, after, h.pinned); err != nil {
			return nil, fmt.Errorf("save visit %s: %w", after.ID, err)
		}
		if err := tx.AddAssignments(ctx, postgres.Assignment{
			Visit: after.ID, Epoch: after.Epoch, Rep: after.RepID, Batch: tx.Batch, Decision: &g.Decision.ID, At: tx.Now,
		}); err != nil {
			return nil, err
		}
		if err := tx.changed(ctx, before.Visit, after); err != nil {
			return nil, err
		}
		events = append(events, tx.event(as, before, after.RepID))
	}
	if err := tx.saveDays(ctx, h.days...); err != nil {
		return nil, err
	}
	if err := tx.happened(ctx, events...); err != nil {
		return nil, err
	}
	return tx.tell(ctx, "", calls(h.before...).and(h.days...), h.notices)
}

// saveGiven writes the visit, and who chose its rep where a person did.
func (tx *Tx) saveGiven(ctx context.Context, v dispatch.Visit, pinned bool) error {
	if pinned {
		return tx.SavePinnedVisit(ctx, v, tx.Caller.Person, tx.Caller.Door)
	}
	return tx.SaveVisit(ctx, v)
}
