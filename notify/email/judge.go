package email

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
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
	case code == 0 && ctx.Err() != nil:
		failure = notify.Policy(notify.Silence(ctx.Err()))
	case code == 0 && isForged(err):
		failure = notify.Failure{Action: notify.Alarm, Code: badCertificate}
	case code == 0 && (isSending || isCut(err)):
		failure = notify.Policy(notify.Silence(err))
	case code == 0: // it answers, and has not what we ask for: no TLS, no way to sign in that we know
		failure = notify.Failure{Action: notify.Alarm, Code: unfit}
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

// Our own words for what a mail server has no code for.
const (
	badCertificate = "BAD_CERTIFICATE"
	unfit          = "UNFIT_SERVER"
)

// isForged says whether the server's certificate is not one to believe.
func isForged(err error) bool {
	_, forged := errors.AsType[*tls.CertificateVerificationError](err)
	return forged
}

// isCut says whether the connection failed, or what came over it was no mail server's.
func isCut(err error) bool {
	_, network := errors.AsType[net.Error](err)
	_, nonsense := errors.AsType[textproto.ProtocolError](err)
	return network || nonsense || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// complaint is what somebody must mend, for who looks after the server.
func complaint(f notify.Failure) string {
	switch {
	case f.Code == badCertificate:
		return "its certificate is not signed by anybody this machine trusts, or is for another name: name the signer with --smtp-ca"
	case f.Code == unfit:
		return "it offers no TLS, or no way to sign in: the password is not sent without"
	case f.Status == 535:
		return "it refuses the user or the password"
	case f.Status != 0:
		return "it refuses us with " + f.Code
	case f.Code == "TIMEOUT":
		return "it does not answer within 10 s: look at its address and the firewall"
	}
	return "it can't be reached: look at its address and port"
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
