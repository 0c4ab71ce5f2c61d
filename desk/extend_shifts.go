package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
)

// ExtendShifts lets a branch's shifts of a day end later, where less than Least is left of them.
type ExtendShifts struct {
	Branch uuid.UUID
	Date   hours.Date
	To     time.Time
	Least  time.Duration
}

func (c ExtendShifts) run(ctx context.Context, tx *Tx) (int, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return 0, err
	}
	tx.concerns(c.Branch)
	return tx.ExtendShifts(ctx, c.Branch, c.Date, c.To, tx.Now.Add(c.Least))
}
