// Package hms hands pushes to Huawei's Push Kit, which reaches Huawei phones (up to HarmonyOS 4) without Google's services: one POST for each
// push, with an access token that the application's id and secret are exchanged for.
//
// What travels is data alone: alertId, kind and version as JSON. The app gets it, fetches the words and shows the alert under its id. An app
// that is not running is started for data of urgency HIGH alone, which Huawei grants an application that asks for it; without the grant the
// alert shows when the app runs next, and the other channels carry it meanwhile.
package hms

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
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const (
	endpoint      = "https://push-api.cloud.huawei.com"
	tokenEndpoint = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"
	// timeout is how long one send may take, with the exchange of an access token where one is due. It is less than a worker has for its job.
	timeout = 10 * time.Second
	// lifetime is how long Huawei keeps a push for a phone that is off. A phone that comes back later reads its inbox anyway.
	lifetime  = "86400s"
	maxAnswer = 64 << 10
)

// ErrConfig is the answer to an application that can't be sent through as it is set up.
var ErrConfig = errors.New("no usable Huawei application")

// Config says who sends, and where to. App and secret come from AppGallery Connect: Project settings, OAuth 2.0 client ID.
type Config struct {
	App      string // the client id
	Secret   string
	Urgent   bool   // Huawei lets the application send data of urgency HIGH
	Endpoint string // such as http://localhost:9099; "" is Huawei's
	TokenURI string // where access tokens come from; "" is Huawei's
}

// Sender sends through one application. It may be used from many goroutines.
type Sender struct {
	address string // of messages:send
	urgency string
	client  *http.Client
	access  *access
}

var _ notify.Sender = (*Sender)(nil)

// New makes a sender. It calls nobody yet; [Sender.Check] does. It refuses with ErrConfig an application, secret or address that won't do.
func New(c Config) (*Sender, error) {
	if c.Endpoint == "" {
		c.Endpoint = endpoint
	}
	if c.TokenURI == "" {
		c.TokenURI = tokenEndpoint
	}
	switch {
	case c.App == "":
		return nil, fmt.Errorf("%w: no client id is named", ErrConfig)
	case c.Secret == "":
		return nil, fmt.Errorf("%w: its secret is empty; AppGallery Connect shows it under Project settings, OAuth 2.0 client ID", ErrConfig)
	case !notify.IsWebAddress(c.Endpoint):
		return nil, fmt.Errorf("%w: endpoint %q is not an http address", ErrConfig, c.Endpoint)
	case !notify.IsWebAddress(c.TokenURI):
		return nil, fmt.Errorf("%w: token endpoint %q is not an http address", ErrConfig, c.TokenURI)
	}
	network := http.DefaultTransport.(*http.Transport).Clone()
	network.MaxIdleConnsPerHost = 50
	client := &http.Client{Transport: network, CheckRedirect: notify.NoRedirect}
	s := &Sender{
		address: strings.TrimRight(c.Endpoint, "/") + "/v1/" + url.PathEscape(c.App) + "/messages:send",
		urgency: "NORMAL",
		client:  client,
		access: newAccess(client, &clientcredentials.Config{
			ClientID: c.App, ClientSecret: c.Secret, TokenURL: c.TokenURI, AuthStyle: oauth2.AuthStyleInParams,
		}),
	}
	if c.Urgent {
		s.urgency = "HIGH"
	}
	return s, nil
}

// request is the body of a call.
type request struct {
	ValidateOnly bool    `json:"validate_only"`
	Message      message `json:"message"`
}

type message struct {
	Data    string   `json:"data"`
	Android android  `json:"android"`
	Token   []string `json:"token"`
}

type android struct {
	Urgency string `json:"urgency"`
	TTL     string `json:"ttl"`
}

// Send makes one call to Huawei, of 10 s at most. What it refuses is a [notify.Failure], always.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	if strings.TrimSpace(p.Token) == "" {
		return notify.Receipt{}, notify.Policy(notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", AboutToken: true})
	}
	data, err := json.Marshal(p.Data())
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Dead, Code: "INVALID_MESSAGE"}
	}
	body, err := json.Marshal(request{Message: message{Data: string(data), Android: android{Urgency: s.urgency, TTL: lifetime}, Token: []string{p.Token}}})
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Dead, Code: "INVALID_MESSAGE"}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	token, err := s.access.current(ctx)
	if err != nil {
		return notify.Receipt{}, tokenFailure(err)
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address, bytes.NewReader(body))
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Alarm, Code: "INVALID_ADDRESS"}
	}
	call.Header.Set("Content-Type", "application/json; charset=UTF-8")
	token.SetAuthHeader(call)
	response, err := s.client.Do(call)
	if err != nil {
		return notify.Receipt{}, notify.Policy(notify.Silence(err))
	}
	defer func() { _ = response.Body.Close() }()
	answer := notify.AnswerOf(response, nil, time.Now())
	said, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return notify.Receipt{}, notify.Policy(notify.Silence(err))
	}
	id, failure := judge(answer, said, p.Token)
	if failure.Status == http.StatusUnauthorized || failure.Code == codeAccessExpired || failure.Code == codeAccessRefused {
		s.access.forget(token)
	}
	if failure != (notify.Failure{}) {
		return notify.Receipt{}, failure
	}
	return notify.Receipt{MessageID: id}, nil
}

// Check asks for an access token, which shows whether the application and its secret are believed and the token endpoint can be reached. Its
// error is a [notify.Failure]. Whether the application may push, only a send shows.
func (s *Sender) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if _, err := s.access.current(ctx); err != nil {
		return tokenFailure(err)
	}
	return nil
}
