package fcmtest

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Server is the fake. Its methods may be called from anywhere at any time.
type Server struct {
	URL             string // without a slash at its end: what HEXBEAT_FCM_ENDPOINT takes
	Project         string
	CredentialsFile string // written by New; empty after Start

	key     *rsa.PrivateKey
	server  *http.Server
	closed  chan struct{}
	closing sync.Once

	mu          sync.Mutex
	arrived     chan struct{} // closed and replaced with each call
	scripts     map[string][]Answer
	next        []Answer
	always      map[string]Answer
	calls       []Call
	messages    []Message
	taken       func()
	issued      map[string]bool
	exchanges   int
	tokenStatus int
	tokenError  string
}

// Call is one send as it came in, whatever became of it.
type Call struct {
	At     time.Time
	Token  string // of the device; empty when the message could not be read
	Status int    // as answered; 0 when the fake hung or cut
	Raw    []byte // the whole body
}

// New starts a fake for the test, with CredentialsFile written, and closes it when the test ends.
func New(t testing.TB) *Server {
	t.Helper()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if s.CredentialsFile, err = s.WriteCredentials(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Start starts a fake on a free port of this machine. Close it when done.
func Start() (*Server, error) {
	key, err := signingKey()
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a port: %w", err)
	}
	s := &Server{
		URL:     "http://" + listener.Addr().String(),
		Project: "hexbeat-test",
		key:     key,
		closed:  make(chan struct{}),
		arrived: make(chan struct{}),
		scripts: map[string][]Answer{},
		always:  map[string]Answer{},
		issued:  map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", s.exchange)
	mux.HandleFunc("POST /v1/projects/{project}/{call}", s.send)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(listener) }() // ends with ErrServerClosed
	return s, nil
}

// Close stops the fake, and with it every call that hangs.
func (s *Server) Close() error {
	s.closing.Do(func() { close(s.closed) })
	return s.server.Close()
}

// Script lines up the next answers to the device's token, after those it has already.
func (s *Server) Script(token string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[token] = append(s.scripts[token], answers...)
}

// Next lines up answers to the next calls whatever their token. A token's own script goes first.
func (s *Server) Next(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = append(s.next, answers...)
}

// Always is the answer to the token whenever nothing is lined up; token "" means every other one. Without it
// the answer is OK.
func (s *Server) Always(token string, answer Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[token] = answer
}

// OnTaken has f called for each message that has reached its phone, before the sender hears of it: the moment at which a sender that dies
// knows the least. Nil ends it.
func (s *Server) OnTaken(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken = f
}

// Messages are those that reached a phone, in order. One sent twice is there twice.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Calls are all sends that came in, in order, also those refused.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Wait waits until n messages have reached a phone, and returns all that did.
func (s *Server) Wait(ctx context.Context, n int) ([]Message, error) {
	return wait(ctx, s, n, s.Messages)
}

// WaitCalls waits until n sends have come in, and returns all that did. A call that hangs counts at once.
func (s *Server) WaitCalls(ctx context.Context, n int) ([]Call, error) {
	return wait(ctx, s, n, s.Calls)
}

func wait[T any](ctx context.Context, s *Server, n int, what func() []T) ([]T, error) {
	for {
		s.mu.Lock()
		arrived := s.arrived
		s.mu.Unlock()
		if all := what(); len(all) >= n {
			return all, nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return what(), fmt.Errorf("wait for %d: %w", n, ctx.Err())
		}
	}
}

// send is FCM's one call.
func (s *Server) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		return // the caller went away
	}
	message, validateOnly, refusal := parse(body)
	answer := OK()
	switch {
	case r.PathValue("call") != "messages:send":
		answer = Unregistered()
		answer.code = ""
	case !s.believes(r):
		answer = Unauthenticated()
	case r.PathValue("project") != s.Project:
		answer = PermissionDenied()
	case refusal != nil:
		answer = *refusal
	default:
		answer = s.take(message.Token)
	}
	name := s.record(message, answer, body, validateOnly)
	s.mu.Lock()
	taken := s.taken
	s.mu.Unlock()
	if taken != nil && answer.delivers {
		taken()
	}
	s.write(w, r, answer, name)
}

// take is the next answer to the token.
func (s *Server) take(token string) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if script := s.scripts[token]; len(script) > 0 {
		s.scripts[token] = script[1:]
		return script[0]
	}
	if len(s.next) > 0 {
		answer := s.next[0]
		s.next = s.next[1:]
		return answer
	}
	for _, key := range []string{token, ""} {
		if answer, ok := s.always[key]; ok {
			return answer
		}
	}
	return OK()
}

// record remembers the call before it is answered, and returns the message's name.
func (s *Server) record(m Message, a Answer, body []byte, validateOnly bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	call := Call{At: now, Token: m.Token, Status: a.status, Raw: body}
	if a.cut != uncut {
		call.Status = 0
	}
	s.calls = append(s.calls, call)
	if validateOnly {
		m.Name = "projects/" + s.Project + "/messages/fake_message_id"
	} else {
		m.Name = fmt.Sprintf("projects/%s/messages/0:%d", s.Project, len(s.calls))
	}
	if m.At = now; a.delivers && !validateOnly {
		s.messages = append(s.messages, m)
	}
	close(s.arrived)
	s.arrived = make(chan struct{})
	return m.Name
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, a Answer, name string) {
	switch {
	case a.silent:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		panic(http.ErrAbortHandler)
	case a.trickles:
		s.trickle(w, r)
	case a.cut != uncut:
		hangUp(w, a.cut)
	case a.status == http.StatusOK:
		writeJSON(w, http.StatusOK, map[string]string{"name": name})
	default:
		if a.after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(a.after/time.Second)))
		}
		writeJSON(w, a.status, a.problem())
	}
}

// trickle goes on until the caller gives up or the fake is closed.
func (s *Server) trickle(w http.ResponseWriter, r *http.Request) {
	beat := time.NewTicker(50 * time.Millisecond)
	defer beat.Stop()
	for {
		_, _ = io.WriteString(w, " ")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-beat.C:
		case <-r.Context().Done():
			return
		case <-s.closed:
			return
		}
	}
}

// hangUp closes the connection, with or without half an answer.
func hangUp(w http.ResponseWriter, where cut) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if where == insideAnswer {
		_, _ = io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"name\":")
	}
	_ = connection.Close()
}

// problem is the answer's body, in Google's form.
func (a Answer) problem() any {
	var details []any
	if a.code != "" {
		details = append(details, map[string]any{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": a.code})
	}
	if a.field != "" {
		details = append(details, map[string]any{
			"@type":           "type.googleapis.com/google.rpc.BadRequest",
			"fieldViolations": []any{map[string]string{"field": a.field, "description": a.message}},
		})
	}
	problem := map[string]any{"code": a.status, "message": a.message, "status": a.canonical}
	if details != nil {
		problem["details"] = details
	}
	return map[string]any{"error": problem}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}
