package pgtest

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Counter hears every statement that connections of its pool send, but for what begins and ends transactions.
type Counter struct {
	mu         sync.Mutex
	statements []string
}

// Count opens further connections to the pool's database, whose statements are counted.
func Count(t testing.TB, pool *pgxpool.Pool) (*pgxpool.Pool, *Counter) {
	t.Helper()
	counter := &Counter{}
	config := pool.Config()
	config.ConnConfig.Tracer = counter
	counted, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(counted.Close)
	return counted, counter
}

// Take lists the statements heard since it was asked last.
func (c *Counter) Take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard := c.statements
	c.statements = nil
	return heard
}

func (c *Counter) hear(sql string) {
	for _, bracket := range []string{"begin", "select set_config('role'", "set local role", "commit", "rollback"} {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(sql)), bracket) {
			return
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.statements = append(c.statements, sql)
}

// TraceQueryStart hears a single statement.
func (c *Counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	c.hear(q.SQL)
	return ctx
}

// TraceQueryEnd hears nothing.
func (c *Counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart hears nothing.
func (c *Counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery hears each statement of a batch.
func (c *Counter) TraceBatchQuery(_ context.Context, _ *pgx.Conn, q pgx.TraceBatchQueryData) {
	c.hear(q.SQL)
}

// TraceBatchEnd hears nothing.
func (c *Counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}
