package work_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcm"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/work"
	"github.com/riverqueue/river"
)

var now = time.Date(2026, time.November, 23, 5, 0, 0, 0, time.UTC)

// post is a company whose first rep has phones at a fake Firebase, and one alert to send.
type post struct {
	*desktest.World
	fake   *fcmtest.Server
	send   func() error
	alert  uuid.UUID
	phones []uuid.UUID
}

func aPost(t *testing.T, phones ...string) post {
	t.Helper()
	p := post{World: desktest.Planned(t), fake: fcmtest.New(t)}
	sender, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: p.fake.CredentialsFile, Endpoint: p.fake.URL})
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range phones {
		device, err := desk.Do(p.Rep(0, 0), p.Desk, uuid.New(), desk.RegisterDevice{Token: token, Transport: "FCM", Platform: "android", Locale: "ru"})
		if err != nil {
			t.Fatal(err)
		}
		p.phones = append(p.phones, device.ID)
	}
	if err := p.DB.Pool().QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1", p.Branches[0].Reps[0].ID).Scan(&p.alert); err != nil {
		t.Fatal(err)
	}
	p.send = p.worker(map[string]notify.Sender{"FCM": sender})
	return p
}

// worker carries out the alert's job once.
func (p post) worker(senders map[string]notify.Sender) func() error {
	w := work.NewAlertSender(work.Config{Desk: p.Desk, Senders: senders, Log: slog.New(slog.DiscardHandler)})
	return func() error {
		return w.Work(context.Background(), &river.Job[desk.SendAlert]{Args: desk.SendAlert{Organization: p.Organization, Alert: p.alert, Channel: notify.FCM}})
	}
}

func (p post) state(t *testing.T) (state string) {
	t.Helper()
	if err := p.DB.Pool().QueryRow(t.Context(), "SELECT state FROM alert WHERE id = $1", p.alert).Scan(&state); err != nil {
		t.Fatal(err)
	}
	return state
}

func (p post) outcomes(t *testing.T, device int) (list []string) {
	t.Helper()
	if err := p.DB.Pool().QueryRow(t.Context(), "SELECT coalesce(array_agg(outcome ORDER BY tried_at, id), '{}') FROM delivery WHERE alert_id = $1 AND device_id = $2",
		p.alert, p.phones[device]).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// snoozed is how long the job wants to wait; zero: it is done.
func snoozed(t *testing.T, err error) time.Duration {
	t.Helper()
	if err == nil {
		return 0
	}
	snooze, ok := errors.AsType[*river.JobSnoozeError](err)
	if !ok {
		t.Fatalf("Work: %v", err)
	}
	return snooze.Duration
}

func TestAlertIsSentOnceToEachPhone(t *testing.T) {
	t.Parallel()
	p := aPost(t, "phone", "tablet")
	for range 3 { // the worker was killed before its job was marked as done
		if wait := snoozed(t, p.send()); wait != 0 {
			t.Errorf("done, yet waits %s", wait)
		}
	}
	sent := p.fake.Messages()
	if len(sent) != 2 || sent[0].Data["alertId"] != p.alert.String() || p.state(t) != "SENT" {
		t.Errorf("%d pushes, alert %s, want one to each phone and SENT", len(sent), p.state(t))
	}
}

func TestBusyProviderIsAskedAgain(t *testing.T) {
	t.Parallel()
	p := aPost(t, "phone", "tablet")
	p.fake.Script("phone", fcmtest.TooMany(30*time.Second), fcmtest.Internal(), fcmtest.Internal())
	if wait := snoozed(t, p.send()); wait < 30*time.Second || wait > 45*time.Second {
		t.Errorf("waits %s, want the 30 s asked for and some jitter", wait)
	}
	if p.state(t) != "SENT" || !slices.Equal(p.outcomes(t, 1), []string{"SENT"}) {
		t.Error("one busy phone held up the other")
	}
	if wait := snoozed(t, p.send()); wait < 20*time.Second {
		t.Errorf("the second wait is %s, want longer than the first of 10 s", wait)
	}
	if wait := snoozed(t, p.send()); wait < 40*time.Second {
		t.Errorf("the third wait is %s, want longer than the second", wait)
	}
	if wait := snoozed(t, p.send()); wait != 0 {
		t.Errorf("sent, yet waits %s", wait)
	}
	if got := p.outcomes(t, 0); !slices.Equal(got, []string{"RETRY", "RETRY", "RETRY", "SENT"}) || len(p.fake.Messages()) != 2 {
		t.Errorf("tries %v, %d pushes", got, len(p.fake.Messages()))
	}
}

func TestPhoneIsGivenUpAtLast(t *testing.T) {
	t.Parallel()
	p := aPost(t, "phone")
	p.fake.Always("phone", fcmtest.Internal())
	tries := 1
	for ; snoozed(t, p.send()) > 0; tries++ {
		if tries > 50 {
			t.Fatal("it never ends")
		}
	}
	if got := p.outcomes(t, 0); got[len(got)-1] != "DEAD" || p.state(t) != "QUEUED" {
		t.Errorf("after %d tries %s and alert %s, want DEAD and the alert in the inbox", tries, got[len(got)-1], p.state(t))
	}
}

func TestDeadTokenIsForgotten(t *testing.T) {
	t.Parallel()
	p := aPost(t, "gone", "phone")
	p.fake.Always("gone", fcmtest.Unregistered())
	for range 2 {
		if wait := snoozed(t, p.send()); wait != 0 {
			t.Errorf("waits %s", wait)
		}
	}
	if n := p.Count(t, "SELECT count(*) FROM device WHERE id = $1 AND forgotten_reason = 'UNREGISTERED'", p.phones[0]); n != 1 {
		t.Error("the dead device is not forgotten")
	}
	if n := len(p.fake.Calls()); n != 2 {
		t.Errorf("%d calls, want one to each token", n)
	}
}

func TestWrongPushIsKeptWherePeopleSeeIt(t *testing.T) {
	t.Parallel()
	p := aPost(t, "phone")
	p.fake.Always("phone", fcmtest.BadField("message.android"))
	for range 2 {
		if wait := snoozed(t, p.send()); wait != 0 {
			t.Errorf("waits %s", wait)
		}
	}
	if got := p.outcomes(t, 0); !slices.Equal(got, []string{"DEAD"}) {
		t.Errorf("tries %v, want one, DEAD", got)
	}
}

func TestAlertWaitsWithoutASender(t *testing.T) {
	t.Parallel()
	p := aPost(t, "phone")
	if err := p.worker(nil)(); err != nil || p.state(t) != "QUEUED" || len(p.outcomes(t, 0)) != 0 {
		t.Errorf("without a sender: %v, alert %s", err, p.state(t))
	}
	if _, err := desk.Do(p.Rep(0, 0), p.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: p.alert}); err != nil {
		t.Fatal(err)
	}
	if err := p.send(); err != nil || len(p.fake.Calls()) != 0 {
		t.Errorf("acknowledged: %v, %d calls, want none", err, len(p.fake.Calls()))
	}
}

func TestOnlyTheEngineRecordsDeliveries(t *testing.T) {
	t.Parallel()
	p := aPost(t, "phone")
	if _, err := desk.Do(p.As(p.Admin), p.Desk, uuid.New(), desk.RecordDeliveries{Alert: p.alert}); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("an admin: %v, want ErrForbidden", err)
	}
	p.alert = uuid.New()
	cancel, ok := errors.AsType[*river.JobCancelError](p.worker(nil)())
	if !ok || !errors.Is(cancel, notify.ErrNoAlert) {
		t.Errorf("an alert that is gone: %v, want the job cancelled", cancel)
	}
}
