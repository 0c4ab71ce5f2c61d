package hms_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/hms"
	"github.com/hexbeat/hexbeat/notify/hmstest"
	"github.com/hexbeat/hexbeat/notify/notifytest"
)

const phone = "a-phone"

type farEnd struct{ *hmstest.Service }

func (f farEnd) Says(a notifytest.Answer) bool {
	answer, can := map[notifytest.Answer]hmstest.Answer{
		notifytest.Take: hmstest.OK, notifytest.Gone: hmstest.NoTokens, notifytest.Busy: hmstest.FlowFor,
		notifytest.Broken: hmstest.Fault, notifytest.Unknown: hmstest.AccessWrong, notifytest.Wrong: hmstest.BadMessage,
		notifytest.Hang: {Silent: true}, notifytest.Cut: {Cut: true},
	}[a]
	f.Always(answer)
	return can
}

func (f farEnd) Address() string { return phone }
func (f farEnd) Asked() int      { return len(f.Calls()) }

func (f farEnd) Seen() (all []byte) {
	for _, c := range f.Calls() {
		all = append(all, c...)
	}
	return all
}

func config(s *hmstest.Service) hms.Config {
	return hms.Config{App: s.App, Secret: s.Secret, Endpoint: s.URL, TokenURI: s.TokenURI}
}

func aSender(t *testing.T, c hms.Config) *hms.Sender {
	t.Helper()
	s, err := hms.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func aPush() notify.Push {
	return notify.NewPush(notify.Alert{ID: uuid.New(), Kind: notify.VisitsLost, Version: 2}, phone)
}

func failure(err error) notify.Failure {
	f, _ := errors.AsType[notify.Failure](err)
	return f
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) {
		service := hmstest.New(t)
		return aSender(t, config(service)), farEnd{service}
	})
}

func TestThePhoneGetsIdsForADay(t *testing.T) {
	t.Parallel()
	for urgent, want := range map[bool]string{false: "NORMAL", true: "HIGH"} {
		service, push := hmstest.New(t), aPush()
		c := config(service)
		c.Urgent = urgent
		receipt, err := aSender(t, c).Send(t.Context(), push)
		if err != nil || receipt.MessageID == "" {
			t.Fatalf("receipt %+v, %v", receipt, err)
		}
		got := service.Messages()
		var data map[string]string
		if len(got) != 1 || json.Unmarshal([]byte(got[0].Data), &data) != nil || !maps.Equal(data, push.Data()) {
			t.Fatalf("the phone gets %+v, want %v", got, push.Data())
		}
		if got[0].Token != phone || got[0].TTL != "86400s" || got[0].Urgency != want {
			t.Errorf("%+v, want it kept for a day at urgency %s", got[0], want)
		}
	}
}

func TestWhatFollowsFromAnAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer hmstest.Answer
		want   notify.Failure
	}{
		"no such phone":         {hmstest.NoTokens, notify.Failure{Action: notify.Forget, Code: "80300007", Status: 200}},
		"ours is illegal":       {hmstest.SomeTokens, notify.Failure{Action: notify.Forget, Code: "80100000", Status: 200}},
		"another is illegal":    {hmstest.OtherTokens, notify.Failure{}},
		"not a message":         {hmstest.BadMessage, notify.Failure{Action: notify.Dead, Code: "80100003", Status: 400}},
		"refused with a 200":    {hmstest.Sensitive, notify.Failure{Action: notify.Dead, Code: "80100016", Status: 200}},
		"not our application":   {hmstest.AccessWrong, notify.Failure{Action: notify.Alarm, Code: "80200001", Status: 401}},
		"an old access token":   {hmstest.AccessOld, notify.Failure{Action: notify.Retry, Code: "80200003", Status: 401}},
		"may not push":          {hmstest.NotAllowed, notify.Failure{Action: notify.Alarm, Code: "80300002", Status: 200}},
		"may not be urgent":     {hmstest.NotUrgent, notify.Failure{Action: notify.Alarm, Code: "80300011", Status: 200}},
		"too many":              {hmstest.Flow, notify.Failure{Action: notify.Retry, Code: "HTTP_503", Status: 503}},
		"too many, with a time": {hmstest.FlowFor, notify.Failure{Action: notify.Retry, Code: "HTTP_429", Status: 429, After: 30 * time.Second}},
		"broken":                {hmstest.Fault, notify.Failure{Action: notify.Retry, Code: "81000001", Status: 500}},
		"broken with a 200":     {hmstest.FaultInPeace, notify.Failure{Action: notify.Retry, Code: "81000001", Status: 200}},
		"a hotel's page":        {hmstest.Answer{Strange: true}, notify.Failure{Action: notify.Retry, Code: "BAD_ANSWER", Status: 200}},
		"nothing at the place":  {hmstest.Answer{Status: 404}, notify.Failure{Action: notify.Alarm, Code: "HTTP_404", Status: 404}},
		"words for a code":      {hmstest.Answer{Code: "no phone " + phone}, notify.Failure{Action: notify.Dead, Code: "UNKNOWN", Status: 200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := hmstest.New(t)
			service.Always(c.answer)
			_, err := aSender(t, config(service)).Send(t.Context(), aPush())
			if got := failure(err); got != c.want {
				t.Errorf("failure = %+v, want %+v", got, c.want)
			}
		})
	}
}

// One access token serves until it is not believed; then the next try asks for another.
func TestAnAccessTokenIsAskedForWhenItIsNeeded(t *testing.T) {
	t.Parallel()
	service := hmstest.New(t)
	sender := aSender(t, config(service))
	for range 3 {
		if _, err := sender.Send(t.Context(), aPush()); err != nil {
			t.Fatal(err)
		}
	}
	if n := service.Exchanges(); n != 1 {
		t.Errorf("%d access tokens for three pushes, want 1", n)
	}
	service.ExpireTokens()
	_, err := sender.Send(t.Context(), aPush())
	if got := failure(err); got.Action != notify.Retry || service.Exchanges() != 1 {
		t.Errorf("with an old token: %+v after %d exchanges, want RETRY and one call", got, service.Exchanges())
	}
	if _, err := sender.Send(t.Context(), aPush()); err != nil || service.Exchanges() != 2 {
		t.Errorf("the next try: %v after %d exchanges, want it taken with a second token", err, service.Exchanges())
	}
}

func TestARefusedExchangeSendsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int // of the token endpoint; 0: the secret is wrong
		want   notify.Failure
	}{
		"another's secret": {0, notify.Failure{Action: notify.Alarm, Code: "TOKEN_REFUSED", Status: 401}},
		"forbidden":        {http.StatusForbidden, notify.Failure{Action: notify.Alarm, Code: "TOKEN_REFUSED", Status: 401}},
		"too often":        {http.StatusTooManyRequests, notify.Failure{Action: notify.Retry, Code: "TOKEN_UNAVAILABLE", Status: 429}},
		"broken":           {http.StatusInternalServerError, notify.Failure{Action: notify.Retry, Code: "TOKEN_UNAVAILABLE", Status: 500}},
	} {
		service := hmstest.New(t)
		service.RefuseTokens(c.status)
		set := config(service)
		if c.status == 0 {
			set.Secret = "another secret"
		}
		sender := aSender(t, set)
		_, err := sender.Send(t.Context(), aPush())
		if got := failure(err); got != c.want || len(service.Calls()) != 0 || strings.Contains(err.Error(), set.Secret) {
			t.Errorf("%s: %+v after %d sends, want %+v and none", name, got, len(service.Calls()), c.want)
		}
		if got := failure(sender.Check(t.Context())); got != c.want {
			t.Errorf("%s: check says %+v, want %+v", name, got, c.want)
		}
	}
	service := hmstest.New(t)
	if err := aSender(t, config(service)).Check(t.Context()); err != nil {
		t.Errorf("check of good credentials: %v", err)
	}
}

func TestABadSettingIsOneClearSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]hms.Config{
		"no application": {Secret: "secret"},
		"no secret":      {App: "1"},
		"no address":     {App: "1", Secret: "secret", Endpoint: "push"},
		"no token place": {App: "1", Secret: "secret", TokenURI: "ftp://oauth"},
	} {
		if _, err := hms.New(c); !errors.Is(err, hms.ErrConfig) || strings.Contains(err.Error(), "\"secret\"") {
			t.Errorf("%s: %v, want ErrConfig", name, err)
		}
	}
}
