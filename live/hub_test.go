package live_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/live"
)

func everything(live.Change) bool { return true }

func TestHintsComeInOrderByKind(t *testing.T) {
	t.Parallel()
	hub, company := live.NewHub(), uuid.New()
	hints := hub.Subscribe(t.Context(), company, everything)
	a, b := uuid.New(), uuid.New()
	hub.Publish([]live.Change{
		{Organization: company, Kind: "visit", ID: a}, {Organization: company, Kind: "route", ID: b},
		{Organization: company, Kind: "visit", ID: b}, {Organization: company, Kind: "visit", ID: a},
		{Organization: uuid.New(), Kind: "visit", ID: uuid.New()},
	}, "1")
	hub.Publish([]live.Change{{Organization: company, Kind: "alert", ID: a}}, "2")
	for _, want := range []live.Hint{{"visit", []uuid.UUID{a, b}, "1"}, {"route", []uuid.UUID{b}, "1"}, {"alert", []uuid.UUID{a}, "2"}} {
		got := <-hints
		if got.Kind != want.Kind || got.Cursor != want.Cursor || len(got.IDs) != len(want.IDs) || got.IDs[0] != want.IDs[0] {
			t.Errorf("hint %+v, want %+v", got, want)
		}
	}
	if len(hints) != 0 {
		t.Errorf("%d hints more", len(hints))
	}
}

func TestHintsGoToWhomTheyConcern(t *testing.T) {
	t.Parallel()
	rep, other, branch := uuid.New(), uuid.New(), uuid.New()
	change := live.Change{Reps: [2]uuid.UUID{rep, uuid.Nil}, Branches: [2]uuid.UUID{branch, branch}}
	for name, c := range map[string]struct {
		rep      uuid.UUID
		branches []uuid.UUID
		want     bool
	}{
		"the rep who lost it": {rep, nil, true},
		"another rep":         {other, nil, false},
		"the dispatcher":      {uuid.Nil, []uuid.UUID{other, branch}, true},
		"nobody":              {uuid.Nil, nil, false},
	} {
		if got := change.Concerns(c.rep, c.branches); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Who does not read holds up nobody, keeps a bounded queue, and finds a Resync at its end without waiting for another change.
func TestSlowSubscriberIsToldToReadAgain(t *testing.T) {
	t.Parallel()
	hub, company := live.NewHub(), uuid.New()
	slow := hub.Subscribe(t.Context(), company, everything)
	quick := hub.Subscribe(t.Context(), company, everything)
	change := func() { hub.Publish([]live.Change{{Organization: company, Kind: "visit", ID: uuid.New()}}, "c") }
	for range 1000 {
		change()
		if hint := <-quick; hint.Kind != "visit" {
			t.Fatalf("the quick one got %+v", hint)
		}
	}
	var last live.Hint
	read := 0
	for len(slow) > 0 {
		last = <-slow
		read++
		if last.Kind == live.Resync && len(slow) > 0 {
			t.Fatal("a Resync with hints behind it, which it stands for")
		}
	}
	if last.Kind != live.Resync || read > 64 {
		t.Errorf("%d hints, the last %+v, want at most 64 and a Resync", read, last)
	}
	change()
	if hint := <-slow; hint.Kind != "visit" {
		t.Errorf("after the Resync %+v, want hints again", hint)
	}
}

func TestManyIDsAreToldByNone(t *testing.T) {
	t.Parallel()
	hub, company := live.NewHub(), uuid.New()
	hints := hub.Subscribe(t.Context(), company, everything)
	changes := make([]live.Change, 101)
	for i := range changes {
		changes[i] = live.Change{Organization: company, Kind: "visit", ID: uuid.New()}
	}
	hub.Publish(changes[:100], "1")
	hub.Publish(changes, "2")
	if first, second := <-hints, <-hints; len(first.IDs) != 100 || len(second.IDs) != 0 {
		t.Errorf("%d and %d ids, want 100 and none", len(first.IDs), len(second.IDs))
	}
}

func TestUnsubscribingLeavesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub, company := live.NewHub(), uuid.New()
		ctx, cancel := context.WithCancel(t.Context())
		hints := hub.Subscribe(ctx, company, everything)
		hub.Publish([]live.Change{{Organization: company, Kind: "visit"}}, "1")
		cancel()
		synctest.Wait()
		hub.Publish([]live.Change{{Organization: company, Kind: "visit"}}, "2")
		if hint, open := <-hints; !open || hint.Cursor != "1" {
			t.Errorf("what was sent before the end: %+v, %v", hint, open)
		}
		if _, open := <-hints; open || hub.Subscribers() != 0 {
			t.Errorf("the channel is open: %v; %d subscribers are left", open, hub.Subscribers())
		}
		over := hub.Subscribe(ctx, company, everything)
		synctest.Wait()
		if _, open := <-over; open {
			t.Error("a subscription whose context is over gets hints")
		}
	})
}
