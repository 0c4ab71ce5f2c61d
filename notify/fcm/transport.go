package fcm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"cloud.google.com/go/auth"
	"github.com/hexbeat/hexbeat/notify"
)

// Statuses that nobody sends. The SDK tries again up to four times after 503 and after any error of the
// network, and cannot be told not to. So it is shown one of these, which it takes for final.
const (
	noAnswer    = 598 // the network failed, or the answer was not FCM's; the body has our code
	unavailable = 599 // a 503, with its own headers and body
)

// maxAnswer is how much of an answer is read; FCM's have a few hundred bytes.
const maxAnswer = 1 << 20

// once makes every outcome of a request final for the SDK: it never returns an error, and its
// answers are read to the end, so that a cut connection shows here and not in the SDK.
type once struct{ next http.RoundTripper }

func (o once) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := o.next.RoundTrip(r)
	if refusal, ok := errors.AsType[*auth.Error](err); ok {
		return tokenRefused(r, refusal), nil
	}
	if err != nil {
		return silence(r, err), nil
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	_ = response.Body.Close() // it has been read, or is of no use
	switch {
	case err != nil:
		return silence(r, err), nil
	case response.StatusCode < http.StatusBadRequest && !namesMessage(response.StatusCode, body):
		return synthetic(r, noAnswer, "BAD_ANSWER", nil), nil
	case response.StatusCode == http.StatusServiceUnavailable:
		response.StatusCode = unavailable
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	response.ContentLength = int64(len(body))
	return response, nil
}

// namesMessage says whether the answer is FCM's "taken". A hotel's sign-in page is a 200 or a redirect too.
func namesMessage(status int, body []byte) bool {
	var taken struct {
		Name string `json:"name"`
	}
	return status < http.StatusMultipleChoices && json.Unmarshal(body, &taken) == nil && taken.Name != ""
}

// silence stands for an answer that never came. The error itself is dropped: it may quote what was sent.
func silence(r *http.Request, err error) *http.Response {
	return synthetic(r, noAnswer, notify.Silence(err).Code, nil)
}

// tokenRefused stands for a send that was never made, because we got no access token.
func tokenRefused(r *http.Request, refusal *auth.Error) *http.Response {
	status, code := tokenRefusal(refusal)
	if status == http.StatusServiceUnavailable {
		status = unavailable
	}
	return synthetic(r, status, code, refusal.Response.Header)
}

// tokenRefusal judges a refused exchange: whatever its status, a refusal that waiting won't mend is a matter of
// our credentials.
func tokenRefusal(refusal *auth.Error) (status int, code string) {
	switch status := refusal.Response.StatusCode; {
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return status, "TOKEN_UNAVAILABLE"
	}
	return http.StatusUnauthorized, "TOKEN_REFUSED"
}

// synthetic is an answer of our own in Google's form. Of the real headers it keeps Retry-After.
func synthetic(r *http.Request, status int, code string, real http.Header) *http.Response {
	body := fmt.Appendf(nil, `{"error":{"status":%q}}`, code)
	header := http.Header{"Content-Type": {"application/json"}}
	if after := real.Get("Retry-After"); after != "" {
		header.Set("Retry-After", after)
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status, " ", code), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

// authorized adds an access token to each request, and exchanges for a new one when the last is about to
// end. The exchange takes part in the request's own time: sent and exchanged together stay within it.
type authorized struct {
	next     http.RoundTripper
	exchange auth.TokenProvider

	turn  chan struct{} // holds one when free: a mutex that can be waited for with a context
	token *auth.Token
}

func newAuthorized(next http.RoundTripper, exchange auth.TokenProvider) *authorized {
	a := &authorized{next: next, exchange: exchange, turn: make(chan struct{}, 1)}
	a.turn <- struct{}{}
	return a
}

func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := a.current(r.Context())
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as every RoundTripper must
		}
		return nil, err
	}
	withToken := r.Clone(r.Context())
	withToken.Header.Set("Authorization", "Bearer "+token.Value)
	response, err := a.next.RoundTrip(withToken)
	if err == nil && response.StatusCode == http.StatusUnauthorized {
		a.forget(token)
	}
	return response, err
}

// current is a token good for some minutes more.
func (a *authorized) current(ctx context.Context) (*auth.Token, error) {
	select {
	case <-a.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { a.turn <- struct{}{} }()
	if a.token.IsValid() {
		return a.token, nil
	}
	token, err := a.exchange.Token(ctx)
	if err != nil {
		return nil, err
	}
	a.token = token
	return token, nil
}

// forget drops a token that was not believed, unless it has been replaced meanwhile.
func (a *authorized) forget(token *auth.Token) {
	<-a.turn
	if a.token == token {
		a.token = nil
	}
	a.turn <- struct{}{}
}
