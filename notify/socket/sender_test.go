package socket_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/notifytest"
	"github.com/hexbeat/hexbeat/notify/socket"
)

// page is a page that listens, or does not, and the record it confirms to.
type page struct {
	mu     sync.Mutex
	answer notifytest.Answer
	asked  int
	done   map[uuid.UUID]bool
}

func (p *page) Says(a notifytest.Answer) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = a
	return a == notifytest.Take || a == notifytest.Hang || a == notifytest.Broken
}

func (p *page) Address() string { return "a page" }
func (p *page) Seen() []byte    { return nil }

func (p *page) Asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// watch is the hint after a commit, at which the page confirms.
func (p *page) watch(_ context.Context, _, alert uuid.UUID) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	sign := make(chan struct{}, 1)
	if p.answer == notifytest.Take {
		time.AfterFunc(10*time.Millisecond, func() {
			p.mu.Lock()
			p.done[alert] = true
			p.mu.Unlock()
			sign <- struct{}{}
		})
	}
	return sign
}

func (p *page) confirmed(_ context.Context, _, alert uuid.UUID) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer == notifytest.Broken {
		return false, errors.New("the record can't be reached")
	}
	return p.done[alert], nil
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(*testing.T) (notify.Sender, notifytest.FarEnd) {
		p := &page{done: map[uuid.UUID]bool{}}
		return socket.New(socket.Config{Confirmed: p.confirmed, Watch: p.watch}), p
	})
}

func TestWhereNobodyListensAnotherChannelIsAsked(t *testing.T) {
	t.Parallel()
	p := &page{answer: notifytest.Hang, done: map[uuid.UUID]bool{}}
	sender := socket.New(socket.Config{Confirmed: p.confirmed, Watch: p.watch, Patience: time.Millisecond})
	_, err := sender.Send(t.Context(), notify.NewPush(notify.Alert{ID: uuid.New()}, "a page"))
	want := notify.Failure{Action: notify.Pass, Code: "NOBODY_LISTENS"}
	if got, _ := errors.AsType[notify.Failure](err); got != want {
		t.Errorf("%v, want %v", err, want)
	}
}
