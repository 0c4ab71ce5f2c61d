package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// exec writes by a statement that must concern exactly want rows; negative: any number. An INSERT of given rows inserts all of them or
// fails: it needs no number.
//
// It waits: what is written goes to the server together with the next statement whose answer is wanted, or with the commit, and
// what the server refuses is told then. A command of twenty statements takes a few round trips, and its locks are held that much shorter.
func (tx *Tx) exec(_ context.Context, want int, sql string, args pgx.StrictNamedArgs) error {
	if want < 0 {
		tx.later(sql, args)
		return nil
	}
	args["rows_wanted"] = want
	tx.later(counted(sql), args)
	return nil
}

// counted is the statement with the server counting: another number of rows than @rows_wanted ends the transaction there and then. Nobody
// here has to look at the answer, so the commit may travel with the statement.
func counted(sql string) string {
	if known, found := countings.Load(sql); found {
		return known.(string)
	}
	counting := "WITH done AS (" + sql + "\nRETURNING 1)\nSELECT exactly(@rows_wanted, count(*), '" + opening(sql) + "') FROM done"
	countings.Store(sql, counting)
	return counting
}

// countings are the texts made so far, of statements that are constants of this package.
var countings sync.Map // statement: string

// later adds a statement to what waits; nobody looks at its answer.
func (tx *Tx) later(sql string, args ...any) { put(&tx.pending, sql, args...) }

// opening is the beginning of a statement, which says what it is about and nothing of anybody.
func opening(sql string) string {
	words := strings.Fields(sql)
	return strings.Join(words[:min(3, len(words))], " ")
}

// flush sends what waits.
func (tx *Tx) flush(ctx context.Context) error {
	if tx.pending.Len() == 0 {
		return nil
	}
	waiting := tx.pending
	tx.pending = pgx.Batch{}
	err := tx.Tx.SendBatch(ctx, &waiting).Close()
	if tx.refused != nil {
		return tx.refused
	}
	return err
}

// ask sends a query behind what waits, in one round trip, and hands its rows to read.
func (tx *Tx) ask(ctx context.Context, sql string, args pgx.StrictNamedArgs, read func(pgx.Rows) error) error {
	put(&tx.pending, sql, args).Query(read)
	return tx.flush(ctx)
}

// Exec runs a statement after what waits, and answers at once.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	var answer pgconn.CommandTag
	put(&tx.pending, sql, args...).Exec(func(tag pgconn.CommandTag) error {
		answer = tag
		return nil
	})
	return answer, tx.flush(ctx)
}

// Query runs a query after what waits.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := tx.flush(ctx); err != nil {
		return nil, err
	}
	return tx.Tx.Query(ctx, sql, args...)
}

// QueryRow runs a query of one row after what waits.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := tx.flush(ctx); err != nil {
		return refusedRow{err}
	}
	return tx.Tx.QueryRow(ctx, sql, args...)
}

// SendBatch sends a batch behind what waits. The answers must be read by the batch's own callbacks.
func (tx *Tx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	waiting := tx.pending
	tx.pending = pgx.Batch{}
	waiting.QueuedQueries = append(waiting.QueuedQueries, batch.QueuedQueries...)
	return tx.Tx.SendBatch(ctx, &waiting)
}

// CopyFrom inserts many rows. It takes the place of pgx's own, because COPY refuses tables behind a row-level policy: the rows go as
// INSERTs of as many rows as possible in one of a few sizes, so that the server knows each statement after its first time.
func (tx *Tx) CopyFrom(_ context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	var all [][]any
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return 0, err
		}
		all = append(all, values)
	}
	for rest := all; len(rest) > 0; {
		size := mostRows
		for size > len(rest) {
			size /= 2
		}
		tx.later(insertion(table, columns, size), slices.Concat(rest[:size]...)...)
		rest = rest[size:]
	}
	return int64(len(all)), rows.Err()
}

// mostRows is how many rows one INSERT of CopyFrom has at most: a power of two.
const mostRows = 32

// insertions are the texts made so far, of the tables and columns that this package and the job queue name.
var insertions sync.Map // shapeOfInsertion: string

type shapeOfInsertion struct {
	table, columns string
	rows           int
}

// insertion is the INSERT of so many rows.
func insertion(table pgx.Identifier, columns []string, rows int) string {
	key := shapeOfInsertion{strings.Join(table, "."), strings.Join(columns, ","), rows}
	if known, found := insertions.Load(key); found {
		return known.(string)
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = pgx.Identifier{c}.Sanitize()
	}
	lines, place := make([]string, rows), 0
	for i := range lines {
		places := make([]string, len(columns))
		for j := range places {
			place++
			places[j] = fmt.Sprintf("$%d", place)
		}
		lines[i] = "(" + strings.Join(places, ", ") + ")"
	}
	sql := fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", table.Sanitize(), strings.Join(names, ", "), strings.Join(lines, ", "))
	insertions.Store(key, sql)
	return sql
}

// refusedRow is the row of a query that was not run.
type refusedRow struct{ err error }

func (r refusedRow) Scan(...any) error { return r.err }
