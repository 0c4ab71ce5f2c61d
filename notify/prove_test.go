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
		TryingAt: at(12, 1), Channels: []string{notify.FCM}, AskedAt: at(12, 0), Items: []notify.Item{{VisitID: visit('a')}},
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
		"sound, annulled on its way": {life(func(h *notify.History) {
			*h = notify.History{Alert: notify.Alert{State: notify.Annulled, Reason: notify.Undone, EndedAt: at(12, 0), AskedAt: at(12, 0), Items: h.Items}}
		}), ""},
		"sound, annulled": {life(func(h *notify.History) {
			*h = notify.History{Alert: notify.Alert{State: notify.Annulled, Reason: notify.Undone, EndedAt: at(12, 0), Items: h.Items}}
		}), ""},
		"sound, annulled, and read a moment before": {life(func(h *notify.History) {
			*h = notify.History{Alert: notify.Alert{State: notify.Annulled, Reason: notify.Undone, EndedAt: at(12, 0), SentAt: at(12, 1), Items: h.Items},
				Tries: []notify.Try{{At: clock(12, 1), Outcome: "CONFIRMED"}}}
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
		got := breachesOf(notify.Evidence{Cases: []notify.Case{{Owed: []uuid.UUID{visit('a')}, Alerts: []notify.History{c.alert}}}})
		if len(got) == 0 && c.want == "" {
			continue
		}
		if len(got) != 1 || got[0].Code != c.want {
			t.Errorf("%s: %+v, want %q", name, got, c.want)
		}
	}
}

func breachesOf(e notify.Evidence) []notify.Breach { return notify.Prove(e, clock(12, 30)) }

func TestProveFindsWhoWasNotTold(t *testing.T) {
	t.Parallel()
	owed := []uuid.UUID{visit('a'), visit('b')}
	both := life(func(h *notify.History) { h.Items = append(h.Items, notify.Item{VisitID: visit('b'), Struck: true}) })
	for name, c := range map[string]struct {
		evidence notify.Evidence
		want     notify.Breach
	}{
		"told of both":        {notify.Evidence{Cases: []notify.Case{{Owed: owed, Alerts: []notify.History{both}}}}, notify.Breach{}},
		"told of more":        {notify.Evidence{Cases: []notify.Case{{Alerts: []notify.History{both}}}}, notify.Breach{}},
		"told nothing":        {notify.Evidence{Cases: []notify.Case{{Owed: owed}}}, notify.Breach{Code: notify.NoAlert}},
		"told of one of them": {notify.Evidence{Cases: []notify.Case{{Owed: owed, Alerts: []notify.History{life()}}}}, notify.Breach{Code: notify.Silent, Visit: visit('b')}},
		"told twice":          {notify.Evidence{Cases: []notify.Case{{Alerts: []notify.History{life(), life()}}}}, notify.Breach{Code: notify.TwoAlerts}},
		"a number is missing": {notify.Evidence{Inboxes: []notify.Inbox{{Count: 3, Last: 3}, {Count: 2, Last: 3}}}, notify.Breach{Code: notify.Unnumbered}},
		"a time nobody told":  {notify.Evidence{Times: []notify.ToldTime{{Visit: visit('a')}}}, notify.Breach{Code: notify.Untold, Visit: visit('a')}},
		"a time told otherwise": {notify.Evidence{Times: []notify.ToldTime{{Visit: visit('a'), Said: at(12, 2), Own: at(12, 1)}}},
			notify.Breach{Code: notify.Untold, Visit: visit('a')}},
		"the rep's own doing":          {notify.Evidence{Times: []notify.ToldTime{{Said: at(12, 1), Own: at(12, 2)}}}, notify.Breach{}},
		"the rep's own from the first": {notify.Evidence{Times: []notify.ToldTime{{Own: at(12, 2)}}}, notify.Breach{}},
	} {
		got := breachesOf(c.evidence)
		if len(got) == 0 && c.want == (notify.Breach{}) {
			continue
		}
		if len(got) != 1 || got[0].Code != c.want.Code || got[0].Visit != c.want.Visit {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
