package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
	"github.com/hexbeat/hexbeat/notify/webhook"
	"github.com/hexbeat/hexbeat/notify/webpushtest"
)

// end is what stands at the far side of a channel in a fault run.
type end interface {
	transport() string
	settings() []string         // of the environment of whoever serves
	token(n int) string         // of a new device
	stumble(dice *rand.Rand)    // a few bad answers are next, as far as it can
	onTaken(func()) bool        // calls f when it has a push and has not said so; false: it can't
	down(how outage)            // until up
	up()                        // it works again
	arrivals() []arrival        // in order
	unsure() int                // calls after which nobody could know whether the push was taken
	finish(context.Context) int // what only arrives when somebody looks once more; how much that was
}

// arrival is a push as a device got it.
type arrival struct {
	token string
	data  map[string]string
}

// outage is how a provider is down.
type outage string

const (
	unavailable outage = "503"
	tooMany     outage = "429" // with a Retry-After of retryAfter
	refused     outage = "connections refused"
)

const retryAfter = 20 * time.Second

// endsOf are the channels a run goes over: HEXBEAT_ALERT_CHANNELS, else all of them. Each rep gets one.
func endsOf(t *testing.T) (ends []end) {
	t.Helper()
	names := strings.Split(os.Getenv("HEXBEAT_ALERT_CHANNELS"), ",")
	if names[0] == "" {
		names = []string{notify.FCM, notify.WebPush, notify.Webhook, notify.Socket, notify.Email}
		if exec.Command("/usr/bin/python3", "-c", "import aiosmtpd").Run() != nil && os.Getenv("CI") != "true" {
			names = names[:len(names)-1]
		}
	}
	for _, name := range names {
		switch name {
		case notify.FCM:
			ends = append(ends, newFirebase(t))
		case notify.WebPush:
			ends = append(ends, &browsers{service: webpushtest.New(t), paths: map[string]string{}})
		case notify.Webhook:
			ends = append(ends, newGateway(t))
		case notify.Email:
			ends = append(ends, newMailbox(t))
		case notify.Socket:
			ends = append(ends, &pages{t: t})
		default:
			t.Fatalf("HEXBEAT_ALERT_CHANNELS: %s is no channel of a fault run", name)
		}
	}
	return ends
}

// door is the way to a provider. Shut, connections are refused.
type door struct {
	t       *testing.T
	address string
	behind  string

	mu       sync.Mutex
	listener net.Listener
}

func newDoor(t *testing.T, behind string) *door {
	t.Helper()
	d := &door{t: t, address: "127.0.0.1:0", behind: behind}
	d.open()
	t.Cleanup(d.shut)
	return d
}

func (d *door) open() {
	d.t.Helper()
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.address, d.listener = listener.Addr().String(), listener
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go d.pass(near)
		}
	}()
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.listener.Close()
}

func (d *door) pass(near net.Conn) {
	defer near.Close()
	far, err := net.Dial("tcp", d.behind)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		_, _ = io.Copy(far, near)
		_ = far.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(near, far)
}

// firebase is a fake Firebase behind a door.
type firebase struct {
	*fcmtest.Server
	door *door
}

func newFirebase(t *testing.T) *firebase {
	t.Helper()
	s := fcmtest.New(t)
	return &firebase{s, newDoor(t, strings.TrimPrefix(s.URL, "http://"))}
}

func (f *firebase) transport() string { return notify.FCM }

func (f *firebase) settings() []string {
	return []string{"HEXBEAT_FCM_CREDENTIALS=" + f.CredentialsFile, "HEXBEAT_FCM_ENDPOINT=http://" + f.door.address}
}

func (f *firebase) token(n int) string { return fmt.Sprintf("phone-%d", n) }

func (f *firebase) stumble(dice *rand.Rand) {
	answers := []fcmtest.Answer{
		fcmtest.OK(), fcmtest.OK(), fcmtest.TooMany(time.Second), fcmtest.Internal(), fcmtest.Unavailable(time.Second),
		fcmtest.Unavailable(0).Delivered(), fcmtest.CutBefore(), fcmtest.CutInside(), fcmtest.Unauthenticated(),
	}
	for range 5 {
		f.Next(answers[dice.IntN(len(answers))])
	}
}

func (f *firebase) onTaken(do func()) bool {
	f.OnTaken(do)
	return true
}

func (f *firebase) down(how outage) {
	switch how {
	case unavailable:
		f.Always("", fcmtest.Unavailable(0))
	case tooMany:
		f.Always("", fcmtest.TooMany(retryAfter))
	case refused:
		f.door.shut()
	}
}

func (f *firebase) up() {
	f.Always("", fcmtest.OK())
	f.door.shut()
	f.door.open()
}

func (f *firebase) arrivals() (list []arrival) {
	for _, m := range f.Messages() {
		list = append(list, arrival{m.Token, m.Data})
	}
	return list
}

func (f *firebase) unsure() (n int) {
	for _, c := range f.Calls() {
		if c.Status == 0 || c.Status == http.StatusServiceUnavailable {
			n++
		}
	}
	return n
}

func (f *firebase) finish(context.Context) int { return 0 }

// browsers are at a push service that decrypts what they get.
type browsers struct {
	service *webpushtest.Service
	vapid   string            // of the installation; known once it serves
	paths   map[string]string // token by the path the service knows the browser by
	cuts    int
}

func (b *browsers) transport() string  { return notify.WebPush }
func (b *browsers) settings() []string { return []string{"HEXBEAT_WEBPUSH_PRIVATE=true"} }

func (b *browsers) token(int) string {
	token := b.service.Subscribe(b.vapid)
	var subscription struct{ Endpoint string }
	_ = json.Unmarshal([]byte(token), &subscription) // as it was made
	b.paths[strings.TrimPrefix(subscription.Endpoint, b.service.URL)] = token
	return token
}

func (b *browsers) stumble(dice *rand.Rand) {
	answers := []webpushtest.Answer{{Status: http.StatusCreated}, {Status: http.StatusServiceUnavailable}, {Cut: true}, {Status: http.StatusTooManyRequests, After: time.Second}}
	answer := answers[dice.IntN(len(answers))]
	before := b.service.Calls()
	b.service.Always(answer)
	<-time.After(200 * time.Millisecond)
	b.up()
	if answer.Cut {
		b.cuts += b.service.Calls() - before
	}
}

func (b *browsers) onTaken(func()) bool { return false }

func (b *browsers) down(how outage) {
	if how == tooMany {
		b.service.Always(webpushtest.Answer{Status: http.StatusTooManyRequests, After: retryAfter})
		return
	}
	b.service.Always(webpushtest.Answer{Status: http.StatusServiceUnavailable}) // its address is signed: there is no door to shut
}

func (b *browsers) up() { b.service.Always(webpushtest.Answer{Status: http.StatusCreated}) }

func (b *browsers) arrivals() (list []arrival) {
	for _, m := range b.service.Messages() {
		var data map[string]string
		_ = json.Unmarshal(m.Body, &data) // what is none has no alert, which is found
		list = append(list, arrival{b.paths[m.Browser], data})
	}
	return list
}

func (b *browsers) unsure() int                { return b.cuts }
func (b *browsers) finish(context.Context) int { return 0 }

// gateway is a company's own, which sends text messages.
type gateway struct {
	door   *door
	secret string

	mu     sync.Mutex
	next   []int // statuses; 0 takes the push and cuts the connection
	always int
	taken  func()
	list   []arrival
	cuts   int
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{secret: filepath.Join(t.TempDir(), "secret"), always: http.StatusOK}
	if err := os.WriteFile(g.secret, []byte("a secret of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	g.door = newDoor(t, strings.TrimPrefix(server.URL, "http://"))
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what is cut is not signed
	var data map[string]string
	if webhook.Verify("a secret of some length", r.Header, body, time.Now()) != nil || json.Unmarshal(body, &data) != nil {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.mu.Lock()
	status, taken := g.always, g.taken
	if len(g.next) > 0 {
		status, g.next = g.next[0], g.next[1:]
	}
	if status == http.StatusOK || status == 0 {
		g.list = append(g.list, arrival{data["to"], data})
	}
	if status == 0 {
		g.cuts++
	}
	g.mu.Unlock()
	switch {
	case status == 0:
		panic(http.ErrAbortHandler)
	case status == http.StatusTooManyRequests:
		w.Header().Set("Retry-After", fmt.Sprint(int(retryAfter/time.Second)))
	case status == http.StatusOK && taken != nil:
		taken()
	}
	w.WriteHeader(status)
}

func (g *gateway) transport() string { return notify.Webhook }

func (g *gateway) settings() []string {
	return []string{"HEXBEAT_WEBHOOK=http://" + g.door.address + "/alerts", "HEXBEAT_WEBHOOK_SECRET_FILE=" + g.secret}
}

func (g *gateway) token(n int) string { return fmt.Sprintf("+7900000%04d", n) }

func (g *gateway) stumble(dice *rand.Rand) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range 5 {
		g.next = append(g.next, []int{http.StatusOK, http.StatusOK, 0, http.StatusInternalServerError, http.StatusServiceUnavailable}[dice.IntN(5)])
	}
}

func (g *gateway) onTaken(do func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taken = do
	return true
}

func (g *gateway) down(how outage) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch how {
	case unavailable:
		g.always = http.StatusServiceUnavailable
	case tooMany:
		g.always = http.StatusTooManyRequests
	case refused:
		g.door.shut()
	}
}

func (g *gateway) up() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.always = http.StatusOK
	g.door.shut()
	g.door.open()
}

func (g *gateway) arrivals() []arrival {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.list)
}

func (g *gateway) unsure() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.cuts
}

func (g *gateway) finish(context.Context) int { return 0 }

// mailbox is Debian's mail server, behind a door; it keeps what it takes in a maildir.
type mailbox struct {
	t      *testing.T
	door   *door
	folder string
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := probe.Addr().String()
	_ = probe.Close()
	m := &mailbox{t: t, folder: filepath.Join(t.TempDir(), "mail"), door: newDoor(t, address)}
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", address, "-c", "aiosmtpd.handlers.Mailbox", m.folder)
	if err := server.Start(); err != nil {
		t.Fatalf("a mail server is missing: scripts/need.sh smtp: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // it was killed
	})
	return m
}

func (m *mailbox) transport() string { return notify.Email }

func (m *mailbox) settings() []string {
	return []string{"HEXBEAT_SMTP=smtp://" + m.door.address, "HEXBEAT_SMTP_FROM=alerts@example.org"}
}

func (m *mailbox) token(n int) string  { return fmt.Sprintf("rep%d@example.org", n) }
func (m *mailbox) stumble(*rand.Rand)  {}
func (m *mailbox) onTaken(func()) bool { return false }
func (m *mailbox) down(outage)         { m.door.shut() }

func (m *mailbox) up() {
	m.door.shut()
	m.door.open()
}

func (m *mailbox) arrivals() (list []arrival) {
	files, err := filepath.Glob(filepath.Join(m.folder, "new", "*"))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			m.t.Fatal(err)
		}
		letter, err := mail.ReadMessage(file)
		if err != nil {
			m.t.Fatal(err)
		}
		_ = file.Close()
		list = append(list, arrival{letter.Header.Get("X-RcptTo"), map[string]string{
			"alertId": letter.Header.Get("X-Hexbeat-Alert"), "version": letter.Header.Get("X-Hexbeat-Version"), "kind": letter.Header.Get("X-Hexbeat-Kind"),
		}})
	}
	return list
}

func (m *mailbox) unsure() int                { return 0 }
func (m *mailbox) finish(context.Context) int { return 0 }

// pages are open pages of reps, each with its socket. What a page has read it confirms.
type pages struct {
	t    *testing.T
	mu   sync.Mutex
	open []*page
	list []arrival
	shut func() // closes them all; nil while none is open
}

// look opens a page for the rep until finish.
func (p *pages) look(one *page) {
	ctx, cancel := context.WithCancel(context.Background())
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		one.look(ctx)
	}()
	others := p.shut
	p.shut = func() {
		cancel()
		<-closed
		if others != nil {
			others()
		}
	}
	p.open = append(p.open, one)
	p.t.Cleanup(cancel)
}

func (p *pages) transport() string   { return notify.Socket }
func (p *pages) settings() []string  { return nil }
func (p *pages) token(n int) string  { return fmt.Sprintf("page-%d", n) }
func (p *pages) stumble(*rand.Rand)  {}
func (p *pages) onTaken(func()) bool { return false }
func (p *pages) down(outage)         {}
func (p *pages) up()                 {}
func (p *pages) unsure() int         { return 1 << 20 } // a page confirms until it is heard

func (p *pages) arrivals() []arrival {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.list)
}

// finish reads every inbox once more, as a page does that is opened again.
func (p *pages) finish(ctx context.Context) int {
	p.shut()
	before := len(p.arrivals())
	for _, one := range p.open {
		if err := one.catchUp(ctx); err != nil {
			p.t.Errorf("the page's last look: %v", err)
		}
	}
	return len(p.arrivals()) - before
}
