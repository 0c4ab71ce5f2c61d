package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/riverqueue/river"
)

// mostTries is after how many tries a device is given up for one alert: with the waits between them, after some three hours.
const mostTries = 24

// recordTimeout is how long a finished job may take to write down what it sent.
const recordTimeout = 5 * time.Second

// alertSender hands alerts to their reps' devices. Each device is tried once a turn; one that must be tried again does not hold
// up the others, and is not told twice because of them.
type alertSender struct {
	river.WorkerDefaults[desk.SendAlert]
	desk    *desk.Desk
	senders map[string]notify.Sender
	log     *slog.Logger
}

// Work tries every device that has not got the alert yet.
func (w *alertSender) Work(ctx context.Context, job *river.Job[desk.SendAlert]) error {
	ctx = asEngine(ctx, job.Args.Organization)
	alert, devices, err := w.load(ctx, job.Args)
	if errors.Is(err, notify.ErrNoAlert) {
		return river.JobCancel(err)
	}
	if err != nil || !alert.State.Open() {
		return err
	}
	var tries []postgres.Delivery
	var wait time.Duration
	for _, device := range devices {
		sender, speaks := w.senders[device.Transport]
		if !speaks {
			continue // the alert waits in the inbox
		}
		try, again := w.send(ctx, sender, alert, device)
		tries = append(tries, try)
		if again > 0 && (wait == 0 || again < wait) {
			wait = again
		}
	}
	if len(tries) > 0 {
		// What was sent is recorded even when the job's time is over, or it would be sent again.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
		defer cancel()
		if _, err := desk.Do(ctx, w.desk, uuid.Nil, desk.RecordDeliveries{Alert: alert.ID, Tries: tries}); err != nil {
			return fmt.Errorf("record deliveries: %w", err)
		}
	}
	if wait > 0 {
		return river.JobSnooze(wait)
	}
	return nil
}

func (w *alertSender) load(ctx context.Context, args desk.SendAlert) (alert notify.Alert, devices []postgres.DeviceToTell, err error) {
	err = w.desk.DB.Read(ctx, args.Organization, func(tx *postgres.Tx) error {
		if alert, err = tx.Alert(ctx, args.Alert); err != nil {
			return err
		}
		devices, err = tx.DevicesToTell(ctx, alert.RepID, alert.ID)
		return err
	})
	return alert, devices, err
}

// send makes one try and says what came of it, and after how long to try again; zero: not again.
func (w *alertSender) send(ctx context.Context, sender notify.Sender, alert notify.Alert, device postgres.DeviceToTell) (postgres.Delivery, time.Duration) {
	try := postgres.Delivery{
		ID: uuid.Must(uuid.NewV7()), Alert: alert.ID, Device: device.ID, TriedAt: w.desk.Clock(), Outcome: postgres.DeliverySent,
	}
	receipt, err := sender.Send(ctx, notify.NewPush(alert, device.Token))
	if err == nil {
		try.Detail = receipt.MessageID
		return try, 0
	}
	failure, judged := errors.AsType[notify.Failure](err)
	if !judged {
		failure = notify.Failure{Action: notify.Retry, Code: "FAULT"}
	}
	try.Detail = failure.Code
	switch failure.Action {
	case notify.Forget:
		try.Outcome = postgres.DeliveryForgotten
		return try, 0
	case notify.Dead:
		try.Outcome = postgres.DeliveryDead
		w.log.Error("push refused for good", "alert", alert.ID, "code", failure.Code)
		return try, 0
	case notify.Alarm:
		w.log.Error("push credentials refused: check HEXBEAT_FCM_CREDENTIALS", "code", failure.Code)
	}
	// Snoozing leaves the job's own attempt at one: the tries are counted by their rows.
	tries := device.Tries + 1
	if tries >= mostTries {
		try.Outcome = postgres.DeliveryDead
		w.log.Error("push given up", "alert", alert.ID, "code", failure.Code, "tries", tries)
		return try, 0
	}
	try.Outcome = postgres.DeliveryRetry
	return try, failure.Wait(tries, rand.Float64())
}
