// Package webpushtest is a push service as browsers have them, in the process of the test: it gives subscriptions, checks who
// sends (VAPID), decrypts what is sent (RFC 8291) with the browser's keys, and answers as it is told.
//
//	service := webpushtest.New(t)
//	token := service.Subscribe(keys.Public)
//	service.Always(http.StatusGone)
package webpushtest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Service is the fake. Its methods may be called from anywhere at any time.
type Service struct {
	URL string

	mu       sync.Mutex
	browsers map[string]browser // by the path they are reached at
	answer   Answer
	calls    int
	messages []Message
	refused  []error
	closed   chan struct{}
}

// Answer is how the service answers.
type Answer struct {
	Status int
	After  time.Duration // Retry-After, in whole seconds
	Silent bool          // says nothing until the caller gives up
	Cut    bool          // delivers, and cuts the connection instead of answering
}

// Message is what a browser got.
type Message struct {
	Browser string
	Body    []byte // decrypted
	TTL     string
	Urgency string
	Raw     []byte // as it travelled
}

type browser struct {
	private *ecdh.PrivateKey
	secret  []byte
	vapid   string
}

// New starts a service for the test.
func New(t testing.TB) *Service {
	t.Helper()
	s := &Service{browsers: map[string]browser{}, answer: Answer{Status: http.StatusCreated}, closed: make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(s.closed) })
	s.URL = server.URL
	return s
}

// Subscribe is a browser that asks for pushes from the holder of the public key. Its token is what the page registers.
func (s *Service) Subscribe(vapid string) (token string) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		panic(err) // no random numbers
	}
	b := browser{private: private, secret: make([]byte, 16), vapid: vapid}
	_, _ = rand.Read(b.secret)
	path := "/push/" + rand.Text()
	s.mu.Lock()
	s.browsers[path] = b
	s.mu.Unlock()
	code := base64.RawURLEncoding.EncodeToString
	text, _ := json.Marshal(map[string]any{ // texts
		"endpoint": s.URL + path, "key": vapid,
		"keys": map[string]string{"p256dh": code(private.PublicKey().Bytes()), "auth": code(b.secret)},
	})
	return string(text)
}

// Always is the answer from now on.
func (s *Service) Always(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = a
}

// Calls is how many sends came in.
func (s *Service) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// Messages are what browsers got, in order.
func (s *Service) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Refused says what was wrong with the sends that no service would take.
func (s *Service) Refused() []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	s.mu.Lock()
	s.calls++
	answer := s.answer
	to, known := s.browsers[r.URL.Path]
	s.mu.Unlock()
	if !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	plain, err := s.take(r, to, body)
	if err != nil {
		s.mu.Lock()
		s.refused = append(s.refused, err)
		s.mu.Unlock()
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if answer.Silent {
		select {
		case <-r.Context().Done():
		case <-s.closed:
		}
		panic(http.ErrAbortHandler)
	}
	if answer.Status < 300 || answer.Cut {
		s.mu.Lock()
		s.messages = append(s.messages, Message{
			Browser: r.URL.Path, Body: plain, TTL: r.Header.Get("TTL"), Urgency: r.Header.Get("Urgency"), Raw: body,
		})
		s.mu.Unlock()
	}
	if answer.Cut {
		panic(http.ErrAbortHandler)
	}
	if answer.After > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(answer.After.Seconds())))
	}
	w.WriteHeader(answer.Status)
}

// take checks who sends and decrypts.
func (s *Service) take(r *http.Request, to browser, body []byte) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "aes128gcm" || r.Header.Get("TTL") == "" {
		return nil, errors.New("no aes128gcm, or no TTL")
	}
	if err := s.verify(r.Header.Get("Authorization"), to.vapid); err != nil {
		return nil, err
	}
	return decrypt(to, body)
}

// verify checks the sender's word: "vapid t=<JWT>, k=<public key>".
func (s *Service) verify(header, vapid string) error {
	token, key, ok := strings.Cut(strings.TrimPrefix(header, "vapid t="), ", k=")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 || key != vapid {
		return errors.New("not signed with the key that was subscribed for")
	}
	var head struct{ Alg string }
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || decode(parts[0], &head) != nil || decode(parts[1], &claims) != nil || head.Alg != "ES256" || len(signature) != 64 {
		return errors.New("the JWT is of another form")
	}
	point, err := base64.RawURLEncoding.DecodeString(key)
	if err != nil {
		return err
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(public, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("the signature is not the key's")
	}
	left := time.Until(time.Unix(claims.Exp, 0))
	switch {
	case claims.Aud != s.URL:
		return errors.New("meant for another service")
	case left <= 0 || left > 24*time.Hour:
		return errors.New("expired, or good for too long")
	case !strings.HasPrefix(claims.Sub, "mailto:") && !strings.HasPrefix(claims.Sub, "https://"):
		return errors.New("nobody to write to")
	}
	return nil
}

func decode(part string, into any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// decrypt is RFC 8291 over RFC 8188, from the browser's side.
func decrypt(to browser, body []byte) ([]byte, error) {
	if len(body) < 21 || len(body) < 21+int(body[20]) {
		return nil, errors.New("too short")
	}
	if len(body) > 4096 {
		return nil, errors.New("more than 4096 bytes")
	}
	salt, size, keyID := body[:16], binary.BigEndian.Uint32(body[16:20]), body[21:21+int(body[20])]
	if size < 18 {
		return nil, errors.New("records of no size")
	}
	sender, err := ecdh.P256().NewPublicKey(keyID)
	if err != nil {
		return nil, err
	}
	shared, err := to.private.ECDH(sender)
	if err != nil {
		return nil, err
	}
	info := slices.Concat([]byte("WebPush: info\x00"), to.private.PublicKey().Bytes(), keyID)
	material, err := hkdf.Key(sha256.New, shared, to.secret, string(info), 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, material, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, body[21+int(body[20]):], nil)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	plain = []byte(strings.TrimRight(string(plain), "\x00"))
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, errors.New("no end of the last record")
	}
	return plain[:len(plain)-1], nil
}
