package main

import (
	"context"
	"fmt"
	"time"

	"github.com/hexbeat/hexbeat/postgres"
)

func migrateCommand() command {
	return command{"migrate", "bring the database's schema up to date", migrate}
}

func migrate(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat migrate", "Brings the database's schema up to date. Safe while an older Hexbeat works on the database, and while another one migrates.")
	where := f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	rec, err := where.connect(ctx)
	if err != nil {
		return err
	}
	defer rec.close()
	if _, err := postgres.CheckDatabase(ctx, rec.db.Pool()); err != nil {
		return err
	}
	steps := 0
	if err := postgres.Migrate(ctx, rec.db.Pool(), func(s postgres.Step) {
		steps++
		fmt.Fprintf(env.stderr, "%s  %s\n", s.Name, s.Took.Round(time.Millisecond))
	}); err != nil {
		return err
	}
	answer := "the schema is up to date"
	if steps == 0 {
		answer = "the schema was up to date already"
	}
	_, err = fmt.Fprintln(env.stdout, answer)
	return err
}
