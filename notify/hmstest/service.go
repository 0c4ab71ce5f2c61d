// Package hmstest is Huawei's Push Kit on this machine, with its token endpoint. It refuses as the real one does: most of what is wrong is told
// by a code of eight digits, at times with HTTP's 200; numbers stand where OAuth has words.
package hmstest

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// maxMessage is how many bytes of message Huawei carries, without its tokens.
const maxMessage = 4096

// Answer is how the service answers a good message.
type Answer struct {
	Status  int    // 0: 200
	Code    string // Huawei's own; "" with a status: no JSON at all, as from a gateway
	Text    string
	After   time.Duration // Retry-After
	Partly  bool          // 80100000, with the message's tokens as the illegal ones
	Silent  bool          // it never answers
	Cut     bool          // the connection breaks inside the answer
	Strange bool          // 200 and a page of HTML
}

// The answers of the real service.
var (
	OK           = Answer{Code: "80000000", Text: "Success"}
	NoTokens     = Answer{Code: "80300007", Text: "All the tokens are invalid"}
	SomeTokens   = Answer{Code: "80100000", Partly: true}
	OtherTokens  = Answer{Code: "80100000", Text: `{"success":1,"failure":1,"illegal_tokens":["another-phone"]}`}
	BadMessage   = Answer{Status: http.StatusBadRequest, Code: "80100003", Text: "Illegal payload"}
	Sensitive    = Answer{Code: "80100016", Text: "The message contains sensitive information"}
	AccessWrong  = Answer{Status: http.StatusUnauthorized, Code: "80200001", Text: "Oauth authentication error"}
	AccessOld    = Answer{Status: http.StatusUnauthorized, Code: "80200003", Text: "Oauth Token expired"}
	NotAllowed   = Answer{Code: "80300002", Text: "The current app does not have the permission to send push messages"}
	NotUrgent    = Answer{Code: "80300011", Text: "No permission to send high-level notification messages"}
	Flow         = Answer{Status: http.StatusServiceUnavailable}
	FlowFor      = Answer{Status: http.StatusTooManyRequests, After: 30 * time.Second}
	Fault        = Answer{Status: http.StatusInternalServerError, Code: "81000001", Text: "System inner error"}
	FaultInPeace = Answer{Code: "81000001", Text: "System inner error"}
)

// Message is what a phone gets.
type Message struct {
	Token   string
	Data    string
	TTL     string
	Urgency string
}

// Service is the fake. Its methods may be called from anywhere.
type Service struct {
	URL      string
	TokenURI string
	App      string
	Secret   string // the one it believes

	closed chan struct{}

	mu        sync.Mutex
	always    Answer
	calls     [][]byte
	messages  []Message
	issued    map[string]bool
	exchanges int
	tokens    int // status of the token endpoint; 0: it works
}

// New starts one for the test, and closes it when the test ends.
func New(t testing.TB) *Service {
	t.Helper()
	s := &Service{App: "100123456", Secret: "between us two", always: OK, issued: map[string]bool{}, closed: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth2/v3/token", s.exchange)
	mux.HandleFunc("POST /v1/{app}/messages:send", s.send)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(s.closed) })
	s.URL, s.TokenURI = server.URL, server.URL+"/oauth2/v3/token"
	return s
}

// Always is the answer to every good message from now on.
func (s *Service) Always(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = a
}

// RefuseTokens makes the token endpoint answer with the status; 0 makes it work again.
func (s *Service) RefuseTokens(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = status
}

// ExpireTokens forgets every access token handed out: the next send with one of them is refused as too old.
func (s *Service) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.issued)
}

// Exchanges is how many times an access token was asked for.
func (s *Service) Exchanges() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.exchanges
}

// Calls are the bodies of all sends that came in, also of those refused.
func (s *Service) Calls() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Messages are those that reached a phone.
func (s *Service) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// exchange gives an access token for the application's secret.
func (s *Service) exchange(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exchanges++
	form := strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
	switch {
	case s.tokens != 0:
		w.WriteHeader(s.tokens)
	case !form || r.PostFormValue("grant_type") != "client_credentials":
		reply(w, http.StatusBadRequest, map[string]any{"error": 1101, "sub_error": 20001, "error_description": "invalid grant_type"})
	case r.PostFormValue("client_id") != s.App || r.PostFormValue("client_secret") != s.Secret:
		reply(w, http.StatusBadRequest, map[string]any{"error": 1101, "sub_error": 20042, "error_description": "invalid client_secret"})
	default:
		token := rand.Text()
		s.issued[token] = true
		reply(w, http.StatusOK, map[string]any{"access_token": token, "expires_in": 3600, "token_type": "Bearer"})
	}
}

func (s *Service) send(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	s.calls = append(s.calls, body)
	id, answer, believed := strconv.Itoa(len(s.calls)), s.always, s.issued[token]
	s.mu.Unlock()
	message, fault := read(body)
	switch {
	case !bearer || r.PathValue("app") != s.App:
		answer = AccessWrong
	case !believed:
		answer = AccessOld
	case fault != OK:
		answer = fault
	case answer == OK || answer.Cut:
		s.mu.Lock()
		s.messages = append(s.messages, message)
		s.mu.Unlock()
	}
	if answer.Partly {
		text, _ := json.Marshal(map[string]any{"success": 0, "failure": 1, "illegal_tokens": []string{message.Token}})
		answer.Text = string(text)
	}
	s.write(w, r, answer, id)
}

var lifetime = regexp.MustCompile(`^\d+s$`)

// read says what is wrong with a body; OK where it is good.
func read(body []byte) (m Message, fault Answer) {
	var request struct {
		ValidateOnly bool            `json:"validate_only"`
		Message      json.RawMessage `json:"message"`
	}
	var message struct {
		Data    string   `json:"data"`
		Token   []string `json:"token"`
		Android struct {
			Urgency string `json:"urgency"`
			TTL     string `json:"ttl"`
		} `json:"android"`
	}
	switch {
	case strict(body, &request) != nil, strict(request.Message, &message) != nil:
		return m, BadMessage
	case len(message.Token) != 1 || message.Token[0] == "":
		return m, Answer{Status: http.StatusBadRequest, Code: "80300010", Text: "The number of tokens is wrong"}
	case len(request.Message)-len(message.Token[0]) > maxMessage:
		return m, Answer{Code: "80300008", Text: "The message body is too large"}
	case message.Android.TTL != "" && !lifetime.MatchString(message.Android.TTL):
		return m, Answer{Status: http.StatusBadRequest, Code: "80100004", Text: "Illegal ttl"}
	case message.Android.Urgency != "" && message.Android.Urgency != "HIGH" && message.Android.Urgency != "NORMAL":
		return m, BadMessage
	}
	return Message{Token: message.Token[0], Data: message.Data, TTL: message.Android.TTL, Urgency: message.Android.Urgency}, OK
}

func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func (s *Service) write(w http.ResponseWriter, r *http.Request, a Answer, id string) {
	switch {
	case a.Silent:
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		panic(http.ErrAbortHandler)
	case a.Cut:
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"code":`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case a.Strange:
		_, _ = io.WriteString(w, "<html>Welcome to our hotel</html>")
		return
	}
	if a.After > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(a.After/time.Second)))
	}
	status := max(a.Status, http.StatusOK)
	if a.Code == "" {
		w.WriteHeader(status)
		return
	}
	reply(w, status, map[string]string{"code": a.Code, "msg": a.Text, "requestId": id})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller may be gone
}
