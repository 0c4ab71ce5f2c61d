package notify_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"pgregory.net/rapid"
)

var (
	noon    = time.Date(2026, time.November, 4, 12, 0, 0, 0, time.UTC)
	states  = []notify.State{notify.Queued, notify.Sent, notify.Delivered, notify.Seen, notify.Acknowledged, notify.Escalated, notify.Superseded, notify.Annulled, notify.Expired}
	endings = []notify.State{notify.Acknowledged, notify.Superseded, notify.Annulled, notify.Expired}
)

func TestAcknowledgingTwiceKeepsTheFirstTime(t *testing.T) {
	t.Parallel()
	alert := notify.Alert{State: notify.Sent, Version: 2}
	first, err := alert.Acknowledge(noon)
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Acknowledge(noon.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if second.State != notify.Acknowledged || second.Version != 3 || !second.AcknowledgedAt.Equal(noon) {
		t.Errorf("acknowledged twice: %s, version %d, at %v; want ACKNOWLEDGED, 3, %v", second.State, second.Version, second.AcknowledgedAt, noon)
	}
	if alert.State != notify.Sent || alert.AcknowledgedAt != nil {
		t.Errorf("the alert before = %+v, want it untouched", alert)
	}
}

func TestAnEndedAlertCannotBeAcknowledged(t *testing.T) {
	t.Parallel()
	for _, state := range []notify.State{notify.Superseded, notify.Annulled, notify.Expired} {
		if _, err := (notify.Alert{State: state}).Acknowledge(noon); !errors.Is(err, notify.ErrEnded) {
			t.Errorf("acknowledge %s: %v, want %v", state, err, notify.ErrEnded)
		}
	}
	if _, err := (notify.Alert{State: notify.Escalated}).Acknowledge(noon); err != nil {
		t.Errorf("acknowledge an escalated alert: %v, want no error", err)
	}
}

func TestOnlyAnAlertNoChannelHasIsAnnulled(t *testing.T) {
	t.Parallel()
	for _, state := range states {
		_, err := (notify.Alert{State: state}).Move(notify.Annulled, noon)
		if allowed := state == notify.Queued || state == notify.Annulled; (err == nil) != allowed {
			t.Errorf("annul %s: %v, want allowed %v", state, err, allowed)
		}
	}
}

func TestHandingOverIsAFactAndNeverTurnsAnAlertBack(t *testing.T) {
	t.Parallel()
	for _, state := range states {
		got := notify.Alert{State: state, Version: 1}.Handed(noon).Handed(noon.Add(time.Hour))
		want, version := state, 2 // when it was first handed over is news of its own
		if state == notify.Queued {
			want = notify.Sent
		}
		if got.State != want || got.Version != version || !got.SentAt.Equal(noon) {
			t.Errorf("handed over while %s: %s, version %d, at %v; want %s, %d, %v", state, got.State, got.Version, got.SentAt, want, version, noon)
		}
	}
}

// Along any walk an alert never comes back to a state, and ends.
func TestAnAlertLivesForward(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		alert, seen := notify.Alert{State: notify.Queued}, map[notify.State]bool{}
		for len(alert.State.Next()) > 0 {
			seen[alert.State] = true
			moved, err := alert.Move(rapid.SampledFrom(alert.State.Next()).Draw(t, "next"), noon)
			if err != nil || seen[moved.State] || moved.Version != alert.Version+1 {
				t.Fatalf("%s to %s: %v, version %d to %d", alert.State, moved.State, err, alert.Version, moved.Version)
			}
			alert = moved
		}
		if !slices.Contains(endings, alert.State) || alert.State.Open() {
			t.Fatalf("ended as %s", alert.State)
		}
	})
}
