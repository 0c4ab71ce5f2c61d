package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// clone is one copy of the template, held by this binary until it ends.
type clone struct {
	name  string
	pool  *pgxpool.Pool // what tests get
	sweep *pgx.Conn     // ours: works even when a test has used up the pool
}

// borrow takes a clean clone from the shelf, or claims one more: one that an earlier binary left,
// or a new one.
func (l *lab) borrow(ctx context.Context) (*clone, error) {
	l.mu.Lock()
	if n := len(l.free); n > 0 {
		c := l.free[n-1]
		l.free = l.free[:n-1]
		l.mu.Unlock()
		return c, nil
	}
	name, isNew, err := l.claim(ctx)
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if isNew {
		if err := l.copyTemplate(ctx, name); err != nil {
			return nil, fmt.Errorf("clone %s: %w", name, err)
		}
	}
	c, err := l.openClone(ctx, name)
	if err != nil {
		return nil, err
	}
	if isNew {
		return c, nil
	}
	return c, l.clean(ctx, c) // its last user may have been killed in the middle
}

// claim locks the first clone that nobody holds. The caller holds mu.
func (l *lab) claim(ctx context.Context) (name string, isNew bool, err error) {
	for {
		n := l.next
		l.next++
		var got, there bool
		name = fmt.Sprintf("%s_%d", l.template, n)
		if err := l.keeper.QueryRow(ctx, `
			SELECT pg_try_advisory_lock($1, $2), EXISTS (SELECT FROM pg_database WHERE datname = $3)`,
			l.schema, n, name).Scan(&got, &there); err != nil {
			return "", false, fmt.Errorf("claim a clone: %w", err)
		}
		if got {
			return name, !there, nil
		}
	}
}

// copyTemplate works on a connection of its own, for copying takes long and tests start together.
func (l *lab) copyTemplate(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE "+l.template+" STRATEGY file_copy")
	return err
}

func (l *lab) openClone(ctx context.Context, name string) (*clone, error) {
	pool, err := l.open(ctx, name)
	if err != nil {
		return nil, err
	}
	sweep, err := pgx.ConnectConfig(ctx, pool.Config().ConnConfig)
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broom == nil {
		if l.broom, err = newBroom(ctx, sweep); err != nil {
			return nil, err
		}
	}
	return &clone{name: name, pool: pool, sweep: sweep}, nil
}

// giveBack cleans a clone and puts it on the shelf. One that can't be cleaned stays off it.
func (l *lab) giveBack(ctx context.Context, c *clone) error {
	if err := l.clean(ctx, c); err != nil {
		return fmt.Errorf("clean %s: %w", c.name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, c)
	return nil
}

func (l *lab) clean(ctx context.Context, c *clone) error {
	ended, err := l.broom.sweep(ctx, c.sweep)
	if ended > 0 {
		c.pool.Reset() // some of its connections may be dead
	}
	return err
}

// addressOf is the server's address with another database in it.
func addressOf(server, database string) (string, error) {
	u, err := url.Parse(server)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "", fmt.Errorf("HEXBEAT_TEST_DATABASE_URL must look like postgres://user@host/database")
	}
	u.Path = "/" + database
	return u.String(), nil
}
