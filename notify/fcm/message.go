package fcm

import (
	"time"

	"firebase.google.com/go/v4/messaging"
	"github.com/hexbeat/hexbeat/notify"
)

// lifetime is how long Firebase keeps a message for an Android phone that is off. A phone that comes back
// later reads its inbox anyway.
const lifetime = 24 * time.Hour

// message is what Firebase carries for the push; the package's text says why it looks so.
func message(p notify.Push) *messaging.Message {
	ttl := lifetime
	return &messaging.Message{
		Token:   p.Token,
		Data:    p.Data(),
		Android: &messaging.AndroidConfig{Priority: "high", TTL: &ttl},
		APNS: &messaging.APNSConfig{
			Headers: map[string]string{"apns-priority": "10", "apns-push-type": "alert"},
			Payload: &messaging.APNSPayload{Aps: &messaging.Aps{
				Alert:          &messaging.ApsAlert{Title: "Hexbeat", LocKey: "HEXBEAT_ALERT"},
				Sound:          "default",
				MutableContent: true,
			}},
		},
	}
}
