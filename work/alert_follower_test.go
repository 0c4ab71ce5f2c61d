package work_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/work"
	"github.com/riverqueue/river"
)

// jobs are the channels asked to carry the alert, in order.
func jobs(t *testing.T, w *desktest.World, alert uuid.UUID) (list []string) {
	t.Helper()
	if err := w.DB.Pool().QueryRow(t.Context(), `SELECT coalesce(array_agg(args->>'channel' ORDER BY id), '{}') FROM river.river_job
		WHERE kind = 'send_alert' AND (args->>'alert' = $1::text OR args->'also' ? $1::text)`, alert.String()).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func stateOf(t *testing.T, w *desktest.World, alert uuid.UUID) (state, reason, hold string) {
	t.Helper()
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT state, reason, hold FROM alert WHERE id = $1", alert).Scan(&state, &reason, &hold); err != nil {
		t.Fatal(err)
	}
	return state, reason, hold
}

func step(t *testing.T, w *desktest.World) {
	t.Helper()
	if err := work.FollowAlerts(t.Context(), config(w)); err != nil {
		t.Fatal(err)
	}
}

// told is a rep's one alert, made when the day was planned at 08:00.
func told(t *testing.T, prepare func(*desktest.World)) (*desktest.World, uuid.UUID) {
	t.Helper()
	w := desktest.New(t)
	w.Align(t, 0)
	prepare(w)
	w.Plan(t, 0)
	var alert uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1", w.Branches[0].Reps[0].ID).Scan(&alert); err != nil {
		t.Fatal(err)
	}
	return w, alert
}

func TestAnAlertClimbsFromChannelToDispatcher(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) {
		w.Phone(t, 0, 0, notify.FCM)
		w.Phone(t, 0, 0, notify.Email)
	})
	for _, c := range []struct {
		pass  time.Duration
		want  []string
		state string
	}{
		{0, []string{notify.FCM}, "QUEUED"},
		{9 * time.Minute, []string{notify.FCM}, "QUEUED"},
		{time.Minute, []string{notify.FCM, notify.Email}, "QUEUED"},
		{9 * time.Minute, []string{notify.FCM, notify.Email}, "QUEUED"},
		{time.Minute, []string{notify.FCM, notify.Email}, "ESCALATED"},
		{24 * time.Hour, []string{notify.FCM, notify.Email}, "ESCALATED"},
	} {
		w.Pass(c.pass)
		step(t, w)
		if got, _, _ := stateOf(t, w, alert); got != c.state || !slices.Equal(jobs(t, w, alert), c.want) {
			t.Errorf("at %s: %s over %v, want %s over %v", w.Now().Format(time.TimeOnly), got, jobs(t, w, alert), c.state, c.want)
		}
	}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: alert}); err != nil {
		t.Errorf("acknowledge after all: %v", err)
	}
}

func TestAnAcknowledgedAlertGoesNoFurther(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) {
		w.Phone(t, 0, 0, notify.FCM)
		w.Phone(t, 0, 0, notify.Email)
	})
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: alert}); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Hour)
	step(t, w)
	if state, reason, _ := stateOf(t, w, alert); state != "ACKNOWLEDGED" || reason != "UNDERSTOOD" || len(jobs(t, w, alert)) != 1 {
		t.Errorf("%s (%s) over %v, want it at rest", state, reason, jobs(t, w, alert))
	}
}

func TestARepWithoutDevicesIsTheDispatchersMatter(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(*desktest.World) {})
	step(t, w)
	if state, _, _ := stateOf(t, w, alert); state != "QUEUED" {
		t.Errorf("at once it is %s, want it in the inbox", state)
	}
	w.Pass(10 * time.Minute)
	step(t, w)
	if state, reason, _ := stateOf(t, w, alert); state != "ESCALATED" || reason != "NO_CHANNEL" || len(jobs(t, w, alert)) != 0 {
		t.Errorf("%s (%s), want ESCALATED for want of a channel", state, reason)
	}
}

func TestADisabledPersonsDeviceIsSentNothing(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) { w.Phone(t, 0, 0, notify.FCM) })
	if _, err := w.DB.Pool().Exec(t.Context(), "UPDATE person SET disabled_at = $1 WHERE id = $2", w.Now(), w.Branches[0].Reps[0].PersonID); err != nil {
		t.Fatal(err)
	}
	claim, err := desk.ClaimAlert(t.Context(), w.Desk, desk.SendAlert{Organization: w.Organization, Alert: alert, Channel: notify.FCM})
	if err != nil || len(claim.Devices) != 0 {
		t.Errorf("%d devices, %v, want none", len(claim.Devices), err)
	}
	w.Pass(20 * time.Minute)
	step(t, w)
	if state, _, _ := stateOf(t, w, alert); state != "ESCALATED" {
		t.Errorf("%s, want it with the dispatcher", state)
	}
}

// The plan of the day is of low priority: with a digest it waits, and goes out with what else waited in one push.
func TestLowPriorityGoesOutTogether(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) {
		w.Phone(t, 0, 0, notify.FCM)
		w.Write(t, func(tx *postgres.Tx) error {
			return tx.SaveAlertRules(t.Context(), w.Branches[0].ID, notify.Rules{Digest: []hours.TimeOfDay{9 * 60}})
		})
	})
	if _, _, hold := stateOf(t, w, alert); hold != "DIGEST" || len(jobs(t, w, alert)) != 0 {
		t.Fatalf("held for %q over %v, want it to wait for the digest", hold, jobs(t, w, alert))
	}
	// Another of low priority, as a change of tomorrow would make it.
	second := uuid.Must(uuid.NewV7())
	if _, err := w.DB.Pool().Exec(t.Context(), `INSERT INTO alert (organization_id, id, rep_id, batch_id, kind, state, priority, created_at, expires_at, hold, due_at)
		SELECT organization_id, $2, rep_id, batch_id, 'VISITS_CHANGED', state, priority, created_at, expires_at, hold, due_at FROM alert WHERE id = $1`, alert, second); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Hour)
	step(t, w)
	if n := w.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'send_alert' AND args->>'organization' = $1", w.Organization.String()); n != 1 {
		t.Errorf("%d jobs, want one for both", n)
	}
	for _, id := range []uuid.UUID{alert, second} {
		if got := jobs(t, w, id); !slices.Equal(got, []string{notify.FCM}) {
			t.Errorf("alert %s goes over %v, want FCM", id, got)
		}
	}
}

func TestAnAlertExpiresWithItsDay(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) {
		w.Phone(t, 0, 0, notify.FCM)
		w.Write(t, func(tx *postgres.Tx) error {
			return tx.SaveAlertRules(t.Context(), w.Branches[0].ID, notify.Rules{Patience: 48 * time.Hour})
		})
	})
	w.Pass(16 * time.Hour)
	step(t, w)
	if state, reason, _ := stateOf(t, w, alert); state != "EXPIRED" || reason != "DAY_OVER" {
		t.Errorf("at midnight it is %s (%s), want EXPIRED with its day", state, reason)
	}
}

func TestARepChoosesTheOrderOfChannels(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) {
		w.Phone(t, 0, 0, notify.FCM)
		w.Phone(t, 0, 0, notify.Email)
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ChooseChannels{Channels: []string{"email", "HMS"}}); err != nil {
			t.Fatal(err)
		}
	})
	if got := jobs(t, w, alert); !slices.Equal(got, []string{notify.Email}) {
		t.Errorf("it goes over %v, want mail, as the rep chose", got)
	}
}

// A page that is closed is passed over as soon as nobody confirms: the next channel has its job with the same commit.
func TestAClosedPageIsPassedOverAtOnce(t *testing.T) {
	t.Parallel()
	w, alert := told(t, func(w *desktest.World) {
		w.Phone(t, 0, 0, notify.Socket)
		w.Phone(t, 0, 0, notify.FCM)
	})
	if got := jobs(t, w, alert); !slices.Equal(got, []string{notify.Socket}) {
		t.Fatalf("it goes over %v, want the open page first", got)
	}
	sender := passing{}
	worker := work.NewAlertSender(work.Config{Desk: w.Desk, Senders: map[string]notify.Sender{notify.Socket: sender}, Log: slog.New(slog.DiscardHandler)})
	job := &river.Job[desk.SendAlert]{Args: desk.SendAlert{Organization: w.Organization, Alert: alert, Channel: notify.Socket}}
	if err := worker.Work(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if got := jobs(t, w, alert); !slices.Equal(got, []string{notify.Socket, notify.FCM}) {
		t.Errorf("it goes over %v, want FCM asked with the same commit", got)
	}
	step(t, w)
	if got := jobs(t, w, alert); len(got) != 2 {
		t.Errorf("it goes over %v, want nobody asked twice", got)
	}
}

// passing is a socket on which nobody listens.
type passing struct{}

func (passing) Send(context.Context, notify.Push) (notify.Receipt, error) {
	return notify.Receipt{}, notify.Failure{Action: notify.Pass, Code: "NOBODY_LISTENS"}
}
