package postgres_test

import (
	"errors"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

func TestLostConnectionIsUnavailable(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		var pid int
		if err := tx.QueryRow(t.Context(), "SELECT pg_backend_pid()").Scan(&pid); err != nil {
			return err
		}
		if _, err := w.DB.Pool().Exec(t.Context(), "SELECT pg_terminate_backend($1)", pid); err != nil {
			return err
		}
		_, err := tx.Branches(t.Context())
		return err
	})
	if !errors.Is(err, postgres.ErrUnavailable) {
		t.Errorf("a killed connection: %v, want ErrUnavailable", err)
	}
	if err := w.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error { _, err := tx.Branches(t.Context()); return err }); err != nil {
		t.Errorf("the next one: %v, want it to work again", err)
	}
}

func TestClosedServerIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"nobody listens": "postgres://nobody@127.0.0.1:1/none", "no socket": "postgres:///none?host=/nonexistent",
	} {
		config, err := pgxpool.ParseConfig(dsn)
		if err != nil {
			t.Fatal(err)
		}
		pool, err := pgxpool.NewWithConfig(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		db := postgres.New(pool)
		if err := db.Write(t.Context(), desktest.NewID(), func(*postgres.Tx) error { return nil }); !errors.Is(err, postgres.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
		db.Close()
		if err := db.Write(t.Context(), desktest.NewID(), func(*postgres.Tx) error { return nil }); !errors.Is(err, postgres.ErrUnavailable) {
			t.Errorf("%s, closed: %v, want ErrUnavailable", name, err)
		}
	}
}

func TestFaultsAreNotCalledUnavailable(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for _, sql := range []string{"SELECT nonsense", "SELECT 1/0", "SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"} {
		err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
			_, err := tx.Conn().PgConn().Exec(t.Context(), sql).ReadAll()
			return err
		})
		if err == nil || errors.Is(err, postgres.ErrUnavailable) {
			t.Errorf("%s: %v, want an error of its own", sql, err)
		}
	}
}

// What the server gives up for the sake of another is done again, a few times.
func TestGivenUpTransactionsAreTriedAgain(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	for _, code := range []string{"40P01", "40001"} {
		tries := 0
		err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
			if tries++; tries < 3 {
				_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'crosswise' USING ERRCODE = '"+code+"'; END $$")
				return err
			}
			return nil
		})
		if err != nil || tries != 3 {
			t.Errorf("%s: %v after %d tries, want it done at the third", code, err, tries)
		}
		tries = 0
		err = w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
			tries++
			_, err := tx.Exec(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'always' USING ERRCODE = '"+code+"'; END $$")
			return err
		})
		if server, ok := errors.AsType[*pgconn.PgError](err); !ok || server.Code != code || tries > 10 {
			t.Errorf("%s: %v after %d tries, want it reported in the end", code, err, tries)
		}
	}
}
