// Package pgtest lends tests a clean, migrated PostgreSQL database in milliseconds.
//
//	func TestSkippedVisitReturnsToTheQueue(t *testing.T) {
//		t.Parallel()
//		db := postgres.New(pgtest.New(t))
//		…
//	}
//
// The databases live on a private server that all test binaries of one user share; it starts with
// the first of them and stops a few seconds after the last one has ended, however it ended. Set
// HEXBEAT_TEST_DATABASE_URL to use another server, as its superuser.
//
// A template is migrated once for each state of the migrations, cloned a few times, and the clones
// are lent out: after a test only the tables that got rows are emptied, and rows that belong to
// the schema are put back. What a test does beyond rows stays: sequences go on counting, and a test
// that changes tables or settings takes [Empty] instead.
//
// Tests inside package postgres itself stand in postgres_test, because pgtest imports postgres.
package pgtest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// limit ends what would otherwise hang a test without a word.
const limit = 2 * time.Minute

// theLab is opened by the first test of the binary that wants a database, and ends with the binary.
var theLab = sync.OnceValues(openLab)

// New lends the test a migrated database without rows, as superuser: row-level security applies once
// the code under test takes its role. pool.Config().ConnString() is its address, for who opens
// connections of their own; they are cut off when the test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	lab, err := theLab()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	c, err := lab.borrow(ctx)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := lab.giveBack(ctx, c); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return c.pool
}

// Empty makes the test a database of its own with nothing in it, for tests of migrations and for
// programs that get a DATABASE_URL. It costs some 100 ms and is dropped after the test.
func Empty(t testing.TB) *pgxpool.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	lab, err := theLab()
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	name, pool, err := lab.makeEmpty(ctx)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		// Forced first: a pool waits for connections that a test has forgotten.
		if err := lab.do(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("pgtest: drop %s: %v", name, err)
		}
		go pool.Close()
	})
	return pool
}
