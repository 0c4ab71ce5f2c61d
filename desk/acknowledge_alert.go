package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
)

// AcknowledgeAlert is the rep's word: understood.
type AcknowledgeAlert struct {
	Alert uuid.UUID
}

func (c AcknowledgeAlert) run(ctx context.Context, tx *Tx) (notify.Alert, error) {
	alert, err := tx.LockAlert(ctx, c.Alert)
	if err != nil {
		return notify.Alert{}, err
	}
	if alert.RepID != tx.Caller.Rep {
		return notify.Alert{}, notify.ErrNoAlert
	}
	tx.concerns(alert.ID)
	after, err := alert.Acknowledge(tx.Now)
	if err != nil || after.Version == alert.Version {
		return after, err
	}
	return after, tx.saveAlert(ctx, after)
}
