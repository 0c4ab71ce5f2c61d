package desk

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
)

// CancelVisit ends a visit that will not be made.
type CancelVisit struct {
	Visit  uuid.UUID
	Seen   dispatch.Revision
	Reason string
	Note   string
}

// VisitCancelled is a visit that is called off.
type VisitCancelled struct {
	dispatch.Visit
	Batch uuid.UUID
}

func (c CancelVisit) run(ctx context.Context, tx *Tx) (VisitCancelled, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return VisitCancelled{}, err
	}
	if utf8.RuneCountInString(c.Note) > longestNote {
		return VisitCancelled{}, Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	if known, err := tx.KnowsReason(ctx, "CANCEL", c.Reason); err != nil {
		return VisitCancelled{}, err
	} else if !known {
		return VisitCancelled{}, dispatch.ErrReason
	}
	call, err := tx.lockDispatched(ctx, c.Visit)
	if err != nil {
		return VisitCancelled{}, err
	}
	day, err := tx.dayOf(ctx, call.Visit)
	if err != nil {
		return VisitCancelled{}, err
	}
	outcome, err := dispatch.Cancel(call, day, c.Seen, c.Reason, tx.Now)
	if err != nil {
		return VisitCancelled{}, err
	}
	if err := tx.openTraced(ctx, "CANCEL", c.Reason, c.Note, didTo(call, outcome.Visit, day)); err != nil {
		return VisitCancelled{}, err
	}
	if err := tx.SaveVisit(ctx, outcome.Visit); err != nil {
		return VisitCancelled{}, fmt.Errorf("save visit %s: %w", c.Visit, err)
	}
	if outcome.Day != nil {
		if err := tx.saveDays(ctx, outcome.Day); err != nil {
			return VisitCancelled{}, err
		}
	}
	if err := tx.changed(ctx, call.Visit, outcome.Visit); err != nil {
		return VisitCancelled{}, err
	}
	event := tx.event(dispatch.VisitCancelled, call, call.Visit.RepID)
	event.Code = c.Reason
	if err := tx.happened(ctx, event); err != nil {
		return VisitCancelled{}, err
	}
	_, err = tx.tell(ctx, c.Reason, calls(call).and(outcome.Day), outcome.Notices)
	return VisitCancelled{outcome.Visit, tx.Batch}, err
}
