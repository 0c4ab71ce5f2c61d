package graph_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/live"
)

// patience is how long a test waits for a socket before it calls it silent.
const patience = time.Minute

// dial opens a raw socket to the house.
func (h *house) dial(t *testing.T, header http.Header) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	server := httptest.NewServer(h.door)
	t.Cleanup(server.Close)
	dialer := websocket.Dialer{Subprotocols: []string{"graphql-transport-ws"}}
	ws, response, err := dialer.DialContext(t.Context(), strings.Replace(server.URL, "http", "ws", 1)+"/graphql", header)
	if err == nil {
		t.Cleanup(func() { _ = ws.Close() })
		_ = ws.SetReadDeadline(time.Now().Add(patience))
	}
	return ws, response, err
}

// speak sends messages and lists the types of what comes back until the socket is closed, with the close code.
func speak(t *testing.T, ws *websocket.Conn, messages ...string) (heard []string, code int) {
	t.Helper()
	for _, m := range messages {
		if err := ws.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	for {
		_, doc, err := ws.ReadMessage()
		if closed := (*websocket.CloseError)(nil); errors.As(err, &closed) {
			return heard, closed.Code
		}
		if err != nil {
			t.Fatalf("after %v: %v", heard, err)
		}
		heard = append(heard, string(doc))
	}
}

const hello = `{"type":"connection_init","payload":{"authorization":"Bearer rep"}}`

// TestSocketsCloseWithTheProtocolsReasons.
func TestSocketsCloseWithTheProtocolsReasons(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	expired := h.Caller(0, 0)
	h.know("expired", expired)
	expired.Expires = h.Now().Add(-time.Second)
	h.callers["expired"] = expired
	subscribe := `{"id":"1","type":"subscribe","payload":{"query":"subscription{changed{kind}}"}}`
	cases := []struct {
		name     string
		messages []string
		code     int
	}{
		{"no JSON", []string{"nonsense"}, 4400},
		{"a list", []string{"[]"}, 4400},
		{"an unknown type", []string{`{"type":"start"}`}, 4400},
		{"init payload that is a text", []string{`{"type":"connection_init","payload":"x"}`}, 4400},
		{"init payload that is a list", []string{`{"type":"connection_init","payload":[]}`}, 4400},
		{"init without a token", []string{`{"type":"connection_init"}`}, 4403},
		{"init with null", []string{`{"type":"connection_init","payload":null}`}, 4403},
		{"init with an unknown token", []string{`{"type":"connection_init","payload":{"authorization":"Bearer x"}}`}, 4403},
		{"init with a token whose time is over", []string{`{"type":"connection_init","payload":{"authorization":"Bearer expired"}}`}, 4401},
		{"subscribe before init", []string{subscribe}, 4401},
		{"second init", []string{hello, hello}, 4429},
		{"the same id twice", []string{hello, subscribe, subscribe}, 4409},
		{"subscribe without an id", []string{hello, `{"type":"subscribe","payload":{"query":"{me{roles}}"}}`}, 4400},
		{"subscribe without a query", []string{hello, `{"id":"1","type":"subscribe","payload":{}}`}, 4400},
		{"no init", nil, 4408},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ws, _, err := h.dial(t, nil)
			if err != nil {
				t.Fatal(err)
			}
			if heard, code := speak(t, ws, c.messages...); code != c.code {
				t.Errorf("closed with %d after %v, want %d", code, heard, c.code)
			}
		})
	}
}

// TestSubscriptionIsToOneField, whatever it is called.
func TestSubscriptionIsToOneField(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	for _, query := range []string{
		"subscription{a:changed{kind} b:changed{kind}}", "subscription{changed @skip(if:true){kind}}", "subscription{changed{kind} __typename}",
	} {
		ws, _, err := h.dial(t, nil)
		if err != nil {
			t.Fatal(err)
		}
		subscribe := `{"id":"1","type":"subscribe","payload":{"query":"` + query + `"}}`
		var heard string
		for _, m := range []string{hello, subscribe} {
			if err := ws.WriteMessage(websocket.TextMessage, []byte(m)); err != nil {
				t.Fatal(err)
			}
			_, doc, err := ws.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			heard = string(doc)
		}
		if !strings.Contains(heard, "GRAPHQL_VALIDATION_FAILED") {
			t.Errorf("%s: heard %s, want GRAPHQL_VALIDATION_FAILED", query, heard)
		}
	}
}

// TestSocketsOfOtherPagesAreRefused.
func TestSocketsOfOtherPagesAreRefused(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	_, response, err := h.dial(t, http.Header{"Origin": {"https://evil.example"}})
	if err == nil || response == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another host: %v, %v; want status 403", response, err)
	}
}

// TestSocketIsLetGoWhenTheTokenIsRevoked.
func TestSocketIsLetGoWhenTheTokenIsRevoked(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	ws, _, err := h.dial(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, []byte(hello)); err != nil {
		t.Fatal(err)
	}
	if _, doc, err := ws.ReadMessage(); err != nil || !strings.Contains(string(doc), "connection_ack") {
		t.Fatalf("heard %s, %v; want connection_ack", doc, err)
	}
	h.revoke("rep")
	if _, code := speak(t, ws); code != 4401 {
		t.Errorf("closed with %d, want 4401", code)
	}
}

// conversation is a socket that has said hello.
type conversation struct {
	t  *testing.T
	ws *websocket.Conn
}

func (h *house) converse(t *testing.T, token string) conversation {
	t.Helper()
	ws, _, err := h.dial(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := conversation{t, ws}
	c.say(`{"type":"connection_init","payload":{"authorization":"Bearer ` + token + `"}}`)
	c.hear("connection_ack")
	return c
}

func (c conversation) say(message string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(message)); err != nil {
		c.t.Fatal(err)
	}
}

// hear reads one message, which must be of the type.
func (c conversation) hear(kind string) json.RawMessage {
	c.t.Helper()
	var m struct {
		Type    string
		Payload json.RawMessage
	}
	_, doc, err := c.ws.ReadMessage()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(doc, &m); err != nil || m.Type != kind {
		c.t.Fatalf("heard %s, want %s", doc, kind)
	}
	return m.Payload
}

// settle waits until the rep's changes since the cursor can be read: a transaction open anywhere in the server, another
// test's too, holds the feed back.
func (h *house) settle(t *testing.T, cursor string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		var got struct {
			Changes struct{ Changes []struct{ ID uuid.UUID } }
		}
		h.must(t, "rep", `query($s:String!){changes(since:$s,first:100){changes{id}}}`, map[string]any{"s": cursor}, &got)
		if len(got.Changes.Changes) > 0 {
			return
		}
	}
	t.Fatal("the change does not come into sight")
}

// calm waits until the feed is past everything that made the house: an open transaction of another test holds the horizon back.
func (h *house) calm(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if h.Count(t, "SELECT count(*) FROM feed WHERE tx >= pg_snapshot_xmin(pg_current_snapshot())") == 0 {
			return
		}
		<-time.After(10 * time.Millisecond)
	}
	t.Fatal("the feed does not come to rest")
}

// TestSubscriptionResumesFromACursor: what was committed while nobody listened is hinted at once.
func TestSubscriptionResumesFromACursor(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.calm(t)
	var got screen
	h.must(t, "rep", firstScreen, nil, &got)
	visit := got.Today.Route.Stops[0].Visit
	if _, err := desk.Do(h.As(h.Dispatcher), h.Desk, desktest.NewID(), desk.ReassignVisit{
		Visit: visit.ID, To: h.Branches[0].Reps[1].ID, Seen: 2, Reason: "OVERLOAD",
	}); err != nil {
		t.Fatal(err)
	}
	h.settle(t, got.Today.SyncCursor)
	c := h.converse(t, "rep")
	c.say(fmt.Sprintf(`{"id":"1","type":"subscribe","payload":{"query":"subscription($s:String){changed(since:$s){kind ids cursor}}","variables":{"s":%q}}}`, got.Today.SyncCursor))
	if hint := string(c.hear("next")); !strings.Contains(hint, live.Resync) {
		t.Errorf("the first hint is %s, want %s: several kinds of things changed", hint, live.Resync)
	}
	// The colleague's work is nobody else's business.
	h.hub.Publish([]live.Change{{Organization: h.Organization, Kind: "visit", ID: uuid.New(), Reps: [2]uuid.UUID{h.Branches[0].Reps[1].ID, h.Branches[0].Reps[1].ID}, Branches: [2]uuid.UUID{h.Branches[0].ID, h.Branches[0].ID}}}, "6-1")
	mine := uuid.New()
	h.hub.Publish([]live.Change{{Organization: h.Organization, Kind: "visit", ID: mine, Reps: [2]uuid.UUID{h.Branches[0].Reps[0].ID}}}, "7-1")
	if hint := string(c.hear("next")); !strings.Contains(hint, mine.String()) || !strings.Contains(hint, "7-1") {
		t.Errorf("the second hint is %s, want the own visit's", hint)
	}
	c.say(`{"id":"2","type":"subscribe","payload":{"query":"subscription{changed(since:\"nonsense\"){kind}}"}}`)
	if said := string(c.hear("error")); !strings.Contains(said, "BAD_USER_INPUT") {
		t.Errorf("a forged cursor: heard %s", said)
	}
	// An id that was completed may be used again at once; the end of what had it before is not the end of what has it now.
	for range 50 {
		c.say(`{"id":"1","type":"complete"}`)
		c.say(fmt.Sprintf(`{"id":"1","type":"subscribe","payload":{"query":"subscription($s:String){changed(since:$s){kind}}","variables":{"s":%q}}}`, got.Today.SyncCursor))
		c.hear("next")
	}
	c.say(`{"id":"1","type":"complete"}`)
	// Of a cursor that has expired nobody can say what was missed.
	if _, err := h.DB.Pool().Exec(t.Context(), "UPDATE retention SET forgotten_tx = '5' WHERE kind = 'feed'"); err != nil {
		t.Fatal(err)
	}
	c.say(`{"id":"3","type":"subscribe","payload":{"query":"subscription{changed(since:\"4-1\"){kind ids cursor}}"}}`)
	if hint := string(c.hear("next")); !strings.Contains(hint, live.Resync) {
		t.Errorf("since an expired cursor the first hint is %s, want %s", hint, live.Resync)
	}
	c.say(`{"id":"3","type":"complete"}`)
	c.say(`{"type":"ping"}`)
	c.hear("pong")
}

// TestChangesTellWhatMoved: the rep who lost the visit must take it off the phone, the one who got it sees it.
func TestChangesTellWhatMoved(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.calm(t)
	var before screen
	h.must(t, "rep", firstScreen, nil, &before)
	visit := before.Today.Route.Stops[0].Visit
	if _, err := desk.Do(h.As(h.Dispatcher), h.Desk, desktest.NewID(), desk.ReassignVisit{
		Visit: visit.ID, To: h.Branches[0].Reps[1].ID, Seen: 2, Reason: "OVERLOAD",
	}); err != nil {
		t.Fatal(err)
	}
	h.settle(t, before.Today.SyncCursor)
	const changes = `query($s:String!){changes(since:$s,first:100){hasMore resetRequired cursor changes{operation id reason node{__typename id ...on Visit{site{name}} ...on Route{stops{visit{id}}} ...on Alert{kind}}}}}`
	type changeSet struct {
		Changes struct {
			HasMore, ResetRequired bool
			Cursor                 string
			Changes                []struct {
				Operation, Reason string
				ID                uuid.UUID
				Node              *struct {
					Typename string `json:"__typename"`
				}
			}
		}
	}
	for who, operation := range map[string]string{"rep": "REVOKED", "colleague": "UPSERT", "dispatcher": "UPSERT"} {
		var got changeSet
		h.must(t, who, changes, map[string]any{"s": before.Today.SyncCursor}, &got)
		kinds := map[string]bool{}
		for _, c := range got.Changes.Changes {
			if c.ID == visit.ID && c.Operation != operation {
				t.Errorf("%s: the visit is %s, want %s", who, c.Operation, operation)
			}
			if c.ID == visit.ID {
				kinds["moved"] = true
			}
			if (c.Node != nil) != (c.Operation == "UPSERT") {
				t.Errorf("%s: %+v, want a node with UPSERT alone", who, c)
			}
			if c.Operation == "REVOKED" && c.Reason != "REASSIGNED" {
				t.Errorf("%s: revoked for %q, want REASSIGNED", who, c.Reason)
			}
			if c.Node != nil {
				kinds[c.Node.Typename] = true
			}
		}
		if !kinds["moved"] || !kinds["Route"] || !kinds["Alert"] || got.Changes.ResetRequired {
			t.Errorf("%s: changes are %+v, want the visit, a route and an alert", who, got.Changes)
		}
		var after changeSet
		h.must(t, who, changes, map[string]any{"s": got.Changes.Cursor}, &after)
		if len(after.Changes.Changes) != 0 {
			t.Errorf("%s: asked again, %+v, want nothing", who, after.Changes.Changes)
		}
	}
	// A cursor behind which rows of the feed have been forgotten is too old.
	if _, err := h.DB.Pool().Exec(t.Context(), "UPDATE retention SET forgotten_tx = '5' WHERE kind = 'feed'"); err != nil {
		t.Fatal(err)
	}
	for _, cursor := range []string{"nonsense", "1-1", "4-1", "7fffffffffffffff-1"} {
		var got changeSet
		h.must(t, "rep", changes, map[string]any{"s": cursor}, &got)
		if !got.Changes.ResetRequired {
			t.Errorf("since %q: %+v, want resetRequired", cursor, got.Changes)
		}
	}
}
