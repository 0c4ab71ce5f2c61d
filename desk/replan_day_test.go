package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/roster"
)

// aMuddledDay is a planned company with two visits of one rep given to the farthest, and one in the queue.
func aMuddledDay(t *testing.T) (w *desktest.World, waiting dispatch.Visit) {
	t.Helper()
	w = desktest.Planned(t)
	reps := w.Branches[0].Reps
	var given []uuid.UUID
	for _, v := range planned(t, w, reps[0].ID)[1:3] {
		given = append(given, v.ID)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisits{
		Visits: given, To: &reps[3].ID, Unpinned: true, Reason: "OTHER",
	}); err != nil {
		t.Fatal(err)
	}
	return w, aQueued(t, w, desk.CreateVisit{})
}

// orders is the order of everybody's visits in the first branch.
func orders(t *testing.T, w *desktest.World) map[uuid.UUID][]uuid.UUID {
	t.Helper()
	all := map[uuid.UUID][]uuid.UUID{}
	for _, rep := range w.Branches[0].Reps {
		for _, v := range planned(t, w, rep.ID) {
			all[rep.ID] = append(all[rep.ID], v.ID)
		}
	}
	return all
}

func TestADayIsReplannedWithinItsBudgetAndTakenBack(t *testing.T) {
	t.Parallel()
	w, waiting := aMuddledDay(t)
	before := orders(t, w)
	as := w.As(w.Dispatcher)
	wish := desk.ReplanDay{Branch: w.Branches[0].ID, Changes: 1, Priced: true, Reason: "OTHER"}

	rows := footprint(t, w)
	tried, err := desk.TryReplan(as, w.Desk, wish)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, footprint(t, w)); diff != "" {
		t.Errorf("a trial left traces (-before +after):\n%s", diff)
	}
	request := uuid.New()
	got, err := desk.Replan(as, w.Desk, request, wish)
	if err != nil {
		t.Fatal(err)
	}
	if got.Is != tried.Is || got.Free == nil || got.Is.Changes > 4 || got.Free.Cost > got.Is.Cost || got.Batch == uuid.Nil {
		t.Errorf("replanned to %+v, free %+v; the trial said %+v", got.Is, got.Free, tried.Is)
	}
	if v := visit(t, w, waiting.ID); v.State != dispatch.Assigned || v.RepPinned {
		t.Errorf("the visit that waited is %+v, want it on a day, free to be moved again", v)
	}
	if n := w.Count(t, "SELECT count(*) FROM batch WHERE kind = 'REPLAN' AND id = $1", got.Batch); n != 1 {
		t.Errorf("%d batches, want one", n)
	}
	if n := w.Count(t, "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM alert WHERE batch_id = $1 GROUP BY rep_id) AS per", got.Batch); n != 1 {
		t.Errorf("a rep has %d alerts of one batch, want one", n)
	}
	if again, err := desk.Replan(as, w.Desk, request, wish); err != nil || again.Batch != got.Batch {
		t.Errorf("the same request again: batch %s, %v, want %s", again.Batch, err, got.Batch)
	}

	if _, err := desk.Do(as, w.Desk, uuid.New(), desk.UndoBatch{Batch: got.Batch}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, orders(t, w)); diff != "" {
		t.Errorf("after the undo the days differ (-before +after):\n%s", diff)
	}
	if v := visit(t, w, waiting.ID); v.State != dispatch.Queued {
		t.Errorf("after the undo the visit that waited is %s, want it queued", v.State)
	}
}

func TestReplanningRefuses(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	as := w.As(w.Dispatcher)
	fine := desk.ReplanDay{Branch: w.Branches[0].ID, Frozen: time.Hour, Changes: 2, Reason: "OTHER"}
	for name, c := range map[string]struct {
		change func(*desk.ReplanDay)
		want   error
	}{
		"another branch":   {func(c *desk.ReplanDay) { c.Branch = w.Branches[1].ID }, roster.ErrNoBranch},
		"an odd reason":    {func(c *desk.ReplanDay) { c.Reason = "BOREDOM" }, dispatch.ErrReason},
		"a frozen week":    {func(c *desk.ReplanDay) { c.Frozen = 7 * 24 * time.Hour }, desk.ErrInvalid},
		"too many changes": {func(c *desk.ReplanDay) { c.Changes = -1 }, desk.ErrInvalid},
	} {
		wish := fine
		c.change(&wish)
		if _, err := desk.Replan(as, w.Desk, uuid.New(), wish); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	tomorrow := desktest.Monday + 1
	fine.Date = &tomorrow
	if got, err := desk.Replan(as, w.Desk, uuid.New(), fine); err != nil || got.Batch != uuid.Nil || len(got.Days) > 0 {
		t.Errorf("a day without shifts: %+v, %v, want nothing done", got, err)
	}
}

// TestReplanningGivesWayToOthers: visits that a dispatcher moves while the plan is made are not moved back by it.
func TestReplanningGivesWayToOthers(t *testing.T) {
	t.Parallel()
	w, _ := aMuddledDay(t)
	reps := w.Branches[0].Reps
	as := w.As(w.Dispatcher)
	v := planned(t, w, reps[1].ID)[0]
	moved := make(chan error)
	go func() {
		_, err := desk.Do(as, w.Desk, uuid.New(), desk.ReassignVisit{Visit: v.ID, To: reps[2].ID, Seen: v.Version, Reason: "OTHER"})
		moved <- err
	}()
	got, err := desk.Replan(as, w.Desk, uuid.New(), desk.ReplanDay{Branch: w.Branches[0].ID, Changes: 5, Reason: "OTHER"})
	if err != nil {
		t.Fatal(err)
	}
	switch err := <-moved; {
	case errors.Is(err, dispatch.ErrStale): // the plan came first and moved that visit
	case err != nil:
		t.Fatal(err)
	default:
		if is := visit(t, w, v.ID); *is.RepID != reps[2].ID {
			t.Errorf("the dispatcher's visit is with %s after %+v", is.RepID, got.Is)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM (SELECT visit_id FROM stop WHERE visit_id IS NOT NULL GROUP BY visit_id HAVING count(*) > 1) AS twice"); n != 0 {
		t.Errorf("%d visits are on two routes", n)
	}
}
