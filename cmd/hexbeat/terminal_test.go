package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5/pgxpool"
)

// terminal runs hexbeat's commands on a database of its own.
type terminal struct {
	*testing.T
	pool      *pgxpool.Pool
	variables map[string]string
}

func aTerminal(t *testing.T) terminal {
	t.Helper()
	pool := pgtest.New(t)
	return terminal{t, pool, map[string]string{"DATABASE_URL": pool.Config().ConnString()}}
}

// aCompany is a terminal with an organization and a branch in Moscow.
func aCompany(t *testing.T) terminal {
	t.Helper()
	p := aTerminal(t)
	p.does("organization", "add", "--name", "Ромашка")
	p.does("branch", "add", "--name", "Москва")
	return p
}

func (p terminal) db() *postgres.DB { return postgres.New(p.pool) }

func (p terminal) run(args ...string) (code int, stdout, stderr string) {
	p.Helper()
	var out, errs bytes.Buffer
	code = run(p.Context(), environment{strings.NewReader(""), &out, &errs, func(name string) string { return p.variables[name] }}, args)
	return code, out.String(), errs.String()
}

// does runs a command that must succeed and returns what it prints.
func (p terminal) does(args ...string) string {
	p.Helper()
	code, out, errs := p.run(args...)
	if code != exitDone || errs != "" {
		p.Fatalf("hexbeat %s = %d, %q, want it done", strings.Join(args, " "), code, errs)
	}
	return out
}

// counts reads one number from the database.
func (p terminal) counts(sql string) (n int) {
	p.Helper()
	if err := p.pool.QueryRow(p.Context(), sql).Scan(&n); err != nil {
		p.Fatal(err)
	}
	return n
}

// anEmptyTerminal has a database that nobody has migrated.
func anEmptyTerminal(t *testing.T) terminal {
	t.Helper()
	pool := pgtest.Empty(t)
	return terminal{t, pool, map[string]string{"DATABASE_URL": pool.Config().ConnString()}}
}
