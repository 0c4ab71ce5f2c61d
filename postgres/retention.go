package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// forgottenAtOnce is how many alerts go in one transaction.
const forgottenAtOnce = 500

// keeping is one of the record's rules of what it forgets, and when.
type keeping struct {
	Kind string
	Days int
	Ripe bool // of the feed: whoever had not heard of the last announcement has ended
}

// A reader's snapshot lives less than the ten minutes: the server ends statements and idle transactions long before.
const keepings = `
SELECT r.kind, r.days, r.announced_at IS NULL OR r.announced_at < clock_timestamp() - interval '10 minutes' AS ripe
FROM   retention AS r
WHERE  r.days IS NOT NULL
ORDER  BY r.kind`

// Forget drops what is older than the table retention allows: months of the change feed and of positions, answers to requests, and
// alerts that are at rest. It takes turns: of the feed one turn says which cursors have expired, and only a later one drops the rows,
// so that no reader finds a gap without being told. It works with the rights of the tables' owner, but for rows behind the wall.
func (db *DB) Forget(ctx context.Context, now time.Time) error {
	rows, err := db.pool.Query(ctx, keepings)
	if err != nil {
		return unavailable(ctx, fmt.Errorf("read what is kept for how long: %w", err))
	}
	rules, err := pgx.CollectRows(rows, pgx.RowToStructByName[keeping])
	if err != nil {
		return unavailable(ctx, fmt.Errorf("read what is kept for how long: %w", err))
	}
	for _, rule := range rules {
		before := now.UTC().AddDate(0, 0, -rule.Days)
		switch rule.Kind {
		case "feed":
			err = db.forgetFeed(ctx, before, rule.Ripe)
		case "position":
			err = db.forgetMonths(ctx, "position", before)
		case "request":
			err = db.ofEach(ctx, func(tx *Tx) (bool, error) { return false, tx.forgetRequests(ctx, before) })
		case "alert":
			err = db.forgetAlerts(ctx, before)
		}
		if err != nil {
			return unavailable(ctx, fmt.Errorf("forget what is old of %s: %w", rule.Kind, err))
		}
	}
	return nil
}

// ofEach runs f in transactions of each organization, again and again while it says that there is more.
func (db *DB) ofEach(ctx context.Context, f func(*Tx) (more bool, err error)) error {
	organizations, err := db.Organizations(ctx)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	for _, o := range organizations {
		for more := true; more; {
			err := db.Write(ctx, o.ID, func(tx *Tx) (err error) {
				more, err = f(tx)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

const monthsOf = `
SELECT c.relname
FROM   pg_inherits AS i
JOIN   pg_class AS c ON c.oid = i.inhrelid
WHERE  i.inhparent = $1::text::regclass AND c.relname ~ ('^' || $1::text || '_\d{4}_\d{2}$')
ORDER  BY c.relname`

// monthsBefore are the partitions of a monthly table that end by the moment, the oldest first.
func (db *DB) monthsBefore(ctx context.Context, table string, before time.Time) (months []string, err error) {
	rows, err := db.pool.Query(ctx, monthsOf, table)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		month, err := time.Parse("2006_01", strings.TrimPrefix(name, table+"_"))
		if err == nil && !month.AddDate(0, 1, 0).After(before) {
			months = append(months, name)
		}
	}
	return months, nil
}

const announceFeed = `
UPDATE retention SET forgotten_tx = $1::text::xid8, announced_at = clock_timestamp()
WHERE  kind = 'feed' AND (forgotten_tx IS NULL OR forgotten_tx < $1::text::xid8)`

// forgetFeed announces which transactions' rows will go, and drops the months whose going was announced long enough ago.
func (db *DB) forgetFeed(ctx context.Context, before time.Time, ripe bool) error {
	months, err := db.monthsBefore(ctx, "feed", before)
	if err != nil {
		return err
	}
	announced := false
	for _, month := range months {
		var last string
		newest := `SELECT coalesce((SELECT f.tx::text FROM ` + pgx.Identifier{month}.Sanitize() + ` AS f ORDER BY f.tx DESC LIMIT 1), '0')`
		if err := db.pool.QueryRow(ctx, newest).Scan(&last); err != nil {
			return err
		}
		tag, err := db.pool.Exec(ctx, announceFeed, last)
		if err != nil {
			return err
		}
		announced = announced || tag.RowsAffected() > 0
	}
	if announced || !ripe {
		return nil
	}
	return db.forgetMonths(ctx, "feed", before)
}

// forgetMonths drops the partitions that end by the moment. A lock that does not come within a second is asked for another time: whoever
// comes after the one who waits has to wait too.
func (db *DB) forgetMonths(ctx context.Context, table string, before time.Time) error {
	months, err := db.monthsBefore(ctx, table, before)
	if err != nil {
		return err
	}
	for _, month := range months {
		err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '1s'`); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `DROP TABLE IF EXISTS `+pgx.Identifier{month}.Sanitize())
			return err
		})
		if err != nil {
			return fmt.Errorf("drop %s: %w", month, err)
		}
	}
	return nil
}

const (
	announceAlerts = `
UPDATE retention SET forgotten_before = $1, announced_at = clock_timestamp()
WHERE  kind = 'alert' AND (forgotten_before IS NULL OR forgotten_before < $1)`

	// An inbox is gone through from its first number: what an alert superseded goes before it, or with it.
	deleteAlerts = `
WITH old AS (
    SELECT al.id
    FROM   alert AS al
    WHERE  al.organization_id = @organization AND al.created_at < @before
    AND    al.state IN ('ACKNOWLEDGED', 'ESCALATED', 'SUPERSEDED', 'ANNULLED', 'EXPIRED')
    AND    NOT EXISTS (SELECT FROM alert AS o
                       WHERE  o.organization_id = al.organization_id AND o.superseded_by = al.id AND o.created_at >= @before)
    ORDER  BY al.rep_id, al.seq
    LIMIT  @limit
    FOR UPDATE),
items AS (DELETE FROM alert_item AS ai USING old WHERE ai.organization_id = @organization AND ai.alert_id = old.id),
tries AS (DELETE FROM delivery AS de USING old WHERE de.organization_id = @organization AND de.alert_id = old.id),
gone AS (DELETE FROM alert AS al USING old WHERE al.organization_id = @organization AND al.id = old.id RETURNING al.rep_id),
counted AS (
    UPDATE inbox AS i SET forgotten = i.forgotten + g.n
    FROM  (SELECT gone.rep_id, count(*) AS n FROM gone GROUP BY gone.rep_id) AS g
    WHERE  i.organization_id = @organization AND i.rep_id = g.rep_id)
SELECT count(*) FROM gone`
)

// forgetAlerts deletes the alerts made before the moment that are at rest, with all that was tried. It says first that it will: the wall lets
// nothing else of alerts be deleted, and whoever proves the past knows where the record begins.
func (db *DB) forgetAlerts(ctx context.Context, before time.Time) error {
	if _, err := db.pool.Exec(ctx, announceAlerts, before); err != nil {
		return err
	}
	return db.ofEach(ctx, func(tx *Tx) (bool, error) {
		gone, err := values[int](ctx, tx, deleteAlerts, pgx.StrictNamedArgs{"organization": tx.Organization, "before": before, "limit": forgottenAtOnce})
		return len(gone) == 1 && gone[0] == forgottenAtOnce, err
	})
}

const alertsKeptSince = `SELECT greatest(@from::timestamptz, (SELECT r.forgotten_before FROM retention AS r WHERE r.kind = 'alert'))`

// AlertsKeptSince is the moment, or the later one before which alerts have been forgotten.
func (tx *Tx) AlertsKeptSince(ctx context.Context, from time.Time) (time.Time, error) {
	since, err := values[time.Time](ctx, tx, alertsKeptSince, pgx.StrictNamedArgs{"from": from})
	if err != nil || len(since) == 0 {
		return from, err
	}
	return since[0], nil
}

// ErrTooShort refuses to keep something for less than its readers rely on.
var ErrTooShort = errors.New("it must be kept for 30 days at least, positions for 1: a phone may be off for a month")

// Kept is how long the record keeps something.
type Kept struct {
	Kind string // feed, position, request, alert
	Days *int   // nil: for ever
}

const retention = `SELECT r.kind, r.days FROM retention AS r ORDER BY r.kind`

// Retention lists what has an age, or may be given one. Events, audit and decisions are kept for ever.
func (db *DB) Retention(ctx context.Context) ([]Kept, error) {
	rows, err := db.pool.Query(ctx, retention)
	if err != nil {
		return nil, unavailable(ctx, fmt.Errorf("read what is kept for how long: %w", err))
	}
	kept, err := pgx.CollectRows(rows, pgx.RowToStructByName[Kept])
	if err != nil {
		return nil, unavailable(ctx, fmt.Errorf("read what is kept for how long: %w", err))
	}
	return kept, nil
}

// Keep sets for how long the record keeps something. It refuses with ErrTooShort what others rely on for longer.
func (db *DB) Keep(ctx context.Context, k Kept) error {
	_, err := db.pool.Exec(ctx, `UPDATE retention SET days = $2 WHERE kind = $1`, k.Kind, k.Days)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.ConstraintName == "retention_least" {
		return ErrTooShort
	}
	return unavailable(ctx, err)
}
