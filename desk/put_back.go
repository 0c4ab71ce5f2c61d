package desk

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// VisitPutBack is a visit that waits again.
type VisitPutBack struct {
	Visit  dispatch.Visit
	Batch  uuid.UUID
	Days   []DayChange // the day it left, if any
	Alerts []AlertPreview
}

// putBack writes what follows from a visit going back to the queue or a backlog.
func (tx *Tx) putBack(ctx context.Context, before dispatch.Call, outcome dispatch.PutBack, as dispatch.EventType, reason string) (VisitPutBack, error) {
	after := outcome.Visit
	done := VisitPutBack{Visit: after, Batch: tx.Batch}
	if err := tx.SaveVisit(ctx, after); err != nil {
		return done, fmt.Errorf("save visit %s: %w", after.ID, err)
	}
	if after.Epoch != before.Visit.Epoch {
		if err := tx.AddAssignments(ctx, postgres.Assignment{
			Visit: after.ID, Epoch: after.Epoch, Rep: after.RepID, Batch: tx.Batch, At: tx.Now,
		}); err != nil {
			return done, err
		}
	}
	if outcome.Day != nil {
		if err := tx.saveDays(ctx, outcome.Day); err != nil {
			return done, err
		}
		done.Days = []DayChange{{
			Rep: outcome.Day.Rep.ID, Before: outcome.Load.Before, After: outcome.Load.After, Route: outcome.Day.Route,
		}}
	}
	if err := tx.changed(ctx, before.Visit, after); err != nil {
		return done, err
	}
	event := tx.event(as, before, after.RepID)
	event.Code, event.TakenFrom = reason, before.Visit.RepID
	if err := tx.happened(ctx, event); err != nil {
		return done, err
	}
	var err error
	done.Alerts, err = tx.tell(ctx, reason, calls(before).and(outcome.Day), outcome.Notices)
	return done, err
}

// because checks the reason of an act, and the words that go with it.
func (tx *Tx) because(ctx context.Context, act, reason, note string) error {
	if utf8.RuneCountInString(note) > longestNote {
		return Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	known, err := tx.KnowsReason(ctx, act, reason)
	if err == nil && !known {
		err = dispatch.ErrReason
	}
	return err
}
