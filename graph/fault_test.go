package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/graph"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
)

// TestFaultsSayNothingButAReference: the record is gone in the middle of the work; callers hear a code, never SQL.
func TestFaultsSayNothingButAReference(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	if _, err := h.DB.Pool().Exec(t.Context(), "REVOKE SELECT ON visit FROM hexbeat_app"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := h.DB.Pool().Exec(context.Background(), "GRANT SELECT ON visit TO hexbeat_app"); err != nil {
			t.Error(err)
		}
	})
	got := h.ask(t, "dispatcher", `{visits(first:1){nodes{id}}}`, nil)
	if got.code() != "INTERNAL" || got.Errors[0].Extensions.Trace == "" {
		t.Fatalf("answered %s, want INTERNAL with a trace", got.body)
	}
	for _, secret := range []string{"SELECT", "permission", "visit AS", "42501", ".go:"} {
		if strings.Contains(got.body, secret) {
			t.Errorf("the answer says %q: %s", secret, got.body)
		}
	}
	if !strings.Contains(h.log.String(), got.Errors[0].Extensions.Trace) {
		t.Errorf("the log does not know the trace:\n%s", h.log)
	}
	h.log.Reset()
}

// TestUnreachableRecordIsUnavailable, at sign-in and later.
func TestUnreachableRecordIsUnavailable(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	door := graph.New(graph.Config{
		DB: w.DB, Desk: w.Desk, Hub: live.NewHub(), Clock: w.Now,
		SignIn: func(context.Context, string) (auth.Caller, error) {
			return auth.Caller{}, errors.Join(postgres.ErrUnavailable, errors.New("dial tcp 10.0.0.1"))
		},
	})
	h := &house{World: w, door: door}
	got := h.post(t, "rep", `{"query":"{me{roles}}"}`, nil)
	if got.status != http.StatusServiceUnavailable || got.code() != "UNAVAILABLE" || got.header.Get("Retry-After") == "" {
		t.Errorf("answered %d %s, want 503 UNAVAILABLE with Retry-After", got.status, got.body)
	}
	if strings.Contains(got.body, "10.0.0.1") {
		t.Errorf("the answer says where the database is: %s", got.body)
	}
}
