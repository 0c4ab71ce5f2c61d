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
	left := w.Count(t, "SELECT count(*) FROM visit WHERE state IN ('ASSIGNED', 'UNDER_WAY')")

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
	if done, begun := visit(t, w, visits[0].ID), visit(t, w, visits[1].ID); done.State != dispatch.Done ||
		begun.State != dispatch.Assigned || *begun.RepID != rep.Rep || *begun.Date != desktest.Monday+1 {
		t.Errorf("the visits made and begun are %s and %s, want the one as it was, the other owed by who began it", done.State, begun.State)
	}
	if n := w.Count(t, `SELECT count(*) FROM stop AS st JOIN route AS ro ON ro.id = st.route_id
	    WHERE ro.rep_id = $1 AND ro.date = $2 AND st.visit_id IS NOT NULL`, rep.Rep, desktest.Monday); n != 1 {
		t.Errorf("%d visits stand on the route that went by, want the one that was made", n)
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

// A promise that was missed yesterday, and one for today that no day has room for, are anybody's; the reps who had them are told.
func TestPromisesThatAreNotKeptGoToTheQueue(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Branches[0].Reps[0].ID
	visits := planned(t, w, rep)
	promise := func(v dispatch.Visit, from time.Time) {
		if n := w.Count(t, "WITH p AS (UPDATE visit SET promised_from = $2, promised_to = $3 WHERE id = $1 RETURNING 1) SELECT count(*) FROM p",
			v.ID, from, from.Add(time.Hour)); n != 1 {
			t.Fatalf("%d visits promised, want 1", n)
		}
	}
	missed, begun, later := visits[0], visits[1], visits[2]
	promise(missed, w.Now().Add(2*time.Hour))
	promise(begun, w.Now().Add(2*time.Hour))
	promise(later, w.Now().Add(50*time.Hour))
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: begun.ID}); err != nil {
		t.Fatal(err)
	}
	w.Pass(24 * time.Hour)
	if carried, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.CarryOver{Rep: rep, Date: desktest.Monday}); err != nil || carried != len(visits) {
		t.Fatalf("CarryOver = %d, %v, want all %d", carried, err, len(visits))
	}
	for what, c := range map[string]struct {
		visit dispatch.Visit
		want  dispatch.State
	}{"missed": {missed, dispatch.Queued}, "begun": {begun, dispatch.Backlog}, "for a later day": {later, dispatch.Backlog}} {
		if v := visit(t, w, c.visit.ID); v.State != c.want || v.State == dispatch.Queued && *v.QueueReason != dispatch.Endangered {
			t.Errorf("the promise %s is %s, want %s", what, v.State, c.want)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM alert_item AS ai JOIN alert AS al ON al.id = ai.alert_id WHERE al.rep_id = $1 AND al.kind = 'VISITS_LOST' AND ai.visit_id = $2", rep, missed.ID); n != 1 {
		t.Errorf("the rep is told %d times of the visit lost, want once", n)
	}
	promise(visit(t, w, begun.ID), w.Now().Add(3*time.Hour))
	if n, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.QueuePromises{Branch: w.Branches[0].ID, Date: desktest.Monday + 1}); err != nil || n != 1 {
		t.Errorf("QueuePromises = %d, %v, want the one of today", n, err)
	}
	if n, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.QueuePromises{Branch: w.Branches[0].ID, Date: desktest.Monday + 1}); err != nil || n != 0 {
		t.Errorf("QueuePromises again = %d, %v, want none", n, err)
	}
	whereVisitsAre(t, w)
}
