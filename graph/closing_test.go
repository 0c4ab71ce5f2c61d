package graph_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/graph"
	"github.com/hexbeat/hexbeat/live"
)

// TestClosingDoorFinishesWhatItTook: at shutdown sockets hear 1001, and a request under way is answered all the same.
func TestClosingDoorFinishesWhatItTook(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	closing, shut := context.WithCancel(t.Context())
	arrived, goOn := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(graph.New(graph.Config{
		DB: w.DB, Desk: w.Desk, Hub: live.NewHub(), Clock: w.Now, Closing: closing, Log: slog.New(slog.DiscardHandler),
		SignIn: func(_ context.Context, token string) (auth.Caller, error) {
			if token == "slow" {
				close(arrived)
				<-goOn
			}
			caller := w.Caller(0, 0)
			caller.Expires = time.Now().Add(time.Hour)
			return caller, nil
		},
	}))
	defer server.Close()
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	ws, _, err := dialer.DialContext(t.Context(), strings.Replace(server.URL, "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	answers := make(chan string, 1)
	go func() {
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(`{"query":"{me{roles}}"}`))
		request.Header.Set("Authorization", "Bearer slow")
		request.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			answers <- err.Error()
			return
		}
		defer response.Body.Close()
		var answer struct {
			Data   json.RawMessage
			Errors json.RawMessage
		}
		_ = json.NewDecoder(response.Body).Decode(&answer)
		answers <- string(answer.Errors)
	}()
	<-arrived
	shut()
	if heard, code := speak(t, ws); code != websocket.CloseGoingAway {
		t.Errorf("the socket was closed with %d after %v, want 1001", code, heard)
	}
	close(goOn)
	if failed := <-answers; failed != "" {
		t.Errorf("the request under way failed: %s", failed)
	}
}
