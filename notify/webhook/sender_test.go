package webhook_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/notifytest"
	"github.com/hexbeat/hexbeat/notify/webhook"
)

const secret = "between us two only"

// gateway is a gateway that checks signatures and answers as it is told.
type gateway struct {
	url    string
	closed chan struct{}

	mu     sync.Mutex
	answer notifytest.Answer
	bodies [][]byte
	header http.Header
}

func aGateway(t *testing.T) *gateway {
	g := &gateway{answer: notifytest.Take, closed: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(g.closed) })
	g.url = server.URL
	return g
}

func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.bodies, g.header = append(g.bodies, body), r.Header
	answer := g.answer
	g.mu.Unlock()
	if webhook.Verify(secret, r.Header, body, time.Now()) != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	switch answer {
	case notifytest.Hang:
		select {
		case <-r.Context().Done():
		case <-g.closed:
		}
		panic(http.ErrAbortHandler)
	case notifytest.Cut:
		panic(http.ErrAbortHandler)
	case notifytest.Busy:
		w.Header().Set("Retry-After", "30")
	}
	w.WriteHeader(map[notifytest.Answer]int{
		notifytest.Take: 202, notifytest.Gone: 410, notifytest.Busy: 429, notifytest.Broken: 500, notifytest.Unknown: 401, notifytest.Wrong: 422,
	}[answer])
}

func (g *gateway) Says(a notifytest.Answer) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answer = a
	return true
}

func (g *gateway) Address() string { return "+79001234567" }

func (g *gateway) Asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.bodies)
}

func (g *gateway) Seen() (all []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, b := range g.bodies {
		all = append(all, b...)
	}
	return all
}

func aSender(t *testing.T, address string) *webhook.Sender {
	t.Helper()
	s, err := webhook.New(webhook.Config{URL: address, Secret: secret}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) {
		g := aGateway(t)
		return aSender(t, g.url), g
	})
}

func TestTheGatewayKnowsWhoAsks(t *testing.T) {
	t.Parallel()
	g := aGateway(t)
	push := notify.NewPush(notify.Alert{ID: uuid.New(), Kind: notify.VisitsLost, Version: 2}, g.Address())
	push.Locale = "ru-RU"
	if _, err := aSender(t, g.url).Send(t.Context(), push); err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(g.bodies[0], &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 6 || got["alertId"] != push.AlertID.String() || got["to"] != g.Address() || got["title"] != "Визиты переданы" {
		t.Errorf("the gateway got %v", got)
	}
	now := time.Now()
	for name, c := range map[string]struct {
		secret string
		body   []byte
		now    time.Time
		want   error
	}{
		"as sent":          {secret, g.bodies[0], now, nil},
		"another's secret": {"another secret of ours", g.bodies[0], now, webhook.ErrForged},
		"changed":          {secret, append([]byte(" "), g.bodies[0]...), now, webhook.ErrForged},
		"sent again later": {secret, g.bodies[0], now.Add(6 * time.Minute), webhook.ErrForged},
	} {
		if err := webhook.Verify(c.secret, g.header, c.body, c.now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if err := webhook.Verify(secret, http.Header{}, g.bodies[0], now); !errors.Is(err, webhook.ErrForged) {
		t.Errorf("unsigned: %v", err)
	}
}

func TestABadSettingIsOneClearSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]webhook.Config{
		"no address":     {Secret: secret},
		"another scheme": {URL: "ftp://x", Secret: secret},
		"a short secret": {URL: "http://localhost", Secret: "short"},
	} {
		if _, err := webhook.New(c, time.Now); !errors.Is(err, webhook.ErrConfig) || strings.Contains(err.Error(), "short\"") {
			t.Errorf("%s: %v, want ErrConfig", name, err)
		}
	}
}
