package desk

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
)

// QueuePromises puts visits into the queue that somebody owes on no particular day, though a time up to the end of a service day was promised: their
// reps' days had no room for them, or there is no such day.
type QueuePromises struct {
	Branch uuid.UUID
	Date   hours.Date
}

// run says how many there were.
func (c QueuePromises) run(ctx context.Context, tx *Tx) (int, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return 0, err
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	own, err := tx.OwnHoursOf(ctx, c.Branch)
	if err != nil {
		return 0, err
	}
	owed, err := tx.LockPromised(ctx, c.Branch, branch.ServiceEnd(c.Date, slices.Collect(maps.Values(own))...))
	if err != nil || len(owed) == 0 {
		return 0, err
	}
	tx.concerns(c.Branch)
	if err := tx.open(ctx, "PROMISES", "", ""); err != nil {
		return 0, err
	}
	var visits []dispatch.Visit
	var notices []dispatch.Notice
	for _, call := range owed {
		outcome := dispatch.Endanger(call, nil, tx.Now)
		visits, notices = append(visits, outcome.Visit), append(notices, outcome.Notices...)
	}
	if err := tx.SaveVisits(ctx, visits); err != nil {
		return 0, err
	}
	if err := tx.place(ctx, branch.TimeZone, visits...); err != nil {
		return 0, err
	}
	return len(visits), tx.carried(ctx, calls(owed...), visits, notices)
}
