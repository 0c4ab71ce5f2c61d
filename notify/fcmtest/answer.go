package fcmtest

import (
	"net/http"
	"time"
)

// Answer is how the fake answers one send. Make it with one of the functions below.
type Answer struct {
	status    int
	code      string // of FCM's own error detail; none when empty
	canonical string // Google's status word
	message   string
	field     string // the field complained of; none when empty
	after     time.Duration
	delivers  bool // the message reaches the phone
	silent    bool
	trickles  bool
	cut       cut
}

// cut says where the connection is cut.
type cut int

const (
	uncut cut = iota
	beforeAnswer
	insideAnswer
)

// OK takes the message.
func OK() Answer { return Answer{status: http.StatusOK, delivers: true} }

// Unregistered says that the app is gone from the phone: 404.
func Unregistered() Answer {
	return Answer{status: http.StatusNotFound, code: "UNREGISTERED", canonical: "NOT_FOUND", message: "Requested entity was not found."}
}

// BadToken says that this is no registration token, as FCM does today: 400, in the message alone.
func BadToken() Answer {
	return Answer{status: http.StatusBadRequest, code: "INVALID_ARGUMENT", canonical: "INVALID_ARGUMENT",
		message: "The registration token is not a valid FCM registration token"}
}

// BadField complains of a field of the message, such as message.token or message.data[0].value: 400.
func BadField(field string) Answer {
	return Answer{status: http.StatusBadRequest, code: "INVALID_ARGUMENT", canonical: "INVALID_ARGUMENT",
		message: "Request contains an invalid argument.", field: field}
}

// Unauthenticated does not believe the access token: 401.
func Unauthenticated() Answer {
	return Answer{status: http.StatusUnauthorized, canonical: "UNAUTHENTICATED", message: "Request had invalid authentication credentials."}
}

// ThirdPartyAuth says that the project's certificate for Apple is bad: 401.
func ThirdPartyAuth() Answer {
	return Answer{status: http.StatusUnauthorized, code: "THIRD_PARTY_AUTH_ERROR", canonical: "UNAUTHENTICATED", message: "Auth error from APNS or Web Push Service"}
}

// PermissionDenied says that the account may not send for the project: 403.
func PermissionDenied() Answer {
	return Answer{status: http.StatusForbidden, canonical: "PERMISSION_DENIED", message: "Permission denied on resource project."}
}

// SenderMismatch says that the token belongs to another project: 403.
func SenderMismatch() Answer {
	return Answer{status: http.StatusForbidden, code: "SENDER_ID_MISMATCH", canonical: "PERMISSION_DENIED", message: "SenderId mismatch"}
}

// TooMany asks to come back after the time, in whole seconds: 429. Zero leaves Retry-After out.
func TooMany(after time.Duration) Answer {
	return Answer{status: http.StatusTooManyRequests, code: "QUOTA_EXCEEDED", canonical: "RESOURCE_EXHAUSTED", message: "Quota exceeded.", after: after}
}

// Internal is FCM's own fault: 500.
func Internal() Answer {
	return Answer{status: http.StatusInternalServerError, code: "INTERNAL", canonical: "INTERNAL", message: "Internal error encountered."}
}

// Unavailable asks to come back after the time, in whole seconds: 503. Zero leaves Retry-After out.
func Unavailable(after time.Duration) Answer {
	return Answer{status: http.StatusServiceUnavailable, code: "UNAVAILABLE", canonical: "UNAVAILABLE", message: "The service is currently unavailable.", after: after}
}

// Hang says nothing until the caller gives up or the fake is closed.
func Hang() Answer { return Answer{silent: true} }

// Trickle delivers, and says so a byte at a time without ever coming to an end.
func Trickle() Answer { return Answer{status: http.StatusOK, delivers: true, trickles: true} }

// CutBefore cuts the connection without a word; the message is lost.
func CutBefore() Answer { return Answer{cut: beforeAnswer} }

// CutInside delivers, and cuts the connection in the middle of saying so.
func CutInside() Answer { return Answer{status: http.StatusOK, delivers: true, cut: insideAnswer} }

// Delivered is the same answer to a message that reached the phone all the same. The real FCM does
// that with 503.
func (a Answer) Delivered() Answer {
	a.delivers = true
	return a
}
