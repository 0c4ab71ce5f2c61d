package desk

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
)

// Claim is what a job may hand over.
type Claim struct {
	Alert   notify.Alert
	Also    []uuid.UUID // go out with it
	Devices []postgres.DeviceToTell
	Ended   bool // nobody is to be told any more
}

// ClaimAlert says that a channel is about to be given an alert, and reads whom to give it to. From then on the alert can't be annulled:
// if the process dies the next moment, nobody knows whether the channel has it. What has ended, or is in the dispatcher's hands, is given
// to nobody, unless somebody asked for it again. A claim is no wish of anybody's and leaves no line in the audit.
func ClaimAlert(ctx context.Context, d *Desk, job SendAlert) (claim Claim, err error) {
	ids := append(slices.Clone(job.Also), job.Alert)
	err = d.DB.Write(ctx, job.Organization, func(tx *postgres.Tx) error {
		claim = Claim{Ended: true}
		alerts, devices, err := tx.LockAlertsToTell(ctx, job.Channel, ids...)
		if err != nil {
			return err
		}
		if len(alerts) < len(ids) {
			return notify.ErrNoAlert
		}
		for _, alert := range alerts {
			if !alert.State.Open() && !(job.Again && alert.State == notify.Escalated) {
				continue
			}
			if !claim.Ended {
				claim.Also = append(claim.Also, claim.Alert.ID)
			}
			claim.Alert, claim.Ended = alert.Alert, false
		}
		if claim.Devices = devices[claim.Alert.ID]; claim.Ended || len(claim.Devices) == 0 {
			return nil
		}
		return tx.TryAlerts(ctx, append(slices.Clone(claim.Also), claim.Alert.ID), d.Clock())
	})
	return claim, err
}
