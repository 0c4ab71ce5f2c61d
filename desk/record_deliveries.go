package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// RecordDeliveries keeps what came of handing an alert to its rep's devices of one channel. A channel that can't carry it is passed over:
// the next is asked. Only the engine sends.
type RecordDeliveries struct {
	Alert   uuid.UUID
	Also    []uuid.UUID // alerts that went out with it
	Channel string
	Tries   []postgres.Delivery // of Alert; none where no device was left to try
}

func (c RecordDeliveries) run(ctx context.Context, tx *Tx) (notify.Alert, error) {
	if tx.Caller.Door != auth.Engine {
		return notify.Alert{}, auth.ErrForbidden
	}
	for _, try := range c.Tries {
		if try.Outcome != postgres.DeliveryForgotten {
			continue
		}
		// The provider says the token is dead. Another worker may have learnt the same.
		if err := tx.ForgetDeadDevice(ctx, try.Device, try.Detail, tx.Now); err != nil && !errors.Is(err, roster.ErrNoDevice) {
			return notify.Alert{}, err
		}
	}
	alerts, err := tx.LockAlerts(ctx, append(slices.Clone(c.Also), c.Alert)...)
	if err != nil {
		return notify.Alert{}, err
	}
	var main *notify.Alert
	for _, alert := range alerts {
		after, err := c.record(ctx, tx, alert)
		if err != nil {
			return notify.Alert{}, err
		}
		if after.ID == c.Alert {
			main = &after
		}
	}
	if main == nil {
		return notify.Alert{}, notify.ErrNoAlert
	}
	return *main, nil
}

// record writes the tries down for one of the alerts that went out.
func (c RecordDeliveries) record(ctx context.Context, tx *Tx, alert postgres.LockedAlert) (notify.Alert, error) {
	id := alert.ID
	tx.concerns(id)
	after, carried := alert.Alert, false
	for _, try := range c.Tries {
		if id != c.Alert {
			try.ID, try.Alert = newID(), id
		}
		if err := tx.AddDelivery(ctx, try); err != nil {
			return notify.Alert{}, fmt.Errorf("add delivery: %w", err)
		}
		switch try.Outcome {
		case postgres.DeliverySent:
			after, carried = after.Handed(try.TriedAt), true
		case postgres.DeliveryRetry:
			carried = true // it is being asked again
		}
	}
	if !carried {
		given, err := tx.Handed(ctx, id, c.Channel)
		if err != nil {
			return notify.Alert{}, err
		}
		if !given && len(alert.Channels) > 0 && alert.Channels[len(alert.Channels)-1] == c.Channel {
			if after, err = c.passOn(ctx, tx, after); err != nil {
				return notify.Alert{}, err
			}
		}
	}
	if err := tx.SaveAlert(ctx, after); err != nil || after.Version == alert.Version {
		return after, err
	}
	return after, tx.alertChanged(ctx, after, alert.Branch)
}

// passOn takes the next step with an alert that the channel can't carry, at once: a rep whose page is closed is not to wait for the turn of
// FollowAlerts on top.
func (c RecordDeliveries) passOn(ctx context.Context, tx *Tx, alert notify.Alert) (notify.Alert, error) {
	passed := alert.PassedOver(tx.Now)
	told, err := tx.RepsToTell(ctx, tx.Now, passed.RepID)
	if err != nil {
		return notify.Alert{}, fmt.Errorf("find out how the rep is told: %w", err)
	}
	who := told[passed.RepID]
	step := who.Rules.Decide(passed, who.Situation)
	after, err := step.Apply(passed, tx.Now)
	if err != nil {
		return notify.Alert{}, err
	}
	return after, tx.enqueue(ctx, tx.jobsOf(step, after.ID)...)
}
