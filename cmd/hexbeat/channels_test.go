package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/webpush"
)

func TestWebPushKeysAreMadeOnceAndTheirLossIsSaid(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	var log bytes.Buffer
	keys := func() (webpush.Keys, error) {
		return webPushKeys(t.Context(), w.DB, slog.New(slog.NewTextHandler(&log, nil)))
	}
	first, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := keys(); err != nil || again != first || log.Len() != 0 {
		t.Errorf("the next start has %v, %v and says %q; want the same in silence", again.Public, err, log.String())
	}
	w.Phone(t, 0, 0, notify.WebPush)
	if _, err := w.DB.Pool().Exec(t.Context(), "DELETE FROM installation"); err != nil {
		t.Fatal(err)
	}
	if lost, err := keys(); err != nil || lost == first || !strings.Contains(log.String(), "keys are lost") || !strings.Contains(log.String(), "browsers=1") {
		t.Errorf("after the loss: %v, said %q", err, log.String())
	}
	if _, err := w.DB.Pool().Exec(t.Context(), "UPDATE installation SET value = 'secret'"); err != nil {
		t.Fatal(err)
	}
	if _, err := keys(); !errors.Is(err, webpush.ErrKeys) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
		t.Errorf("broken keys: %v, want one sentence that says what to do", err)
	}
}

func TestASettingOfAChannelThatWontDoIsOneSentence(t *testing.T) {
	t.Parallel()
	p, dir := aTerminal(t), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for says, args := range map[string][]string{
		"mail.example.org:587":       {"--smtp", "mail.example.org", "--smtp-from", "a@example.org"},
		"alerts@example.org":         {"--smtp", "smtp://mail.example.org", "--smtp-from", "nobody"},
		"--webhook-secret-file":      {"--webhook", "https://gateway.example.org"},
		"gateway.example.org/alerts": {"--webhook", "gateway", "--webhook-secret-file", file("secret", "a secret of some length")},
		"less than 16":               {"--webhook", "https://gateway.example.org", "--webhook-secret-file", file("short", "short")},
		"service-account":            {"--fcm-credentials", file("account.json", "{}")},
	} {
		code, _, errs := p.run(append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)
		if code != exitFailed || !strings.Contains(lastLine(errs), says) || !strings.HasPrefix(lastLine(errs), "hexbeat: ") {
			t.Errorf("%v: exit %d, %s; want a sentence with %q", args, code, errs, says)
		}
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
