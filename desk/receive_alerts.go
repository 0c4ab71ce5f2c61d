package desk

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// mostReceipts is how many alerts a phone may confirm at once.
const mostReceipts = 100

// ReceiveAlerts is a phone's word, said by itself: it has the alerts, or has shown them. It is a fact and is never refused for coming late.
type ReceiveAlerts struct {
	Alerts []uuid.UUID
	Seen   bool      // they were shown
	Device uuid.UUID // the device that says so; uuid.Nil where it is none of the caller's registered ones
}

func (c ReceiveAlerts) run(ctx context.Context, tx *Tx) ([]notify.Alert, error) {
	if len(c.Alerts) > mostReceipts {
		return nil, Invalid{Path: []string{"alertIds"}, Code: "TOO_MANY"}
	}
	state := notify.Delivered
	if c.Seen {
		state = notify.Seen
	}
	device, err := c.device(ctx, tx)
	if err != nil {
		return nil, err
	}
	ids := slices.Clone(c.Alerts)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) // locks are taken in one order
	var received []notify.Alert
	for _, id := range slices.Compact(ids) {
		alert, err := tx.LockAlert(ctx, id)
		if err != nil {
			return nil, err
		}
		if alert.RepID != tx.Caller.Rep {
			return nil, notify.ErrNoAlert
		}
		tx.concerns(id)
		after := alert.Received(state, tx.Now)
		if device != nil {
			// What a device confirms it was handed, even where the worker that did it died before it could say so.
			if err := tx.AddDelivery(ctx, postgres.Delivery{
				ID: newID(), Alert: id, Device: device.ID, TriedAt: tx.Now, Outcome: postgres.DeliveryConfirmed, Detail: string(state),
			}); err != nil {
				return nil, err
			}
		}
		if after.Version != alert.Version {
			if err := tx.saveAlert(ctx, after); err != nil {
				return nil, err
			}
		}
		received = append(received, after)
	}
	return received, nil
}

// device is the caller's own device of that id; nil where none was named.
func (c ReceiveAlerts) device(ctx context.Context, tx *Tx) (*roster.Device, error) {
	if c.Device == uuid.Nil {
		return nil, nil
	}
	d, err := tx.DeviceByID(ctx, c.Device)
	if err != nil {
		return nil, err
	}
	if d.PersonID != tx.Caller.Person {
		return nil, roster.ErrNoDevice
	}
	return &d, nil
}
