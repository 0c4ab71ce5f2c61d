package webpush_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/notifytest"
	"github.com/hexbeat/hexbeat/notify/webpush"
	"github.com/hexbeat/hexbeat/notify/webpushtest"
)

type farEnd struct {
	*webpushtest.Service
	token string
}

func (f farEnd) Says(a notifytest.Answer) bool {
	answer, can := map[notifytest.Answer]webpushtest.Answer{
		notifytest.Take: {Status: http.StatusCreated}, notifytest.Gone: {Status: http.StatusGone},
		notifytest.Busy:   {Status: http.StatusTooManyRequests, After: 30 * time.Second},
		notifytest.Broken: {Status: http.StatusBadGateway}, notifytest.Unknown: {Status: http.StatusForbidden},
		notifytest.Wrong: {Status: http.StatusRequestEntityTooLarge}, notifytest.Hang: {Silent: true}, notifytest.Cut: {Cut: true},
	}[a]
	f.Always(answer)
	return can
}

func (f farEnd) Address() string { return f.token }
func (f farEnd) Asked() int      { return f.Calls() }

func (f farEnd) Seen() (all []byte) {
	for _, m := range f.Messages() {
		all = append(all, m.Raw...)
	}
	return all
}

func keys(t *testing.T) webpush.Keys {
	t.Helper()
	k, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func config(k webpush.Keys) webpush.Config {
	return webpush.Config{Keys: k, Contact: "ops@example.org", Private: true}
}

func aPush(token string) notify.Push {
	return notify.NewPush(notify.Alert{ID: uuid.New(), Kind: notify.VisitsLost, Version: 2}, token)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) {
		service, k := webpushtest.New(t), keys(t)
		return webpush.New(config(k)), farEnd{service, service.Subscribe(k.Public)}
	})
}

func TestOnlyTheBrowserReadsThePush(t *testing.T) {
	t.Parallel()
	service, k := webpushtest.New(t), keys(t)
	push := aPush(service.Subscribe(k.Public))
	if _, err := webpush.New(config(k)).Send(t.Context(), push); err != nil {
		t.Fatal(err, service.Refused())
	}
	got := service.Messages()
	if len(got) != 1 {
		t.Fatalf("%d messages: %v", len(got), service.Refused())
	}
	var data map[string]string
	if err := json.Unmarshal(got[0].Body, &data); err != nil || len(data) != 3 || data["alertId"] != push.AlertID.String() || data["version"] != "2" {
		t.Errorf("the browser reads %s (%v), want alertId, kind and version", got[0].Body, err)
	}
	if strings.Contains(string(got[0].Raw), push.AlertID.String()) {
		t.Error("the service can read it too")
	}
	if got[0].Urgency != "high" || got[0].TTL != "86400" {
		t.Errorf("urgency %s for %s s, want high for a day", got[0].Urgency, got[0].TTL)
	}
}

func TestABrowserOfLostKeysIsForgotten(t *testing.T) {
	t.Parallel()
	service := webpushtest.New(t)
	token := service.Subscribe(keys(t).Public)
	_, err := webpush.New(config(keys(t))).Send(t.Context(), aPush(token))
	want := notify.Failure{Action: notify.Forget, Code: "VAPID_KEY_LOST"}
	if got, _ := errors.AsType[notify.Failure](err); got != want || service.Calls() != 0 {
		t.Errorf("%v after %d calls, want %v after none", err, service.Calls(), want)
	}
}

// A browser names its own push service: it must not be able to name a machine next door.
func TestServicesOfPrivateNetworksAreNotCalled(t *testing.T) {
	t.Parallel()
	service, k := webpushtest.New(t), keys(t)
	inside := service.Subscribe(k.Public)
	closed := config(k)
	closed.Private = false
	for name, token := range map[string]string{
		"without TLS":      inside,
		"this machine":     strings.Replace(inside, "http://", "https://", 1),
		"a cloud's secret": strings.Replace(inside, service.URL, "https://169.254.169.254", 1),
		"as IPv6":          strings.Replace(inside, service.URL, "https://[::ffff:10.0.0.1]", 1),
		"shared":           strings.Replace(inside, service.URL, "https://100.64.0.1", 1),
	} {
		_, err := webpush.New(closed).Send(t.Context(), aPush(token))
		want := notify.Failure{Action: notify.Forget, Code: "ADDRESS_REFUSED"}
		if got, _ := errors.AsType[notify.Failure](err); got != want || service.Calls() != 0 {
			t.Errorf("%s: %v after %d calls, want %v after none", name, err, service.Calls(), want)
		}
	}
}

func TestWhatNoBrowserMadeIsForgotten(t *testing.T) {
	t.Parallel()
	service, k := webpushtest.New(t), keys(t)
	good := service.Subscribe(k.Public)
	for name, token := range map[string]string{
		"no JSON":        "a-phone",
		"no endpoint":    strings.Replace(good, "endpoint", "end", 1),
		"a file":         strings.Replace(good, service.URL, "file://", 1),
		"no key":         strings.Replace(good, "p256dh", "p", 1),
		"a short secret": strings.Replace(good, `"auth":"`, `"auth":"A`, 1),
		"credentials":    strings.Replace(good, "http://", "http://me:you@", 1),
	} {
		_, err := webpush.New(config(k)).Send(t.Context(), aPush(token))
		if got, _ := errors.AsType[notify.Failure](err); got.Action != notify.Forget || service.Calls() != 0 {
			t.Errorf("%s: %v after %d calls, want it forgotten", name, err, service.Calls())
		}
	}
}

func TestKeysSurviveTheRecord(t *testing.T) {
	t.Parallel()
	k := keys(t)
	if got, err := webpush.ParseKeys(k.String()); err != nil || got != k {
		t.Errorf("read back as %v, %v", got, err)
	}
	other := keys(t)
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "x", "no private one": `{"public":"x"}`, "no base64": `{"private":"*"}`, "too short": `{"private":"AAAA"}`,
		"of another pair": strings.Replace(k.String(), k.Public, other.Public, 1),
	} {
		if _, err := webpush.ParseKeys(text); !errors.Is(err, webpush.ErrKeys) || strings.Contains(err.Error(), k.Private) {
			t.Errorf("%s: %v, want ErrKeys without the key", name, err)
		}
	}
}
