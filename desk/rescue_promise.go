package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/roster"
)

// RescuePromise puts the dearest visit of a branch's day into the queue whose promised time its rep will break and a colleague could keep. Only
// where the branch leaves the queue to the engine, which gives the visit out then; what a person decided stays.
type RescuePromise struct{ Branch uuid.UUID }

// PromiseRescued is what came of it.
type PromiseRescued struct {
	Visit  *dispatch.Visit // nil: there was none, or it changed meanwhile
	Alerts []AlertPreview
}

func (c RescuePromise) run(ctx context.Context, tx *Tx) (PromiseRescued, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return PromiseRescued{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return PromiseRescued{}, roster.ErrNoBranch
	}
	if _, err := tx.Branch(ctx, c.Branch); err != nil {
		return PromiseRescued{}, err
	}
	tx.concerns(c.Branch)
	rules, err := tx.DispatchRules(ctx, c.Branch)
	if err != nil || !rules.Auto {
		tx.foundNothing()
		return PromiseRescued{}, err
	}
	days, err := c.days(ctx, tx)
	if err != nil {
		return PromiseRescued{}, err
	}
	chosen, rep, found := dispatch.Rescue(days, tx.Now)
	if !found {
		tx.foundNothing()
		return PromiseRescued{}, nil
	}
	// Nothing was held so far. Visits before days, as every command locks them.
	call, err := tx.lockCall(ctx, chosen.Visit.ID)
	if err != nil || call.Visit.Version != chosen.Visit.Version {
		return PromiseRescued{}, err
	}
	held, err := tx.lockDays(ctx, *chosen.Visit.Date, rep)
	if err != nil {
		return PromiseRescued{}, err
	}
	outcome := dispatch.Endanger(call, &held[0], tx.Now)
	if err := tx.openTraced(ctx, "PROMISES", "", "", didTo(call, outcome.Visit, &held[0])); err != nil {
		return PromiseRescued{}, err
	}
	done, err := tx.putBack(ctx, call, outcome, dispatch.VisitReleased, string(dispatch.Endangered))
	return PromiseRescued{Visit: &done.Visit, Alerts: done.Alerts}, err
}

// days are those of the branch's reps as they work now, with who gave the promised visits back.
func (c RescuePromise) days(ctx context.Context, tx *Tx) ([]dispatch.RepDay, error) {
	crew, err := tx.Crew(ctx, c.Branch, tx.Now)
	if err != nil {
		return nil, err
	}
	days, err := tx.daysOf(ctx, crew...)
	if err != nil {
		return nil, err
	}
	var promised []uuid.UUID
	for _, day := range days {
		for _, call := range day.Calls {
			if call.Visit.Promised != nil {
				promised = append(promised, call.Visit.ID)
			}
		}
	}
	if len(promised) == 0 {
		return nil, nil
	}
	declined, err := tx.Decliners(ctx, promised...)
	if err != nil {
		return nil, err
	}
	for _, day := range days {
		for i := range day.Calls {
			day.Calls[i].DeclinedBy = declined[day.Calls[i].Visit.ID]
		}
	}
	return days, nil
}
