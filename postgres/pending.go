package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// exec writes by a statement that must concern exactly want rows; negative: any number.
//
// It waits: what is written goes to the server together with the next statement whose answer is wanted, or before the commit, and
// what the server refuses is told then. A command of twenty statements takes a few round trips, and its locks are held that much shorter.
func (tx *Tx) exec(_ context.Context, want int, sql string, args pgx.StrictNamedArgs) error {
	tx.later(want, sql, args)
	return nil
}

func (tx *Tx) later(want int, sql string, args ...any) {
	tx.checks = tx.checks || want >= 0
	put(&tx.pending, sql, args...).Exec(func(tag pgconn.CommandTag) error {
		if want >= 0 && tag.RowsAffected() != int64(want) {
			return fmt.Errorf("%s: %d rows concerned instead of %d", opening(sql), tag.RowsAffected(), want)
		}
		return nil
	})
}

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
	tx.pending, tx.checks = pgx.Batch{}, false
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
// one pipelined batch of the same prepared INSERT.
func (tx *Tx) CopyFrom(_ context.Context, table pgx.Identifier, columns []string, rows pgx.CopyFromSource) (int64, error) {
	names, places := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], places[i] = pgx.Identifier{c}.Sanitize(), fmt.Sprintf("$%d", i+1)
	}
	insert := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table.Sanitize(), strings.Join(names, ", "), strings.Join(places, ", "))
	var n int64
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return 0, err
		}
		tx.later(1, insert, values...)
		n++
	}
	return n, rows.Err()
}

// refusedRow is the row of a query that was not run.
type refusedRow struct{ err error }

func (r refusedRow) Scan(...any) error { return r.err }
