package postgres_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/hexbeat/hexbeat/migrations"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

func TestTwoProcessesMigrateAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	first := pgtest.Empty(t)
	second := another(t, first.Config().ConnString())
	if current, err := postgres.SchemaCurrent(ctx, first); err != nil || current {
		t.Fatalf("SchemaCurrent of an empty database = %t, %v, want false", current, err)
	}

	var mu sync.Mutex
	applied := map[string]int{}
	progress := func(s postgres.Step) {
		mu.Lock()
		defer mu.Unlock()
		applied[s.Name]++
	}
	errs := make(chan error)
	for _, pool := range []*pgxpool.Pool{first, second} {
		go func() { errs <- postgres.Migrate(ctx, pool, progress) }()
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}

	files, err := migrations.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if got := applied[f.Name()]; got != 1 {
			t.Errorf("%s was applied %d times, want once", f.Name(), got)
		}
	}
	if current, err := postgres.SchemaCurrent(ctx, second); err != nil || !current {
		t.Errorf("SchemaCurrent after Migrate = %t, %v, want true", current, err)
	}
	if err := postgres.Migrate(ctx, first, func(s postgres.Step) { t.Errorf("Migrate of a current schema did %s", s.Name) }); err != nil {
		t.Error(err)
	}
}

// Roles belong to the cluster: databases that are migrated at once on a new one race for them.
func TestDatabasesOfANewClusterMigrateAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "hexbeat-migrate-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // for the account that runs the server
		t.Fatal(err)
	}
	server, err := local.Start(ctx, local.Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(ctx) })

	errs := make(chan error)
	names := []string{"a", "b", "c"}
	for _, name := range names {
		if _, err := another(t, server.URL()).Exec(ctx, "CREATE DATABASE "+name); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		pool := another(t, strings.Replace(server.URL(), "/"+local.Database+"?", "/"+name+"?", 1))
		go func() { errs <- postgres.Migrate(ctx, pool, nil) }()
	}
	for range names {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestMigrationOfADeadProcessIsTakenOver(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.Empty(t)
	if err := postgres.Migrate(ctx, pool, nil); err != nil {
		t.Fatal(err)
	}
	// It died between River's migrations and the rights, and its lease has run out.
	if _, err := pool.Exec(ctx, `
		REVOKE ALL ON ALL TABLES IN SCHEMA river FROM hexbeat_app;
		UPDATE goose_lock SET locked = true, locked_by = 'nobody', lease_expires_at = now() - interval '1 second'`); err != nil {
		t.Fatal(err)
	}
	if current, err := postgres.SchemaCurrent(ctx, pool); err != nil || current {
		t.Errorf("SchemaCurrent without rights = %t, %v, want false", current, err)
	}
	if err := postgres.Migrate(ctx, pool, nil); err != nil {
		t.Fatal(err)
	}
	if current, err := postgres.SchemaCurrent(ctx, pool); err != nil || !current {
		t.Errorf("SchemaCurrent = %t, %v, want true", current, err)
	}
}

func TestTheApplicationMayInsertJobs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	tx, err := pgtest.New(t).Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, `
		SET LOCAL ROLE hexbeat_app;
		INSERT INTO river.river_job (kind, args, max_attempts) VALUES ('send', '{}', 3);
		UPDATE river.river_job SET priority = 2;
		DELETE FROM river.river_job`); err != nil {
		t.Error(err)
	}
}

func TestMigrateWithoutRightsSaysWhoMust(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool := pgtest.Empty(t)
	config := pool.Config()
	config.AfterConnect = nil
	config.ConnConfig.RuntimeParams["role"] = "pg_monitor" // a role that may read statistics and nothing else
	poor, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(poor.Close)
	err = postgres.Migrate(ctx, poor, nil)
	var refusal *pgconn.PgError
	if !errors.As(err, &refusal) || !strings.Contains(err.Error(), "let the owner of the database run hexbeat migrate") {
		t.Errorf("Migrate as pg_monitor = %v, want advice", err)
	}
}

func another(t *testing.T, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
