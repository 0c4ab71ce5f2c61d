package fcm_test

import (
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/notify/notifytest"
)

type farEnd struct{ *fcmtest.Server }

func (f farEnd) Says(a notifytest.Answer) bool {
	answer, can := map[notifytest.Answer]fcmtest.Answer{
		notifytest.Take: fcmtest.OK(), notifytest.Gone: fcmtest.Unregistered(), notifytest.Busy: fcmtest.TooMany(30 * time.Second),
		notifytest.Broken: fcmtest.Internal(), notifytest.Unknown: fcmtest.Unauthenticated(), notifytest.Wrong: fcmtest.BadField("message.android"),
		notifytest.Hang: fcmtest.Hang(), notifytest.Cut: fcmtest.CutInside(),
	}[a]
	f.Always("", answer)
	return can
}

func (f farEnd) Address() string { return "a-phone" }
func (f farEnd) Asked() int      { return len(f.Calls()) }

func (f farEnd) Seen() (all []byte) {
	for _, c := range f.Calls() {
		all = append(all, c.Raw...)
	}
	return all
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) {
		fake := fcmtest.New(t)
		return aSender(t, fake), farEnd{fake}
	})
}
