package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5/pgxpool"
)

// program is hexbeat at work on a database of its own.
type program struct {
	*testing.T
	pool      *pgxpool.Pool
	variables map[string]string
}

func aProgram(t *testing.T) program {
	t.Helper()
	pool := pgtest.New(t)
	return program{t, pool, map[string]string{"DATABASE_URL": pool.Config().ConnString()}}
}

// aCompany is a program with an organization and a branch in Moscow.
func aCompany(t *testing.T) program {
	t.Helper()
	p := aProgram(t)
	p.does("organization", "add", "--name", "Ромашка")
	p.does("branch", "add", "--name", "Москва")
	return p
}

func (p program) db() *postgres.DB { return postgres.New(p.pool) }

func (p program) run(args ...string) (code int, stdout, stderr string) {
	p.Helper()
	var out, errs bytes.Buffer
	code = run(p.Context(), environment{strings.NewReader(""), &out, &errs, func(name string) string { return p.variables[name] }}, args)
	return code, out.String(), errs.String()
}

// does runs a command that must succeed and returns what it prints.
func (p program) does(args ...string) string {
	p.Helper()
	code, out, errs := p.run(args...)
	if code != exitDone || errs != "" {
		p.Fatalf("hexbeat %s = %d, %q, want it done", strings.Join(args, " "), code, errs)
	}
	return out
}

// counts reads one number from the database.
func (p program) counts(sql string) (n int) {
	p.Helper()
	if err := p.pool.QueryRow(p.Context(), sql).Scan(&n); err != nil {
		p.Fatal(err)
	}
	return n
}

// anEmptyProgram has a database that nobody has migrated.
func anEmptyProgram(t *testing.T) program {
	t.Helper()
	pool := pgtest.Empty(t)
	return program{t, pool, map[string]string{"DATABASE_URL": pool.Config().ConnString()}}
}
