// Package rustore hands pushes to RuStore (VK's push service), which reaches Android phones in Russia without Google's services. Its API is
// made after Firebase's HTTP v1: one POST for each push, with the project's service token.
//
// What travels is data alone: alertId, kind and version. The app wakes, fetches the words and shows the alert under its id, as it does for
// Firebase.
package rustore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/notify"
)

const (
	endpoint = "https://vkpns.rustore.ru"
	// timeout is how long one send may take. It is less than a worker has for its job.
	timeout = 10 * time.Second
	// lifetime is how long RuStore keeps a push for a phone that is off. A phone that comes back later reads its inbox anyway.
	lifetime  = "86400s"
	maxAnswer = 64 << 10
)

// ErrConfig is the answer to a project that can't be sent through as it is set up.
var ErrConfig = errors.New("no usable RuStore project")

// Config says who sends, and where to. Both come from RuStore's console: Push notifications, Projects.
type Config struct {
	Project  string
	Token    string // the project's service token; a secret
	Endpoint string // such as http://localhost:9099; "" is RuStore's
}

// Sender sends through one project. It may be used from many goroutines.
type Sender struct {
	address string // of messages:send
	token   string
	client  *http.Client
}

var _ notify.Sender = (*Sender)(nil)

// New makes a sender. It refuses with ErrConfig a project, token or endpoint that won't do.
func New(c Config) (*Sender, error) {
	if c.Endpoint == "" {
		c.Endpoint = endpoint
	}
	switch {
	case c.Project == "":
		return nil, fmt.Errorf("%w: no project is named", ErrConfig)
	case c.Token == "" || strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, fmt.Errorf("%w: its service token is empty or of several words; RuStore's console gives one under Push notifications, Projects", ErrConfig)
	case !notify.IsWebAddress(c.Endpoint):
		return nil, fmt.Errorf("%w: endpoint %q is not an http address", ErrConfig, c.Endpoint)
	}
	network := http.DefaultTransport.(*http.Transport).Clone()
	network.MaxIdleConnsPerHost = 50
	return &Sender{
		address: strings.TrimRight(c.Endpoint, "/") + "/v1/projects/" + url.PathEscape(c.Project) + "/messages:send",
		token:   c.Token,
		client:  &http.Client{Transport: network, CheckRedirect: notify.NoRedirect},
	}, nil
}

// request is the body of a call.
type request struct {
	ValidateOnly bool    `json:"validate_only,omitempty"`
	Message      message `json:"message"`
}

type message struct {
	Token   string            `json:"token"`
	Data    map[string]string `json:"data"`
	Android android           `json:"android"`
}

type android struct {
	TTL string `json:"ttl"`
}

// Send makes one call to RuStore, of 10 s at most. What it refuses is a [notify.Failure], always.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	if strings.TrimSpace(p.Token) == "" {
		return notify.Receipt{}, notify.Policy(notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", AboutToken: true})
	}
	name, answer := s.call(ctx, request{Message: message{Token: p.Token, Data: p.Data(), Android: android{TTL: lifetime}}})
	if answer != (notify.Answer{}) {
		return notify.Receipt{}, notify.Policy(answer)
	}
	return notify.Receipt{MessageID: name}, nil
}

// Check has RuStore look at a push to nobody without sending it, which shows whether project and token are believed. Its error is a
// [notify.Failure].
func (s *Sender) Check(ctx context.Context) error {
	_, answer := s.call(ctx, request{ValidateOnly: true, Message: message{Token: "hexbeat-doctor", Data: map[string]string{}, Android: android{TTL: lifetime}}})
	if answer == (notify.Answer{}) {
		return nil
	}
	if failure := notify.Policy(answer); failure.Action != notify.Forget { // it knows us, and there is no such phone
		return failure
	}
	return nil
}

// call makes one call. It returns RuStore's name for the message where it says one, or the answer that is a refusal.
func (s *Sender) call(ctx context.Context, body request) (name string, refused notify.Answer) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		return "", notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_MESSAGE"}
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address, bytes.NewReader(text))
	if err != nil {
		return "", notify.Answer{Status: http.StatusNotFound, Code: "INVALID_ADDRESS"}
	}
	call.Header.Set("Content-Type", "application/json")
	call.Header.Set("Authorization", "Bearer "+s.token)
	response, err := s.client.Do(call)
	if err != nil {
		return "", notify.Silence(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := notify.AnswerOf(response, nil, time.Now())
	said, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return "", notify.Silence(err)
	}
	var reply struct {
		Name  string `json:"name"`
		Error struct {
			Status  string `json:"status"`
			Message string `json:"message"`
		} `json:"error"`
	}
	isReply := json.Unmarshal(said, &reply) == nil
	switch {
	case answer.Status == http.StatusOK && isReply && reply.Error.Status == "":
		return reply.Name, notify.Answer{}
	case answer.Status < http.StatusBadRequest: // a hotel's sign-in page is a 200 or a redirect too
		answer.Code = "BAD_ANSWER"
	case reply.Error.Status == "NOT_FOUND": // no such phone; a 404 without a word is a wrong address
		answer.Code = "UNREGISTERED"
	case reply.Error.Status != "":
		answer.Code = notify.Word(reply.Error.Status)
	}
	answer.AboutToken = strings.Contains(strings.ToLower(reply.Error.Message), "registration token")
	return "", answer
}
