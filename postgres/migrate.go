package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/hexbeat/hexbeat/migrations"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// JobSchema is the schema of River's tables, apart from ours.
const JobSchema = "river"

// Step is one migration that was applied.
type Step struct {
	Name string
	Took time.Duration
}

// Two processes may migrate at once: one holds a row of goose_lock, the other waits. A row and not an
// advisory lock, which belongs to a session and so is lost on a pooler. A holder that dies keeps
// the others waiting for the lease at most.
const (
	migrationLease     = 10 * time.Second
	migrationHeartbeat = 2 * time.Second
	migrationRetry     = 250 * time.Millisecond
	migrationRetries   = 2400 // ten minutes: another process may be at a long migration
)

// Migrate brings the schema up to date: our migrations, then River's, then the application's rights
// on River's tables. A schema that is current costs one query. It is safe while an older binary
// runs and while another process migrates. progress, which may be nil, hears of each step.
func Migrate(ctx context.Context, pool *pgxpool.Pool, progress func(Step)) error {
	if current, err := SchemaCurrent(ctx, pool); err != nil || current {
		return err
	}
	if progress == nil {
		progress = func(Step) {}
	}
	own, err := patientPool(ctx, pool)
	if err != nil {
		return err
	}
	defer own.Close()
	db := stdlib.OpenDBFromPool(own)
	defer db.Close()

	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableLeaseDuration(migrationLease),
		lock.WithTableHeartbeatInterval(migrationHeartbeat),
		lock.WithTableLockTimeout(migrationRetry, migrationRetries),
		lock.WithTableLogger(slog.New(slog.DiscardHandler)), // what matters comes back as an error
	)
	if err != nil {
		return fmt.Errorf("prepare migration lock: %w", err)
	}
	if err := locker.Lock(ctx, db); err != nil {
		return migrationError("wait for another migration", err)
	}
	err = migrateLocked(ctx, db, own, progress)
	return errors.Join(err, locker.Unlock(ctx, db))
}

func migrateLocked(ctx context.Context, db *sql.DB, pool *pgxpool.Pool, progress func(Step)) error {
	ours, err := goose.NewProvider(goose.DialectPostgres, db, migrations.Files,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	for {
		done, err := ours.UpByOne(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			break
		}
		if err != nil {
			return migrationError("migrate", err)
		}
		progress(Step{Name: done.Source.Path, Took: done.Duration})
	}

	began := time.Now()
	if _, err := pool.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+JobSchema); err != nil {
		return migrationError("make schema "+JobSchema, err)
	}
	theirs, err := riverMigrator(pool)
	if err != nil {
		return err
	}
	done, err := theirs.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return migrationError("migrate "+JobSchema, err)
	}
	for _, v := range done.Versions {
		progress(Step{Name: fmt.Sprintf("%s %03d %s", JobSchema, v.Version, v.Name), Took: v.Duration})
	}
	if _, err := pool.Exec(ctx, grantJobs); err != nil {
		return migrationError("grant "+JobSchema, err)
	}
	progress(Step{Name: JobSchema, Took: time.Since(began)})
	return nil
}

// grantJobs lets the application insert and work jobs, and lets whoever migrates become the
// application, which only a superuser may do unasked.
const grantJobs = `
BEGIN;
GRANT USAGE ON SCHEMA ` + JobSchema + ` TO hexbeat_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ` + JobSchema + ` TO hexbeat_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ` + JobSchema + ` TO hexbeat_app;
DO $$ BEGIN
    IF NOT pg_has_role('hexbeat_app', 'MEMBER') THEN GRANT hexbeat_app TO CURRENT_USER; END IF;
    IF NOT pg_has_role('hexbeat_watch', 'MEMBER') THEN GRANT hexbeat_watch TO CURRENT_USER; END IF;
END $$;
COMMIT`

const schemaCurrent = `
SELECT @ours::bigint[] <@ (SELECT array_agg(v.version_id) FROM goose_db_version AS v)
   AND @theirs::bigint[] <@ (SELECT array_agg(v.version) FROM ` + JobSchema + `.river_migration AS v WHERE v.line = 'main')
   AND NOT EXISTS (SELECT FROM pg_class AS c
                   WHERE c.relnamespace = '` + JobSchema + `'::regnamespace AND c.relkind = 'r'
                     AND NOT has_table_privilege('hexbeat_app', c.oid, 'DELETE'))`

// SchemaCurrent reports whether every migration this binary knows has been applied. A schema that a
// newer binary has taken further is current too: migrations are safe while the old one still runs.
func SchemaCurrent(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	ours, err := ownVersions()
	if err != nil {
		return false, err
	}
	theirs, err := riverMigrator(pool)
	if err != nil {
		return false, err
	}
	var riverVersions []int64
	for _, m := range theirs.AllVersions() {
		riverVersions = append(riverVersions, int64(m.Version))
	}
	var current *bool
	err = pool.QueryRow(ctx, schemaCurrent, pgx.StrictNamedArgs{"ours": ours, "theirs": riverVersions}).Scan(&current)
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		switch refusal.Code {
		case "42P01", "3F000", "42704": // no such table, schema, role: nobody has migrated yet
			return false, nil
		}
	}
	if err != nil {
		return false, fmt.Errorf("read schema version: %w", err)
	}
	return current != nil && *current, nil
}

// SchemaFingerprint names the schema that Migrate makes, for who keeps copies of it.
func SchemaFingerprint() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := migrations.Files.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read migrations: %w", err)
	}
	river, err := riverMigrator(nil)
	if err != nil {
		return "", err
	}
	for _, m := range river.AllVersions() {
		fmt.Fprintf(sum, "%d %d\n%s", m.Version, len(m.SQLUp), m.SQLUp)
	}
	sum.Write([]byte(grantJobs))
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func ownVersions() ([]int64, error) {
	files, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	versions := make([]int64, len(files))
	for i, file := range files {
		if versions[i], err = goose.NumericComponent(file); err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
	}
	return versions, nil
}

func riverMigrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	m, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("read River's migrations: %w", err)
	}
	return m, nil
}

// patientPool is a second pool to the same database for long statements: without the limits that
// protect everyday work, and with room for lock and heartbeat beside the migration.
func patientPool(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Pool, error) {
	config := pool.Config()
	config.MinConns, config.MinIdleConns, config.MaxConns = 0, 0, 4
	config.AfterConnect, config.PrepareConn, config.AfterRelease = nil, nil, nil
	for _, limit := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		delete(config.ConnConfig.RuntimeParams, limit)
	}
	own, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect for migration: %w", err)
	}
	return own, nil
}

// migrationError adds advice where the database lacks something that only its owner can give.
func migrationError(doing string, err error) error {
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) {
		switch refusal.Code {
		case "58P01", "0A000": // no control file of the extension
			return fmt.Errorf("%s: %w: %w", doing, ErrNoTrigrams, err)
		case "42501":
			return fmt.Errorf("%s: the database user may not do this, let the owner of the database run hexbeat migrate (it needs CREATEROLE and CREATE on the database): %w", doing, err)
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}
