package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
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
	mostHeader    = 64 << 10        // bytes
	drainTime     = 10 * time.Second
	cancelTime    = 2 * time.Second // for jobs to notice that they are cancelled
)

// service is everything one serving process runs.
type service struct {
	desk     *desk.Desk
	jobs     *river.Client[pgx.Tx]
	follower *work.Follower
	handler  http.Handler
	streets  streets
	log      *slog.Logger

	sockets      context.Context // ends when open sockets are to say goodbye
	closeSockets context.CancelFunc
}

// collectAt lets the heap grow fivefold before it is swept. It is some ten megabytes: at Go's own setting commands spent a third of
// their time on sweeping it.
const collectAt = 400

func newService(ctx context.Context, db *postgres.DB, options serveFlags, clock func() time.Time, log *slog.Logger) (*service, error) {
	hub, day := live.NewHub(), board.New(db, clock)
	s := &service{follower: work.NewFollower(db, hub, log), log: log}
	s.sockets, s.closeSockets = context.WithCancel(context.WithoutCancel(ctx))
	s.follower.Heard = day.Changed
	inserter, err := work.NewInserter(db)
	if err != nil {
		return nil, err
	}
	s.desk = &desk.Desk{DB: db, Jobs: inserter, Clock: clock, Wake: s.follower.Wake}
	keys, err := webPushKeys(ctx, db, log)
	if err != nil {
		return nil, err
	}
	senders, err := options.senders(ctx, db, hub, keys, log)
	if err != nil {
		return nil, err
	}
	metrics := newMetrics(db, hub)
	if s.jobs, err = work.New(work.Config{Desk: s.desk, Senders: senders, Counted: metrics.pushed, Log: log}); err != nil {
		return nil, err
	}
	if err := s.streets.draw(ctx, db); err != nil {
		return nil, err
	}
	api := graph.New(graph.Config{
		DB: db, Desk: s.desk, Hub: hub, Board: day, SignIn: postgres.NewSignIns(db, signInFresh, clock).SignIn,
		Clock: clock, Log: log, Dev: *options.dev, AllowedOrigins: options.allowedOrigins(), Closing: s.sockets, PushKey: keys.Public,
	})
	mux := http.NewServeMux()
	mux.Handle("/graphql", metrics.count("graphql", compressed(api)))
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
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWorking()
	defer s.closeSockets()
	if err := s.jobs.Start(working); err != nil {
		return fmt.Errorf("start the workers: %w", err)
	}
	var background, handlers sync.WaitGroup
	background.Go(func() { s.follower.Run(working) })
	background.Go(func() { s.desk.DB.KeepPulse(working) })
	server := &http.Server{
		Handler: counted(&handlers, s.handler), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: mostHeader, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	err = errors.Join(err, s.drain(server, &handlers))
	stopWorking()
	background.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// drain finishes what was begun. Requests under way are answered; Shutdown leaves sockets alone, so they are told here.
func (s *service) drain(server *http.Server, handlers *sync.WaitGroup) error {
	limit, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var jobs error
	var stopping sync.WaitGroup
	stopping.Go(func() {
		if s.jobs.Stop(limit) == nil {
			return
		}
		last, cancel := context.WithTimeout(context.Background(), cancelTime)
		defer cancel()
		jobs = s.jobs.StopAndCancel(last)
	})
	s.closeSockets()
	err := server.Shutdown(limit)
	finished := make(chan struct{})
	go func() {
		handlers.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-limit.Done():
		_ = server.Close()
	}
	stopping.Wait()
	return errors.Join(err, jobs)
}

// counted lets one wait for the requests under way, sockets among them.
func counted(handlers *sync.WaitGroup, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		h.ServeHTTP(w, r)
	})
}
