package desk_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/roster"
)

func overload(v dispatch.Visit, to uuid.UUID) desk.ReassignVisit {
	return desk.ReassignVisit{Visit: v.ID, To: to, Seen: v.Version, Reason: "OVERLOAD", Note: "Заболел"}
}

func TestReassignmentLivesItsWholeLife(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	from, to := w.Branches[0].Reps[0], w.Branches[0].Reps[1]
	for rep := range 2 {
		w.Phone(t, 0, rep, "FCM")
	}
	v := planned(t, w, from.ID)[2]
	fromBefore, toBefore := day(t, w, from.ID), day(t, w, to.ID)
	before := footprint(t, w)

	wish := overload(v, to.ID)
	wish.Others = []uuid.UUID{w.Branches[0].Reps[2].ID, w.Branches[0].Reps[3].ID}
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
	if err != nil {
		t.Fatal(err)
	}

	kept := visit(t, w, v.ID)
	if diff := cmp.Diff(kept, got.Visit); diff != "" {
		t.Errorf("the visit answered is not the visit kept:\n%s", diff)
	}
	if kept.Version != v.Version+1 || kept.Epoch != v.Epoch+1 || *kept.RepID != to.ID || !kept.RepPinned || kept.State != dispatch.Assigned {
		t.Errorf("after: %+v, want the next version and epoch, pinned to the new rep", kept)
	}
	fromAfter, toAfter := day(t, w, from.ID), day(t, w, to.ID)
	for name, route := range map[string][2]dispatch.Route{
		"from": {fromBefore.Route, fromAfter.Route}, "to": {toBefore.Route, toAfter.Route},
	} {
		if route[1].Version != route[0].Version+1 || route[1].Travel == route[0].Travel || len(route[1].Stops) == len(route[0].Stops) {
			t.Errorf("route %s: %d stops, version %d, travel %s; before %d, %d, %s", name, len(route[1].Stops), route[1].Version,
				route[1].Travel, len(route[0].Stops), route[0].Version, route[0].Travel)
		}
	}
	if diff := cmp.Diff([]dispatch.Route{fromAfter.Route, toAfter.Route}, []dispatch.Route{got.Days[0].Route, got.Days[1].Route}); diff != "" {
		t.Errorf("the routes answered are not those kept:\n%s", diff)
	}

	wrote := map[string]int{}
	for table, n := range footprint(t, w) {
		if n != before[table] {
			wrote[table] = n - before[table]
		}
	}
	// The feed tells of the visit, two routes and two alerts.
	want := map[string]int{
		"assignment": 1, "decision": 1, "batch": 1, "event": 1, "audit": 1, "feed": 5, "alert": 2, "request": 1, "river.river_job": 2, "versions": 3,
		"alert_item": wrote["alert_item"], // other visits of a day may move, too
	}
	if diff := cmp.Diff(want, wrote); diff != "" {
		t.Errorf("rows written:\n%s", diff)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert_item WHERE site = '' OR time_zone = ''"); n != 0 {
		t.Errorf("%d lines of alerts name no site", n)
	}
	if n := w.Count(t, `SELECT count(*) FROM alert_item AS ai JOIN alert AS al ON al.id = ai.alert_id
	    WHERE al.batch_id = $1 AND NOT ai.moved AND ai.visit_id <> $2`, got.Batch, got.Visit.ID); n != 0 {
		t.Errorf("%d visits that only moved in time are told as lost or gained", n)
	}
	for rep, kind := range map[uuid.UUID]string{from.ID: "VISITS_LOST", to.ID: "VISITS_GAINED"} {
		if n := w.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1 AND rep_id = $2 AND kind = $3 AND state = 'QUEUED'", got.Batch, rep, kind); n != 1 {
			t.Errorf("%d alerts %s of rep %s, want 1", n, kind, rep)
		}
	}
	if n := w.Count(t, `SELECT count(*) FROM event WHERE type = 'visit.reassigned' AND visit_id = $1 AND owner = $2 AND taken_from = $3
	    AND code = 'OVERLOAD' AND branch_id = $4 AND line_id = $5 AND site_id = $6 AND customer_id IS NOT NULL AND territory_id IS NOT NULL
	    AND segment = 'A' AND business_date = '2026-11-23' AND actor = $7 AND door = 'PAGE' AND correlation_id = $8 AND NOT doubtful`,
		v.ID, to.ID, from.ID, v.BranchID, w.Line, v.SiteID, w.Dispatcher.Person, got.Batch); n != 1 {
		t.Error("the event does not say everything as of then")
	}
	if n := w.Count(t, `SELECT count(*) FROM audit WHERE command = 'ReassignVisit' AND actor = $1 AND batch_id = $2 AND refused IS NULL AND $3 = ANY(targets)`,
		w.Dispatcher.Person, got.Batch, v.ID); n != 1 {
		t.Error("the audit line is missing")
	}
	if n := w.Count(t, `SELECT count(*) FROM assignment WHERE visit_id = $1 AND epoch = $2 AND rep_id = $3 AND decision_id = $4`,
		v.ID, kept.Epoch, to.ID, got.Decision.ID); n != 1 {
		t.Error("the history of assignments has no line of it")
	}
	if n := w.Count(t, `SELECT count(*) FROM visit WHERE id = $1 AND rep_pinned_by = $2 AND rep_pinned_door = 'PAGE'`, v.ID, w.Dispatcher.Person); n != 1 {
		t.Error("who pinned the rep is not kept")
	}

	var input string
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT input FROM decision WHERE id = $1", got.Decision.ID).Scan(&input); err != nil {
		t.Fatal(err)
	}
	again, err := dispatch.Replay(json.RawMessage(input))
	if again.ID = got.Decision.ID; err != nil || !cmp.Equal(again, got.Decision) {
		t.Errorf("Replay = %v, not the decision made:\n%s", err, cmp.Diff(got.Decision, again))
	}
	if got.Decision.RunnerUp == nil {
		t.Error("the decision has no runner-up though others were weighed")
	}
	if w.Wakes.Load() == 0 {
		t.Error("nobody was woken")
	}
}

func TestDryRunKeepsNothing(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	v := planned(t, w, w.Branches[0].Reps[0].ID)[0]
	before, woken := footprint(t, w), w.Wakes.Load()
	got, err := desk.Try(w.As(w.Dispatcher), w.Desk, overload(v, w.Branches[0].Reps[1].ID))
	if err != nil || len(got.Alerts) != 2 || len(got.Days) != 2 || got.Days[0].Before == got.Days[0].After {
		t.Errorf("Try = %+v, %v, want loads and alerts as they would be", got, err)
	}
	if diff := cmp.Diff(before, footprint(t, w)); diff != "" || w.Wakes.Load() != woken {
		t.Errorf("a dry run left something behind:\n%s", diff)
	}
}

func TestReassignmentIsRefused(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	w.Align(t, 1)
	w.Plan(t, 1)
	reps := w.Branches[0].Reps
	of := planned(t, w, reps[0].ID)
	abroad := planned(t, w, w.Branches[1].Reps[0].ID)[0]
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: of[0].ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.Pool().Exec(t.Context(), `INSERT INTO absence (organization_id, id, rep_id, kind, from_date, to_date)
	    VALUES ($1, $2, $3, 'SICK', '2026-11-23', '2026-11-24')`, w.Organization, desktest.NewID(), reps[3].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.Pool().Exec(t.Context(), `DELETE FROM shift WHERE rep_id = $1`, reps[2].ID); err != nil {
		t.Fatal(err)
	}
	everywhere, rep := w.Dispatcher, w.Caller(0, 0)
	everywhere.Everywhere = true
	stale := of[1]
	stale.Version--
	noReason, long := overload(of[1], reps[1].ID), overload(of[1], reps[1].ID)
	noReason.Reason = "BECAUSE"
	long.Note = string(make([]rune, 1001))
	for name, c := range map[string]struct {
		caller auth.Caller
		wish   desk.ReassignVisit
		want   error
	}{
		"stale":                  {w.Dispatcher, overload(stale, reps[1].ID), dispatch.ErrStale},
		"begun":                  {w.Dispatcher, overload(visit(t, w, of[0].ID), reps[1].ID), dispatch.ErrBegun},
		"the same rep":           {w.Dispatcher, overload(of[1], reps[0].ID), dispatch.ErrSameRep},
		"an absent rep":          {w.Dispatcher, overload(of[1], reps[3].ID), dispatch.ErrAbsent},
		"a rep without shift":    {w.Dispatcher, overload(of[1], reps[2].ID), dispatch.ErrOffShift},
		"a reason nobody knows":  {w.Dispatcher, noReason, dispatch.ErrReason},
		"a long note":            {w.Dispatcher, long, desk.ErrInvalid},
		"no such visit":          {w.Dispatcher, overload(dispatch.Visit{ID: uuid.New()}, reps[1].ID), dispatch.ErrNoVisit},
		"no such rep":            {w.Dispatcher, overload(of[1], uuid.New()), roster.ErrNoRep},
		"another branch's visit": {w.Dispatcher, overload(abroad, reps[1].ID), dispatch.ErrNoVisit},
		"another branch's rep":   {w.Dispatcher, overload(of[1], w.Branches[1].Reps[0].ID), roster.ErrNoRep},
		"across branches":        {everywhere, overload(of[1], w.Branches[1].Reps[0].ID), dispatch.ErrOtherBranch},
		"a rep may not reassign": {rep, overload(of[1], reps[1].ID), auth.ErrForbidden},
		"a rep who dispatches abroad": {func() auth.Caller {
			c := rep
			c.Roles = append(c.Roles, auth.Dispatcher)
			c.Branches = []uuid.UUID{w.Branches[1].ID}
			return c
		}(), overload(of[1], reps[1].ID), auth.ErrForbidden},
	} {
		before := footprint(t, w)
		request := uuid.New()
		_, first := desk.Do(w.As(c.caller), w.Desk, request, c.wish)
		if !errors.Is(first, c.want) {
			t.Errorf("%s: %v, want %v", name, first, c.want)
		}
		after := footprint(t, w)
		for _, unrecorded := range []string{"audit", "request"} {
			delete(before, unrecorded)
			delete(after, unrecorded)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s: refused, yet changed:\n%s", name, diff)
		}
	}
}

func TestRefusalIsRepeatedForTheSameRequest(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	v := planned(t, w, reps[0].ID)[0]
	stale := v
	stale.Version--
	request := uuid.New()
	for i := range 3 {
		if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, overload(stale, reps[1].ID)); !errors.Is(err, dispatch.ErrStale) {
			t.Errorf("time %d: %v, want ErrStale", i+1, err)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM audit WHERE request_id = $1 AND refused = 'STALE'", request); n != 1 {
		t.Errorf("%d audit lines of the refusal, want 1", n)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, overload(v, reps[1].ID)); !errors.Is(err, desk.ErrRequestMismatch) {
		t.Errorf("another wish under the same id: %v, want ErrRequestMismatch", err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, desk.CancelVisit{Visit: v.ID}); !errors.Is(err, desk.ErrRequestMismatch) {
		t.Errorf("another command under the same id: %v, want ErrRequestMismatch", err)
	}
	// Another person's request ids are that person's.
	if _, err := desk.Do(w.As(w.Admin), w.Desk, request, overload(v, reps[1].ID)); err != nil {
		t.Errorf("the same id from another person: %v, want no error", err)
	}
}

func TestRepeatedRequestGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	v := planned(t, w, w.Branches[0].Reps[0].ID)[0]
	wish, request := overload(v, w.Branches[0].Reps[1].ID), uuid.New()
	first, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, wish)
	if err != nil {
		t.Fatal(err)
	}
	before := footprint(t, w)
	w.Pass(time.Hour)
	wish.Others = []uuid.UUID{w.Branches[0].Reps[2].ID} // no part of the wish
	second, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, wish)
	first.Decision.Input = nil // it stands in the record, and nowhere twice
	if diff := cmp.Diff(first, second); err != nil || diff != "" {
		t.Errorf("the second answer (%v) differs:\n%s", err, diff)
	}
	if diff := cmp.Diff(before, footprint(t, w)); diff != "" {
		t.Errorf("the second time wrote something:\n%s", diff)
	}
}

func TestQueuedAndBacklogVisitsAreGivenAway(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	to := w.Branches[0].Reps[1].ID
	queued, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{Site: w.Branches[0].Sites[0][0]})
	if err != nil || queued.State != dispatch.Queued {
		t.Fatal(queued, err)
	}
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(queued.Visit, to))
	if err != nil || *got.Visit.RepID != to || len(got.Days) != 1 || got.Decision.Kind != dispatch.KindAssign {
		t.Errorf("a queued visit: %+v, %v, want it assigned to the rep", got.Visit, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1", got.Batch); n != 1 {
		t.Errorf("%d alerts, want one: nobody lost it", n)
	}

	v := planned(t, w, w.Branches[0].Reps[0].ID)[0]
	closed, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.FailVisit{Visit: v.ID, Outcome: "CLOSED"})
	if err != nil || closed.Visit.State != dispatch.Backlog {
		t.Fatal(closed, err)
	}
	got, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(closed.Visit, to))
	if err != nil || *got.Visit.RepID != to || *got.Visit.Date != desktest.Monday {
		t.Errorf("a backlog visit: %+v, %v, want it on the rep's Monday", got.Visit, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1", got.Batch); n != 2 {
		t.Errorf("%d alerts, want two: the rep who owed it lost it", n)
	}
}
