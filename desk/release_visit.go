package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
)

// ReleaseVisit puts a visit back into the queue, or into the backlog of its rep. Whoever had it is alerted.
type ReleaseVisit struct {
	Visit  uuid.UUID
	To     dispatch.State // Queued or Backlog
	Seen   dispatch.Revision
	Reason string
	Note   string
}

func (c ReleaseVisit) run(ctx context.Context, tx *Tx) (VisitPutBack, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return VisitPutBack{}, err
	}
	if c.To != dispatch.Queued && c.To != dispatch.Backlog {
		return VisitPutBack{}, Invalid{Path: []string{"to"}, Code: "OUT_OF_RANGE"}
	}
	if err := tx.because(ctx, "REASSIGN", c.Reason, c.Note); err != nil {
		return VisitPutBack{}, err
	}
	call, err := tx.lockDispatched(ctx, c.Visit)
	if err != nil {
		return VisitPutBack{}, err
	}
	day, err := tx.dayOf(ctx, call.Visit)
	if err != nil {
		return VisitPutBack{}, err
	}
	outcome, err := dispatch.Release(call, day, c.To, c.Seen, c.Reason, tx.Now)
	if err != nil {
		return VisitPutBack{}, err
	}
	if err := tx.openTraced(ctx, "RELEASE", c.Reason, c.Note, didTo(call, outcome.Visit, day)); err != nil {
		return VisitPutBack{}, err
	}
	return tx.putBack(ctx, call, outcome, dispatch.VisitReleased, c.Reason)
}
