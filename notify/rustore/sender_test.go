package rustore_test

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/notifytest"
	"github.com/hexbeat/hexbeat/notify/rustore"
	"github.com/hexbeat/hexbeat/notify/rustoretest"
)

const phone = "a-phone"

type farEnd struct{ *rustoretest.Service }

func (f farEnd) Says(a notifytest.Answer) bool {
	answer, can := map[notifytest.Answer]rustoretest.Answer{
		notifytest.Take: rustoretest.OK, notifytest.Gone: rustoretest.Gone, notifytest.Busy: rustoretest.TooMany,
		notifytest.Broken: rustoretest.Internal, notifytest.Unknown: rustoretest.Denied, notifytest.Wrong: rustoretest.BadMessage,
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

func config(s *rustoretest.Service) rustore.Config {
	return rustore.Config{Project: s.Project, Token: s.Token, Endpoint: s.URL}
}

func aSender(t *testing.T, c rustore.Config) *rustore.Sender {
	t.Helper()
	s, err := rustore.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func aPush() notify.Push {
	return notify.NewPush(notify.Alert{ID: uuid.New(), Kind: notify.VisitsLost, Version: 2}, phone)
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) {
		service := rustoretest.New(t)
		return aSender(t, config(service)), farEnd{service}
	})
}

func TestThePhoneGetsIdsForADay(t *testing.T) {
	t.Parallel()
	service, push := rustoretest.New(t), aPush()
	receipt, err := aSender(t, config(service)).Send(t.Context(), push)
	if err != nil || receipt.MessageID == "" {
		t.Fatalf("receipt %+v, %v", receipt, err)
	}
	got := service.Messages()
	if len(got) != 1 || got[0].Token != phone || !maps.Equal(got[0].Data, push.Data()) || got[0].TTL != "86400s" {
		t.Errorf("the phone gets %+v, want %v for a day", got, push.Data())
	}
}

func TestWhatFollowsFromAnAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer rustoretest.Answer
		want   notify.Failure
	}{
		"app gone":             {rustoretest.Gone, notify.Failure{Action: notify.Forget, Code: "UNREGISTERED", Status: 404}},
		"not a token":          {rustoretest.BadToken, notify.Failure{Action: notify.Forget, Code: "INVALID_ARGUMENT", Status: 400}},
		"not a message":        {rustoretest.BadMessage, notify.Failure{Action: notify.Dead, Code: "INVALID_ARGUMENT", Status: 400}},
		"not our project":      {rustoretest.Denied, notify.Failure{Action: notify.Alarm, Code: "PERMISSION_DENIED", Status: 403}},
		"too many":             {rustoretest.TooMany, notify.Failure{Action: notify.Retry, Code: "TOO_MANY_REQUESTS", Status: 429, After: 30 * time.Second}},
		"broken":               {rustoretest.Internal, notify.Failure{Action: notify.Retry, Code: "INTERNAL", Status: 500}},
		"a hotel's page":       {rustoretest.Answer{Page: true}, notify.Failure{Action: notify.Retry, Code: "BAD_ANSWER", Status: 200}},
		"a gateway's page":     {rustoretest.Answer{Status: 502, Page: true}, notify.Failure{Action: notify.Retry, Code: "HTTP_502", Status: 502}},
		"nothing at the place": {rustoretest.Answer{Status: 404, Page: true}, notify.Failure{Action: notify.Alarm, Code: "HTTP_404", Status: 404}},
		"words for a code":     {rustoretest.Answer{Status: 400, Code: "no phone " + phone}, notify.Failure{Action: notify.Dead, Code: "UNKNOWN", Status: 400}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := rustoretest.New(t)
			service.Always(c.answer)
			_, err := aSender(t, config(service)).Send(t.Context(), aPush())
			if got, _ := errors.AsType[notify.Failure](err); got != c.want {
				t.Errorf("failure = %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestCheckTellsGoodCredentialsFromBad(t *testing.T) {
	t.Parallel()
	service := rustoretest.New(t)
	if err := aSender(t, config(service)).Check(t.Context()); err != nil || len(service.Messages()) != 0 {
		t.Errorf("good ones: %v with %d pushes sent, want neither", err, len(service.Messages()))
	}
	forged := config(service)
	forged.Token = "another-token"
	err := aSender(t, forged).Check(t.Context())
	if failure, _ := errors.AsType[notify.Failure](err); failure.Action != notify.Alarm || failure.Status != http.StatusForbidden || strings.Contains(err.Error(), forged.Token) {
		t.Errorf("another's token: %v, want ALARM", err)
	}
}

func TestABadSettingIsOneClearSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]rustore.Config{
		"no project":   {Token: "secret"},
		"no token":     {Project: "p"},
		"two tokens":   {Project: "p", Token: "secret\nsecret"},
		"no address":   {Project: "p", Token: "secret", Endpoint: "vkpns"},
		"no such kind": {Project: "p", Token: "secret", Endpoint: "ftp://vkpns"},
	} {
		if _, err := rustore.New(c); !errors.Is(err, rustore.ErrConfig) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want ErrConfig that keeps the secret", name, err)
		}
	}
}
