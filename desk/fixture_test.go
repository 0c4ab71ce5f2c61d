package desk_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// ids is a column of ids.
func ids(t testing.TB, w *desktest.World, query string, args ...any) (list []uuid.UUID) {
	t.Helper()
	rows, err := w.DB.Pool().Query(context.Background(), query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		list = append(list, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return list
}

// planned are the visits on a rep's route, in the order of the day.
func planned(t testing.TB, w *desktest.World, rep uuid.UUID) (visits []dispatch.Visit) {
	t.Helper()
	for _, id := range ids(t, w, `SELECT st.visit_id FROM stop AS st JOIN route AS ro ON ro.id = st.route_id
	    WHERE ro.rep_id = $1 AND st.visit_id IS NOT NULL ORDER BY st.position`, rep) {
		visits = append(visits, visit(t, w, id))
	}
	if len(visits) == 0 {
		t.Fatalf("rep %s has no visits planned", rep)
	}
	return visits
}

// visit is a visit as the record has it.
func visit(t testing.TB, w *desktest.World, id uuid.UUID) (v dispatch.Visit) {
	t.Helper()
	w.Write(t, func(tx *postgres.Tx) (err error) {
		v, err = tx.LockVisit(context.Background(), id)
		return err
	})
	return v
}

// day is a rep's Monday as the record has it.
func day(t testing.TB, w *desktest.World, rep uuid.UUID) (d dispatch.RepDay) {
	t.Helper()
	w.Write(t, func(tx *postgres.Tx) error {
		days, err := tx.RepDays(context.Background(), desktest.Monday, w.Now(), rep)
		if err == nil {
			d = days[0]
		}
		return err
	})
	return d
}

// footprint counts the rows of everything a command may write.
func footprint(t testing.TB, w *desktest.World) (n map[string]int) {
	t.Helper()
	n = map[string]int{}
	for _, table := range []string{
		"visit", "assignment", "attempt", "route", "stop", "batch", "decision", "event", "audit", "feed", "alert", "alert_item", "request",
		"river.river_job", "device", "position", "alignment", "responsibility",
	} {
		n[table] = w.Count(t, "SELECT count(*) FROM "+table)
	}
	n["versions"] = w.Count(t, "SELECT sum(version) FROM visit") + w.Count(t, "SELECT coalesce(sum(version), 0) FROM route")
	return n
}
