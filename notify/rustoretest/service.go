// Package rustoretest is a RuStore push service on this machine. It reads messages as strictly as the real one: another's service token, a
// message of more than 4096 bytes, data that is no text and a lifetime that is none are refused in RuStore's own form.
package rustoretest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

// maxMessage is how many bytes of message RuStore carries.
const maxMessage = 4096

// Answer is how the service answers a good message.
type Answer struct {
	Status  int // 0: 200
	Code    string
	Message string
	After   time.Duration // Retry-After
	Silent  bool          // it never answers
	Cut     bool          // the connection breaks inside the answer
	Page    bool          // a page of HTML instead of JSON, such as a gateway's
}

// The answers of the real service.
var (
	OK         = Answer{}
	Gone       = Answer{Status: http.StatusNotFound, Code: "NOT_FOUND", Message: "Requested entity was not found."}
	BadToken   = Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", Message: "The registration token is not a valid FCM registration token"}
	BadMessage = Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", Message: "Request contains an invalid argument."}
	Denied     = Answer{Status: http.StatusForbidden, Code: "PERMISSION_DENIED", Message: "The caller does not have permission"}
	TooMany    = Answer{Status: http.StatusTooManyRequests, Code: "TOO_MANY_REQUESTS", Message: "Too many requests", After: 30 * time.Second}
	Internal   = Answer{Status: http.StatusInternalServerError, Code: "INTERNAL", Message: "Internal error encountered."}
)

// Message is what a phone gets.
type Message struct {
	Token string
	Data  map[string]string
	TTL   string
}

// Service is the fake. Its methods may be called from anywhere.
type Service struct {
	URL     string
	Project string
	Token   string // the service token it believes

	closed chan struct{}

	mu       sync.Mutex
	always   Answer
	calls    [][]byte
	messages []Message
}

// New starts one for the test, and closes it when the test ends.
func New(t testing.TB) *Service {
	t.Helper()
	s := &Service{Project: "hexbeat-test", Token: "a-service-token", closed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/projects/{project}/messages:send", s.send)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(s.closed) })
	s.URL = server.URL
	return s
}

// Always is the answer to every good message from now on.
func (s *Service) Always(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = a
}

// Calls are the bodies of all sends that came in, also of those refused.
func (s *Service) Calls() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.calls...)
}

// Messages are those that reached a phone.
func (s *Service) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

func (s *Service) send(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.calls = append(s.calls, body)
	number, answer := len(s.calls), s.always
	s.mu.Unlock()
	message, validateOnly, fault := read(body)
	switch {
	case r.PathValue("project") != s.Project || r.Header.Get("Authorization") != "Bearer "+s.Token:
		answer = Denied
	case fault != "":
		answer = BadMessage
		answer.Message = fault
	case validateOnly && answer == OK:
		answer = BadToken // it is nobody's: what is only looked at is meant for no phone
	case answer == OK || answer.Cut:
		s.mu.Lock()
		s.messages = append(s.messages, message)
		s.mu.Unlock()
	}
	s.write(w, r, answer, fmt.Sprintf("projects/%s/messages/%d", s.Project, number))
}

var lifetime = regexp.MustCompile(`^\d+(\.\d{1,9})?s$`)

// read says what is wrong with a body; nothing where it is good.
func read(body []byte) (m Message, validateOnly bool, fault string) {
	var request struct {
		ValidateOnly bool            `json:"validate_only"`
		Message      json.RawMessage `json:"message"`
	}
	var message struct {
		Token        string            `json:"token"`
		Data         map[string]string `json:"data"`
		Notification json.RawMessage   `json:"notification"`
		Android      struct {
			TTL          string          `json:"ttl"`
			Notification json.RawMessage `json:"notification"`
		} `json:"android"`
	}
	switch {
	case strict(body, &request) != nil:
		return m, false, "the body is not as described"
	case strict(request.Message, &message) != nil:
		return m, false, "the message is not as described"
	case message.Token == "":
		return m, false, "message.token is required"
	case message.Android.TTL != "" && !lifetime.MatchString(message.Android.TTL):
		return m, false, "message.android.ttl is no length of time"
	case len(request.Message)-len(message.Token) > maxMessage:
		return m, false, "the message is too big"
	}
	return Message{Token: message.Token, Data: message.Data, TTL: message.Android.TTL}, request.ValidateOnly, ""
}

func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func (s *Service) write(w http.ResponseWriter, r *http.Request, a Answer, name string) {
	switch {
	case a.Silent:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		panic(http.ErrAbortHandler)
	case a.Cut:
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"name":`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if a.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(a.After/time.Second)))
	}
	status := max(a.Status, http.StatusOK)
	if a.Page {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>a page</html>")
		return
	}
	var body any = map[string]string{"name": name}
	if a.Code != "" {
		body = map[string]any{"error": map[string]any{"code": status, "message": a.Message, "status": a.Code}}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}
