package webpush

import (
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"

	push "github.com/SherClockHolmes/webpush-go"
)

// subscription is what the page registers as a device's token: the browser's PushSubscription, and the public key it was made with.
type subscription struct {
	push.Subscription
	Key string `json:"key"`
}

// read reads a token; false for what no browser made.
func read(token string) (subscription, bool) {
	var s subscription
	if json.Unmarshal([]byte(token), &s) != nil {
		return s, false
	}
	address, err := url.Parse(s.Endpoint)
	if err != nil || address.Host == "" || address.User != nil {
		return s, false
	}
	point, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s.Keys.P256dh, "="))
	if err != nil {
		return s, false
	}
	if _, err := ecdh.P256().NewPublicKey(point); err != nil {
		return s, false
	}
	secret, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s.Keys.Auth, "="))
	return s, err == nil && len(secret) == 16
}
