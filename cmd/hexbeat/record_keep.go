package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/hexbeat/hexbeat/postgres/local"
)

// Pauses between attempts to start PostgreSQL again.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 4 * time.Second
)

// keep sees to it that the private PostgreSQL runs: when it has ended, killed or with the process that had started it, it is started
// again. Its address stays the same, so that connections are simply made anew. The returned function ends the watch and waits for that.
func (r *record) keep(ctx context.Context, log *slog.Logger) (stop func()) {
	if r.server == nil { // DATABASE_URL names a server that others look after
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-r.server.Done():
			}
			log.Error("PostgreSQL has ended: starting it again", "see", r.server.LogFile())
			r.restart(ctx, log)
		}
	})
	return func() {
		cancel()
		keeping.Wait()
	}
}

// restart tries until the server runs or the context ends.
func (r *record) restart(ctx context.Context, log *slog.Logger) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		server, err := local.Start(ctx, local.Options{DataDir: r.dataDir, Log: log})
		if err == nil {
			r.server = server
			return
		}
		if ctx.Err() != nil {
			return
		}
		log.Error("PostgreSQL does not start: trying again", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
