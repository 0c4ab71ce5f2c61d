package work_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/work"
	"github.com/paulmach/orb"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// TestAWorkerReplansADay in the engine's name.
func TestAWorkerReplansADay(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	var visit uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT id FROM visit WHERE rep_id = $1 AND state = 'ASSIGNED' ORDER BY id LIMIT 1", reps[0].ID).Scan(&visit); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisits{
		Visits: []uuid.UUID{visit}, To: &reps[3].ID, Unpinned: true, Reason: "OTHER",
	}); err != nil {
		t.Fatal(err)
	}
	job := &river.Job[desk.ReplanDays]{JobRow: &rivertype.JobRow{ID: 7}, Args: desk.ReplanDays{
		Organization: w.Organization, Branch: w.Branches[0].ID, Date: desktest.Monday.String(), Changes: 2, Reason: "OTHER",
	}}
	worker := work.NewDayReplanner(work.Config{Desk: w.Desk, Log: slog.New(slog.DiscardHandler)})
	if err := worker.Work(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, "SELECT count(*) FROM batch WHERE kind = 'REPLAN' AND door = 'ENGINE'"); n != 1 {
		t.Errorf("%d new plans of the engine, want one", n)
	}
}

// TestADayIsPlannedAnewByItself where the branch's rules say so, once for all that happened in a while, in the engine's name, and in a way that
// can be taken back. Without a rule, and after the rule was taken away, people decide.
func TestADayIsPlannedAnewByItself(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	branch, reps := w.Branches[0], w.Branches[0].Reps
	version := 0
	rule := func(replan dispatch.ReplanRule) {
		t.Helper()
		if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetDispatchRules{
			Branch: branch.ID, Seen: version, Weights: dispatch.StandardWeights, Replan: &replan,
		}); err != nil {
			t.Fatal(err)
		}
		version++
	}
	lastOf := func(rep int) (visit dispatch.Visit) {
		t.Helper()
		if err := w.DB.Pool().QueryRow(t.Context(), `SELECT v.id, v.version FROM stop AS st JOIN route AS ro ON ro.id = st.route_id JOIN visit AS v ON v.id = st.visit_id
		    WHERE ro.rep_id = $1 ORDER BY st.position DESC LIMIT 1`, reps[rep].ID).Scan(&visit.ID, &visit.Version); err != nil {
			t.Fatal(err)
		}
		return visit
	}
	release := func(rep int) uuid.UUID {
		t.Helper()
		v := lastOf(rep)
		if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReleaseVisit{Visit: v.ID, To: dispatch.Queued, Seen: v.Version, Reason: "OTHER"}); err != nil {
			t.Fatal(err)
		}
		return v.ID
	}
	jobs := func() (list []desk.ReplanDays) {
		t.Helper()
		rows, err := w.DB.Pool().Query(t.Context(), `SELECT args FROM river.river_job WHERE kind = 'replan_days' ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var job desk.ReplanDays
			if err := rows.Scan(&job); err != nil {
				t.Fatal(err)
			}
			list = append(list, job)
		}
		return list
	}
	carryOut := func(job desk.ReplanDays) {
		t.Helper()
		worker := work.NewDayReplanner(work.Config{Desk: w.Desk, Log: slog.New(slog.DiscardHandler)})
		if err := worker.Work(t.Context(), &river.Job[desk.ReplanDays]{JobRow: &rivertype.JobRow{ID: 7}, Args: job}); err != nil {
			t.Fatal(err)
		}
	}
	queued := func() int { return w.Count(t, `SELECT count(*) FROM visit WHERE state = 'QUEUED'`) }

	release(0)
	if n := len(jobs()); n != 0 {
		t.Fatalf("%d new plans are asked for where nobody wants any by itself", n)
	}
	rule(dispatch.InsertWaiting)
	release(0)
	release(1)
	if n := len(jobs()); n != 1 {
		t.Fatalf("%d new plans are asked for after two changes of one moment, want one", n)
	}
	pinned := lastOf(2)
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisit{
		Visit: pinned.ID, To: reps[3].ID, Seen: pinned.Version, Reason: "OTHER",
	}); err != nil {
		t.Fatal(err)
	}
	if n := queued(); n != 3 {
		t.Fatalf("%d visits wait, want the three that were released", n)
	}
	carryOut(jobs()[0])
	if n := queued(); n != 0 {
		t.Errorf("%d visits wait after the engine's plan, want none", n)
	}
	if n := w.Count(t, `SELECT count(*) FROM visit WHERE id = $1 AND rep_id = $2 AND rep_pinned`, pinned.ID, reps[3].ID); n != 1 {
		t.Error("the engine took away what a person gave")
	}
	if n := w.Count(t, `SELECT count(*) FROM audit WHERE command = 'ReplanDay' AND door = 'ENGINE'`); n != 1 {
		t.Errorf("%d lines of the audit, want one of the engine", n)
	}
	if n := w.Count(t, `SELECT count(*) FROM (SELECT FROM alert AS a JOIN batch AS b ON b.id = a.batch_id WHERE b.kind = 'REPLAN' GROUP BY a.batch_id, a.rep_id HAVING count(*) > 1) AS twice`); n != 0 {
		t.Errorf("%d reps have two alerts of one plan", n)
	}
	if n := len(jobs()); n != 1 {
		t.Errorf("%d new plans are asked for, want none because of the engine's own", n)
	}
	carryOut(jobs()[0])
	if n := w.Count(t, `SELECT count(*) FROM audit WHERE command = 'ReplanDay'`); n != 1 {
		t.Errorf("%d lines of the audit after a look that found nothing to do, want the one", n)
	}
	var batch uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), `SELECT id FROM batch WHERE kind = 'REPLAN' AND door = 'ENGINE'`).Scan(&batch); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.UndoBatch{Batch: batch}); err != nil || queued() != 3 {
		t.Errorf("taken back: %v, %d visits wait, want three again", err, queued())
	}
	w.Pass(time.Minute)
	release(1)
	rule(dispatch.NeverReplan)
	carryOut(jobs()[len(jobs())-1])
	if n := queued(); n != 4 {
		t.Errorf("%d visits wait after the rule was taken away, want four", n)
	}
}

// TestALateRepHasTheDayPlannedAnew: promises that break are work undone.
func TestALateRepHasTheDayPlannedAnew(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	branch := w.Branches[0]
	rule := dispatch.RearrangeLittle
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetDispatchRules{Branch: branch.ID, Weights: dispatch.StandardWeights, Replan: &rule}); err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, `WITH p AS (UPDATE visit AS v SET promised_from = st.arrival - interval '30 min', promised_to = st.arrival + interval '10 min'
	    FROM stop AS st WHERE st.visit_id = v.id AND st.position > 2 RETURNING 1) SELECT count(*) FROM p`); n == 0 {
		t.Fatal("nothing is promised")
	}
	jobs := func() int { return w.Count(t, `SELECT count(*) FROM river.river_job WHERE kind = 'replan_days'`) }
	var visit uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), `SELECT st.visit_id FROM stop AS st JOIN route AS ro ON ro.id = st.route_id
	    WHERE ro.rep_id = $1 AND st.visit_id IS NOT NULL ORDER BY st.position LIMIT 1`, branch.Reps[0].ID).Scan(&visit); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Hour)
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ArriveVisit{Visit: visit}); err != nil || jobs() != 0 {
		t.Fatalf("%v, %d new plans are asked for by a rep who is in time", err, jobs())
	}
	w.Pass(4 * time.Hour)
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.CompleteVisit{Visit: visit}); err != nil || jobs() != 1 {
		t.Errorf("%v, %d new plans are asked for by a rep who is hours late, want one", err, jobs())
	}
}

// TestAStormHasTheDayPlannedAnew where promises break by it, or visits are taken off their days.
func TestAStormHasTheDayPlannedAnew(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	branch := w.Branches[0]
	rule := dispatch.InsertWaiting
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetDispatchRules{Branch: branch.ID, Weights: dispatch.StandardWeights, Replan: &rule}); err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, `WITH p AS (UPDATE visit AS v SET promised_from = st.arrival - interval '30 min', promised_to = st.arrival + interval '1 min'
	    FROM stop AS st WHERE st.visit_id = v.id RETURNING 1) SELECT count(*) FROM p`); n == 0 {
		t.Fatal("nothing is promised")
	}
	storm, err := geo.RegionOf(orb.MultiPolygon{{{{37.2, 55.5}, {38.2, 55.5}, {38.2, 56.2}, {37.2, 56.2}, {37.2, 55.5}}}})
	if err != nil {
		t.Fatal(err)
	}
	slowed, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.SlowArea{
		Branch: branch.ID, Area: storm, Factor: 8, Window: hours.Window{From: w.Now(), To: w.Now().Add(8 * time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	broken := 0
	for _, p := range slowed.Promises {
		if !p.Kept {
			broken++
		}
	}
	if n := w.Count(t, `SELECT count(*) FROM river.river_job WHERE kind = 'replan_days'`); broken == 0 || n != 1 {
		t.Errorf("%d promises break, %d new plans are asked for, want some and one", broken, n)
	}
}
