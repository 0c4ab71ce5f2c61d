package desk_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
)

func TestWhatWasLeftYesterdayIsOwedAndPlannedToday(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Caller(0, 0)
	visits := planned(t, w, rep.Rep)
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, desktest.NewID(), desk.CompleteVisit{Visit: visits[0].ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, desktest.NewID(), desk.StartVisit{Visit: visits[1].ID}); err != nil {
		t.Fatal(err)
	}
	left := w.Count(t, "SELECT count(*) FROM visit WHERE state = 'ASSIGNED'")

	w.Pass(24 * time.Hour)
	got := w.Plan(t, 0)
	if got.Carried != left || got.Placed == 0 {
		t.Errorf("PlanBranch = %+v, want %d visits carried over and some of them placed", got, left)
	}
	if n := w.Count(t, "SELECT count(*) FROM visit WHERE state = 'ASSIGNED' AND date = $1", desktest.Monday); n != 0 {
		t.Errorf("%d visits still stand on the day that went by, want none", n)
	}
	if n := w.Count(t, "SELECT count(*) FROM event WHERE type = 'visit.carried_over' AND owner IS NOT NULL AND site_id IS NOT NULL"); n != left {
		t.Errorf("%d events say so, want %d", n, left)
	}
	if done, begun := visit(t, w, visits[0].ID), visit(t, w, visits[1].ID); done.State != dispatch.Done || begun.State != dispatch.UnderWay {
		t.Errorf("the visits made and begun are %s and %s, want them as they were", done.State, begun.State)
	}
	if n := w.Count(t, `SELECT count(*) FROM stop AS st JOIN route AS ro ON ro.id = st.route_id
	    WHERE ro.rep_id = $1 AND ro.date = $2 AND st.visit_id IS NOT NULL`, rep.Rep, desktest.Monday); n != 2 {
		t.Errorf("%d visits stand on the route that went by, want the two that were begun", n)
	}
	if again := w.Plan(t, 0); again.Carried != 0 {
		t.Errorf("the second PlanBranch carried %d visits over, want none", again.Carried)
	}
}

func TestAShiftPastMidnightKeepsItsVisits(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Caller(0, 0).Rep
	if n := w.Count(t, "WITH late AS (UPDATE shift SET ends_at = starts_at + interval '20 hours' WHERE rep_id = $1 RETURNING 1) SELECT count(*) FROM late", rep); n != 1 {
		t.Fatalf("%d shifts moved, want 1", n)
	}
	before := len(planned(t, w, rep))
	w.Pass(16 * time.Hour)
	carried, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.CarryOver{Rep: rep, Date: desktest.Monday})
	if err != nil || carried != 0 {
		t.Errorf("CarryOver = %d, %v, want nothing while the shift goes on", carried, err)
	}
	if after := len(planned(t, w, rep)); after != before {
		t.Errorf("%d visits on the route, want the %d there were", after, before)
	}
}
