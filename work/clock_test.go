package work_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/hexbeat/hexbeat/work"
)

func config(w *desktest.World) work.Config {
	return work.Config{Desk: w.Desk, Log: slog.New(slog.DiscardHandler)}
}

func TestMonthsAreOpenedAheadAndLate(t *testing.T) {
	t.Parallel()
	// A database of its own: partitions stay.
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	w := desktest.Add(t, postgres.New(pool), 2)
	w.Align(t, 0)
	w.Plan(t, 0) // before any month was opened
	before := w.Count(t, "SELECT count(*) FROM event")
	for range 2 {
		if err := work.OpenMonths(t.Context(), config(w)); err != nil {
			t.Fatal(err)
		}
	}
	for _, table := range []string{"event", "audit", "feed"} {
		if n := w.Count(t, "SELECT count(*) FROM "+table+"_default"); n != 0 {
			t.Errorf("%d rows of %s are still in the net", n, table)
		}
		if n := w.Count(t, "SELECT count(*) FROM "+table+"_2026_11"); n == 0 {
			t.Errorf("%s of November has no rows", table)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM event"); n != before || n == 0 {
		t.Errorf("%d events, then %d", before, n)
	}
	// Next month's rows find their partition, and the plan goes on.
	w.Set(desktest.Monday.At(8*60, time.UTC).AddDate(0, 0, 14))
	w.Plan(t, 0)
	if n := w.Count(t, "SELECT count(*) FROM audit_2026_12"); n == 0 {
		t.Error("the audit of December is not in its partition")
	}
	if n := w.Count(t, "SELECT count(*) FROM pg_class WHERE relname ~ '^(event|audit|feed|position)_2026_|^(event|audit|feed|position)_2027_'"); n < 12 {
		t.Errorf("%d partitions, want three months of four tables", n)
	}
	// Partitions are reached through the wall alone.
	if n := w.Count(t, "SELECT count(*) FROM pg_class WHERE relname ~ '_20[0-9]{2}_[0-9]{2}$|_default$' AND relkind = 'r' AND has_table_privilege('hexbeat_app', oid, 'SELECT, INSERT, UPDATE, DELETE')"); n != 0 {
		t.Errorf("the application may reach %d partitions around the wall", n)
	}
}

func TestNightAsksForEachBranchOnce(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	jobs := func() int { return w.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'plan_days'") }
	w.Set(desktest.Monday.At(2*60+59, w.Branches[0].Zone()))
	for i, want := range []int{0, 2, 2, 4} {
		if err := work.PlanNight(t.Context(), config(w)); err != nil {
			t.Fatal(err)
		}
		if n := jobs(); n != want {
			t.Errorf("at %s %d plans are asked for, want %d", w.Now(), n, want)
		}
		switch i {
		case 0:
			w.Pass(time.Minute)
		case 2:
			w.Pass(24 * time.Hour)
		}
	}
}

// The real queue: jobs left by commands and by the clock are carried out, each once.
func TestQueueCarriesOutItsJobs(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	w := desktest.Add(t, postgres.New(pool), 4)
	w.Align(t, 0)
	for rep := range w.Branches[0].Reps {
		w.Phone(t, 0, rep, "PIGEON")
	}
	client, err := work.New(config(w))
	if err != nil {
		t.Fatal(err)
	}
	done, stop := client.Subscribe("job_completed", "job_failed", "job_cancelled")
	defer stop()
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := client.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	finished := map[string]int{}
	for finished["plan_days"] < 2 || finished["open_months"] < 1 || finished["send_alert"] < 4 || finished["follow_alerts"] < 1 {
		select {
		case event := <-done:
			if event.Kind != "job_completed" {
				t.Errorf("%s: %s %v", event.Kind, event.Job.Kind, event.Job.Errors)
			}
			finished[event.Job.Kind]++
		case <-t.Context().Done():
			t.Fatal(fmt.Sprint("the queue does not end: ", finished))
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM visit WHERE state = 'ASSIGNED'"); n != 16 {
		t.Errorf("%d visits are planned, want all 16 of the first branch", n)
	}
	// What comes into a queue that the engine gives out is not left to the next turn of the clock.
	auto, short := true, 10*time.Minute
	branch := w.Branches[0]
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetDispatchRules{Branch: branch.ID, Weights: dispatch.StandardWeights, Auto: &auto}); err != nil {
		t.Fatal(err)
	}
	made, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{Site: branch.Sites[0][0], Service: &short})
	if err != nil {
		t.Fatal(err)
	}
	for w.Count(t, "SELECT count(*) FROM visit WHERE id = $1 AND state = 'ASSIGNED'", made.ID) == 0 {
		select {
		case event := <-done:
			if event.Kind != "job_completed" {
				t.Errorf("%s: %s %v", event.Kind, event.Job.Kind, event.Job.Errors)
			}
		case <-t.Context().Done():
			t.Fatal("the visit waits in the queue")
		}
	}
}
