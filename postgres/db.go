package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is the record.
type DB struct {
	pool  *pgxpool.Pool
	pulse pulse
}

// Limits on what one process asks of the server. A transaction that idles holds back the feed's horizon for
// everybody, so it is ended.
const (
	maxConnections  = 32
	connectTimeout  = 3 * time.Second
	statementLimit  = "60s"
	idleInTxLimit   = "30s"
	acquireDeadline = 3 * time.Second
)

// Open connects to the record. The DSN is whatever pgx takes; parameters in it win over our defaults.
func Open(ctx context.Context, dsn string) (*DB, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("read database address: %w", err)
	}
	params := config.ConnConfig.RuntimeParams
	for name, value := range map[string]string{
		"application_name":                    "hexbeat",
		"statement_timeout":                   statementLimit,
		"idle_in_transaction_session_timeout": idleInTxLimit,
		"timezone":                            "UTC",
		"jit":                                 "off", // a query of a tenth of a second spent three in the compiler
	} {
		if _, given := params[name]; !given {
			params[name] = value
		}
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	if config.MaxConns < maxConnections {
		config.MaxConns = maxConnections
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	return New(pool), nil
}

// New takes a pool that is open already.
func New(pool *pgxpool.Pool) *DB { return &DB{pool: pool} }

// Pool is the connections themselves, for the job queue.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Close waits for what is under way and closes every connection.
func (db *DB) Close() { db.pool.Close() }

// Ping says whether the record answers.
func (db *DB) Ping(ctx context.Context) error { return db.pool.Ping(ctx) }

// Tx is a transaction behind one organization's wall.
type Tx struct {
	pgx.Tx
	Organization uuid.UUID
	feed         changes                      // rows of the change feed, written at the end
	pending      pgx.Batch                    // statements that wait for the next one whose answer is wanted
	numbers      map[uuid.UUID]int            // the last ones given in inboxes that are locked
	known        map[uuid.UUID]dispatch.Route // as last read or written here: only what differs is written
	tried        bool                         // whatever comes of it, it is not committed
	refused      error                        // what an answer has shown to stand against the whole transaction
}

// writeTries is how often a transaction is begun that the server gives up, againTries one that asks for it. The latter gives up as soon as
// it has its locks, and has done nothing by then.
const (
	writeTries = 5
	againTries = 25
)

// Write runs f in one transaction of the organization and commits when f returns nil. When the server gives the transaction up, f
// runs again in a new one, so it must begin anew each time.
//
// Commands take their locks in one order (visits, then days, each by id), but foreign keys, unique indexes and whole branches
// lock too, and nobody can promise that no two of them ever meet crosswise. The server then ends one of them, undone as a whole: doing
// it again is what the caller would do, only sooner.
func (db *DB) Write(ctx context.Context, organization uuid.UUID, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := taken(db.in(ctx, organization, begin, wallForCommands, f))
		if !givenUp(err) || try >= againTries || try >= writeTries && !errors.Is(err, ErrAgain) {
			return err
		}
	}
}

// ErrAgain ends a transaction that found, once it had its locks, that there is more to lock. Write begins it again.
var ErrAgain = errors.New("the record changed while it was read")

// givenUp says whether the transaction ended for the sake of another: by a deadlock, a serialization failure, or of itself.
func givenUp(err error) bool {
	var server *pgconn.PgError
	return errors.Is(err, ErrAgain) || errors.As(err, &server) && (server.Code == "40P01" || server.Code == "40001")
}

// Read runs f on one snapshot of the organization that nothing can change.
func (db *DB) Read(ctx context.Context, organization uuid.UUID, f func(*Tx) error) error {
	return db.in(ctx, organization, beginReading, wall, f)
}

// errTried ends a transaction that was only a trial.
var errTried = errors.New("only tried")

// Try runs f like Write and keeps nothing of it.
func (db *DB) Try(ctx context.Context, organization uuid.UUID, f func(*Tx) error) error {
	err := db.Write(ctx, organization, func(tx *Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		tx.tried = true
		if err := tx.end(ctx); err != nil {
			return err
		}
		return errTried
	})
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

const (
	begin        = "BEGIN"
	beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

	// wall makes the transaction the application's, and of one organization.
	wall = `SELECT set_config('role', 'hexbeat_app', true), set_config('app.organization', $1, true)`

	// A command's statements find their rows by keys, and none is worth a plan of its own: left alone the server plans every third anew,
	// because it takes an array of unknown length for ten rows, and is longer at it than at the work. Lists are read outside commands.
	// Nor does it read a table from end to end because that was short when the plan was made: tables grow under plans.
	wallForCommands = wall + `, set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)`
)

func (db *DB) in(ctx context.Context, organization uuid.UUID, begin, wall string, f func(*Tx) error) error {
	var opening pgx.Batch
	opening.Queue(begin)
	opening.Queue(wall, organization.String())
	return db.run(ctx, opening, func(ptx pgx.Tx) error {
		tx := &Tx{Tx: ptx, Organization: organization}
		if err := f(tx); err != nil {
			return err
		}
		return tx.end(ctx)
	})
}

// watch runs f with the few rights of who has no organization yet.
func (db *DB) watch(ctx context.Context, f func(pgx.Tx) error) error {
	var opening pgx.Batch
	opening.Queue("BEGIN READ ONLY")
	opening.Queue("SET LOCAL ROLE hexbeat_watch")
	return db.run(ctx, opening, f)
}

func (db *DB) run(ctx context.Context, opening pgx.Batch, f func(pgx.Tx) error) error {
	conn, release, err := db.acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	speakIDs(conn.Conn().TypeMap())
	speakPlaces(conn.Conn().TypeMap())
	tx := &transaction{conn: conn.Conn(), opening: opening}
	if err := f(tx); err != nil {
		// The caller's context may be over; the server must be told all the same.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), acquireDeadline)
		defer cancel()
		_ = tx.Rollback(end) // the first error is the one to report; a broken connection is dropped by the pool
		return unavailable(ctx, err)
	}
	return unavailable(ctx, tx.Commit(ctx))
}

// all reads every row into the domain's type, columns by their db tags.
func all[T any](ctx context.Context, tx *Tx, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	var list []T
	err := tx.ask(ctx, sql, args, func(rows pgx.Rows) (err error) {
		list, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
	return list, err
}

// one reads the only row; missing says what to answer when there is none.
func one[T any](ctx context.Context, tx *Tx, missing error, sql string, args pgx.StrictNamedArgs) (T, error) {
	var v T
	err := tx.ask(ctx, sql, args, func(rows pgx.Rows) (err error) {
		v, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return v, missing
	}
	return v, err
}

// values reads a single column.
func values[T any](ctx context.Context, tx *Tx, sql string, args pgx.StrictNamedArgs) ([]T, error) {
	var list []T
	err := tx.ask(ctx, sql, args, func(rows pgx.Rows) (err error) {
		list, err = pgx.CollectRows(rows, pgx.RowTo[T])
		return err
	})
	return list, err
}
