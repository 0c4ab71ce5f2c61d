package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/riverqueue/river"
)

// ResendAlert has an alert handed once more to those of its rep's devices that have not got it, whatever was said of them before. One that
// has escalated stays with the dispatcher meanwhile.
type ResendAlert struct {
	Alert uuid.UUID
}

func (c ResendAlert) run(ctx context.Context, tx *Tx) (notify.Alert, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return notify.Alert{}, err
	}
	alert, err := tx.LockAlert(ctx, c.Alert)
	if err != nil {
		return notify.Alert{}, err
	}
	told, err := tx.RepsToTell(ctx, tx.Now, alert.RepID)
	if err != nil {
		return notify.Alert{}, err
	}
	who := told[alert.RepID]
	if !tx.Caller.MaySeeBranch(who.Branch) {
		return notify.Alert{}, notify.ErrNoAlert
	}
	tx.concerns(alert.ID)
	if alert, err = alert.Again(tx.Now); err != nil {
		return notify.Alert{}, err
	}
	if err := tx.SaveAlert(ctx, alert); err != nil {
		return notify.Alert{}, err
	}
	var jobs []river.InsertManyParams
	for _, channel := range who.Situation.Reachable {
		jobs = append(jobs, river.InsertManyParams{Args: SendAlert{Organization: tx.Organization, Alert: alert.ID, Channel: channel, Again: true}})
	}
	return alert, tx.enqueue(ctx, jobs...)
}
