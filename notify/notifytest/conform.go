// Package notifytest says what every sender must do, whoever carries its pushes. A new sender brings a far end that answers as it is told, and
// runs [Conform]; what its provider can't say it leaves out.
//
//	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) { … })
package notifytest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
)

// Answer is how a far end answers.
type Answer string

// The answers. All a provider can say is one of them, as far as it decides what follows.
const (
	Take    Answer = "TAKE"    // the push is taken
	Gone    Answer = "GONE"    // nobody is at this address any more
	Busy    Answer = "BUSY"    // come back after half a minute, where it can say so
	Broken  Answer = "BROKEN"  // it has a fault of its own
	Unknown Answer = "UNKNOWN" // it does not believe who we are
	Wrong   Answer = "WRONG"   // it does not understand the push, which is our fault
	Hang    Answer = "HANG"    // it says nothing
	Cut     Answer = "CUT"     // it cuts the connection instead of answering
)

// FarEnd is a provider and a device behind it. Its methods may be called from anywhere.
type FarEnd interface {
	// Says lets it answer so from now on; false: this provider can't.
	Says(a Answer) bool
	// Address is a good token.
	Address() string
	// Asked is how many pushes it was asked to carry.
	Asked() int
	// Seen is everything that passed through the provider's hands, as the provider can read it.
	Seen() []byte
}

// alert is what is sent.
var alert = notify.Alert{
	ID: uuid.MustParse("01930b6e-7c00-7000-8000-000000000001"), RepID: uuid.MustParse("01930b6e-7c00-7000-8000-000000000002"),
	Kind: notify.VisitsGained, Version: 3, Items: []notify.Item{{Site: "Пекарня на Садовой", Reason: "ABSENCE"}},
}

func aPush(token string) notify.Push {
	p := notify.NewPush(alert, token)
	p.Organization, p.Locale = uuid.MustParse("01930b6e-7c00-7000-8000-000000000003"), "ru"
	return p
}

// Conform tries a sender. Start makes it anew, with a far end of its own.
func Conform(t *testing.T, start func(t *testing.T) (notify.Sender, FarEnd)) {
	t.Helper()
	for said, want := range map[Answer]notify.Action{
		Take: "", Gone: notify.Forget, Busy: notify.Retry, Broken: notify.Retry, Unknown: notify.Alarm, Wrong: notify.Dead, Cut: notify.Retry,
	} {
		t.Run(string(said), func(t *testing.T) {
			t.Parallel()
			sender, far := start(t)
			if !far.Says(said) {
				t.Skip("this provider can't say so")
			}
			receipt, err := sender.Send(t.Context(), aPush(far.Address()))
			check(t, far, err, want)
			if (receipt != notify.Receipt{}) && err != nil {
				t.Errorf("a receipt %+v for what was refused", receipt)
			}
			if n := far.Asked(); n != 1 {
				t.Errorf("asked %d times, want once: trying again is not a sender's business", n)
			}
		})
	}
	t.Run("silence ends with the caller's patience", func(t *testing.T) {
		t.Parallel()
		sender, far := start(t)
		if !far.Says(Hang) {
			t.Skip("this provider can't say so")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		_, err := sender.Send(ctx, aPush(far.Address()))
		failure, _ := errors.AsType[notify.Failure](err)
		if failure.Action != notify.Retry && failure.Action != notify.Pass {
			t.Errorf("silence is %v, want RETRY or PASS", err)
		}
	})
	t.Run("no address is no device", func(t *testing.T) {
		t.Parallel()
		sender, far := start(t)
		far.Says(Take)
		_, err := sender.Send(t.Context(), aPush(""))
		check(t, far, err, notify.Forget)
		if n := far.Asked(); n != 0 {
			t.Errorf("asked %d times for nobody", n)
		}
	})
	t.Run("a stranger learns ids alone", func(t *testing.T) {
		t.Parallel()
		sender, far := start(t)
		far.Says(Take)
		if _, err := sender.Send(t.Context(), aPush(far.Address())); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{alert.Items[0].Site, "Пекарня", alert.RepID.String(), "ABSENCE"} {
			if bytes.Contains(far.Seen(), []byte(secret)) {
				t.Errorf("%q went through the provider: %s", secret, far.Seen())
			}
		}
	})
	t.Run("many at once", func(t *testing.T) {
		t.Parallel()
		sender, far := start(t)
		far.Says(Take)
		var sends sync.WaitGroup
		for range 20 {
			sends.Go(func() {
				if _, err := sender.Send(t.Context(), aPush(far.Address())); err != nil {
					t.Error(err)
				}
			})
		}
		sends.Wait()
		if n := far.Asked(); n != 20 {
			t.Errorf("asked %d times for 20 pushes", n)
		}
	})
}

// check holds an outcome against the action that must follow; "" is none.
func check(t *testing.T, far FarEnd, err error, want notify.Action) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	failure, ok := errors.AsType[notify.Failure](err)
	if !ok || failure.Action != want || failure.Code == "" {
		t.Errorf("outcome %v, want a Failure that means %s, with a code", err, want)
	}
	if address := far.Address(); err != nil && address != "" && strings.Contains(err.Error(), address) {
		t.Errorf("the error shows the device's address: %v", err)
	}
}
