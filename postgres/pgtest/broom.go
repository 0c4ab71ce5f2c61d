package pgtest

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// manyRows is when emptied pages are given back at once: the next tests would read them otherwise.
const manyRows = 2000

// table is one table of the schema; partitions count as part of their parent.
type table struct {
	Name string // quoted, with its schema
	Seed string // the copy of the rows that the migrations put in, "" if they put in none
	// Columns are those that can be written, for putting seeds back.
	Columns string
}

// broom knows how to bring a clone back to what the template is.
type broom struct {
	tables []table
	look   string // answers which tables differ from the template, by position
}

// Seeds are copied within the template, so that each clone brings its own copy along.
const listTables = `
SELECT format('%I.%I', n.nspname, c.relname) AS name,
       coalesce((SELECT format('pgtest.%I', k.relname) FROM pg_class AS k
                 WHERE k.relnamespace = to_regnamespace('pgtest') AND k.relname = n.nspname || '.' || c.relname), '') AS seed,
       coalesce((SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''), '') AS columns
FROM   pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE  c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND  n.nspname NOT IN ('pg_catalog', 'information_schema', 'pgtest')
ORDER  BY n.nspname, c.relname`

// keepSeeds copies every table that has rows after the migrations.
func keepSeeds(ctx context.Context, pool *pgxpool.Pool) error {
	_, err := pool.Exec(ctx, `
		DO $$
		DECLARE
		    one record;
		    has boolean;
		BEGIN
		    CREATE SCHEMA pgtest;
		    FOR one IN SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
		               WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
		                 AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pgtest') LOOP
		        EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I)', one.nspname, one.relname) INTO has;
		        IF has THEN
		            EXECUTE format('CREATE TABLE pgtest.%I AS TABLE %I.%I', one.nspname || '.' || one.relname, one.nspname, one.relname);
		        END IF;
		    END LOOP;
		END $$`)
	if err != nil {
		return fmt.Errorf("copy seeds: %w", err)
	}
	return nil
}

func newBroom(ctx context.Context, conn *pgx.Conn) (*broom, error) {
	rows, err := conn.Query(ctx, listTables)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByName[table])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	checks := make([]string, len(tables))
	for i, t := range tables {
		differs := "SELECT FROM " + t.Name
		if t.Seed != "" {
			now, then := "SELECT t::text FROM "+t.Name+" AS t", "SELECT t::text FROM "+t.Seed+" AS t"
			differs = "(" + now + " EXCEPT ALL " + then + ") UNION ALL (" + then + " EXCEPT ALL " + now + ")"
		}
		checks[i] = fmt.Sprintf("CASE WHEN EXISTS (%s) THEN %d END", differs, i)
	}
	return &broom{tables: tables, look: "SELECT array_remove(ARRAY[" + strings.Join(checks, ", ") + "]::int[], NULL)"}, nil
}

// What a test left running could still write, so it is ended first.
const endOthers = `
SELECT count(pg_terminate_backend(a.pid, 5000))
FROM   pg_stat_activity AS a
WHERE  a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND  a.backend_type = 'client backend' AND a.state <> 'idle'`

// sweep empties the tables that got rows and puts seeds back. ended counts the sessions that were
// still at work.
func (b *broom) sweep(ctx context.Context, conn *pgx.Conn) (ended int, err error) {
	if err := conn.QueryRow(ctx, endOthers).Scan(&ended); err != nil {
		return ended, fmt.Errorf("end what is still at work: %w", err)
	}
	var dirty []int
	if err := conn.QueryRow(ctx, b.look).Scan(&dirty); err != nil {
		return ended, fmt.Errorf("look for rows: %w", err)
	}
	if len(dirty) == 0 {
		return ended, nil
	}
	// As a replica would: no trigger forbids it and no foreign key asks for an order. DELETE, because
	// on small tables TRUNCATE costs many times as much.
	statements := []string{"BEGIN", "SET LOCAL session_replication_role = replica"}
	var emptied []string
	for _, i := range dirty {
		statements = append(statements, "DELETE FROM "+b.tables[i].Name)
		emptied = append(emptied, b.tables[i].Name)
	}
	for _, i := range dirty {
		if t := b.tables[i]; t.Seed != "" {
			statements = append(statements, "INSERT INTO "+t.Name+" ("+t.Columns+") OVERRIDING SYSTEM VALUE SELECT "+t.Columns+" FROM "+t.Seed)
		}
	}
	statements = append(statements, "COMMIT")
	results, err := conn.PgConn().Exec(ctx, strings.Join(statements, ";\n")).ReadAll()
	if err != nil {
		_, _ = conn.Exec(ctx, "ROLLBACK")
		return ended, fmt.Errorf("empty %s: %w", strings.Join(emptied, ", "), err)
	}
	for i, name := range emptied {
		if results[2+i].CommandTag.RowsAffected() > manyRows {
			if _, err := conn.Exec(ctx, "VACUUM "+name); err != nil {
				return ended, fmt.Errorf("vacuum %s: %w", name, err)
			}
		}
	}
	return ended, nil
}
