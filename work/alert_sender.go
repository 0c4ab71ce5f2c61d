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

// alertSender hands an alert to its rep's devices of one channel. Each device is tried once a turn; one that must be tried again does not hold
// up the others, and is not told twice because of them.
type alertSender struct {
	river.WorkerDefaults[desk.SendAlert]
	desk    *desk.Desk
	senders map[string]notify.Sender
	counted func(channel, outcome string)
	log     *slog.Logger
}

// Work tries every device that has not got the alert yet.
func (w *alertSender) Work(ctx context.Context, job *river.Job[desk.SendAlert]) error {
	args := job.Args
	if args.Channel == "" {
		args.Channel = notify.FCM
	}
	ctx = asEngine(ctx, args.Organization)
	sender, speaks := w.senders[args.Channel]
	if !speaks {
		return w.record(ctx, args, nil)
	}
	claim, err := desk.ClaimAlert(ctx, w.desk, args)
	if errors.Is(err, notify.ErrNoAlert) {
		return river.JobCancel(err)
	}
	if err != nil || claim.Ended {
		return err
	}
	args.Alert, args.Also = claim.Alert.ID, claim.Also
	var tries []postgres.Delivery
	var wait time.Duration
	for _, device := range claim.Devices {
		try, again := w.send(ctx, sender, args, claim.Alert, device)
		tries = append(tries, try)
		if again > 0 && (wait == 0 || again < wait) {
			wait = again
		}
	}
	if err := w.record(ctx, args, tries); err != nil {
		return err
	}
	if wait > 0 {
		return river.JobSnooze(wait)
	}
	return nil
}

// record writes down what was sent, even when the job's time is over, or it would be sent again.
func (w *alertSender) record(ctx context.Context, job desk.SendAlert, tries []postgres.Delivery) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	_, err := desk.Do(ctx, w.desk, uuid.Nil, desk.RecordDeliveries{Alert: job.Alert, Also: job.Also, Channel: job.Channel, Tries: tries})
	if errors.Is(err, notify.ErrNoAlert) {
		return river.JobCancel(err)
	}
	if err != nil {
		return fmt.Errorf("record deliveries: %w", err)
	}
	return nil
}

// send makes one try and says what came of it, and after how long to try again; zero: not again.
func (w *alertSender) send(ctx context.Context, sender notify.Sender, job desk.SendAlert, alert notify.Alert, device postgres.DeviceToTell) (postgres.Delivery, time.Duration) {
	try := postgres.Delivery{
		ID: uuid.Must(uuid.NewV7()), Alert: alert.ID, Device: device.ID, TriedAt: w.desk.Clock(), Outcome: postgres.DeliverySent,
	}
	push := notify.NewPush(alert, device.Token)
	push.Organization, push.Locale = job.Organization, device.Locale
	receipt, err := sender.Send(ctx, push)
	if err == nil {
		try.Detail = receipt.MessageID
		w.counted(job.Channel, try.Outcome)
		return try, 0
	}
	failure, judged := errors.AsType[notify.Failure](err)
	if !judged {
		failure = notify.Failure{Action: notify.Retry, Code: "FAULT"}
	}
	try.Outcome, try.Detail = outcomeOf(failure), failure.Code
	// Snoozing leaves the job's own attempt at one: the tries are counted by their rows.
	tries := device.Tries + 1
	if try.Outcome == postgres.DeliveryRetry && tries >= mostTries {
		try.Outcome = postgres.DeliveryDead
	}
	w.counted(job.Channel, try.Outcome)
	say := w.log.With("alert", alert.ID, "channel", job.Channel, "code", failure.Code, "tries", tries)
	switch {
	case failure.Action == notify.Dead:
		say.Error("push refused for good")
	case try.Outcome == postgres.DeliveryDead:
		say.Error("push given up")
	case failure.Action == notify.Alarm:
		say.Error("the channel's credentials are refused: hexbeat doctor says which")
	}
	if try.Outcome != postgres.DeliveryRetry {
		return try, 0
	}
	return try, failure.Wait(tries, rand.Float64())
}

// outcomeOf is what a failure leaves in the record.
func outcomeOf(f notify.Failure) string {
	switch f.Action {
	case notify.Forget:
		return postgres.DeliveryForgotten
	case notify.Dead:
		return postgres.DeliveryDead
	case notify.Pass:
		return postgres.DeliveryPassed
	}
	return postgres.DeliveryRetry
}
