package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/graph"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
)

// house is a company with its door open. Tokens are names: whoever the test says they stand for.
type house struct {
	*desktest.World
	hub     *live.Hub
	counter *pgtest.Counter
	door    http.Handler
	log     *bytes.Buffer

	mu      sync.Mutex
	callers map[string]auth.Caller
}

// aHouse is a planned company with the tokens rep, colleague, dispatcher and admin.
func aHouse(t *testing.T) *house {
	t.Helper()
	return open(t, desktest.Planned(t), false)
}

func open(t *testing.T, w *desktest.World, dev bool) *house {
	t.Helper()
	pool, counter := pgtest.Count(t, w.DB.Pool())
	h := &house{World: w, hub: live.NewHub(), counter: counter, log: &bytes.Buffer{}, callers: map[string]auth.Caller{}}
	db := postgres.New(pool)
	h.door = graph.New(graph.Config{
		DB: db, Board: board.New(db, w.Now), Desk: &desk.Desk{DB: db, Jobs: w.Desk.Jobs, Clock: w.Now}, Hub: h.hub, SignIn: h.signIn, Clock: w.Now,
		Log: slog.New(slog.NewTextHandler(h.log, nil)), Dev: dev,
	})
	h.know("rep", w.Caller(0, 0))
	h.know("colleague", w.Caller(0, 1))
	h.know("dispatcher", w.Dispatcher)
	h.know("admin", w.Admin)
	t.Cleanup(func() {
		if t.Failed() && h.log.Len() > 0 {
			t.Log(h.log.String())
		}
	})
	return h
}

func (h *house) know(token string, c auth.Caller) {
	c.Expires = h.Now().AddDate(1, 0, 0)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.callers[token] = c
}

func (h *house) revoke(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.callers, token)
}

func (h *house) signIn(_ context.Context, token string) (auth.Caller, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, known := h.callers[token]
	if !known {
		return c, auth.ErrUnauthenticated
	}
	return c, nil
}

// answer is what came back.
type answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions struct{ Code, Trace string }
	}
	status int
	header http.Header
	body   string
}

// code is the first error's, empty for none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// ask sends an operation as the token's caller.
func (h *house) ask(t *testing.T, token, query string, variables any) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return h.post(t, token, string(body), nil)
}

func (h *house) post(t *testing.T, token, body string, header http.Header) answer {
	t.Helper()
	return h.send(t, http.MethodPost, "/graphql", token, body, header)
}

func (h *house) send(t *testing.T, method, address, token, body string, header http.Header) answer {
	t.Helper()
	r := httptest.NewRequest(method, address, bytes.NewBufferString(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.door.ServeHTTP(w, r)
	got := answer{status: w.Code, header: w.Header()}
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	got.body = string(raw)
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("the answer is no JSON: %v\n%s", err, raw)
	}
	return got
}

// must is ask for what has to succeed; the data goes into want.
func (h *house) must(t *testing.T, token, query string, variables, into any) {
	t.Helper()
	got := h.ask(t, token, query, variables)
	if len(got.Errors) > 0 {
		t.Fatalf("%s\nanswered %s", query, got.body)
	}
	if into != nil {
		if err := json.Unmarshal(got.Data, into); err != nil {
			t.Fatal(err)
		}
	}
}
