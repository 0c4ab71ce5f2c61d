package notify

import (
	"fmt"
	"net/http"
	"time"
)

// Action says what to do about a push that was not taken.
type Action string

// The actions.
const (
	Forget Action = "FORGET" // the token is dead: delete the device, and try no more
	Retry  Action = "RETRY"  // the provider is busy, broken or silent: try again later
	Dead   Action = "DEAD"   // the push itself is wrong, which is our bug: keep it where people see it
	Pass   Action = "PASS"   // the device can't be reached this way now: ask another channel
	Alarm  Action = "ALARM"  // our credentials or project are wrong: tell the operator, try again later
)

// Answer is what a provider said to a push it did not take, reduced to what decides the next step.
type Answer struct {
	Status     int           // of HTTP; 0 when no answer came
	Code       string        // the provider's word: UNREGISTERED, QUOTA_EXCEEDED, …
	AboutToken bool          // it complains of the token, not of the rest of the message
	RetryAfter time.Duration // as asked by the provider; 0 when it did not ask
}

// Failure is why a push was not taken, and what follows. It names neither device nor person.
type Failure struct {
	Action Action
	Code   string        // the provider's word, or ours when it said nothing: NO_ANSWER, BAD_ANSWER
	Status int           // of HTTP; 0 when no answer came
	After  time.Duration // for Retry and Alarm: not before this has passed; 0 when the provider did not ask
}

var consequences = map[Action]string{
	Forget: "the device is to be forgotten",
	Retry:  "to be tried again",
	Dead:   "the message is wrong",
	Pass:   "another channel is to be asked",
	Alarm:  "check the push credentials and project",
}

func (f Failure) Error() string {
	return fmt.Sprintf("push not taken (%s, HTTP %d): %s", f.Code, f.Status, consequences[f.Action])
}

// Wait is how long to wait before the next attempt: what the provider asked, else [Backoff], at least 10 s.
// On top comes up to a half, by jitter in [0, 1), so that what was refused together does not return
// together. Attempt is the number of attempts made so far.
func (f Failure) Wait(attempt int, jitter float64) time.Duration {
	wait := f.After
	if wait == 0 {
		wait = Backoff(attempt)
	}
	return wait + time.Duration(jitter*float64(wait)/2)
}

// Backoff is the wait after so many failed attempts when nobody asked for another: 10 s, doubled each time, at
// most 10 minutes.
func Backoff(attempt int) time.Duration {
	const first, most = 10 * time.Second, 10 * time.Minute
	if attempt > 6 {
		return most
	}
	return first << max(0, attempt-1)
}

// Policy is the table of what follows from a provider's refusal. The codes are Firebase's; a sender to
// another provider translates into them.
func Policy(a Answer) Failure {
	f := Failure{Code: a.Code, Status: a.Status, After: a.RetryAfter}
	switch {
	case a.Code == "UNREGISTERED", a.Code == "SENDER_ID_MISMATCH", a.Code == "INVALID_ARGUMENT" && a.AboutToken:
		f.Action = Forget
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, a.Status == http.StatusNotFound:
		f.Action = Alarm
	case a.Status < http.StatusBadRequest, a.Status >= http.StatusInternalServerError,
		a.Status == http.StatusRequestTimeout, a.Status == http.StatusTooManyRequests:
		f.Action = Retry
	default:
		f.Action = Dead
	}
	if f.Action == Forget || f.Action == Dead {
		f.After = 0
	}
	return f
}
