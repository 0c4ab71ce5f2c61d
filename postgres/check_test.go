package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/jackc/pgx/v5/pgxpool"
)

func TestCheckDatabaseAcceptsWhatWorks(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, pool := range map[string]*pgxpool.Pool{"empty": pgtest.Empty(t), "migrated": pgtest.New(t)} {
		c, err := postgres.CheckDatabase(ctx, pool)
		if err != nil || c.Encoding != "UTF8" || c.Version == "" || c.Locale == "" {
			t.Errorf("CheckDatabase of an %s database = %+v, %v", name, c, err)
		}
	}
	empty := pgtest.Empty(t)
	if _, err := postgres.CheckDatabase(ctx, empty); err != nil {
		t.Fatal(err)
	}
	var extensions int
	if err := empty.QueryRow(ctx, "SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'").Scan(&extensions); err != nil || extensions != 0 {
		t.Errorf("CheckDatabase left %d extensions behind (%v), want 0", extensions, err)
	}
}

func TestCheckDatabaseRefusesWrongLocales(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for i, made := range []string{
		"ENCODING 'UTF8' LOCALE 'C'",
		"ENCODING 'SQL_ASCII' LOCALE 'C'",
		// ICU knows the letters, but trigrams ask LC_CTYPE.
		"ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'ru'",
	} {
		t.Run(made, func(t *testing.T) {
			t.Parallel()
			home := pgtest.Empty(t)
			name := fmt.Sprintf("%s_locale_%d", home.Config().ConnConfig.Database, i)
			if _, err := home.Exec(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 "+made); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if _, err := home.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
					t.Error(err)
				}
			})
			config := home.Config()
			config.ConnConfig.Database = name
			pool, err := pgxpool.NewWithConfig(ctx, config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			_, err = postgres.CheckDatabase(ctx, pool)
			if !errors.Is(err, postgres.ErrLocale) || !strings.Contains(err.Error(), "--locale=C.UTF-8") {
				t.Errorf("CheckDatabase(%s) = %v, want %v and advice", made, err, postgres.ErrLocale)
			}
		})
	}
}
