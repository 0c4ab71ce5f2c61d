package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/hmstest"
	"github.com/hexbeat/hexbeat/notify/rustoretest"
	"github.com/hexbeat/hexbeat/notify/socket"
	"github.com/hexbeat/hexbeat/notify/webpush"
	"github.com/hexbeat/hexbeat/notify/webpushtest"
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

func TestDoctorLooksAtTheKeysOfWebPush(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	look := func() finding { return checkWebPush(t.Context(), w.DB) }
	if got := look(); got.ill || w.Count(t, "SELECT count(*) FROM installation WHERE name = 'webpush keys'") != 0 {
		t.Errorf("before the first start: %+v, want nothing to mend and nothing made", got)
	}
	keys, err := webPushKeys(t.Context(), w.DB, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	browser := webpushtest.New(t).Subscribe(keys.Public)
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.RegisterDevice{Token: browser, Transport: notify.WebPush, Platform: "web", Locale: "ru"}); err != nil {
		t.Fatal(err)
	}
	if got := look(); got.ill {
		t.Errorf("a browser of these keys: %+v", got)
	}
	for _, c := range [][2]string{
		{"other keys", "UPDATE device SET token = replace(token, '" + keys.Public + "', 'another')"},
		{"keys are lost", "DELETE FROM installation"},
		{"restore the row", "INSERT INTO installation (name, value) VALUES ('webpush keys', 'secret')"},
	} {
		says, sql := c[0], c[1]
		if _, err := w.DB.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		if got := look(); !got.ill || !strings.Contains(got.say, says) || strings.Contains(got.say, "secret") {
			t.Errorf("after %s: %+v, want it to say %q", sql, got, says)
		}
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
		"--rustore-token-file":       {"--rustore-project", "p"},
		"of several words":           {"--rustore-project", "p", "--rustore-token-file", file("words", "two words")},
		"--hms-secret-file":          {"--hms-app", "1"},
		"its secret is empty":        {"--hms-app", "1", "--hms-secret-file", file("empty", "\n")},
		"token endpoint \"oauth\"":   {"--hms-app", "1", "--hms-secret-file", file("app", "secret"), "--hms-token-uri", "oauth"},
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

// The word that a page has the alert may come through any process: the sender looks into the record when the feed says that it changed.
func TestTheOpenSocketIsAChannel(t *testing.T) {
	t.Parallel()
	w, hub := desktest.Planned(t), live.NewHub()
	page := w.Phone(t, 0, 0, notify.Socket)
	var alert uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1", w.Branches[0].Reps[0].ID).Scan(&alert); err != nil {
		t.Fatal(err)
	}
	sender := socket.New(socket.Config{Confirmed: confirmed(w.DB), Watch: watch(hub), Patience: 10 * time.Second})
	push := notify.NewPush(notify.Alert{ID: alert}, page.Token)
	push.Organization = w.Organization
	sent := make(chan error, 1)
	go func() {
		_, err := sender.Send(t.Context(), push)
		sent <- err
	}()
	for hub.Subscribers() == 0 {
		runtime.Gosched()
	}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ReceiveAlerts{Alerts: []uuid.UUID{alert}, Device: page.ID}); err != nil {
		t.Fatal(err)
	}
	hub.Publish([]live.Change{{Organization: w.Organization, Kind: "alert", ID: alert}}, "")
	if err := <-sent; err != nil {
		t.Errorf("confirmed, yet %v", err)
	}
}

func TestDoctorAsksTheStoresWhetherTheyBelieveUs(t *testing.T) {
	t.Parallel()
	p, dir := aTerminal(t), t.TempDir()
	vk, huawei := rustoretest.New(t), hmstest.New(t)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	doctor := func(token, secret string) (int, string) {
		code, out, _ := p.run("doctor", "--rustore-project", vk.Project, "--rustore-endpoint", vk.URL, "--rustore-token-file", file("token", token),
			"--hms-app", huawei.App, "--hms-endpoint", huawei.URL, "--hms-token-uri", huawei.TokenURI, "--hms-secret-file", file("secret", secret))
		return code, out
	}
	if code, out := doctor(vk.Token, huawei.Secret); code != exitDone || strings.Count(out, "are believed") != 2 {
		t.Errorf("with good credentials = %d:\n%s", code, out)
	}
	if code, out := doctor("another", "another"); code != exitFailed || !strings.Contains(out, "MEND  rustore") || !strings.Contains(out, "MEND  huawei") {
		t.Errorf("with others' credentials = %d:\n%s", code, out)
	}
	if n := len(vk.Messages()) + len(huawei.Messages()); n != 0 {
		t.Errorf("doctor sent %d pushes", n)
	}
}
