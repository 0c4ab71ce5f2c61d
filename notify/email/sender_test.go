package email_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/email"
	"github.com/hexbeat/hexbeat/notify/notifytest"
)

func aSender(t *testing.T, address string) *email.Sender {
	t.Helper()
	s, err := email.New(email.Config{Server: "smtp://" + address, From: "alerts@example.org", Page: "https://hexbeat.example.org/m"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func aPush(token, locale string) notify.Push {
	p := notify.NewPush(notify.Alert{ID: uuid.New(), Kind: notify.VisitsGained, Version: 2}, token)
	p.Locale = locale
	return p
}

func TestConformance(t *testing.T) {
	t.Parallel()
	notifytest.Conform(t, func(t *testing.T) (notify.Sender, notifytest.FarEnd) {
		server := aScripted(t)
		return aSender(t, server.address), server
	})
}

// python is Debian's own: another one on the PATH lacks Debian's packages.
const python = "/usr/bin/python3"

func needPython(t *testing.T) {
	t.Helper()
	if exec.Command(python, "-c", "import aiosmtpd").Run() != nil {
		const missing = "a mail server is missing: scripts/need.sh smtp (apt-get install python3-aiosmtpd)"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
}

// realServer is Debian's python3-aiosmtpd as a process of its own; it keeps what it takes in a maildir.
func realServer(t *testing.T) (address, maildir string) {
	t.Helper()
	needPython(t)
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, maildir = port.Addr().String(), filepath.Join(t.TempDir(), "mail")
	_ = port.Close()
	run(t, address, "-m", "aiosmtpd", "-n", "-l", address, "-c", "aiosmtpd.handlers.Mailbox", maildir)
	return address, maildir
}

// mails are what the server keeps.
func mails(t *testing.T, maildir string) (list []*mail.Message) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(maildir, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

func TestARealServerTakesTheMail(t *testing.T) {
	t.Parallel()
	address, maildir := realServer(t)
	sender, push := aSender(t, address), aPush("rep@example.org", "en")
	for range 2 {
		if _, err := sender.Send(t.Context(), push); err != nil {
			t.Fatal(err)
		}
	}
	got := mails(t, maildir)
	if len(got) != 2 || got[0].Header.Get("Message-Id") != got[1].Header.Get("Message-Id") {
		t.Fatalf("%d mails of different names, want the same twice", len(got))
	}
	head := got[0].Header
	body, err := io.ReadAll(got[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	if head.Get("Subject") != "Hexbeat: New visits" || head.Get("X-Hexbeat-Alert") != push.AlertID.String() || head.Get("Auto-Submitted") != "auto-generated" ||
		!strings.Contains(string(body), "https://hexbeat.example.org/m") {
		t.Errorf("the mail is %v\n%s", head, body)
	}
	other := aPush("other@example.org", "en")
	other.AlertID = push.AlertID
	receipt, err := sender.Send(t.Context(), other)
	if err != nil || receipt.MessageID == head.Get("Message-Id") || strings.Contains(receipt.MessageID, "other") {
		t.Errorf("another address's mail is %q, %v; want a name of its own without the address", receipt.MessageID, err)
	}
}

func TestWhatIsNoAddressIsForgotten(t *testing.T) {
	t.Parallel()
	server := aScripted(t)
	for _, token := range []string{"nobody", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org", "a@example.org\nX: y", strings.Repeat("a", 5000)} {
		_, err := aSender(t, server.address).Send(t.Context(), aPush(token, "ru"))
		if got, _ := errors.AsType[notify.Failure](err); got.Action != notify.Forget || server.Asked() != 0 {
			t.Errorf("%.40q: %v after %d calls, want it forgotten", token, err, server.Asked())
		}
	}
}

func TestABadSettingIsOneClearSentence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]email.Config{
		"no server":      {From: "a@example.org"},
		"another scheme": {Server: "http://x", From: "a@example.org"},
		"no port":        {Server: "smtp://x:99999", From: "a@example.org"},
		"no sender":      {Server: "smtp://x:secret@x"},
	} {
		if _, err := email.New(c); !errors.Is(err, email.ErrConfig) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want ErrConfig without the password", name, err)
		}
	}
}
