package hms

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/hexbeat/hexbeat/notify"
)

// Huawei's codes of what decides the next step, as its page on downlink messages lists them. The rest of 80xxxxxx is about the message.
const (
	codeTaken         = "80000000"
	codePartlyTaken   = "80100000" // names the tokens that are none
	codeAccessRefused = "80200001" // no access token, or another application's
	codeAccessExpired = "80200003"
	codeNotAllowed    = "80300002" // the application may not push
	codeNoTokens      = "80300007" // none of the tokens is one
	codeNotUrgent     = "80300011" // the application may not send urgently
	codeNoOAuth       = "80600003" // Huawei could not ask its own token service
	codeFault         = "81000001"
)

// judge says what follows from an answer to a push for one token: the id Huawei gave it, or a failure. Huawei answers 200 to much that it
// refuses, so its own code goes before the status.
func judge(answer notify.Answer, body []byte, token string) (id string, failure notify.Failure) {
	var reply struct {
		Code    string `json:"code"`
		Message string `json:"msg"`
		Request string `json:"requestId"`
	}
	if json.Unmarshal(body, &reply) != nil || reply.Code == "" {
		if answer.Status < http.StatusBadRequest { // a hotel's sign-in page is a 200 or a redirect too
			answer.Code = "BAD_ANSWER"
		}
		return "", notify.Policy(answer)
	}
	failure = notify.Failure{Code: notify.Word(reply.Code), Status: answer.Status, After: answer.RetryAfter}
	switch reply.Code {
	case codeTaken:
		return reply.Request, notify.Failure{}
	case codePartlyTaken:
		if !illegal(reply.Message, token) {
			return reply.Request, notify.Failure{}
		}
		failure.Action, failure.After = notify.Forget, 0
	case codeNoTokens:
		failure.Action, failure.After = notify.Forget, 0
	case codeAccessRefused, codeNotAllowed, codeNotUrgent:
		failure.Action = notify.Alarm
	case codeAccessExpired, codeNoOAuth, codeFault: // the next try gets a new token
		failure.Action = notify.Retry
	default:
		if answer.Status < http.StatusBadRequest {
			answer.Status = http.StatusBadRequest // it is refused, whatever HTTP says
		}
		failure.Action = notify.Policy(answer).Action
		if failure.Action == notify.Dead {
			failure.After = 0
		}
	}
	return "", failure
}

// illegal says whether the token is among those that Huawei calls none.
func illegal(message, token string) bool {
	var partly struct {
		Illegal []string `json:"illegal_tokens"`
	}
	return json.Unmarshal([]byte(message), &partly) == nil && slices.Contains(partly.Illegal, token)
}
