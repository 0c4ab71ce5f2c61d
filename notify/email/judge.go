package email

import (
	"context"
	"errors"
	"net/textproto"
	"strconv"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/wneessen/go-mail"
)

// judge says what follows from what a mail server said (RFC 5321, 4.2.1): 4… passes, 5… stays. Its words go no further: they quote
// addresses.
func judge(ctx context.Context, err error) notify.Failure {
	code := codeOf(err)
	failure := notify.Failure{Action: notify.Dead, Code: "SMTP_" + strconv.Itoa(code), Status: code}
	sending, isSending := errors.AsType[*mail.SendError](err)
	switch {
	case code == 0:
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		failure = notify.Policy(notify.Silence(err))
	case code == 530 || code == 534 || code == 535 || code == 538: // RFC 4954: who we are
		failure.Action = notify.Alarm
	case code < 500:
		failure.Action = notify.Retry
	case isSending && sending.Reason == mail.ErrSMTPRcptTo: // the address is no longer one
		failure.Action, failure.Code = notify.Forget, "UNREGISTERED"
	case isSending && sending.Reason == mail.ErrSMTPMailFrom:
		failure.Action = notify.Alarm
	}
	return failure
}

// codeOf is the server's reply code, 0 for no reply.
func codeOf(err error) int {
	if sending, ok := errors.AsType[*mail.SendError](err); ok {
		return sending.ErrorCode()
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return reply.Code
	}
	return 0
}
