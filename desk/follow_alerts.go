package desk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// followPage is how many alerts one FollowAlerts decides about.
const followPage = 500

// FollowAlerts decides the next step of the organization's alerts whose time has come: the next channel, the dispatcher's list, the end of the
// day. Only the engine does it.
type FollowAlerts struct{}

// AlertsFollowed is what came of it.
type AlertsFollowed struct {
	Decided int
	More    bool // there may be more whose time has come
}

func (c FollowAlerts) run(ctx context.Context, tx *Tx) (AlertsFollowed, error) {
	if tx.Caller.Door != auth.Engine {
		return AlertsFollowed{}, auth.ErrForbidden
	}
	due, err := tx.LockDueAlerts(ctx, tx.Now, followPage)
	if err != nil || len(due) == 0 {
		return AlertsFollowed{}, err
	}
	var reps []uuid.UUID
	for _, a := range due {
		reps = append(reps, a.RepID)
	}
	told, err := tx.RepsToTell(ctx, tx.Now, reps...)
	if err != nil {
		return AlertsFollowed{}, fmt.Errorf("find out how reps are told: %w", err)
	}
	digests := map[digest][]uuid.UUID{}
	var order []digest
	for _, alert := range due {
		step, err := c.decide(ctx, tx, alert, told[alert.RepID])
		if err != nil {
			return AlertsFollowed{}, fmt.Errorf("follow alert %s: %w", alert.ID, err)
		}
		if step.Ask == "" {
			continue
		}
		// What waited for the same digest goes out in one push; everything else by itself.
		key := digest{rep: alert.RepID, channel: step.Ask, alone: alert.ID}
		if alert.Hold == notify.Digest {
			key.alone = uuid.Nil
		}
		if digests[key] == nil {
			order = append(order, key)
		}
		digests[key] = append(digests[key], alert.ID)
	}
	var jobs []river.InsertManyParams
	for _, key := range order {
		ids := digests[key]
		last := len(ids) - 1 // the newest speaks for all
		jobs = append(jobs, tx.jobsOf(notify.Step{Ask: key.channel}, ids[last], ids[:last]...)...)
	}
	return AlertsFollowed{Decided: len(due), More: len(due) == followPage}, tx.enqueue(ctx, jobs...)
}

// digest is what one push says.
type digest struct {
	rep     uuid.UUID
	channel string
	alone   uuid.UUID // the only alert of the push; uuid.Nil for a digest
}

// decide takes one step with one alert.
func (c FollowAlerts) decide(ctx context.Context, tx *Tx, alert notify.Alert, who postgres.RepToTell) (notify.Step, error) {
	step := who.Rules.Decide(alert, who.Situation)
	after, err := step.Apply(alert, tx.Now)
	if err != nil {
		return step, err
	}
	if err := tx.SaveAlert(ctx, after); err != nil {
		return step, err
	}
	if after.Version == alert.Version {
		return step, nil
	}
	tx.concerns(alert.ID)
	return step, tx.alertChanged(ctx, after, who.Branch)
}
