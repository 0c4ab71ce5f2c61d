package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/local"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// prefix of every database made here: hexbeat_test_<schema>, …_<schema>_<n>, …_empty_<pid>_<n>.
const prefix = "hexbeat_test_"

// lab is a test binary's part of the server: the template of the present schema, and the clones it holds.
//
// A session-level lock of keeper says what is in use, so that it is free again when the binary ends
// in whatever way: (schema, 0), shared, is the template; (schema, n) is clone n.
type lab struct {
	server   *local.Server // nil when HEXBEAT_TEST_DATABASE_URL names one; kept, for its life is ours
	url      string
	template string
	schema   int32 // first half of every lock's key

	mu     sync.Mutex
	keeper *pgx.Conn
	next   int32    // number of the clone to try next
	free   []*clone // clean, ready to be lent
	broom  *broom   // made from the first clone
	empty  int
}

func openLab() (*lab, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	l := &lab{url: os.Getenv("HEXBEAT_TEST_DATABASE_URL"), next: 1}
	if l.url == "" {
		dir := filepath.Join(os.TempDir(), "hexbeat-pgtest-"+strconv.Itoa(os.Getuid()))
		server, err := local.Start(ctx, local.Options{DataDir: dir, Scratch: true})
		if err != nil {
			return nil, fmt.Errorf("start a server for tests: %w", err)
		}
		l.server, l.url = server, server.URL()
	}
	fingerprint, err := postgres.SchemaFingerprint()
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(fingerprint[:8], 16, 32)
	if err != nil {
		return nil, fmt.Errorf("read fingerprint: %w", err)
	}
	l.schema, l.template = int32(uint32(number)), prefix+fingerprint[:8]
	if l.keeper, err = pgx.Connect(ctx, l.url); err != nil {
		return nil, fmt.Errorf("connect to the server for tests: %w", err)
	}
	return l, l.makeTemplate(ctx)
}

// do runs a statement on the lab's own connection.
func (l *lab) do(ctx context.Context, sql string, args ...any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.keeper.Exec(ctx, sql, args...)
	return err
}

// makeTemplate migrates the template unless another binary has; the others wait meanwhile. Whoever uses the template keeps it by a
// shared lock to the end, so that nobody clears it away; only who has to make it asks for the lock alone.
func (l *lab) makeTemplate(ctx context.Context) error {
	ready, err := l.useTemplate(ctx)
	if err != nil || ready {
		return err
	}
	if err := l.do(ctx, "SELECT pg_advisory_lock($1, 0)", l.schema); err != nil {
		return fmt.Errorf("wait for template: %w", err)
	}
	if ready, err = l.useTemplate(ctx); err == nil && !ready {
		if err := l.migrateTemplate(ctx); err != nil {
			return fmt.Errorf("make template %s: %w", l.template, err)
		}
		l.clearAway(ctx)
		_, err = l.useTemplate(ctx)
	}
	return errors.Join(err, l.do(ctx, "SELECT pg_advisory_unlock($1, 0)", l.schema))
}

// useTemplate keeps the template for this binary, if it is there.
func (l *lab) useTemplate(ctx context.Context) (ready bool, err error) {
	if err := l.do(ctx, "SELECT pg_advisory_lock_shared($1, 0)", l.schema); err != nil {
		return false, fmt.Errorf("wait for template: %w", err)
	}
	err = l.keeper.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", l.template).Scan(&ready)
	if err != nil {
		return false, fmt.Errorf("look for template: %w", err)
	}
	if ready {
		return true, nil
	}
	return false, l.do(ctx, "SELECT pg_advisory_unlock_shared($1, 0)", l.schema)
}

func (l *lab) migrateTemplate(ctx context.Context) error {
	if err := errors.Join(
		l.do(ctx, "DROP DATABASE IF EXISTS "+l.template+" WITH (FORCE)"), // half-made by a binary that died
		l.create(ctx, l.template)); err != nil {
		return err
	}
	pool, err := l.open(ctx, l.template)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgres.Migrate(ctx, pool, nil); err != nil {
		return err
	}
	if err := keepSeeds(ctx, pool); err != nil {
		return err
	}
	pool.Close()
	return l.do(ctx, "ALTER DATABASE "+l.template+" WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
}

func (l *lab) create(ctx context.Context, name string) error {
	return l.do(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
}

// clearAway drops what older schemas have left: databases of yesterday or before that nobody uses.
// It is housekeeping: what can't be dropped now can be later.
func (l *lab) clearAway(ctx context.Context) {
	rows, err := l.keeper.Query(ctx, `
		SELECT d.datname, d.datistemplate
		FROM   pg_database AS d
		WHERE  starts_with(d.datname, $1) AND NOT starts_with(d.datname, $2)
		  AND  (pg_stat_file('base/' || d.oid || '/PG_VERSION', true)).modification < now() - interval '1 day'
		ORDER  BY d.datname DESC`, prefix, l.template)
	if err != nil {
		return
	}
	old, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		Name     string
		Template bool
	}])
	if err != nil {
		return
	}
	for _, d := range old {
		if !l.unused(ctx, d.Name) {
			continue
		}
		if d.Template {
			_ = l.do(ctx, "ALTER DATABASE "+d.Name+" WITH IS_TEMPLATE false")
		}
		_ = l.do(ctx, "DROP DATABASE "+d.Name) // refused while somebody is connected
	}
}

// unused reports that no binary holds the schema that a database belongs to.
func (l *lab) unused(ctx context.Context, name string) bool {
	number, err := strconv.ParseUint(name[len(prefix):min(len(name), len(prefix)+8)], 16, 32)
	if err != nil {
		return true // an empty one: only its connections tell
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var got bool
	err = l.keeper.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, 0)", int32(uint32(number))).Scan(&got)
	if err != nil || !got {
		return false
	}
	_, err = l.keeper.Exec(ctx, "SELECT pg_advisory_unlock($1, 0)", int32(uint32(number)))
	return err == nil
}

// open connects to one of the server's databases.
func (l *lab) open(ctx context.Context, name string) (*pgxpool.Pool, error) {
	url, err := addressOf(l.url, name)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return pool, nil
}

func (l *lab) makeEmpty(ctx context.Context) (name string, pool *pgxpool.Pool, err error) {
	l.mu.Lock()
	l.empty++
	name = fmt.Sprintf("%sempty_%d_%d", prefix, os.Getpid(), l.empty)
	l.mu.Unlock()
	// A number comes back after a restart of the machine.
	if err := l.do(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
		return "", nil, fmt.Errorf("drop an old %s: %w", name, err)
	}
	if err := l.create(ctx, name); err != nil {
		return "", nil, fmt.Errorf("make %s: %w", name, err)
	}
	pool, err = l.open(ctx, name)
	return name, pool, err
}
