package work_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/hexbeat/hexbeat/work"
)

func TestOldAnswersAreForgotten(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	w := desktest.Add(t, postgres.New(pool), 1)
	key := func() postgres.RequestKey {
		return postgres.RequestKey{Person: w.Dispatcher.Person, Request: uuid.New()}
	}
	w.Write(t, func(tx *postgres.Tx) error {
		for _, age := range []int{-31, -29} {
			if _, _, err := tx.KeepRefusal(t.Context(), key(), "Test", []byte{1}, "STALE", w.Now().AddDate(0, 0, age)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := work.Forget(t.Context(), config(w)); err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, "SELECT count(*) FROM request"); n != 1 {
		t.Errorf("%d answers, want the one of 29 days ago", n)
	}
}

// Of the change feed one turn says which cursors have expired, and only a later one drops the month.
func TestAnOldMonthOfTheFeedGoesAfterItWasSaid(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	w := desktest.Add(t, postgres.New(pool), 2)
	w.Align(t, 0)
	if err := work.OpenMonths(t.Context(), config(w)); err != nil {
		t.Fatal(err)
	}
	old := postgres.Cursor{Tx: 3}
	w.Plan(t, 0)
	months := func() int {
		return w.Count(t, "SELECT count(*) FROM pg_class WHERE relname IN ('feed_2026_11', 'position_2026_11') AND relkind = 'r'")
	}
	read := func(since postgres.Cursor) (next postgres.Cursor, err error) {
		readErr := w.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
			_, next, _, err = tx.Changes(t.Context(), w.Admin, since, 1000)
			return nil
		})
		if readErr != nil {
			t.Fatal(readErr)
		}
		return next, err
	}
	forget := func() {
		t.Helper()
		if err := work.Forget(t.Context(), config(w)); err != nil {
			t.Fatal(err)
		}
	}
	// Another test's open transaction may hold back the end of the feed.
	for settled := false; !settled; {
		if err := pool.QueryRow(t.Context(), "SELECT max(f.tx::text::bigint) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM feed AS f").Scan(&settled); err != nil {
			t.Fatal(err)
		}
	}
	now, err := read(old)
	if err != nil {
		t.Fatal(err)
	}
	// 44 days after its end the month is kept, and every cursor good.
	w.Set(time.Date(2027, time.January, 14, 0, 0, 0, 0, time.UTC))
	forget()
	if _, err := read(old); err != nil || months() != 2 {
		t.Errorf("after 44 days: %v and %d months, want both and no error", err, months())
	}
	w.Set(time.Date(2027, time.January, 15, 0, 0, 0, 0, time.UTC))
	for range 2 { // a second turn soon after changes nothing: somebody may be reading still
		forget()
		next, err := read(old)
		if !errors.Is(err, postgres.ErrCursorExpired) || now.After(next) || months() != 2 {
			t.Errorf("after 45 days: to %s, %v and %d months, want the old cursor expired and both months", next, err, months())
		}
		if _, err := read(now); err != nil {
			t.Errorf("a cursor of the feed's end: %v", err)
		}
	}
	if _, err := pool.Exec(t.Context(), "UPDATE retention SET announced_at = announced_at - interval '11 minutes'"); err != nil {
		t.Fatal(err)
	}
	forget()
	if got := w.Count(t, "SELECT count(*) FROM feed"); got != 0 || months() != 1 {
		t.Errorf("%d rows of the feed and %d months are left, want none and that of positions, for which nobody has set an age", got, months())
	}
	if _, err := read(now); err != nil {
		t.Errorf("after the month has gone, a cursor of the feed's end: %v", err)
	}
	// Positions go when somebody says so.
	week := 7
	if err := w.DB.Keep(t.Context(), postgres.Kept{Kind: "position", Days: &week}); err != nil {
		t.Fatal(err)
	}
	forget()
	if months() != 0 {
		t.Error("the month of positions is left")
	}
}

func TestOldAlertsAtRestAreForgotten(t *testing.T) {
	t.Parallel()
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(t.Context(), pool, nil); err != nil {
		t.Fatal(err)
	}
	w := desktest.Add(t, postgres.New(pool), 2)
	w.Align(t, 0)
	phone, rep, began := w.Phone(t, 0, 0, notify.FCM), w.Branches[0].Reps[0].ID, w.Now()
	// plan makes the rep an alert, which the phone confirms.
	plan := func() (alert uuid.UUID) {
		t.Helper()
		w.Plan(t, 0)
		if err := pool.QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1 ORDER BY seq DESC LIMIT 1", rep).Scan(&alert); err != nil {
			t.Fatal(err)
		}
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ReceiveAlerts{Alerts: []uuid.UUID{alert}, Device: phone.ID}); err != nil {
			t.Fatal(err)
		}
		return alert
	}
	older := plan()
	w.Pass(24 * time.Hour)
	newer := plan()
	// The newer one speaks in the older one's place; whoever made it had a clock that was slow by an hour.
	if _, err := pool.Exec(t.Context(), "UPDATE alert SET state = 'SUPERSEDED', reason = 'NEWER', ended_at = $3, due_at = NULL, superseded_by = $2 WHERE id = $1", older, newer, w.Now()); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		"UPDATE batch SET created_at = $2 WHERE id = (SELECT batch_id FROM alert WHERE id = $1)", "UPDATE alert SET created_at = $2 WHERE id = $1",
	} {
		if _, err := pool.Exec(t.Context(), sql, newer, began.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	alerts := func() int { return w.Count(t, "SELECT count(*) FROM alert WHERE rep_id = $1", rep) }
	breaches := func() []notify.Breach {
		t.Helper()
		var e notify.Evidence
		if err := w.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
			from, err := tx.AlertsKeptSince(t.Context(), began)
			if err != nil {
				return err
			}
			e, err = tx.AlertEvidence(t.Context(), from, w.Now().Add(time.Hour))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return notify.Prove(e, w.Now())
	}
	before := alerts()
	w.Set(began.AddDate(0, 0, 400))
	step(t, w)
	if err := work.Forget(t.Context(), config(w)); err != nil {
		t.Fatal(err)
	}
	if got := alerts(); got != before || before != 2 {
		t.Errorf("%d alerts of %d after 400 days, want all: the newer one is spoken of by the older", got, before)
	}
	plan()
	w.Pass(time.Hour)
	if err := work.Forget(t.Context(), config(w)); err != nil {
		t.Fatal(err)
	}
	fresh := w.Count(t, "SELECT count(*) FROM alert WHERE rep_id = $1 AND created_at > $2", rep, began.AddDate(0, 0, 300))
	if got := alerts(); got != fresh || fresh == 0 {
		t.Errorf("%d alerts an hour later, %d of them new, want the new ones alone", got, fresh)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert_item AS ai WHERE NOT EXISTS (SELECT FROM alert AS al WHERE al.id = ai.alert_id)"); n != 0 {
		t.Errorf("%d lines of alerts that are gone", n)
	}
	step(t, w)
	for _, b := range breaches() {
		t.Errorf("the promise is broken: %s of rep %s", b.Code, b.Rep)
	}
	// What is not old the wall keeps, whoever asks.
	err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		for _, table := range []string{"alert_item", "delivery", "alert"} {
			if _, err := tx.Exec(t.Context(), "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if got := alerts(); err != nil || got != fresh {
		t.Errorf("after somebody deleted all there is: %d alerts of %d, %v", got, fresh, err)
	}
}
