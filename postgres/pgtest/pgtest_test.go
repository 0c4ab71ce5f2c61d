package pgtest_test

import (
	"context"
	"testing"

	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const aTown = `INSERT INTO organization (organization_id, name, created_at) VALUES (gen_random_uuid(), 'Ромашка', now())`

func TestEveryBorrowerFindsACleanDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for range 4 { // more tests than clones
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for range 3 {
				t.Run("", func(t *testing.T) {
					pool := pgtest.New(t)
					if got := count(t, pool, "organization"); got != 0 {
						t.Errorf("%d organizations at the start, want 0", got)
					}
					if _, err := pool.Exec(ctx, aTown); err != nil {
						t.Fatal(err)
					}
					if got := count(t, pool, "organization"); got != 1 {
						t.Errorf("%d organizations, want only our own", got)
					}
				})
			}
		})
	}
}

// The rows that migrations bring are put back, whatever a test does to them.
func TestSeedsArePutBack(t *testing.T) {
	ctx := context.Background()
	const versions = "SELECT string_agg(v::text, ',' ORDER BY version) FROM river.river_migration AS v"
	read := func(t *testing.T) (text string) {
		if err := pgtest.New(t).QueryRow(ctx, versions).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	var before string
	t.Run("before", func(t *testing.T) { before = read(t) })
	for _, harm := range []string{
		"DELETE FROM river.river_migration WHERE version > 2",
		"UPDATE river.river_migration SET created_at = now()",
		"INSERT INTO river.river_migration (version, line) VALUES (99, 'main')",
	} {
		t.Run("harm", func(t *testing.T) {
			if _, err := pgtest.New(t).Exec(ctx, harm); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("after", func(t *testing.T) {
			if got := read(t); got != before {
				t.Errorf("after %s: %s, want %s", harm, got, before)
			}
		})
	}
}

func TestATransactionLeftOpenDoesNotReachTheNextTest(t *testing.T) {
	ctx := context.Background()
	var forgotten pgx.Tx
	t.Run("forgetful", func(t *testing.T) {
		var err error
		if forgotten, err = pgtest.New(t).Begin(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := forgotten.Exec(ctx, aTown); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("next", func(t *testing.T) {
		pool := pgtest.New(t)
		if err := forgotten.Commit(ctx); err == nil {
			t.Error("the forgotten transaction could still be committed")
		}
		if got := count(t, pool, "organization"); got != 0 {
			t.Errorf("%d organizations, want 0", got)
		}
	})
}

func TestEmptyIsEmpty(t *testing.T) {
	t.Parallel()
	if got := count(t, pgtest.Empty(t), "pg_tables WHERE schemaname = 'public'"); got != 0 {
		t.Errorf("%d tables, want 0", got)
	}
}

func TestTheRoleOfTheApplicationSeesNothingUnasked(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.New(t)
	if _, err := pool.Exec(ctx, aTown); err != nil {
		t.Fatal(err)
	}
	tx, err := pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "SET LOCAL ROLE hexbeat_app"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM organization").Scan(&n); err != nil || n != 0 {
		t.Errorf("without an organization hexbeat_app sees %d (%v), want 0", n, err)
	}
}

func count(t *testing.T, pool *pgxpool.Pool, from string) (n int) {
	t.Helper()
	if err := pool.QueryRow(context.Background(), "SELECT count(*) FROM "+from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What a test pays: borrowing, a row, cleaning.
func BenchmarkBorrow(b *testing.B) {
	for b.Loop() {
		test := &oneTest{TB: b}
		if _, err := pgtest.New(test).Exec(context.Background(), aTown); err != nil {
			b.Fatal(err)
		}
		test.end()
	}
}

// oneTest ends when it is told to.
type oneTest struct {
	testing.TB
	cleanups []func()
}

func (t *oneTest) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

func (t *oneTest) end() {
	for _, f := range t.cleanups {
		f()
	}
}
