// Package socket counts on the open websocket of a rep's page or app. Whoever listens hears of an alert by the hint that follows every
// commit, reads it, and confirms that it has it; the sender only waits for that word, which may come through any process. It needs nobody
// else: no cloud, no Internet, no account.
package socket

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
)

// Patience is how long a listener has to confirm. Who listens does so within a second; who does not, is reached another way, with the commit
// that says so. A closed page costs its rep these seconds: whether a page is open anywhere no process knows of the others, and a note in the
// record of every socket that comes and goes would cost all of them more.
const Patience = 3 * time.Second

// Config is what the sender asks of the house.
type Config struct {
	// Confirmed says whether a device of the rep has confirmed the alert.
	Confirmed func(ctx context.Context, organization, alert uuid.UUID) (bool, error)
	// Watch gives a sign whenever the alert has changed, until the context ends.
	Watch    func(ctx context.Context, organization, alert uuid.UUID) <-chan struct{}
	Patience time.Duration // 0: Patience
}

// Sender waits for confirmations. It may be used from many goroutines.
type Sender struct{ config Config }

var _ notify.Sender = (*Sender)(nil)

// New makes a sender.
func New(c Config) *Sender {
	if c.Patience == 0 {
		c.Patience = Patience
	}
	return &Sender{c}
}

// Send waits until the alert is confirmed. Where nobody confirms, another channel is to be asked.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	if p.Token == "" {
		return notify.Receipt{}, notify.Failure{Action: notify.Forget, Code: "INVALID_ARGUMENT"}
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Patience)
	defer cancel()
	changed := s.config.Watch(ctx, p.Organization, p.AlertID) // before the look: nothing falls between
	for {
		confirmed, err := s.config.Confirmed(ctx, p.Organization, p.AlertID)
		switch {
		case confirmed:
			return notify.Receipt{MessageID: "confirmed"}, nil
		case err != nil && ctx.Err() == nil:
			return notify.Receipt{}, notify.Failure{Action: notify.Retry, Code: "RECORD_UNAVAILABLE"}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return notify.Receipt{}, notify.Failure{Action: notify.Pass, Code: "NOBODY_LISTENS"}
		}
	}
}
