package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
)

func TestRepPlaysAVisit(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Branches[0].Reps[0].ID
	v := planned(t, w, rep)[0]
	w.Set(desktest.Monday.At(9*60+30, w.Branches[0].Zone()))
	accuracy := 12.5
	report := desk.FactReport{Point: &geo.Point{Lat: 55.75, Lon: 37.62}, Accuracy: &accuracy, Offset: 2 * time.Second}

	arrived, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: v.ID, FactReport: report})
	if err != nil || arrived.Visit.State != dispatch.UnderWay || !arrived.Credited {
		t.Fatalf("ArriveVisit = %+v, %v", arrived, err)
	}
	w.Pass(5 * time.Minute)
	if got, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.StartVisit{Visit: v.ID}); err != nil || got.Visit.Version != arrived.Visit.Version {
		t.Errorf("StartVisit = %+v, %v, want the visit as it was, under way", got, err)
	}
	w.Pass(20 * time.Minute)
	done, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID, Outcome: "ORDER", Note: "Взяли два ящика"})
	if err != nil || done.Visit.State != dispatch.Done || !done.Credited {
		t.Fatalf("CompleteVisit = %+v, %v", done, err)
	}
	if got := visit(t, w, v.ID); cmp.Diff(got, done.Visit) != "" {
		t.Errorf("kept and answered differ:\n%s", cmp.Diff(got, done.Visit))
	}
	if n := w.Count(t, "SELECT count(*) FROM attempt WHERE visit_id = $1 AND rep_id = $2 AND door = 'PHONE'", v.ID, rep); n != 3 {
		t.Errorf("%d attempts, want 3", n)
	}
	if n := w.Count(t, `SELECT count(*) FROM attempt WHERE visit_id = $1 AND fact = 'ARRIVED' AND lat = 55.75 AND accuracy = 12.5
	    AND clock_offset = interval '2 seconds'`, v.ID); n != 1 {
		t.Error("where and by which clock the rep arrived is not kept")
	}
	if n := w.Count(t, `SELECT count(*) FROM event WHERE visit_id = $1 AND type LIKE 'attempt.%' AND performed_by = $2 AND owner = $2 AND territory_id IS NOT NULL`,
		v.ID, rep); n != 3 {
		t.Errorf("%d events, want 3", n)
	}
	if n := w.Count(t, `SELECT count(*) FROM event WHERE visit_id = $1 AND type = 'attempt.completed' AND code = 'ORDER'`, v.ID); n != 1 {
		t.Error("the outcome is not in the event")
	}
	stop := day(t, w, rep).Route.Stops[0]
	if *stop.VisitID != v.ID || !stop.Departure.Equal(w.Now()) {
		t.Errorf("the stop is %+v, want it first and left now", stop)
	}
}

func TestSecondCompletionIsKeptWithoutCredit(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	v := planned(t, w, reps[0].ID)[0]
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, reps[1].ID)); err != nil {
		t.Fatal(err)
	}
	alerts := w.Count(t, "SELECT count(*) FROM alert WHERE rep_id = $1", reps[1].ID)
	// The first rep was offline and had lost the visit meanwhile: work that was done is done.
	first, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID})
	if err != nil || !first.Credited || first.Visit.State != dispatch.Done || *first.Visit.RepID != reps[1].ID {
		t.Errorf("the first completion = %+v, %v, want it credited", first, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM stop WHERE visit_id = $1", v.ID); n != 0 {
		t.Error("the visit is still on the other rep's route")
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE rep_id = $1", reps[1].ID) - alerts; n != 1 {
		t.Errorf("%d alerts to the rep who was on the way, want 1", n)
	}
	second, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID})
	if err != nil || second.Credited || second.Visit.Version != first.Visit.Version {
		t.Errorf("the second completion = %+v, %v, want it kept without credit", second, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM attempt WHERE visit_id = $1", v.ID); n != 2 {
		t.Errorf("%d attempts, want both", n)
	}
	if _, err := desk.Do(w.Rep(0, 2), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID}); !errors.Is(err, dispatch.ErrNoVisit) {
		t.Errorf("a rep who never had it: %v, want ErrNoVisit", err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID}); !errors.Is(err, desk.ErrNotARep) {
		t.Errorf("a dispatcher: %v, want ErrNotARep", err)
	}
}

func TestClosedShopIsStillOwed(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	v := planned(t, w, w.Branches[0].Reps[0].ID)[3]
	for _, outcome := range []string{"DONE", "", "HOLIDAY"} {
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.FailVisit{Visit: v.ID, Outcome: outcome}); !errors.Is(err, dispatch.ErrOutcome) {
			t.Errorf("FailVisit with %q: %v, want ErrOutcome", outcome, err)
		}
	}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID, Outcome: "CLOSED"}); !errors.Is(err, dispatch.ErrOutcome) {
		t.Errorf("CompleteVisit with a failure: %v, want ErrOutcome", err)
	}
	got, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.FailVisit{Visit: v.ID, Outcome: "CLOSED"})
	if err != nil || got.Visit.State != dispatch.Backlog || got.Visit.Date != nil || *got.Visit.RepID != w.Branches[0].Reps[0].ID {
		t.Errorf("FailVisit = %+v, %v, want it in the rep's backlog", got, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM stop WHERE visit_id = $1", v.ID); n != 0 {
		t.Error("the visit is still on the route")
	}
	// Made in passing, it joins the day again.
	w.Pass(3 * time.Hour)
	passing, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: v.ID})
	if err != nil || passing.Visit.State != dispatch.UnderWay || passing.Visit.Date == nil || *passing.Visit.Date != desktest.Monday {
		t.Errorf("ArriveVisit = %+v, %v, want it under way on Monday", passing, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM stop WHERE visit_id = $1", v.ID); n != 1 {
		t.Error("the visit under way is on no route")
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(passing.Visit, w.Branches[0].Reps[1].ID)); !errors.Is(err, dispatch.ErrBegun) {
		t.Errorf("reassigning it: %v, want ErrBegun", err)
	}
}

// Without a shift there is no day to join: the facts are kept, and the next call is due from when this one was made.
func TestBacklogVisitIsMadeOnADayOff(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Align(t, 0)
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OweVisits{Branch: w.Branches[0].ID, Date: desktest.Monday}); err != nil {
		t.Fatal(err)
	}
	id := ids(t, w, "SELECT id FROM visit WHERE rep_id = $1 ORDER BY id", w.Branches[0].Reps[0].ID)[0]
	arrived, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: id})
	if err != nil || arrived.Visit.State != dispatch.UnderWay {
		t.Fatal(arrived, err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(arrived.Visit, w.Branches[0].Reps[1].ID)); !errors.Is(err, dispatch.ErrBegun) {
		t.Errorf("reassigning it: %v, want ErrBegun", err)
	}
	done, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.CompleteVisit{Visit: id})
	if err != nil || done.Visit.State != dispatch.Done || done.Visit.Date == nil || *done.Visit.Date != desktest.Monday {
		t.Errorf("CompleteVisit = %+v, %v, want it done on Monday", done, err)
	}
	owed, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OweVisits{Branch: w.Branches[0].ID, Date: desktest.Monday + 1})
	if err != nil || owed.Backlog != 0 {
		t.Errorf("the next day %+v, %v are owed, want none", owed, err)
	}
}

func TestFactsCountWhenTheyHappened(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	visits := planned(t, w, w.Branches[0].Reps[0].ID)
	w.Set((desktest.Monday + 3).At(12*60, w.Branches[0].Zone()))
	// The phone was off the net for three days, and its clock an hour fast.
	then := desktest.Monday.At(11*60, w.Branches[0].Zone())
	fast := then.Add(time.Hour)
	distant := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, c := range []struct {
		report   desk.FactReport
		happened time.Time
		date     string
		doubtful bool
	}{
		{desk.FactReport{DeviceTime: &fast, Offset: time.Hour}, then, "2026-11-23", false},
		{desk.FactReport{DeviceTime: &distant}, w.Now(), "2026-11-26", true},
		{desk.FactReport{}, w.Now(), "2026-11-26", false},
	} {
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.CompleteVisit{Visit: visits[i].ID, FactReport: c.report}); err != nil {
			t.Fatal(err)
		}
		if n := w.Count(t, `SELECT count(*) FROM event WHERE visit_id = $1 AND type = 'attempt.completed' AND happened_at = $2
		    AND business_date = $3::text::date AND doubtful = $4 AND recorded_at = $5`, visits[i].ID, c.happened, c.date, c.doubtful, w.Now()); n != 1 {
			t.Errorf("case %d does not count on %s", i, c.date)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM attempt WHERE device_time = '2099-01-01T00:00:00Z'"); n != 1 {
		t.Error("what the phone's clock said is not kept")
	}
}

func TestFactsRefuseNonsense(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	v := planned(t, w, w.Branches[0].Reps[0].ID)[0]
	minus := -1.0
	for name, report := range map[string]desk.FactReport{
		"a place off the globe": {Point: &geo.Point{Lat: 91}}, "a negative accuracy": {Accuracy: &minus},
	} {
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: v.ID, FactReport: report}); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	if _, err := desk.Do(t.Context(), w.Desk, uuid.New(), desk.ArriveVisit{Visit: v.ID}); !errors.Is(err, auth.ErrUnauthenticated) {
		t.Errorf("nobody: %v, want ErrUnauthenticated", err)
	}
}
