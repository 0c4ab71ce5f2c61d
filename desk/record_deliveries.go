package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// RecordDeliveries keeps what came of handing an alert to devices. Only the engine sends.
type RecordDeliveries struct {
	Alert uuid.UUID
	Tries []postgres.Delivery
}

func (c RecordDeliveries) run(ctx context.Context, tx *Tx) (notify.Alert, error) {
	if tx.Caller.Door != auth.Engine {
		return notify.Alert{}, auth.ErrForbidden
	}
	alert, err := tx.LockAlert(ctx, c.Alert)
	if err != nil {
		return notify.Alert{}, err
	}
	tx.concerns(c.Alert)
	after := alert
	for _, try := range c.Tries {
		if err := tx.AddDelivery(ctx, try); err != nil {
			return notify.Alert{}, fmt.Errorf("add delivery: %w", err)
		}
		switch try.Outcome {
		case postgres.DeliverySent:
			after = after.Handed(try.TriedAt)
		case postgres.DeliveryForgotten:
			// The provider says the token is dead. Another worker may have learnt the same.
			if err := tx.ForgetDeadDevice(ctx, try.Device, try.Detail, tx.Now); err != nil && !errors.Is(err, roster.ErrNoDevice) {
				return notify.Alert{}, err
			}
		}
	}
	if after.Version == alert.Version {
		return after, nil
	}
	return after, tx.saveAlert(ctx, after)
}
