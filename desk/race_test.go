package desk_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
)

// together runs f so many times at once.
func together(n int, f func(i int)) {
	var gate, all sync.WaitGroup
	gate.Add(1)
	for i := range n {
		all.Go(func() {
			gate.Wait()
			f(i)
		})
	}
	gate.Done()
	all.Wait()
}

// Everybody wants the same three visits, each for somebody else; facts come in between.
func TestEverybodyReassignsTheSameVisits(t *testing.T) {
	t.Parallel()
	const clients, wishes = 24, 4
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	hot := planned(t, w, reps[0].ID)[:3]
	var accepted, stale atomic.Int64
	together(clients, func(i int) {
		rng := rand.New(rand.NewPCG(1, uint64(i)))
		seen := map[uuid.UUID]dispatch.Revision{}
		for _, v := range hot {
			seen[v.ID] = v.Version
		}
		for range wishes {
			v := hot[rng.IntN(len(hot))]
			wish := desk.ReassignVisit{Visit: v.ID, To: reps[rng.IntN(len(reps))].ID, Seen: seen[v.ID], Reason: "OTHER"}
			got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
			switch {
			case err == nil:
				accepted.Add(1)
				seen[v.ID] = got.Visit.Version
			case errors.Is(err, dispatch.ErrStale):
				stale.Add(1)
				seen[v.ID]++ // what a page does: read again, here only guessed
			case !errors.Is(err, dispatch.ErrSameRep):
				t.Errorf("ReassignVisit: %v", err)
			}
		}
	})
	if accepted.Load() == 0 || stale.Load() == 0 {
		t.Fatalf("%d accepted, %d stale: nobody raced", accepted.Load(), stale.Load())
	}
	changes := 0
	for _, before := range hot {
		after := visit(t, w, before.ID)
		changes += int(after.Version - before.Version)
		history := ids(t, w, "SELECT rep_id FROM assignment WHERE visit_id = $1 ORDER BY epoch", before.ID)
		if len(history) != after.Epoch+1 || history[len(history)-1] != *after.RepID {
			t.Errorf("the history has %d lines and ends with %s; the visit is in epoch %d of %s", len(history), history[len(history)-1], after.Epoch, after.RepID)
		}
		if on := ids(t, w, "SELECT ro.rep_id FROM stop AS st JOIN route AS ro ON ro.id = st.route_id WHERE st.visit_id = $1", before.ID); len(on) != 1 || on[0] != *after.RepID {
			t.Errorf("the visit of %s is on the routes of %v", after.RepID, on)
		}
	}
	for what, query := range map[string]string{
		"decisions": "SELECT count(*) FROM decision", "events": "SELECT count(*) FROM event WHERE type = 'visit.reassigned'",
		"audit lines":      "SELECT count(*) FROM audit WHERE command = 'ReassignVisit' AND refused IS NULL",
		"answers":          "SELECT count(*) FROM request WHERE refusal IS NULL",
		"changes of visit": "SELECT sum(version - 2) FROM visit WHERE id = ANY($1)",
	} {
		args := []any{}
		if what == "changes of visit" {
			args = append(args, []uuid.UUID{hot[0].ID, hot[1].ID, hot[2].ID})
		}
		if n := w.Count(t, query, args...); int64(n) != accepted.Load() {
			t.Errorf("%d %s for %d accepted wishes", n, what, accepted.Load())
		}
	}
	if int64(changes) != accepted.Load() {
		t.Errorf("%d changes for %d accepted wishes", changes, accepted.Load())
	}
}

func TestOneRequestSentManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	for _, v := range planned(t, w, reps[0].ID)[:5] {
		wish, request := overload(v, reps[1].ID), uuid.New()
		answers, errs := make([]desk.VisitReassigned, 5), make([]error, 5)
		together(5, func(i int) {
			answers[i], errs[i] = desk.Do(w.As(w.Dispatcher), w.Desk, request, wish)
		})
		for i := range answers {
			answers[i].Decision.Input = nil
			if diff := cmp.Diff(answers[0], answers[i]); errs[i] != nil || diff != "" {
				t.Errorf("answer %d (%v) differs:\n%s", i, errs[i], diff)
			}
		}
		if n := w.Count(t, "SELECT count(*) FROM decision WHERE visit_id = $1", v.ID); n != 1 {
			t.Errorf("%d effects, want 1", n)
		}
	}
}

func TestOneRefusedRequestSentManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	v := planned(t, w, w.Branches[0].Reps[0].ID)[0]
	v.Version--
	request := uuid.New()
	together(8, func(int) {
		if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, overload(v, w.Branches[0].Reps[1].ID)); !errors.Is(err, dispatch.ErrStale) {
			t.Errorf("%v, want ErrStale", err)
		}
	})
	if n := w.Count(t, "SELECT count(*) FROM audit WHERE request_id = $1", request); n != 1 {
		t.Errorf("%d audit lines, want 1", n)
	}
}

func TestTwoRepsFinishTheSameVisitAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	v := planned(t, w, reps[0].ID)[0]
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, reps[1].ID)); err != nil {
		t.Fatal(err)
	}
	var credited atomic.Int64
	together(8, func(i int) {
		got, err := desk.Do(w.Rep(0, i%2), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID})
		if err != nil {
			t.Errorf("CompleteVisit: %v", err)
		}
		if got.Credited {
			credited.Add(1)
		}
	})
	if n := w.Count(t, "SELECT count(*) FROM attempt WHERE visit_id = $1", v.ID); n != 8 || credited.Load() != 1 {
		t.Errorf("%d attempts, %d credited, want 8 and 1", n, credited.Load())
	}
}

// Days are planned, visits moved, made and called off by everybody at once. Nobody is told of a deadlock.
func TestMixedCommandsDoNotTrip(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	var all []dispatch.Visit
	for _, r := range reps {
		all = append(all, planned(t, w, r.ID)...)
	}
	together(16, func(i int) {
		rng := rand.New(rand.NewPCG(2, uint64(i)))
		for range 6 {
			v, n := all[rng.IntN(len(all))], rng.IntN(len(reps))
			var err error
			switch rng.IntN(7) {
			case 0:
				_, err = desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PlanDay{Rep: reps[n].ID, Date: desktest.Monday})
			case 1:
				_, err = desk.Do(w.Rep(0, n), w.Desk, uuid.New(), desk.FailVisit{Visit: v.ID, Outcome: "CLOSED"})
			case 2:
				_, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CancelVisit{Visit: v.ID, Seen: v.Version, Reason: "OTHER"})
			case 3:
				_, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{Site: v.SiteID, Rep: &reps[n].ID})
			case 4:
				_, err = desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OweVisits{Branch: w.Branches[0].ID, Date: desktest.Monday + 7})
			default:
				_, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, reps[n].ID))
			}
			if err != nil && desk.RefusalCode(err) == "" {
				t.Errorf("command: %v", err)
			}
		}
	})
	whereVisitsAre(t, w)
}

// whereVisitsAre is the law of the day: each visit is in exactly one place.
func whereVisitsAre(t testing.TB, w *desktest.World) {
	t.Helper()
	for what, query := range map[string]string{
		"on a route, of another rep or day": `SELECT count(*) FROM stop AS st JOIN route AS ro ON ro.id = st.route_id JOIN visit AS v ON v.id = st.visit_id
		     WHERE v.state IN ('ASSIGNED', 'UNDER_WAY') AND (v.rep_id <> ro.rep_id OR v.date <> ro.date)`,
		"on a route, not of its day": `SELECT count(*) FROM stop AS st JOIN visit AS v ON v.id = st.visit_id
		     WHERE v.state NOT IN ('ASSIGNED', 'UNDER_WAY', 'DONE')`,
		"of a day, on no route": `SELECT count(*) FROM visit AS v WHERE v.state IN ('ASSIGNED', 'UNDER_WAY') AND v.date IS NOT NULL
		     AND NOT EXISTS (SELECT FROM stop AS st WHERE st.visit_id = v.id)`,
		"in the backlog, of nobody or a day": `SELECT count(*) FROM visit WHERE state = 'BACKLOG' AND (rep_id IS NULL OR date IS NOT NULL)`,
		"in the queue, of somebody":          `SELECT count(*) FROM visit WHERE state = 'QUEUED' AND (rep_id IS NOT NULL OR date IS NOT NULL)`,
		"nowhere":                            `SELECT count(*) FROM visit WHERE state NOT IN ('ASSIGNED', 'UNDER_WAY', 'BACKLOG', 'QUEUED', 'DONE', 'MISSED', 'CANCELLED')`,
		"without its last assignment": `SELECT count(*) FROM visit AS v WHERE NOT EXISTS (SELECT FROM assignment AS a
		     WHERE a.visit_id = v.id AND a.epoch = v.epoch AND a.rep_id IS NOT DISTINCT FROM v.rep_id)`,
		"with two credits": `SELECT count(*) FROM (SELECT visit_id FROM attempt WHERE credited AND fact = 'COMPLETED' GROUP BY 1 HAVING count(*) > 1) AS twice`,
	} {
		if n := w.Count(t, query); n != 0 {
			t.Errorf("%d visits are %s", n, what)
		}
	}
}

// A day of work, drawn at random from a seed.
func TestEveryVisitIsInOnePlaceWhateverHappens(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	rng := rand.New(rand.NewPCG(3, 4))
	done := map[string]int{}
	for range 200 {
		all := ids(t, w, "SELECT id FROM visit WHERE branch_id = $1 ORDER BY id", w.Branches[0].ID)
		v, n := visit(t, w, all[rng.IntN(len(all))]), rng.IntN(len(reps))
		by := n
		for i, r := range reps {
			if v.RepID != nil && r.ID == *v.RepID && rng.IntN(4) > 0 {
				by = i // mostly who has it
			}
		}
		var err error
		var what string
		switch rng.IntN(12) {
		case 0:
			what = "plan"
			_, err = desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PlanDay{Rep: reps[n].ID, Date: desktest.Monday, Seed: rng.Uint64()})
		case 1, 2:
			what = "arrive"
			_, err = desk.Do(w.Rep(0, by), w.Desk, uuid.New(), desk.ArriveVisit{Visit: v.ID})
		case 3, 4:
			what = "complete"
			_, err = desk.Do(w.Rep(0, by), w.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID})
		case 5:
			what = "fail"
			_, err = desk.Do(w.Rep(0, by), w.Desk, uuid.New(), desk.FailVisit{Visit: v.ID, Outcome: "CLOSED"})
		case 6:
			what = "cancel"
			_, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CancelVisit{Visit: v.ID, Seen: v.Version, Reason: "OTHER"})
		case 7:
			what = "create"
			wish := desk.CreateVisit{Site: v.SiteID}
			if rng.IntN(2) == 0 {
				wish.Rep = &reps[n].ID
			}
			_, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
		case 8:
			w.Pass(5 * 60e9)
			continue
		default:
			what = "reassign"
			_, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, reps[n].ID))
		}
		switch {
		case err == nil:
			done[what]++
		case desk.RefusalCode(err) == "":
			t.Fatalf("%s: %v", what, err)
		}
		if t.Failed() {
			t.Fatalf("after %s of %s", what, v.ID)
		}
		whereVisitsAre(t, w)
	}
	for _, what := range []string{"plan", "arrive", "complete", "fail", "cancel", "create", "reassign"} {
		if done[what] == 0 {
			t.Errorf("no %s was accepted: %v", what, done)
		}
	}
}
