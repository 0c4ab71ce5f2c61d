package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// What can be wrong with a database before Hexbeat has put anything into it.
var (
	// ErrServerTooOld means a PostgreSQL older than 15.
	ErrServerTooOld = errors.New("PostgreSQL 15 or later is needed")
	// ErrLocale means that the database does not know Russian letters.
	ErrLocale = errors.New("the database's locale does not know Russian letters")
	// ErrNoTrigrams means that the extension pg_trgm can't be installed.
	ErrNoTrigrams = errors.New("the PostgreSQL extension pg_trgm is missing: install postgresql-contrib of the server's version (part of postgresql on Debian)")
	// ErrClockSkew means that the clocks of the database and of this machine disagree.
	ErrClockSkew = errors.New("the clocks of the database and of this machine disagree")
)

const (
	oldestServer = 15
	// maxSkew is how far the clocks may differ. Decisions take the process's clock, partitions and
	// leases the database's; five seconds are below what anybody plans with.
	maxSkew = 5 * time.Second
)

// Condition is what CheckDatabase saw.
type Condition struct {
	Version  string        // as the server says it: "15.18 (Debian 15.18-0+deb12u1)"
	Encoding string        // UTF8 is the only one that works
	Locale   string        // of letters (LC_CTYPE)
	Skew     time.Duration // the database's clock minus ours
}

const databaseCondition = `
SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,
       current_setting('server_encoding'), d.datctype, clock_timestamp()
FROM   pg_database AS d
WHERE  d.datname = current_database()`

// The extension is tried where it is not installed yet, and the trial rolled back.
const (
	tryTrigrams  = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
	knowsRussian = "SELECT lower('Ж') = 'ж' AND show_trgm('Москва') <> '{}'"
)

// CheckDatabase says whether Hexbeat can work on the database, migrated or not: its version, its
// locale, the extension it needs, its clock. The condition is filled as far as it was seen even when
// there is an error. A wrong clock comes last, so a caller may decide to live with ErrClockSkew.
func CheckDatabase(ctx context.Context, pool *pgxpool.Pool) (Condition, error) {
	var (
		c      Condition
		major  int
		theirs time.Time
	)
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return c, fmt.Errorf("reach database: %w", err)
	}
	defer conn.Release()
	if err := conn.Ping(ctx); err != nil {
		return c, fmt.Errorf("reach database: %w", err)
	}
	asked := time.Now()
	if err := conn.QueryRow(ctx, databaseCondition).Scan(&c.Version, &major, &c.Encoding, &c.Locale, &theirs); err != nil {
		return c, fmt.Errorf("look at database: %w", err)
	}
	took := time.Since(asked)
	c.Skew = theirs.Sub(asked.Add(took / 2))

	if major < oldestServer {
		return c, fmt.Errorf("%w, this server is %s", ErrServerTooOld, c.Version)
	}
	russian := false
	if c.Encoding == "UTF8" {
		if russian, err = probeLetters(ctx, conn.Conn()); err != nil {
			return c, err
		}
	}
	if !russian {
		return c, fmt.Errorf("%w (encoding %s, LC_CTYPE %s): make one with createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 and name it in DATABASE_URL",
			ErrLocale, c.Encoding, c.Locale)
	}
	if skewed(c.Skew, took) {
		return c, fmt.Errorf("%w by %s: let both follow a time server (timedatectl set-ntp true)", ErrClockSkew, c.Skew.Round(time.Millisecond).Abs())
	}
	return c, nil
}

// skewed allows for the time that the question was under way.
func skewed(skew, took time.Duration) bool { return skew.Abs()-took/2 > maxSkew }

func probeLetters(ctx context.Context, conn *pgx.Conn) (russian bool, err error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return false, fmt.Errorf("look at database: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if _, err := tx.Exec(ctx, tryTrigrams); err != nil {
		return false, migrationError("try pg_trgm", err)
	}
	if err := tx.QueryRow(ctx, knowsRussian).Scan(&russian); err != nil {
		return false, fmt.Errorf("try Russian letters: %w", err)
	}
	return russian, nil
}
