package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const subprotocol = "graphql-transport-ws"

// The protocol's reasons to close, and three of websockets in general.
const (
	closeGoingAway    = websocket.CloseGoingAway
	closeTryLater     = websocket.CloseTryAgainLater
	closeBadRequest   = 4400
	closeUnauthorized = 4401
	closeForbidden    = 4403
	closeSubprotocol  = 4406
	closeInitTimeout  = 4408
	closeDuplicate    = 4409
	closeTooMany      = 4429
)

// A socket's limits.
const (
	initWithin   = 5 * time.Second         // connection_init after the upgrade
	pingEvery    = 5 * time.Second         // a half-open network is noticed within silentAfter
	silentAfter  = 13 * time.Second        // without a pong or a message
	writeWithin  = 8 * time.Second         // a client that does not read is let go
	checkEvery   = 1500 * time.Millisecond // whether the token still holds; SignIn may remember its answer for three seconds more
	farewell     = 2 * time.Second         // for the client to answer a close
	mostMessage  = 256 << 10
	mostParallel = 64  // operations on one socket
	longestID    = 256 // bytes of an operation's id, which the client chooses
)

func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && websocket.IsWebSocketUpgrade(r)
}

func (d *door) serveSocket(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{
		Subprotocols: []string{subprotocol}, CheckOrigin: d.knowsOrigin, HandshakeTimeout: initWithin,
		Error: func(w http.ResponseWriter, r *http.Request, status int, _ error) {
			w.Header().Set("Content-Type", mediaJSON+"; charset=utf-8")
			refuse(r.Context(), w, refusal{status: status, code: "BAD_REQUEST", words: words{
				"Websocket здесь открыть нельзя: проверьте адрес страницы и заголовки.", "A websocket can't be opened: check the page's address and the headers.",
			}})
		},
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	ctx, cancel := context.WithCancel(r.Context())
	s := &socket{door: d, ws: ws, ctx: ctx, cancel: cancel, running: map[string]*operation{}}
	defer s.end()
	goodbye := func() { s.close(closeGoingAway, "Server is going away") }
	for _, over := range []context.Context{r.Context(), d.Closing} {
		stop := context.AfterFunc(over, goodbye)
		defer stop()
	}
	if ws.Subprotocol() != subprotocol {
		s.close(closeSubprotocol, "Subprotocol not acceptable")
	}
	s.serve()
}

// knowsOrigin lets in programs, which send no origin, pages of this host, and those of the origins allowed.
func (d *door) knowsOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(d.AllowedOrigins, origin) {
		return true
	}
	page, err := url.Parse(origin)
	return err == nil && strings.EqualFold(page.Host, r.Host)
}

// socket is one client's connection. One goroutine reads; operations and timers write, in turns.
type socket struct {
	*door
	ws     *websocket.Conn
	ctx    context.Context // ends with the connection
	cancel context.CancelFunc

	writing sync.Mutex
	closing sync.Once
	closed  atomic.Bool // the close is said: nothing more is heard

	mu      sync.Mutex
	caller  *auth.Caller // nil before connection_init
	locale  string       // asked for in connection_init; "" leaves it to the header
	running map[string]*operation
	tasks   sync.WaitGroup
}

// operation is one that runs. A client may give its id to another as soon as it has completed it.
type operation struct {
	id     string
	cancel context.CancelFunc
}

// message is what travels, both ways.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// serve reads until the connection ends.
func (s *socket) serve() {
	s.ws.SetReadLimit(mostMessage)
	s.alive()
	s.ws.SetPongHandler(func(string) error { s.alive(); return nil })
	late := time.AfterFunc(initWithin, func() {
		if s.who() == nil {
			s.close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer late.Stop()
	s.tasks.Go(s.ping)
	for {
		kind, doc, err := s.ws.ReadMessage()
		if err != nil {
			return
		}
		if s.closed.Load() {
			continue
		}
		s.alive()
		var m message
		if kind != websocket.TextMessage || nesting(doc) > mostNesting || json.Unmarshal(doc, &m) != nil {
			s.close(closeBadRequest, "Invalid message received")
			continue
		}
		s.handle(m)
	}
}

// alive gives the client more time; a closing socket gets none.
func (s *socket) alive() { _ = s.ws.SetReadDeadline(time.Now().Add(silentAfter)) }

func (s *socket) who() *auth.Caller {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.caller
}

func (s *socket) handle(m message) {
	switch m.Type {
	case "connection_init":
		s.init(m.Payload)
	case "ping":
		s.send(message{Type: "pong", Payload: m.Payload})
	case "pong":
	case "subscribe":
		s.subscribe(m)
	case "complete":
		s.complete(m.ID)
	default:
		s.close(closeBadRequest, "Invalid message type")
	}
}

// init signs the client in. The payload is {"authorization": "Bearer …"} and may name the door and the locale.
func (s *socket) init(payload json.RawMessage) {
	if s.who() != nil {
		s.close(closeTooMany, "Too many initialisation requests")
		return
	}
	var hello struct {
		Authorization string `json:"authorization"`
		Door          string `json:"door"`
		Locale        string `json:"locale"`
	}
	if payload = bytes.TrimSpace(payload); len(payload) > 0 && !bytes.Equal(payload, []byte("null")) {
		if payload[0] != '{' || json.Unmarshal(payload, &hello) != nil {
			s.close(closeBadRequest, "Invalid connection_init payload")
			return
		}
	}
	ctx, cancel := context.WithTimeout(s.ctx, answerWithin)
	defer cancel()
	caller, err := s.callerOf(ctx, hello.Authorization)
	switch {
	case errors.Is(err, auth.ErrExpired):
		s.close(closeForbidden, "Forbidden: the token has expired")
		return
	case errors.Is(err, auth.ErrUnauthenticated):
		s.close(closeForbidden, "Forbidden: no valid token")
		return
	case err != nil:
		s.faults.keep(ctx, err)
		s.close(closeTryLater, "Try again later")
		return
	}
	caller.Door = doorOf(hello.Door)
	s.mu.Lock()
	s.caller = &caller
	s.locale = hello.Locale
	s.mu.Unlock()
	s.tasks.Go(func() { s.guard(hello.Authorization, caller) })
	s.send(message{Type: "connection_ack"})
}

// guard closes the socket when its token expires or is revoked, its person disabled, or the rights have changed.
func (s *socket) guard(authorization string, caller auth.Caller) {
	expiry := time.NewTimer(caller.Expires.Sub(s.Clock()))
	defer expiry.Stop()
	check := time.NewTicker(checkEvery)
	defer check.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-expiry.C:
			s.close(closeUnauthorized, "Unauthorized: the token has expired")
			return
		case <-check.C:
			now, err := s.callerOf(s.ctx, authorization)
			switch {
			case errors.Is(err, auth.ErrUnauthenticated) || errors.Is(err, auth.ErrExpired):
				s.close(closeUnauthorized, "Unauthorized: the token is no longer valid")
				return
			case err == nil && !sameRights(now, caller):
				s.close(closeForbidden, "Forbidden: rights have changed, connect anew")
				return
			}
		}
	}
}

func sameRights(a, b auth.Caller) bool {
	return a.Rep == b.Rep && a.RepBranch == b.RepBranch && a.Everywhere == b.Everywhere &&
		slices.Equal(a.Roles, b.Roles) && slices.Equal(a.Branches, b.Branches)
}

// ping asks the client's network layer for a sign of life.
func (s *socket) ping() {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
			if s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				_ = s.ws.Close()
				return
			}
		}
	}
}

func (s *socket) subscribe(m message) {
	caller := s.who()
	if caller == nil {
		s.close(closeUnauthorized, "Unauthorized")
		return
	}
	params := &graphql.RawParams{}
	if m.ID == "" || len(m.ID) > longestID || decode(m.Payload, params) != nil || params.Query == "" {
		s.close(closeBadRequest, "Invalid subscribe message")
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	op := &operation{m.ID, cancel}
	s.mu.Lock()
	if s.locale != "" {
		ctx = withAccepted(ctx, s.locale)
	}
	_, taken := s.running[m.ID]
	full := len(s.running) >= mostParallel
	if !taken && !full {
		s.running[m.ID] = op
	}
	s.mu.Unlock()
	switch {
	case taken:
		cancel()
		s.close(closeDuplicate, fmt.Sprintf("Subscriber for %.64s already exists", m.ID))
	case full:
		cancel()
		s.sendErrors(m.ID, gqlerror.List{tooComplex(ctx, words{"слишком много подписок сразу", "too many operations at once"})})
	default:
		s.tasks.Go(func() {
			defer cancel()
			s.run(s.admit(graphql.StartOperationTrace(ctx), *caller), op, params)
		})
	}
}

// run carries one operation out and tells its results until it ends or the client has had enough.
func (s *socket) run(ctx context.Context, op *operation, params *graphql.RawParams) {
	oc, errs := s.exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		response := s.exec.DispatchError(graphql.WithOperationContext(ctx, oc), errs)
		s.finish(op, func() { s.sendErrors(op.id, response.Errors) })
		return
	}
	done, admitted := s.budget.take(ctx, oc)
	if !admitted {
		s.finish(op, func() { s.sendErrors(op.id, gqlerror.List{tooBusy(ctx)}) })
		return
	}
	defer done()
	responses, ctx := s.exec.DispatchOperation(ctx, oc)
	for {
		response := responses(ctx)
		if response == nil || !s.runs(op) {
			break
		}
		if response.Data == nil && len(response.Errors) > 0 {
			s.finish(op, func() { s.sendErrors(op.id, response.Errors) })
			return
		}
		s.sendJSON(op.id, "next", reply{response.Errors, response.Data, response.Extensions})
		if oc.Operation.Operation != ast.Subscription {
			break
		}
	}
	s.finish(op, func() { s.send(message{ID: op.id, Type: "complete"}) })
}

// runs says whether the client still wants to hear of the operation.
func (s *socket) runs(op *operation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running[op.id] == op
}

// finish says the last word about an operation, unless the client has said it.
func (s *socket) finish(op *operation, say func()) {
	s.mu.Lock()
	open := s.running[op.id] == op
	if open {
		delete(s.running, op.id)
	}
	s.mu.Unlock()
	if open && s.ctx.Err() == nil {
		say()
	}
}

// complete ends an operation by the client's wish.
func (s *socket) complete(id string) {
	s.mu.Lock()
	op, open := s.running[id]
	delete(s.running, id)
	s.mu.Unlock()
	if open {
		op.cancel()
	}
}

func (s *socket) sendErrors(id string, errs gqlerror.List) { s.sendJSON(id, "error", errs) }

func (s *socket) sendJSON(id, kind string, payload any) {
	doc, err := json.Marshal(payload)
	if err != nil {
		s.faults.keep(s.ctx, err)
		return
	}
	s.send(message{ID: id, Type: kind, Payload: doc})
}

func (s *socket) send(m message) {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeWithin))
	if s.ws.WriteJSON(m) != nil {
		_ = s.ws.Close() // the reader notices
	}
}

// close says why and waits a moment for the client to hear it: the reader goes on until then.
func (s *socket) close(code int, reason string) {
	s.closing.Do(func() {
		s.closed.Store(true)
		deadline := time.Now().Add(farewell)
		_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), deadline)
		time.AfterFunc(farewell, func() { _ = s.ws.Close() })
	})
}

// end stops what still runs and waits for it.
func (s *socket) end() {
	s.cancel()
	_ = s.ws.Close()
	s.tasks.Wait()
}
