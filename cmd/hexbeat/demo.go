package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/postgres/local"
)

func demoCommand() command {
	return command{"demo", "show everything at work on a sample city", demo}
}

func demo(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat demo", "Starts PostgreSQL privately, loads a generated city or a customer file, designs territories, plans today, and serves. "+
		"Ctrl-C stops everything it started; the next start goes on where this one ended.")
	options := f.serve()
	dataDir := f.String("data-dir", local.DefaultDataDir()+"-demo", "`folder` of the demo's data")
	wish := demoWish{}
	f.StringVar(&wish.Customers, "customers", "", "customer `file` to use instead of the generated city")
	f.StringVar(&wish.Zone, "time-zone", "Europe/Moscow", "IANA `name` of the time zone of --customers")
	f.IntVar(&wish.Reps, "reps", 12, "how `many` reps")
	f.Uint64Var(&wish.Seed, "seed", 1, "same seed, same city")
	clock := f.String("clock", "", "`moment` to begin at, like 2026-11-23T09:30:00+03:00, instead of now")
	if err := f.parse(args); err != nil {
		return err
	}
	if wish.Reps < 2 || wish.Reps > 5000 {
		return misuse("--reps %d: a demo has two branches and needs 2 to 5000 reps", wish.Reps)
	}
	now, err := startingAt(*clock)
	if err != nil {
		return err
	}
	*options.dev = true
	listener, err := options.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()

	d := &demonstration{env: env, dir: *dataDir, wish: wish, clock: now, say: newSteps(env.stdout, demoWords(env))}
	if err := d.wish.fingerprint(); err != nil {
		return err
	}
	if err := d.open(ctx); err != nil {
		return err
	}
	defer d.rec.close()
	log, logFile, err := d.log()
	if err != nil {
		return err
	}
	defer logFile.Close()
	defer d.rec.keep(ctx, log)()
	// The workers run from the beginning: what is planned below is told by them.
	s, err := newService(ctx, d.rec.db, options, now, log)
	if err != nil {
		return err
	}
	d.desk = s.desk
	d.scheme = "http"
	if *options.tlsCert != "" {
		d.scheme = "https"
	}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	if err := s.streets.draw(ctx, d.rec.db); err != nil {
		return err
	}
	if err := d.announce(listener.Addr().String()); err != nil {
		return err
	}
	return s.run(ctx, listener)
}

// startingAt is a clock that shows the given moment now and goes on from there.
func startingAt(text string) (func() time.Time, error) {
	if text == "" {
		return time.Now, nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, misuse("--clock %q is no moment: write it like 2026-11-23T09:30:00+03:00", text)
	}
	ahead := time.Until(moment)
	return func() time.Time { return time.Now().Add(ahead) }, nil
}

// demonstration is one run of the demo.
type demonstration struct {
	env    environment
	dir    string
	wish   demoWish
	clock  func() time.Time
	say    *steps
	rec    *record
	desk   *desk.Desk
	users  []demoUser
	scheme string
}

// open starts PostgreSQL in the demo's folder. A folder made for another wish is refused; one that was interrupted while it was
// being filled is filled anew.
func (d *demonstration) open(ctx context.Context) error {
	state, err := d.wish.compare(d.dir)
	if err != nil {
		return err
	}
	if state == half {
		d.say.step("interrupted")
		if err := os.RemoveAll(filepath.Join(d.dir, "postgres")); err != nil {
			return fmt.Errorf("clear the interrupted demo in %s: %w", d.dir, err)
		}
	}
	d.say.step("starting")
	rec, err := recordFlags{env: withoutDatabaseURL(d.env), dataDir: &d.dir}.connect(ctx)
	if err != nil {
		return err
	}
	if err := rec.prepare(ctx); err != nil {
		rec.close()
		return err
	}
	d.rec = rec
	return nil
}

// withoutDatabaseURL keeps the demo out of a real database.
func withoutDatabaseURL(env environment) environment {
	getenv := env.getenv
	env.getenv = func(name string) string {
		if name == "DATABASE_URL" {
			return ""
		}
		return getenv(name)
	}
	return env
}

// log writes into the demo's folder: its screen is for people.
func (d *demonstration) log() (*slog.Logger, io.Closer, error) {
	file, err := os.OpenFile(filepath.Join(d.dir, "hexbeat.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("open the log: %w", err)
	}
	return slog.New(slog.NewJSONHandler(file, nil)), file, nil
}
