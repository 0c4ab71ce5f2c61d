package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// transaction is one whose BEGIN travels with its first statement: a round trip less for each command.
type transaction struct {
	conn    *pgx.Conn
	opening pgx.Batch // BEGIN and what the transaction is told first; empty once it is sent
}

// Conn is the connection itself.
func (t *transaction) Conn() *pgx.Conn { return t.conn }

// SendBatch sends a batch; the answers must be read by its own callbacks.
func (t *transaction) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	if t.opening.Len() > 0 {
		batch.QueuedQueries = append(t.opening.QueuedQueries, batch.QueuedQueries...)
		t.opening = pgx.Batch{}
	}
	return t.conn.SendBatch(ctx, batch)
}

// open sends BEGIN where nothing was sent yet.
func (t *transaction) open(ctx context.Context) error {
	if t.opening.Len() == 0 {
		return nil
	}
	return t.SendBatch(ctx, &pgx.Batch{}).Close()
}

// Exec runs a statement.
func (t *transaction) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	if err := t.open(ctx); err != nil {
		return pgconn.CommandTag{}, err
	}
	return t.conn.Exec(ctx, sql, args...)
}

// Query runs a query.
func (t *transaction) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.open(ctx); err != nil {
		return nil, err
	}
	return t.conn.Query(ctx, sql, args...)
}

// QueryRow runs a query of one row.
func (t *transaction) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.open(ctx); err != nil {
		return refusedRow{err}
	}
	return t.conn.QueryRow(ctx, sql, args...)
}

// Prepare prepares a statement.
func (t *transaction) Prepare(ctx context.Context, name, sql string) (*pgconn.StatementDescription, error) {
	return t.conn.Prepare(ctx, name, sql)
}

// errNotHere refuses what no command needs.
var errNotHere = errors.New("transactions have neither savepoints nor COPY here")

// Begin refuses: a command is one transaction.
func (t *transaction) Begin(context.Context) (pgx.Tx, error) { return nil, errNotHere }

// CopyFrom refuses: COPY refuses tables behind a row-level policy.
func (t *transaction) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errNotHere
}

// LargeObjects has none.
func (t *transaction) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

const commit = "COMMIT"

// committed reads the answer to COMMIT: of a transaction that had failed the server says that it was undone.
func committed(tag pgconn.CommandTag) error {
	if tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return nil
}

// over says that there is nothing to end: nothing was sent, or the commit went with the last statements.
func (t *transaction) over() bool {
	return t.opening.Len() > 0 || !t.conn.IsClosed() && t.conn.PgConn().TxStatus() == 'I'
}

// Commit keeps what was done.
func (t *transaction) Commit(ctx context.Context) error {
	if t.over() {
		return nil
	}
	tag, err := t.conn.Exec(ctx, commit)
	if err != nil {
		return err // a connection whose transaction is not over is dropped by the pool
	}
	return committed(tag)
}

// Rollback undoes what was done.
func (t *transaction) Rollback(ctx context.Context) error {
	if t.over() || t.conn.IsClosed() {
		return nil
	}
	_, err := t.conn.Exec(ctx, "ROLLBACK")
	return err
}
