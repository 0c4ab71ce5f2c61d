package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/hexbeat/hexbeat/postgres"
)

func serveCommand() command {
	return command{"serve", "serve the API, the pages and the workers", serve}
}

// serveFlags are the flags of everything that serves.
type serveFlags struct {
	addr, tlsCert, tlsKey, origins *string
	dev                            *bool
	channelFlags
}

func (f *flags) serve() serveFlags {
	return serveFlags{
		addr:         f.String("addr", ":8080", "`address` to listen on"),
		tlsCert:      f.String("tls-cert", "", "PEM `file` with the certificate; with --tls-key the server speaks HTTPS"),
		tlsKey:       f.String("tls-key", "", "PEM `file` with the certificate's key"),
		origins:      f.String("allowed-origins", "", "other `origins` whose pages may open a websocket, separated by commas"),
		channelFlags: f.channels(),
		dev:          f.Bool("dev", false, "open introspection, suggestions and /explore"),
	}
}

func serve(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat serve", "Serves the API at /graphql, the dispatcher's map at /, the rep's page at /m, and carries out the jobs. "+
		"Without DATABASE_URL it starts PostgreSQL itself.")
	options, where := f.serve(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	listener, err := options.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	rec, err := where.connect(ctx)
	if err != nil {
		return err
	}
	defer rec.close()
	if err := rec.prepare(ctx); err != nil {
		return err
	}
	log := newLog(env)
	defer rec.keep(ctx, log)()
	s, err := newService(ctx, rec.db, options, time.Now, log)
	if err != nil {
		return err
	}
	log.Info("serving", "address", listener.Addr().String())
	return s.run(ctx, listener)
}

// prepare brings the schema up to date and refuses a database that Russian would break in.
func (r *record) prepare(ctx context.Context) error {
	if err := postgres.Migrate(ctx, r.db.Pool(), nil); err != nil {
		return err
	}
	if _, err := postgres.CheckDatabase(ctx, r.db.Pool()); err != nil && !errors.Is(err, postgres.ErrClockSkew) {
		return err
	}
	return r.db.OpenMonths(ctx, time.Now())
}

// listen takes the port before anything else is started: a taken one is the commonest mistake.
func (o serveFlags) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", *o.addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address %s is taken by another program: stop it or choose another with --addr", *o.addr)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("the address %s is not allowed for this user: choose a port from 1024 on with --addr", *o.addr)
	case err != nil:
		return nil, misuse("--addr %s can't be listened on (%v): give host:port such as :8080", *o.addr, err)
	}
	if *o.tlsCert == "" && *o.tlsKey == "" {
		return listener, nil
	}
	pair, err := tls.LoadX509KeyPair(*o.tlsCert, *o.tlsKey)
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("read --tls-cert and --tls-key: %w", err)
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}

func (o serveFlags) allowedOrigins() []string {
	return strings.FieldsFunc(*o.origins, func(r rune) bool { return r == ',' || r == ' ' })
}

// newLog writes JSON lines for machines. Nothing personal goes in: ids only.
func newLog(env environment) *slog.Logger {
	return slog.New(slog.NewJSONHandler(env.stderr, nil))
}
