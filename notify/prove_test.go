package notify_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
)

// life is an alert of noon that was handed over at 12:01 and acknowledged at 12:05.
func life(more ...func(*notify.History)) notify.History {
	h := notify.History{Alert: notify.Alert{
		ID: uuid.New(), State: notify.Acknowledged, Reason: notify.Understood, CreatedAt: clock(12, 0), SentAt: at(12, 1), AcknowledgedAt: at(12, 5),
		TryingAt: at(12, 1), Channels: []string{notify.FCM}, AskedAt: at(12, 0),
	}, Tries: []notify.Try{{Device: visit('p'), At: clock(12, 1), Outcome: "SENT"}}}
	for _, m := range more {
		m(&h)
	}
	return h
}

func TestProveFindsEachBreach(t *testing.T) {
	t.Parallel()
	try := func(at time.Time, outcome string) func(*notify.History) {
		return func(h *notify.History) {
			h.Tries = append(h.Tries, notify.Try{Device: visit('p'), At: at, Outcome: outcome})
		}
	}
	open := func(h *notify.History) {
		h.State, h.Reason, h.AcknowledgedAt, h.DueAt = notify.Sent, "", nil, at(13, 0)
	}
	for name, c := range map[string]struct {
		alert notify.History
		want  string // "" for a sound one
	}{
		"sound":       {life(), ""},
		"sound, open": {life(open), ""},
		"sound, a retry first": {life(func(h *notify.History) {
			h.Tries = append([]notify.Try{{Device: visit('p'), At: clock(12, 0), Outcome: "RETRY"}}, h.Tries...)
		}), ""},
		"sound, two phones": {life(func(h *notify.History) {
			h.Tries = append(h.Tries, notify.Try{Device: visit('q'), At: clock(12, 3), Outcome: "SENT"})
		}), ""},
		"sound, under way at the end": {life(try(clock(12, 5).Add(10*time.Second), "RETRY"), func(h *notify.History) { h.Tries = h.Tries[1:] }), ""},
		"sound, confirmed late":       {life(try(clock(12, 50), "CONFIRMED")), ""},
		"sound, annulled": {life(func(h *notify.History) {
			*h = notify.History{Alert: notify.Alert{State: notify.Annulled, Reason: notify.Undone, EndedAt: at(12, 0)}}
		}), ""},
		"sound, superseded unheard": {life(func(h *notify.History) {
			h.State, h.EndedAt, h.SentAt, h.Tries, h.SupersededBy = notify.Superseded, at(12, 0), nil, nil, &h.ID
		}), ""},
		"nobody will follow": {life(open, func(h *notify.History) { h.DueAt = nil }), notify.Abandoned},
		"nobody followed":    {life(open, func(h *notify.History) { h.DueAt = at(12, 20) }), notify.Abandoned},
		"the job is gone":    {life(open, func(h *notify.History) { h.Tries, h.SentAt, h.State = nil, nil, notify.Queued }), notify.NotHanded},
		"escalated without a try": {life(open, func(h *notify.History) {
			h.Tries, h.SentAt, h.State, h.Reason, h.EscalatedAt = nil, nil, notify.Escalated, notify.NotAcknowledged, at(12, 10)
		}), notify.NotHanded},
		"annulled, and sent":       {life(func(h *notify.History) { h.State, h.AcknowledgedAt, h.EndedAt = notify.Annulled, nil, at(12, 2) }), notify.AnnulledButSent},
		"acknowledgement ignored":  {life(try(clock(12, 6), "RETRY"), func(h *notify.History) { h.Tries = h.Tries[1:] }), notify.SentAfterEnd},
		"tried after it was taken": {life(open, try(clock(12, 2), "RETRY")), notify.HandedTwice},
		"taken twice":              {life(open, try(clock(12, 1), "AGAIN")), notify.HandedTwice},
		"no time":                  {life(func(h *notify.History) { h.AcknowledgedAt = nil }), notify.NoTime},
		"no reason":                {life(func(h *notify.History) { h.Reason = "" }), notify.NoReason},
		"no successor":             {life(func(h *notify.History) { h.State, h.EndedAt = notify.Superseded, at(12, 6) }), notify.NoSuccessor},
	} {
		got := notify.Prove([]notify.Case{{Owed: true, Alerts: []notify.History{c.alert}}}, nil, clock(12, 30))
		if len(got) == 0 && c.want == "" {
			continue
		}
		if len(got) != 1 || got[0].Code != c.want {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
	for want, c := range map[string]notify.Case{
		notify.NoAlert: {Owed: true}, notify.TwoAlerts: {Alerts: []notify.History{life(), life()}},
	} {
		if got := notify.Prove([]notify.Case{c}, nil, clock(12, 30)); len(got) != 1 || got[0].Code != want {
			t.Errorf("%+v, want %s", got, want)
		}
	}
	if got := notify.Prove([]notify.Case{{}}, []notify.Inbox{{Count: 3, Last: 3}, {Count: 2, Last: 3}}, noon); len(got) != 1 || got[0].Code != notify.Unnumbered {
		t.Errorf("a missing number: %+v", got)
	}
}
