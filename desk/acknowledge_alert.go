package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
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

// saveAlert writes an alert's new state, with its feed line.
func (tx *Tx) saveAlert(ctx context.Context, a notify.Alert) error {
	if err := tx.SaveAlert(ctx, a); err != nil {
		return fmt.Errorf("save alert %s: %w", a.ID, err)
	}
	rep, err := tx.Rep(ctx, a.RepID)
	if err != nil {
		return err
	}
	return tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "alert", ID: a.ID, Version: a.Version, RepBefore: &a.RepID, RepAfter: &a.RepID,
		BranchBefore: &rep.BranchID, BranchAfter: &rep.BranchID,
	})
}
