package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/graph"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/web"
	"github.com/hexbeat/hexbeat/work"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/riverqueue/river"
)

// Limits of the HTTP server. Websockets outlive them: they are hijacked.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	signInFresh   = 3 * time.Second // how long a token once seen is believed
	drainTime     = 10 * time.Second
)

// service is everything one serving process runs.
type service struct {
	desk     *desk.Desk
	jobs     *river.Client[pgx.Tx]
	follower *work.Follower
	handler  http.Handler
	streets  streets
	log      *slog.Logger
}

func newService(ctx context.Context, db *postgres.DB, options serveFlags, clock func() time.Time, log *slog.Logger) (*service, error) {
	hub, day := live.NewHub(), board.New(db, clock)
	s := &service{follower: work.NewFollower(db, hub, log), log: log}
	s.follower.Heard = day.Changed
	inserter, err := work.NewInserter(db)
	if err != nil {
		return nil, err
	}
	s.desk = &desk.Desk{DB: db, Jobs: inserter, Clock: clock, Wake: s.follower.Wake}
	senders, err := options.senders(ctx, log)
	if err != nil {
		return nil, err
	}
	if s.jobs, err = work.New(work.Config{Desk: s.desk, Senders: senders, Log: log}); err != nil {
		return nil, err
	}
	if err := s.streets.draw(ctx, db); err != nil {
		return nil, err
	}
	api := graph.New(graph.Config{
		DB: db, Desk: s.desk, Hub: hub, Board: day, SignIn: postgres.NewSignIns(db, signInFresh, clock).SignIn,
		Clock: clock, Log: log, Dev: *options.dev, AllowedOrigins: options.allowedOrigins(),
	})
	metrics := newMetrics(db, hub)
	mux := http.NewServeMux()
	mux.Handle("/graphql", metrics.count("graphql", api))
	mux.Handle("GET /tiles/{z}/{x}/{file}", metrics.count("tiles", &s.streets))
	mux.HandleFunc("GET /healthz", alive)
	mux.Handle("GET /readyz", ready{db})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics.registry, promhttp.HandlerOpts{}))
	mux.Handle("/", metrics.count("page", web.Handler(web.Options{Explore: *options.dev})))
	s.handler = mux
	return s, nil
}

// run serves until the context ends; then it takes no more, finishes what it took, and lets open sockets know.
func (s *service) run(ctx context.Context, listener net.Listener) error {
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorking()
	if err := s.jobs.Start(working); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	var following sync.WaitGroup
	following.Go(func() { s.follower.Run(working) })
	// Open sockets hear of the end through their request's context; Shutdown alone would leave them.
	sockets, closeSockets := context.WithCancel(working)
	defer closeSockets()
	server := &http.Server{
		Handler: s.handler, BaseContext: func(net.Listener) context.Context { return sockets }, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	closeSockets()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = errors.Join(err, server.Shutdown(drain))
	if stopErr := s.jobs.Stop(drain); stopErr != nil {
		err = errors.Join(err, s.jobs.StopAndCancel(drain))
	}
	stopWorking()
	following.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
