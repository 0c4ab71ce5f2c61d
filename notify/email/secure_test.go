package email_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/email"
)

// secureServer is a mail server that wants a password, with a certificate made for the test.
func secureServer(t *testing.T, mode string) (address, maildir string, roots *x509.CertPool) {
	t.Helper()
	needPython(t)
	certificate, key, roots := aCertificate(t)
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, maildir = port.Addr().String(), filepath.Join(t.TempDir(), "mail")
	_ = port.Close()
	_, number, _ := net.SplitHostPort(address)
	run(t, address, filepath.Join("testdata", "server.py"), mode, number, certificate, key, maildir)
	return address, maildir, roots
}

// aCertificate is for 127.0.0.1, signed by itself.
func aCertificate(t *testing.T) (certificate, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, bytes []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(parsed)
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", secret), roots
}

// The real server takes mail only over TLS and from who signs in; what it refuses says whether to try again, and whom to call.
func TestSigningInOverTLS(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"starttls", "implicit"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			address, maildir, roots := secureServer(t, mode)
			scheme := map[string]string{"starttls": "smtp", "implicit": "smtps"}[mode]
			to := func(user string, roots *x509.CertPool) *email.Sender {
				s, err := email.New(email.Config{Server: scheme + "://" + user + address, From: "alerts@example.org", Roots: roots})
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
			good := to("alerts%40example.org:open%20sesame@", roots)
			if _, err := good.Send(t.Context(), aPush("rep@example.org", "ru")); err != nil {
				t.Errorf("the right password: %v", err)
			}
			if err := good.Check(t.Context()); err != nil {
				t.Errorf("a look at the server: %v", err)
			}
			for name, c := range map[string]struct {
				sender *email.Sender
				action notify.Action
				code   string
				says   string
			}{
				"a wrong password":            {to("alerts%40example.org:sesame@", roots), notify.Alarm, "SMTP_535", "the user or the password"},
				"no password":                 {to("", roots), notify.Alarm, "SMTP_530", ""},
				"sign-in is out of order":     {to("busy:x@", roots), notify.Retry, "SMTP_454", "SMTP_454"},
				"a certificate nobody signed": {to("alerts%40example.org:open%20sesame@", nil), notify.Alarm, "BAD_CERTIFICATE", "--smtp-ca"},
			} {
				_, err := c.sender.Send(t.Context(), aPush("rep@example.org", "ru"))
				if got, _ := errors.AsType[notify.Failure](err); got.Action != c.action || got.Code != c.code {
					t.Errorf("%s: %v (%s), want %s %s", name, err, got.Action, c.action, c.code)
				}
				if err := c.sender.Check(t.Context()); c.says != "" && (!errors.Is(err, email.ErrConfig) || !strings.Contains(err.Error(), c.says)) || err != nil && strings.Contains(err.Error(), "sesame") {
					t.Errorf("%s, a look: %v, want a sentence with %q", name, err, c.says)
				}
			}
			if got := mails(t, maildir); len(got) != 1 {
				t.Errorf("%d mails arrived, want the one that was let in", len(got))
			}
		})
	}
}

func TestAPasswordIsNotSentInTheClear(t *testing.T) {
	t.Parallel()
	address, maildir, _ := secureServer(t, "open")
	s, err := email.New(email.Config{Server: "smtp://alerts%40example.org:open%20sesame@" + address, From: "alerts@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Send(t.Context(), aPush("rep@example.org", "ru"))
	if got, _ := errors.AsType[notify.Failure](err); got.Action != notify.Alarm || got.Code != "UNFIT_SERVER" || len(mails(t, maildir)) != 0 {
		t.Errorf("without TLS: %v, want an alarm and no mail", err)
	}
	if err := s.Check(t.Context()); !errors.Is(err, email.ErrConfig) || !strings.Contains(err.Error(), "no TLS") {
		t.Errorf("a look: %v", err)
	}
}

// run starts Debian's Python and waits until something answers at the address.
func run(t *testing.T, address string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, python, args...)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // it was killed
	})
	for patience := time.Now().Add(20 * time.Second); ; {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
			return
		}
		if time.Now().After(patience) {
			t.Fatalf("the mail server does not start: %v", err)
		}
	}
}
