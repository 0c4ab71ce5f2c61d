// Package webhook hands pushes to a gateway of the company's own, such as one that sends text messages. One POST for each, signed, so that
// the gateway knows who asks and when:
//
//	Hexbeat-Timestamp: 1764057600
//	Hexbeat-Signature: v1=5257a8…   hex of HMAC-SHA256(secret, timestamp + "." + body)
//
//	{"alertId":"…","kind":"VISITS_GAINED","version":"3","to":"+79001234567","locale":"ru","title":"Новые визиты"}
//
// To is the device's token, which only the gateway understands. The alert's id makes a repeated call recognizable. A gateway in Go checks
// with [Verify].
package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/words"
)

// The headers of a call.
const (
	TimestampHeader = "Hexbeat-Timestamp"
	SignatureHeader = "Hexbeat-Signature"
)

const (
	// timeout is how long one send may take. It is less than a worker has for its job.
	timeout   = 10 * time.Second
	maxAnswer = 64 << 10
	// leastSecret is how many bytes a secret must have.
	leastSecret = 16
	// drift is how far the clocks of a call's two ends may differ.
	drift = 5 * time.Minute
)

// ErrConfig is the answer to a gateway that can't be called as it is set up.
var ErrConfig = errors.New("no usable webhook")

// ErrForged refuses a call that we did not make, or not now.
var ErrForged = errors.New("the call is not signed by whom it says, or is old")

// Config says where the gateway is. Whoever runs the server chooses it, so it may be next door.
type Config struct {
	URL    string
	Secret string // shared with the gateway; at least 16 bytes
}

// Sender calls one gateway. It may be used from many goroutines.
type Sender struct {
	config Config
	client *http.Client
	clock  func() time.Time
}

var _ notify.Sender = (*Sender)(nil)

// New makes a sender. It refuses with ErrConfig an address or a secret that won't do.
func New(c Config, clock func() time.Time) (*Sender, error) {
	address, err := url.Parse(c.URL)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Host == "" {
		return nil, fmt.Errorf("%w: its address is not like https://gateway.example.org/alerts", ErrConfig)
	}
	if len(c.Secret) < leastSecret {
		return nil, fmt.Errorf("%w: its secret has less than %d characters", ErrConfig, leastSecret)
	}
	network := http.DefaultTransport.(*http.Transport).Clone()
	network.MaxIdleConnsPerHost = 50
	return &Sender{config: c, client: &http.Client{Transport: network, CheckRedirect: notify.NoRedirect}, clock: clock}, nil
}

// call is the body of a call.
type call struct {
	AlertID string `json:"alertId"`
	Kind    string `json:"kind"`
	Version string `json:"version"`
	To      string `json:"to"`
	Locale  string `json:"locale"`
	Title   string `json:"title"`
}

// Send makes one call to the gateway, of 10 s at most. What it refuses is a [notify.Failure], always. 404 and 410 mean that the gateway does
// not know the address.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	if strings.TrimSpace(p.Token) == "" {
		return notify.Receipt{}, notify.Policy(notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_ARGUMENT", AboutToken: true})
	}
	body, err := json.Marshal(call{
		AlertID: p.AlertID.String(), Kind: string(p.Kind), Version: strconv.Itoa(p.Version), To: p.Token, Locale: p.Locale,
		Title: words.TitleOf(p.Kind, p.Locale),
	})
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Dead, Code: "INVALID_MESSAGE"}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.URL, bytes.NewReader(body))
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Alarm, Code: "INVALID_ADDRESS"}
	}
	now := s.clock()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set(TimestampHeader, strconv.FormatInt(now.Unix(), 10))
	request.Header.Set(SignatureHeader, sign(s.config.Secret, strconv.FormatInt(now.Unix(), 10), body))
	response, err := s.client.Do(request)
	answer := notify.AnswerOf(response, err, now)
	if err == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxAnswer)) // so that the connection is used again
		_ = response.Body.Close()
	}
	switch {
	case answer.Status/100 == 2:
		return notify.Receipt{MessageID: p.AlertID.String()}, nil
	case answer.Status == http.StatusNotFound, answer.Status == http.StatusGone:
		answer.Code = "UNREGISTERED"
	}
	return notify.Receipt{}, notify.Policy(answer)
}

// Check says whether the gateway can be reached, without calling it: a call might send a message to somebody. It refuses with ErrConfig, in a
// sentence.
func (s *Sender) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	address, err := url.Parse(s.config.URL)
	if err != nil {
		return fmt.Errorf("%w: its address is none", ErrConfig)
	}
	port := address.Port()
	var dial interface {
		DialContext(ctx context.Context, network, address string) (net.Conn, error)
	} = &net.Dialer{}
	if address.Scheme == "https" {
		port, dial = cmp.Or(port, "443"), &tls.Dialer{}
	}
	port = cmp.Or(port, "80")
	connection, err := dial.DialContext(ctx, "tcp", net.JoinHostPort(address.Hostname(), port))
	if _, forged := errors.AsType[*tls.CertificateVerificationError](err); forged {
		return fmt.Errorf("%w: its certificate is not signed by anybody this machine trusts, or is for another name", ErrConfig)
	}
	if err != nil {
		return fmt.Errorf("%w: it can't be reached: look at its address and port", ErrConfig)
	}
	return connection.Close()
}

// Verify refuses with ErrForged a call that was not signed with the secret within the last five minutes.
func Verify(secret string, header http.Header, body []byte, now time.Time) error {
	stamp := header.Get(TimestampHeader)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > drift {
		return ErrForged
	}
	if !hmac.Equal([]byte(header.Get(SignatureHeader)), []byte(sign(secret, stamp, body))) {
		return ErrForged
	}
	return nil
}

func sign(secret, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}
