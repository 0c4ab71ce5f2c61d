package notify

import (
	"context"
	"strconv"

	"github.com/google/uuid"
)

// Push wakes one device about one alert. It goes through strangers' servers, so it carries nothing
// personal: the phone asks us for the words, and shows each alert id once, however often it comes.
type Push struct {
	Organization uuid.UUID // whose alert it is; it stays in the house
	Locale       string    // of the device, for channels that show words of their own
	Token        string    // the device's address at its provider; a secret of the device, so it stays out of logs
	AlertID      uuid.UUID
	Kind         Kind
	Version      int // of the alert: the phone ignores what is older than what it has
}

// NewPush is the push that tells the device about the alert.
func NewPush(a Alert, token string) Push {
	return Push{Token: token, AlertID: a.ID, Kind: a.Kind, Version: a.Version}
}

// Data is what travels in the push: the keys alertId, kind and version.
func (p Push) Data() map[string]string {
	return map[string]string{
		"alertId": p.AlertID.String(),
		"kind":    string(p.Kind),
		"version": strconv.Itoa(p.Version),
	}
}

// Receipt is the provider's word that it has taken the push. It is no proof that the phone got it.
type Receipt struct {
	MessageID string // the provider's name for the message
}

// Sender hands a push to a provider: one call, one attempt, no trying again by itself. A refusal is
// always a [Failure]. When no answer came, the push may have been delivered all the same.
type Sender interface {
	Send(ctx context.Context, p Push) (Receipt, error)
}
