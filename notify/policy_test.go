package notify_test

import (
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/notify"
)

func TestPolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer notify.Answer
		want   notify.Action
	}{
		"gone":                {notify.Answer{Status: 404, Code: "UNREGISTERED"}, notify.Forget},
		"of another sender":   {notify.Answer{Status: 403, Code: "SENDER_ID_MISMATCH"}, notify.Forget},
		"not a token":         {notify.Answer{Status: 400, Code: "INVALID_ARGUMENT", AboutToken: true}, notify.Forget},
		"not a message":       {notify.Answer{Status: 400, Code: "INVALID_ARGUMENT"}, notify.Dead},
		"too large":           {notify.Answer{Status: 413}, notify.Dead},
		"credentials":         {notify.Answer{Status: 401, Code: "UNAUTHENTICATED"}, notify.Alarm},
		"Apple's credentials": {notify.Answer{Status: 401, Code: "THIRD_PARTY_AUTH_ERROR"}, notify.Alarm},
		"no permission":       {notify.Answer{Status: 403, Code: "PERMISSION_DENIED"}, notify.Alarm},
		"no such project":     {notify.Answer{Status: 404, Code: "NOT_FOUND"}, notify.Alarm},
		"too many":            {notify.Answer{Status: 429, Code: "QUOTA_EXCEEDED", RetryAfter: time.Minute}, notify.Retry},
		"broken":              {notify.Answer{Status: 500, Code: "INTERNAL"}, notify.Retry},
		"busy":                {notify.Answer{Status: 503, Code: "UNAVAILABLE"}, notify.Retry},
		"gateway":             {notify.Answer{Status: 504}, notify.Retry},
		"silence":             {notify.Answer{Code: "NO_ANSWER"}, notify.Retry},
		"a captive portal":    {notify.Answer{Status: 200, Code: "BAD_ANSWER"}, notify.Retry},
	} {
		got := notify.Policy(c.answer)
		want := notify.Failure{Action: c.want, Code: c.answer.Code, Status: c.answer.Status, After: c.answer.RetryAfter}
		if got != want {
			t.Errorf("%s: Policy(%+v) = %+v, want %+v", name, c.answer, got, want)
		}
	}
}

func TestWaitHonoursTheProviderElseBacksOff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		after   time.Duration
		attempt int
		jitter  float64
		want    time.Duration
	}{
		{after: 2 * time.Second, attempt: 5, want: 2 * time.Second},
		{after: time.Hour, attempt: 1, want: time.Hour},
		{after: time.Minute, attempt: 1, jitter: 0.5, want: 75 * time.Second},
		{attempt: 0, want: 10 * time.Second},
		{attempt: 1, want: 10 * time.Second},
		{attempt: 2, want: 20 * time.Second},
		{attempt: 2, jitter: 0.5, want: 25 * time.Second},
		{attempt: 6, want: 320 * time.Second},
		{attempt: 7, want: 10 * time.Minute},
		{attempt: 1 << 40, want: 10 * time.Minute},
	} {
		failure := notify.Failure{Action: notify.Retry, After: c.after}
		if got := failure.Wait(c.attempt, c.jitter); got != c.want {
			t.Errorf("Wait(%d, %v) after %v = %v, want %v", c.attempt, c.jitter, c.after, got, c.want)
		}
	}
}
