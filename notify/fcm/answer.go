package fcm

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"firebase.google.com/go/v4/errorutils"
	"github.com/hexbeat/hexbeat/notify"
)

// problem is the form of Google's refusals.
type problem struct {
	Error struct {
		Status  string `json:"status"`
		Message string `json:"message"`
		Details []struct {
			Type            string `json:"@type"`
			ErrorCode       string `json:"errorCode"`
			FieldViolations []struct {
				Field string `json:"field"`
			} `json:"fieldViolations"`
		} `json:"details"`
	} `json:"error"`
}

// answerOf reads FCM's refusal out of the SDK's error. Nothing of its text goes further: it may quote the token.
func answerOf(err error, now time.Time) notify.Answer {
	response := errorutils.HTTPResponse(err) //nolint:bodyclose // the SDK has read and closed it
	if response == nil {                     // the SDK did not like the message, and sent nothing
		return notify.Answer{Status: http.StatusBadRequest, Code: "INVALID_MESSAGE"}
	}
	body, _ := io.ReadAll(response.Body) // it is in memory
	var p problem
	_ = json.Unmarshal(body, &p) // a gateway's page has no code, only a status
	a := notify.Answer{
		Status:     response.StatusCode,
		Code:       p.code(),
		AboutToken: p.aboutToken(),
		RetryAfter: notify.RetryAfter(response.Header.Get("Retry-After"), now),
	}
	switch a.Status {
	case noAnswer:
		a.Status = 0
	case unavailable:
		a.Status = http.StatusServiceUnavailable
	}
	if a.Code == "" {
		a.Code = "HTTP_" + strconv.Itoa(a.Status)
	}
	return a
}

// code is FCM's own word if it said one, else Google's general one.
func (p problem) code() string {
	for _, detail := range p.Error.Details {
		if strings.HasSuffix(detail.Type, "google.firebase.fcm.v1.FcmError") && detail.ErrorCode != "" {
			return notify.Word(detail.ErrorCode)
		}
	}
	if p.Error.Status == "" {
		return ""
	}
	return notify.Word(p.Error.Status)
}

// aboutToken says whether the refusal is about the device's token. FCM names the field at times, and at
// times says it in words only.
func (p problem) aboutToken() bool {
	for _, detail := range p.Error.Details {
		for _, violation := range detail.FieldViolations {
			if violation.Field == "message.token" {
				return true
			}
		}
	}
	return strings.Contains(strings.ToLower(p.Error.Message), "registration token")
}
