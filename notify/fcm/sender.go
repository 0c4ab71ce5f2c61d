package fcm

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	firebase "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/messaging"
	"github.com/hexbeat/hexbeat/notify"
	"google.golang.org/api/option"
)

// timeout is how long one send may take, with the exchange of an access token where one is due. It is less
// than a worker has for its job.
const timeout = 10 * time.Second

const scope = "https://www.googleapis.com/auth/firebase.messaging"

// Config says who sends, and where to.
type Config struct {
	CredentialsFile string // a service account's JSON, whose token_uri is honoured
	Endpoint        string // such as http://localhost:9099; "" is Google's
}

// Sender sends through one Firebase project. It may be used from many goroutines.
type Sender struct {
	client *messaging.Client
	tokens *authorized
}

var _ notify.Sender = (*Sender)(nil)

// New reads the service-account file and makes a sender. It calls nobody yet; [Sender.Check] does.
// It refuses with ErrCredentials a file that can't be used.
func New(ctx context.Context, c Config) (*Sender, error) {
	account, err := readCredentials(c.CredentialsFile)
	if err != nil {
		return nil, err
	}
	network := http.DefaultTransport.(*http.Transport).Clone()
	network.MaxIdleConnsPerHost = 50
	exchange, err := auth.New2LOTokenProvider(&auth.Options2LO{
		Email:        account.ClientEmail,
		PrivateKey:   []byte(account.PrivateKey),
		PrivateKeyID: account.PrivateKeyID,
		TokenURL:     account.TokenURI,
		Scopes:       []string{scope},
		Client:       &http.Client{Transport: network, CheckRedirect: notify.NoRedirect},
		Logger:       slog.New(slog.DiscardHandler), // its debug log would show tokens
	})
	if err != nil {
		return nil, fmt.Errorf("prepare push credentials: %w", err)
	}
	tokens := newAuthorized(network, exchange)
	options := []option.ClientOption{option.WithHTTPClient(&http.Client{Transport: once{tokens}, CheckRedirect: notify.NoRedirect})}
	if c.Endpoint != "" {
		if !notify.IsWebAddress(c.Endpoint) {
			return nil, fmt.Errorf("push endpoint %q is not an http address", c.Endpoint)
		}
		options = append(options, option.WithEndpoint(strings.TrimRight(c.Endpoint, "/")+"/v1"))
	}
	app, err := firebase.NewApp(ctx, &firebase.Config{ProjectID: account.ProjectID}, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare Firebase: %w", err)
	}
	client, err := app.Messaging(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare Firebase messaging: %w", err)
	}
	return &Sender{client: client, tokens: tokens}, nil
}

// Send makes one call to Firebase, of 10 s at most. What it refuses is a [notify.Failure], always.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	if p.Token == "" {
		return notify.Receipt{}, notify.Policy(notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", AboutToken: true})
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	name, err := s.client.Send(ctx, message(p))
	if err != nil {
		return notify.Receipt{}, notify.Policy(answerOf(err, time.Now()))
	}
	return notify.Receipt{MessageID: name}, nil
}

// Check asks for an access token, which shows whether the credentials are good and the token endpoint can
// be reached. Its error is a [notify.Failure]. Whether the project lets us send, only a send shows.
func (s *Sender) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	_, err := s.tokens.current(ctx)
	if refusal, ok := errors.AsType[*auth.Error](err); ok {
		status, code := tokenRefusal(refusal)
		return notify.Policy(notify.Answer{Status: status, Code: code})
	}
	if err != nil {
		return notify.Policy(notify.Silence(err))
	}
	return nil
}
