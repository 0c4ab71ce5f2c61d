package fcm_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcm"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
)

var alertID = uuid.MustParse("01930b6e-7c00-7000-8000-000000000001")

func aPush(token string) notify.Push {
	return notify.NewPush(notify.Alert{ID: alertID, Kind: notify.VisitsGained, Version: 3}, token)
}

func aSender(t *testing.T, fake *fcmtest.Server) *fcm.Sender {
	t.Helper()
	sender, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: fake.CredentialsFile, Endpoint: fake.URL})
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// Whatever Firebase says, a send is one call, and its outcome is what the policy says.
func TestSendIsOneCall(t *testing.T) {
	t.Parallel()
	const token = "a-phone"
	for name, c := range map[string]struct {
		answer    fcmtest.Answer
		want      notify.Failure
		delivered int
	}{
		"taken":                   {fcmtest.OK(), notify.Failure{}, 1},
		"app gone":                {fcmtest.Unregistered(), notify.Failure{Action: notify.Forget, Code: "UNREGISTERED", Status: 404}, 0},
		"not a token, in words":   {fcmtest.BadToken(), notify.Failure{Action: notify.Forget, Code: "INVALID_ARGUMENT", Status: 400}, 0},
		"not a token, by field":   {fcmtest.BadField("message.token"), notify.Failure{Action: notify.Forget, Code: "INVALID_ARGUMENT", Status: 400}, 0},
		"not a message":           {fcmtest.BadField("message.data[0].value"), notify.Failure{Action: notify.Dead, Code: "INVALID_ARGUMENT", Status: 400}, 0},
		"another project's token": {fcmtest.SenderMismatch(), notify.Failure{Action: notify.Forget, Code: "SENDER_ID_MISMATCH", Status: 403}, 0},
		"not our project":         {fcmtest.PermissionDenied(), notify.Failure{Action: notify.Alarm, Code: "PERMISSION_DENIED", Status: 403}, 0},
		"not believed":            {fcmtest.Unauthenticated(), notify.Failure{Action: notify.Alarm, Code: "UNAUTHENTICATED", Status: 401}, 0},
		"Apple's certificate":     {fcmtest.ThirdPartyAuth(), notify.Failure{Action: notify.Alarm, Code: "THIRD_PARTY_AUTH_ERROR", Status: 401}, 0},
		"too many":                {fcmtest.TooMany(37 * time.Second), notify.Failure{Action: notify.Retry, Code: "QUOTA_EXCEEDED", Status: 429, After: 37 * time.Second}, 0},
		"too many, no time":       {fcmtest.TooMany(0), notify.Failure{Action: notify.Retry, Code: "QUOTA_EXCEEDED", Status: 429}, 0},
		"broken":                  {fcmtest.Internal(), notify.Failure{Action: notify.Retry, Code: "INTERNAL", Status: 500}, 0},
		"busy":                    {fcmtest.Unavailable(0), notify.Failure{Action: notify.Retry, Code: "UNAVAILABLE", Status: 503}, 0},
		"busy, with a time":       {fcmtest.Unavailable(time.Second), notify.Failure{Action: notify.Retry, Code: "UNAVAILABLE", Status: 503, After: time.Second}, 0},
		"busy, yet delivered":     {fcmtest.Unavailable(0).Delivered(), notify.Failure{Action: notify.Retry, Code: "UNAVAILABLE", Status: 503}, 1},
		"cut before the answer":   {fcmtest.CutBefore(), notify.Failure{Action: notify.Retry, Code: "NO_ANSWER"}, 0},
		"taken, then cut":         {fcmtest.CutInside(), notify.Failure{Action: notify.Retry, Code: "NO_ANSWER"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fcmtest.New(t)
			sender := aSender(t, fake)
			// The first call warms the connection: on a used one Go's own client may be tempted to try again.
			if _, err := sender.Send(t.Context(), aPush("another-phone")); err != nil {
				t.Fatal(err)
			}
			fake.Always(token, c.answer)

			receipt, err := sender.Send(t.Context(), aPush(token))

			if got := failure(err); got != c.want {
				t.Errorf("failure = %+v, want %+v", got, c.want)
			}
			if got, want := receipt.MessageID != "", c.want == (notify.Failure{}); got != want {
				t.Errorf("receipt = %+v, want one: %v", receipt, want)
			}
			if got := len(fake.Calls()) - 1; got != 1 {
				t.Errorf("%d calls, want 1", got)
			}
			if got := len(fake.Messages()) - 1; got != c.delivered {
				t.Errorf("%d delivered, want %d", got, c.delivered)
			}
			if got := fake.Exchanges(); got != 1 {
				t.Errorf("%d access tokens asked for, want 1", got)
			}
			if err != nil && strings.Contains(err.Error(), token) {
				t.Errorf("error %q shows the device's token", err)
			}
		})
	}
}

func TestASilentFirebaseIsGivenUp(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	fake.Always("", fcmtest.Hang())
	sender := aSender(t, fake)
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		_, _ = fake.WaitCalls(t.Context(), 1)
		giveUp()
	}()

	_, err := sender.Send(ctx, aPush("a-phone"))

	want := notify.Failure{Action: notify.Retry, Code: "NO_ANSWER"}
	if got := failure(err); got != want || len(fake.Calls()) != 1 {
		t.Errorf("failure = %+v after %d calls, want %+v after 1", got, len(fake.Calls()), want)
	}
}

// The exchange of an access token shares the send's time, so that both together stay within a worker's job.
func TestATokenEndpointThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	asked, giveUp := context.WithCancel(t.Context())
	hanging := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices that the caller left only when the body is read
		giveUp()
		<-r.Context().Done()
	})
	file := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(file, []byte(with(t, fake, "token_uri", hanging)), 0o600); err != nil {
		t.Fatal(err)
	}
	sender, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: file, Endpoint: fake.URL})
	if err != nil {
		t.Fatal(err)
	}

	_, err = sender.Send(asked, aPush("a-phone"))

	want := notify.Failure{Action: notify.Retry, Code: "NO_ANSWER"}
	if got := failure(err); got != want || len(fake.Calls()) != 0 {
		t.Errorf("failure = %+v after %d calls, want %+v after none", got, len(fake.Calls()), want)
	}
}

func TestASendThatTookTooLongSaysSo(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	fake.Always("", fcmtest.Hang())
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	_, err := aSender(t, fake).Send(ctx, aPush("a-phone"))
	want := notify.Failure{Action: notify.Retry, Code: "TIMEOUT"}
	if got := failure(err); got != want {
		t.Errorf("failure = %+v, want %+v", got, want)
	}
}

func TestAnAnswerThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	sender := aSender(t, fake)
	if err := sender.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	fake.Always("", fcmtest.Trickle())
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := sender.Send(ctx, aPush("a-phone"))
	want := notify.Failure{Action: notify.Retry, Code: "TIMEOUT"}
	if got := failure(err); got != want || len(fake.Calls()) != 1 {
		t.Errorf("failure = %+v after %d calls, want %+v after 1", got, len(fake.Calls()), want)
	}
}

func TestAnUnreachableFirebaseIsARetry(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	sender := aSender(t, fake)
	if err := fake.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sender.Send(t.Context(), aPush("a-phone"))
	want := notify.Failure{Action: notify.Retry, Code: "NO_ANSWER"}
	if got := failure(err); got != want {
		t.Errorf("failure = %+v, want %+v", got, want)
	}
}

func TestADeviceWithoutATokenIsForgotten(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	_, err := aSender(t, fake).Send(t.Context(), aPush(""))
	if got := failure(err).Action; got != notify.Forget || len(fake.Calls()) != 0 {
		t.Errorf("action %s after %d calls, want FORGET after none", got, len(fake.Calls()))
	}
}

// Only ids, the kind and the version leave the house, and nothing that Firebase would collapse.
func TestWhatThePhoneGets(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	if _, err := aSender(t, fake).Send(t.Context(), aPush("a-phone")); err != nil {
		t.Fatal(err)
	}
	messages, err := fake.Wait(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(messages[0].Raw, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{
		"token": "a-phone",
		"data": {"alertId": "01930b6e-7c00-7000-8000-000000000001", "kind": "VISITS_GAINED", "version": "3"},
		"android": {"priority": "high", "ttl": "86400s"},
		"apns": {
			"headers": {"apns-priority": "10", "apns-push-type": "alert"},
			"payload": {"aps": {"alert": {"title": "Hexbeat", "loc-key": "HEXBEAT_ALERT"}, "sound": "default", "mutable-content": 1}}
		}
	}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("message (-got +want):\n%s", diff)
	}
}

func TestManySendsShareOneAccessToken(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	sender := aSender(t, fake)
	var sends sync.WaitGroup
	for range 50 {
		sends.Go(func() {
			if _, err := sender.Send(t.Context(), aPush("a-phone")); err != nil {
				t.Error(err)
			}
		})
	}
	sends.Wait()
	if got := fake.Exchanges(); got != 1 {
		t.Errorf("%d access tokens asked for, want 1", got)
	}
}

func TestATokenThatIsNotBelievedIsReplacedByTheNextSend(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	sender := aSender(t, fake)
	if err := sender.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	fake.ExpireTokens()
	_, err := sender.Send(t.Context(), aPush("a-phone"))
	if got := failure(err).Action; got != notify.Alarm {
		t.Errorf("send with an expired access token: %v, want ALARM", err)
	}
	if _, err := sender.Send(t.Context(), aPush("a-phone")); err != nil {
		t.Errorf("send after that: %v, want no error", err)
	}
}

func TestRefusedCredentialsAreAnAlarmAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		code   string
		want   notify.Failure
	}{
		"key revoked":         {400, "invalid_grant", notify.Failure{Action: notify.Alarm, Code: "TOKEN_REFUSED", Status: 401}},
		"account deleted":     {401, "invalid_client", notify.Failure{Action: notify.Alarm, Code: "TOKEN_REFUSED", Status: 401}},
		"token endpoint gone": {404, "not_found", notify.Failure{Action: notify.Alarm, Code: "TOKEN_REFUSED", Status: 401}},
		"broken":              {500, "internal", notify.Failure{Action: notify.Retry, Code: "TOKEN_UNAVAILABLE", Status: 500}},
		"busy":                {503, "unavailable", notify.Failure{Action: notify.Retry, Code: "TOKEN_UNAVAILABLE", Status: 503}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fcmtest.New(t)
			fake.RefuseTokens(c.status, c.code)
			sender := aSender(t, fake)
			_, err := sender.Send(t.Context(), aPush("a-phone"))
			if got := failure(err); got != c.want {
				t.Errorf("Send: %+v, want %+v", got, c.want)
			}
			if got := failure(sender.Check(t.Context())); got != c.want {
				t.Errorf("Check: %+v, want %+v", got, c.want)
			}
			if len(fake.Calls()) != 0 || fake.Exchanges() != 2 {
				t.Errorf("%d calls and %d exchanges, want 0 and 2", len(fake.Calls()), fake.Exchanges())
			}
		})
	}
}

// A sign-in page of a hotel answers 200, or leads elsewhere. Neither is Firebase's word.
func TestAnAnswerThatIsNotFirebasesIsARetry(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>Welcome</h1>")) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		},
		"empty": func(http.ResponseWriter, *http.Request) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fcmtest.New(t)
			var calls atomic.Int32
			hotel := serve(t, func(w http.ResponseWriter, r *http.Request) { calls.Add(1); answer(w, r) })
			sender, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: fake.CredentialsFile, Endpoint: hotel + "/"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = sender.Send(t.Context(), aPush("a-phone"))
			want := notify.Failure{Action: notify.Retry, Code: "BAD_ANSWER"}
			if got := failure(err); got != want || calls.Load() != 1 {
				t.Errorf("failure = %+v after %d calls, want %+v after 1", got, calls.Load(), want)
			}
		})
	}
}

func TestAnUnusableServiceAccountIsOneClearSentence(t *testing.T) {
	t.Parallel()
	fake := fcmtest.New(t)
	for name, c := range map[string]struct{ content, says string }{
		"empty":         {"", "it is not JSON of the right form"},
		"not JSON":      {"secret", "it is not JSON of the right form"},
		"other kind":    {with(t, fake, "type", "authorized_user"), `its type is "authorized_user" instead of "service_account"`},
		"no project":    {with(t, fake, "project_id", ""), "project_id is missing"},
		"no key":        {with(t, fake, "private_key", nil), "private_key is missing"},
		"broken key":    {with(t, fake, "private_key", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----"), "private_key is not an RSA key in PEM"},
		"no address":    {with(t, fake, "client_email", ""), "client_email is missing"},
		"bad token_uri": {with(t, fake, "token_uri", "secret"), "token_uri is not an http address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "account.json")
			if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: file})
			if !errors.Is(err, fcm.ErrCredentials) {
				t.Fatalf("error = %v, want %v", err, fcm.ErrCredentials)
			}
			text := err.Error()
			if !strings.Contains(text, file) || !strings.Contains(text, c.says) || strings.Contains(text, "\n") || strings.Contains(text, "secret") {
				t.Errorf("error %q, want one line with the file and %q, and nothing of what is inside", text, c.says)
			}
		})
	}
	if _, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: filepath.Join(t.TempDir(), "none.json")}); !errors.Is(err, fcm.ErrCredentials) {
		t.Errorf("a missing file: %v, want %v", err, fcm.ErrCredentials)
	}
	if _, err := fcm.New(t.Context(), fcm.Config{CredentialsFile: fake.CredentialsFile, Endpoint: "localhost:9099"}); err == nil {
		t.Error("an endpoint without a scheme: no error")
	}
}

// with is the fake's service-account file with one field changed.
func with(t *testing.T, fake *fcmtest.Server, key string, value any) string {
	t.Helper()
	good, err := os.ReadFile(fake.CredentialsFile)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(good, &fields); err != nil {
		t.Fatal(err)
	}
	fields[key] = value
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// failure is the error as a Failure, the zero one for no error.
func failure(err error) notify.Failure {
	f, ok := errors.AsType[notify.Failure](err)
	if err != nil && !ok {
		return notify.Failure{Code: "not a Failure: " + err.Error()}
	}
	return f
}

// serve answers on a port of its own until the test ends, and returns its address.
func serve(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}
