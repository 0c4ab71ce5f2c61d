// Package webpush hands pushes to the push services of browsers, encrypted so that only the browser reads them (RFC 8291), and signed
// with keys of our own (VAPID, RFC 8292). It needs no account with anybody, but the Internet, and a page served over HTTPS.
//
// What travels is alertId, kind and version as JSON; the page's service worker fetches the words. A service that says 404 or 410 has
// forgotten the browser. A browser that subscribed for keys that are lost can't be reached by the new ones: its device is
// forgotten with VAPID_KEY_LOST, and the page subscribes anew when it is opened next.
package webpush

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	push "github.com/SherClockHolmes/webpush-go"
	"github.com/hexbeat/hexbeat/notify"
)

const (
	// timeout is how long one send may take. It is less than a worker has for its job.
	timeout = 10 * time.Second

	// lifetime is how long a service keeps a push for a browser that is off.
	lifetime = 24 * time.Hour

	maxAnswer = 64 << 10
)

// Config says who sends.
type Config struct {
	Keys    Keys
	Contact string // whom a push service may write to: an address of mail, or https://…
	Private bool   // services inside private networks, and without TLS, are allowed: for closed networks and tests
}

// Sender sends to whatever push service a browser names. It may be used from many goroutines.
type Sender struct {
	config Config
	client *http.Client
}

var _ notify.Sender = (*Sender)(nil)

// New makes a sender.
func New(c Config) *Sender {
	dialer := &net.Dialer{Timeout: timeout}
	if !c.Private {
		dialer.Control = notify.PublicOnly
	}
	network := http.DefaultTransport.(*http.Transport).Clone()
	network.Proxy = nil // a proxy would connect where the dialer may not
	network.DialContext = dialer.DialContext
	network.MaxIdleConnsPerHost = 50
	return &Sender{config: c, client: &http.Client{Transport: network, CheckRedirect: notify.NoRedirect}}
}

// Send makes one call to the browser's push service, of 10 s at most. What it refuses is a [notify.Failure], always.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	to, ok := read(p.Token)
	switch {
	case !ok:
		return notify.Receipt{}, notify.Policy(notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", AboutToken: true})
	case to.Key != "" && to.Key != s.config.Keys.Public:
		return notify.Receipt{}, notify.Failure{Action: notify.Forget, Code: "VAPID_KEY_LOST"}
	case !s.config.Private && !secure(to.Endpoint):
		return notify.Receipt{}, notify.Failure{Action: notify.Forget, Code: "ADDRESS_REFUSED"}
	}
	body, err := json.Marshal(p.Data())
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Dead, Code: "INVALID_MESSAGE"}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	response, err := push.SendNotificationWithContext(ctx, body, &to.Subscription, &push.Options{
		HTTPClient: s.client, Subscriber: s.config.Contact, TTL: int(lifetime / time.Second), Urgency: push.UrgencyHigh,
		VAPIDPublicKey: s.config.Keys.Public, VAPIDPrivateKey: s.config.Keys.Private,
	})
	if errors.Is(err, notify.ErrPrivate) {
		return notify.Receipt{}, notify.Failure{Action: notify.Forget, Code: "ADDRESS_REFUSED"}
	}
	answer := notify.AnswerOf(response, err, time.Now())
	if err == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer)) // so that the connection is used again
		_ = response.Body.Close()
	}
	switch answer.Status {
	case http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent:
		return notify.Receipt{MessageID: response.Header.Get("Location")}, nil
	case http.StatusNotFound, http.StatusGone:
		answer.Code = "UNREGISTERED"
	}
	return notify.Receipt{}, notify.Policy(answer)
}

// secure says whether the address is spoken to over TLS.
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https"
}
