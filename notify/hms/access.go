package hms

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// access holds the access token, and exchanges for a new one when the last has ended or was not believed. The exchange takes part in the time
// of the send that needs it, which the library's own cache, bound to one context for good, would not.
type access struct {
	client *http.Client
	config *clientcredentials.Config

	turn  chan struct{} // holds one when free: a mutex that can be waited for with a context
	token *oauth2.Token
}

func newAccess(client *http.Client, config *clientcredentials.Config) *access {
	a := &access{client: client, config: config, turn: make(chan struct{}, 1)}
	a.turn <- struct{}{}
	return a
}

// current is a token that is good for the next seconds. Many that need one at once ask for it once: Huawei counts how often it is asked.
func (a *access) current(ctx context.Context) (*oauth2.Token, error) {
	select {
	case <-a.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { a.turn <- struct{}{} }()
	if a.token.Valid() {
		return a.token, nil
	}
	token, err := a.config.Token(context.WithValue(ctx, oauth2.HTTPClient, a.client))
	if err != nil {
		return nil, err
	}
	a.token = token
	return token, nil
}

// forget drops a token that was not believed, unless it has been replaced meanwhile.
func (a *access) forget(token *oauth2.Token) {
	<-a.turn
	if a.token == token {
		a.token = nil
	}
	a.turn <- struct{}{}
}

// tokenFailure judges an exchange that gave no token: whatever its status, a refusal that waiting won't mend is a matter of our credentials.
func tokenFailure(err error) notify.Failure {
	refusal, answered := errors.AsType[*oauth2.RetrieveError](err)
	if !answered {
		return notify.Policy(notify.Silence(err))
	}
	answer := notify.AnswerOf(refusal.Response, nil, time.Now())
	switch status := answer.Status; {
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		answer.Code = "TOKEN_UNAVAILABLE"
	default:
		answer.Status, answer.Code = http.StatusUnauthorized, "TOKEN_REFUSED"
	}
	return notify.Policy(answer)
}
