package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/hexbeat/hexbeat/postgres"
)

// alive answers as long as the process does.
func alive(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// ready answers when requests can be served: the database is reachable and its schema current.
type ready struct{ db *postgres.DB }

// readyWithin is how long the database may take to say that it is there.
const readyWithin = 2 * time.Second

func (h ready) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	current, err := postgres.SchemaCurrent(ctx, h.db.Pool())
	switch {
	case err != nil:
		plain(w, http.StatusServiceUnavailable, "the database can't be reached\n")
	case !current:
		plain(w, http.StatusServiceUnavailable, "the schema is older than the program: run hexbeat migrate\n")
	default:
		plain(w, http.StatusOK, "ready\n")
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // the asker is gone
}
