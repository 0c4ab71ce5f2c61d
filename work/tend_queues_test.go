package work_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/work"
)

func TestTheEngineGivesOutOnlyQueuesLeftToIt(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	short, auto := 10*time.Minute, true
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{Site: w.Branches[0].Sites[1][0], Service: &short}); err != nil {
		t.Fatal(err)
	}
	waiting := func() int { return w.Count(t, "SELECT count(*) FROM visit WHERE state = 'QUEUED'") }
	tend := func() error {
		return work.TendQueue(t.Context(), config(w), desk.TendQueue{Organization: w.Organization, Branch: w.Branches[0].ID})
	}
	if err := tend(); err != nil || waiting() != 1 {
		t.Fatalf("%d visits wait, %v, want the one that people give out", waiting(), err)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetDispatchRules{
		Branch: w.Branches[0].ID, Weights: dispatch.StandardWeights, Auto: &auto,
	}); err != nil {
		t.Fatal(err)
	}
	if err := tend(); err != nil || waiting() != 0 {
		t.Errorf("%d visits wait, %v, want none", waiting(), err)
	}
}

func TestEveryQueueWithAnythingInItIsTended(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	jobs := func() int { return w.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'tend_queue'") }
	if err := work.TendQueues(t.Context(), config(w)); err != nil || jobs() != 0 {
		t.Fatalf("%d jobs, %v, want none while nothing waits", jobs(), err)
	}
	for _, b := range w.Branches {
		if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.CreateVisit{Site: b.Sites[1][0]}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.DB.Pool().Exec(t.Context(), "DELETE FROM river.river_job WHERE kind = 'tend_queue'"); err != nil {
		t.Fatal(err)
	}
	if err := work.TendQueues(t.Context(), config(w)); err != nil || jobs() != 2 {
		t.Errorf("%d jobs, %v, want one for each branch", jobs(), err)
	}
}
