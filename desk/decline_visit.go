package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// DeclineVisit gives a visit of the calling rep back to the queue. The engine neither gives nor offers it to that rep again.
type DeclineVisit struct {
	Visit  uuid.UUID
	Seen   *dispatch.Revision // nil: whatever it is
	Reason string
	Note   string
}

func (c DeclineVisit) run(ctx context.Context, tx *Tx) (VisitPutBack, error) {
	if tx.Caller.Rep == uuid.Nil {
		return VisitPutBack{}, ErrNotARep
	}
	if err := tx.because(ctx, "SKIP", c.Reason, c.Note); err != nil {
		return VisitPutBack{}, err
	}
	call, err := tx.lockCall(ctx, c.Visit)
	if err != nil {
		return VisitPutBack{}, err
	}
	day, err := tx.dayOf(ctx, call.Visit)
	if err != nil {
		return VisitPutBack{}, err
	}
	outcome, err := dispatch.Decline(call, day, tx.Caller.Rep, c.Seen, c.Reason, tx.Now)
	if err != nil {
		return VisitPutBack{}, err
	}
	if err := tx.openTraced(ctx, "DECLINE", c.Reason, c.Note, didTo(call, outcome.Visit, day)); err != nil {
		return VisitPutBack{}, err
	}
	if err := tx.AddDecline(ctx, postgres.Decline{
		Visit: c.Visit, Epoch: call.Visit.Epoch, Rep: tx.Caller.Rep, Reason: c.Reason, Note: c.Note, At: tx.Now,
	}); err != nil {
		return VisitPutBack{}, err
	}
	return tx.putBack(ctx, call, outcome, dispatch.VisitDeclined, c.Reason)
}
