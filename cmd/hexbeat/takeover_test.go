package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestAKilledPlannersJobsAreTakenOver kills a process while it plans a branch's day, plans the rest of it anew and gives out its queue. Another
// does all three within 75 seconds of the kill, and nothing twice.
func TestAKilledPlannersJobsAreTakenOver(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for jobs to be rescued")
	}
	t.Parallel()
	m := newMidday(t, 4)
	// Whoever plans a day needs its shift. While somebody else holds the shifts, plans are made as far as that and wait.
	held, err := m.db.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(context.Background()) }()
	if _, err := held.Exec(t.Context(), `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), `SELECT id FROM shift ORDER BY rep_id FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	first := m.serveFor(t)
	api := &api{t: t, url: "http://" + first.address}
	api.ready()
	api.ask(m.admin, `mutation ($in: DispatchRulesSetInput!) { dispatchRulesSet(input: $in) { __typename ... on Problem { code } } }`, map[string]any{"in": map[string]any{
		"requestId": uuid.New(), "branchId": m.branch, "expectedVersion": 0, "weights": map[string]any{}, "auto": true,
	}}, nil)
	var waiting []hotVisit
	for i := range 3 {
		waiting = append(waiting, m.create(first, m.sites[i*8]))
	}
	api.ask(m.dispatcher, `mutation ($in: DayReplanInput!) { dayReplan(input: $in) { __typename ... on Problem { code } } }`, map[string]any{"in": map[string]any{
		"requestId": uuid.New(), "branchId": m.branch, "later": true, "mostChangesPerRep": 0,
	}}, nil)
	kinds := []string{"plan_days", "replan_days", "tend_queue"}
	m.until(30*time.Second, "three jobs wait for the shifts and for each other", func() bool {
		return m.count(`SELECT count(DISTINCT kind) FROM river.river_job WHERE state = 'running' AND kind = ANY($1)`, kinds) == len(kinds) &&
			m.count(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`) >= len(kinds)
	})
	first.crash()
	died := time.Now()
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.serveFor(t)
	for what, done := range map[string]func() bool{
		"plan_days":   func() bool { return m.ended("plan_days") },
		"replan_days": func() bool { return m.ended("replan_days") },
		"tend_queue": func() bool {
			return m.count(`SELECT count(*) FROM visit WHERE id = ANY($1) AND state = 'ASSIGNED'`, ids(waiting)) == len(waiting)
		},
	} {
		m.until(time.Until(died.Add(75*time.Second)), what+" is taken over", done)
		t.Logf("%s: done %s after the kill", what, time.Since(died).Round(time.Second))
	}
	for law, sql := range map[string]string{
		"visits on two routes": `SELECT count(*) FROM (SELECT visit_id FROM stop WHERE visit_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1) AS twice`,
		"visits planned twice": `SELECT count(*) FROM (SELECT visit_id FROM event WHERE type = 'visit.planned' GROUP BY 1 HAVING count(*) > 1) AS twice`,
		"visits of the queue given twice": `SELECT count(*) FROM (SELECT visit_id FROM assignment WHERE epoch > 0 AND rep_id IS NOT NULL
			GROUP BY 1 HAVING count(*) > 1) AS twice`,
		"alerts beyond one a batch and rep":       `SELECT count(*) FROM (SELECT FROM alert GROUP BY batch_id, rep_id HAVING count(*) > 1) AS twice`,
		"visits owed twice":                       `SELECT count(*) FROM (SELECT site_id FROM visit WHERE origin <> 'MANUAL' GROUP BY 1 HAVING count(*) > 1) AS twice`,
		"plans and new plans more than there are": `SELECT greatest(0, count(*) - 2) FROM river.river_job WHERE kind IN ('plan_days', 'replan_days')`,
	} {
		if n := m.count(sql); n != 0 {
			t.Errorf("%d %s", n, law)
		}
	}
	if n := m.count(`SELECT count(*) FROM visit WHERE state = 'ASSIGNED' AND origin <> 'MANUAL'`); n == 0 {
		t.Error("nothing is planned")
	}
	if said := m.run("notify", "prove"); !strings.Contains(said, "The promise holds") {
		t.Errorf("notify prove says %q", said)
	}
}

// ended says whether the job of a kind has been carried out.
func (m *midday) ended(kind string) bool {
	m.t.Helper()
	return m.count(`SELECT count(*) FROM river.river_job WHERE kind = $1 AND state = 'completed'`, kind) == 1
}

// until waits for something that other processes do.
func (m *midday) until(patience time.Duration, what string, done func() bool) {
	m.t.Helper()
	for late := time.Now().Add(patience); !done(); {
		if time.Now().After(late) {
			m.t.Fatalf("%s: not within %v", what, patience.Round(time.Second))
		}
		time.Sleep(50 * time.Millisecond) // a process can only be asked
	}
}

func ids(visits []hotVisit) (list []string) {
	for _, v := range visits {
		list = append(list, v.ID)
	}
	return list
}
