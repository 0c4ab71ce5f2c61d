package notify

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// longestWait is the most we let a provider put us off: beyond it a header is more likely broken than meant.
const longestWait = 24 * time.Hour

// RetryAfter reads the header of that name, which is in seconds or a date. Nonsense counts as absent.
func RetryAfter(header string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(strings.TrimSpace(header), 10, 63); err == nil {
		wait = time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), longestWait)
}

// AnswerOf reads what a provider that speaks plain HTTP said to a push. Its words go no further: they may quote what was sent.
func AnswerOf(response *http.Response, err error, now time.Time) Answer {
	if err != nil {
		return Silence(err)
	}
	return Answer{
		Status: response.StatusCode, Code: "HTTP_" + strconv.Itoa(response.StatusCode),
		RetryAfter: RetryAfter(response.Header.Get("Retry-After"), now),
	}
}

// Word lets through what looks like a provider's code, and makes UNKNOWN of the rest. Codes are stored and shown; texts may quote what was
// sent.
func Word(code string) string {
	if code == "" || len(code) > 64 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "UNKNOWN"
	}
	return code
}

// Silence is the answer that never came. The error itself is dropped: it may quote what was sent.
func Silence(err error) Answer {
	timeout, ok := errors.AsType[net.Error](err)
	if errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout() {
		return Answer{Code: "TIMEOUT"}
	}
	return Answer{Code: "NO_ANSWER"}
}

// IsWebAddress says whether the text is the http or https address of some host.
func IsWebAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// ErrPrivate refuses an address inside a private network, where somebody else chose the address.
var ErrPrivate = errors.New("address in a private network")

// PublicOnly is a Control of net.Dialer that connects to public addresses alone: a device names its own push service, and must not be
// able to send us to the machines next door. It sees the address that is connected to, after every look-up of names.
func PublicOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsGlobalUnicast() || ip.IsPrivate() || isShared(ip) {
		return ErrPrivate
	}
	return nil
}

// isShared says whether the address belongs to what providers share among customers (RFC 6598), which is as private as the rest, or is one
// that hides an IPv4 address (RFC 6052).
func isShared(ip net.IP) bool {
	if v4 := ip.To4(); v4 != nil {
		return v4[0] == 100 && v4[1]&0xc0 == 64 || v4[0] == 0
	}
	return ip[0] == 0x00 && ip[1] == 0x64 && ip[2] == 0xff && ip[3] == 0x9b
}

// NoRedirect is a CheckRedirect of http.Client that follows none: what was meant for one address goes to no other.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
