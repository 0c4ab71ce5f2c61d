package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// walled are the tables with an organization, partitions aside.
func walled(t *testing.T, db *postgres.DB) (tables []string) {
	t.Helper()
	rows, err := db.Pool().Query(t.Context(), `
SELECT c.table_name
FROM   information_schema.columns AS c
JOIN   pg_class AS p ON p.oid = format('%I.%I', c.table_schema, c.table_name)::regclass
WHERE  c.table_schema = 'public' AND c.column_name = 'organization_id' AND p.relkind IN ('r', 'p') AND NOT p.relispartition
ORDER  BY 1`)
	if err == nil {
		tables, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil || len(tables) < 40 {
		t.Fatalf("%d tables with an organization, %v", len(tables), err)
	}
	return tables
}

// aLivedDay is a company in which much has happened.
func aLivedDay(t *testing.T) *desktest.World {
	t.Helper()
	w := desktest.Planned(t)
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.RegisterDevice{Token: "t", Transport: "FCM", Platform: "ios", Locale: "ru"}); err != nil {
		t.Fatal(err)
	}
	where := desk.ReportPositions{Positions: []roster.Position{{Point: geo.Point{Lat: 55, Lon: 37}, DeviceTime: w.Now()}}}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), where); err != nil {
		t.Fatal(err)
	}
	var visit uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT id FROM visit WHERE rep_id = $1 AND state = 'ASSIGNED' LIMIT 1", w.Branches[0].Reps[0].ID).Scan(&visit); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisit{Visit: visit, To: w.Branches[0].Reps[1].ID, Seen: 2, Reason: "OTHER"}); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.CompleteVisit{Visit: visit}); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNothingOfAnotherOrganizationCanBeReachedOrWritten(t *testing.T) {
	t.Parallel()
	w := aLivedDay(t)
	other := uuid.Must(uuid.NewV7())
	filled := 0
	for _, table := range walled(t, w.DB) {
		name := pgx.Identifier{"public", table}.Sanitize()
		if w.Count(t, "SELECT count(*) FROM "+name) > 0 {
			filled++
		}
		err := w.DB.Write(t.Context(), other, func(tx *postgres.Tx) error {
			var seen int
			if err := tx.QueryRow(t.Context(), "SELECT count(*) FROM "+name).Scan(&seen); err != nil || seen != 0 {
				t.Errorf("%s: %d rows seen (%v), want none", table, seen, err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", table, err)
		}
		for act, sql := range map[string]string{
			"update": "UPDATE " + name + " SET organization_id = organization_id", "delete": "DELETE FROM " + name,
			"take over": "UPDATE " + name + " SET organization_id = '" + other.String() + "'",
		} {
			before := w.Count(t, "SELECT count(*) FROM "+name)
			err := w.DB.Write(t.Context(), other, func(tx *postgres.Tx) error {
				tag, err := tx.Exec(t.Context(), sql)
				if err == nil && tag.RowsAffected() != 0 {
					t.Errorf("%s: %d rows of another organization to %s", table, tag.RowsAffected(), act)
				}
				return err
			})
			var refused *pgconn.PgError
			if err != nil && (!errors.As(err, &refused) || refused.Code != "42501") {
				t.Errorf("%s: %s: %v", table, act, err)
			}
			if after := w.Count(t, "SELECT count(*) FROM "+name); after != before {
				t.Errorf("%s: %d rows, %d after %s", table, before, after, act)
			}
		}
		// A row of the own organization can't be written into the other one.
		err = w.DB.Write(t.Context(), other, func(tx *postgres.Tx) error {
			_, err := tx.Exec(t.Context(), fmt.Sprintf("INSERT INTO %s SELECT (jsonb_populate_record(NULL::%s, $1)).*", name, name),
				fmt.Sprintf(`{"organization_id": %q}`, w.Organization))
			return err
		})
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" && refused.Code != "23502" {
			t.Errorf("%s: inserting into another organization: %v, want it refused", table, err)
		}
	}
	if filled < 30 {
		t.Errorf("only %d tables had rows to protect", filled)
	}
}

func TestEveryTableStandsBehindTheWall(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for _, table := range walled(t, w.DB) {
		if n := w.Count(t, `SELECT count(*) FROM pg_class AS c JOIN pg_policy AS p ON p.polrelid = c.oid AND p.polname = 'own_organization'
		    WHERE c.oid = to_regclass($1) AND c.relrowsecurity AND c.relforcerowsecurity`, table); n != 1 {
			t.Errorf("%s is not behind the wall", table)
		}
	}
}

func TestWhatHappenedCanNotBeChanged(t *testing.T) {
	t.Parallel()
	w := aLivedDay(t)
	for _, table := range []string{"audit", "event", "attempt", "assignment", "decision", "delivery", "feed", "position"} {
		for _, sql := range []string{"UPDATE %s SET organization_id = organization_id", "DELETE FROM %s", "TRUNCATE %s"} {
			if sql = fmt.Sprintf(sql, table); sql == "DELETE FROM delivery" {
				continue
			}
			err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
				_, err := tx.Exec(t.Context(), sql)
				return err
			})
			var refused *pgconn.PgError
			if !errors.As(err, &refused) || refused.Code != "42501" {
				t.Errorf("%s: %v, want it refused", sql, err)
			}
		}
	}
	// Alerts and what was tried with them may go once they are old, and no sooner.
	for _, table := range []string{"delivery", "alert_item", "alert"} {
		err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
			tag, err := tx.Exec(t.Context(), "DELETE FROM "+table)
			if err == nil && tag.RowsAffected() != 0 {
				t.Errorf("%d rows of %s could be deleted", tag.RowsAffected(), table)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestWatchSeesWhatMustBeKnownBeforeAnOrganizationIs(t *testing.T) {
	t.Parallel()
	w := aLivedDay(t)
	rows, err := w.DB.Pool().Query(t.Context(), `
SELECT c.table_name || '.' || c.column_name
FROM   information_schema.columns AS c
WHERE  c.table_schema = 'public' AND has_column_privilege('hexbeat_watch', format('%I.%I', c.table_schema, c.table_name), c.column_name, 'SELECT')
AND    c.table_name NOT LIKE 'pg_%' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range columns {
		table, _, _ := strings.Cut(column, ".")
		if !slices.Contains([]string{"credential", "person", "organization", "feed", "ground"}, table) {
			t.Errorf("the watcher may read %s", column)
		}
	}
	if slices.Contains(columns, "person.personnel_number") || !slices.Contains(columns, "feed.id") {
		t.Errorf("the watcher may read %v", columns)
	}
	if n := w.Count(t, `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'
	    AND has_table_privilege('hexbeat_watch', format('%I.%I', table_schema, table_name), 'INSERT, UPDATE, DELETE, TRUNCATE')`); n != 0 {
		t.Errorf("the watcher may write %d tables", n)
	}
}

func TestPooledConnectionForgetsItsOrganization(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	failed := errors.New("failed")
	for name, f := range map[string]func(*postgres.Tx) error{
		"after a commit":       func(*postgres.Tx) error { return nil },
		"after a panic":        func(*postgres.Tx) error { panic("a bug") },
		"after a refusal":      func(*postgres.Tx) error { return failed },
		"after a wrong query":  func(tx *postgres.Tx) error { _, err := tx.Exec(t.Context(), "SELECT nonsense"); return err },
		"after a caught error": func(tx *postgres.Tx) error { _, _ = tx.Exec(t.Context(), "SELECT nonsense"); return nil },
		"after who gave up": func(tx *postgres.Tx) error {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := tx.Exec(ctx, "SELECT pg_sleep(10)")
			return err
		},
	} {
		func() {
			defer func() { _ = recover() }()
			_ = w.DB.Write(t.Context(), w.Organization, f)
		}()
		for _, conn := range w.DB.Pool().AcquireAllIdle(t.Context()) {
			var organization, role string
			if err := conn.QueryRow(t.Context(), "SELECT coalesce(current_setting('app.organization', true), ''), current_user").Scan(&organization, &role); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if organization != "" || role == "hexbeat_app" {
				t.Errorf("%s: organization %q and role %s are left over", name, organization, role)
			}
			conn.Release()
		}
	}
}
