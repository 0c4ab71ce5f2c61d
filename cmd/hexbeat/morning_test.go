package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
)

// TestMorning starts the real program and plays a morning: a company's file comes in, territories and the day are made, a rep
// looks at the day, a dispatcher moves a visit, both reps hear of it, and a restart loses nothing.
func TestMorning(t *testing.T) {
	t.Parallel()
	file := shared(t, "data/moscow_clients_osm.csv")
	push := fcmtest.New(t)
	p := newInstallation(t, "HEXBEAT_FCM_CREDENTIALS="+push.CredentialsFile, "HEXBEAT_FCM_ENDPOINT="+push.URL)

	p.run("organization", "add", "--name", "Утро")
	p.run("branch", "add", "--name", "Москва", "--time-zone", "Europe/Moscow")
	p.run("user", "add", "--email", "disp@example.com", "--name", "Диана Диспетчер", "--role", "dispatcher", "--branch", "Москва")
	p.run("import", "reps", p.write("reps.csv", repsFile(50)))
	p.run("import", "customers", file)
	if again := p.run("import", "customers", file); !strings.Contains(again, "7550 unchanged") {
		t.Errorf("importing the same file again says %q, want 7550 unchanged", again)
	}
	p.run("alignment", "draft")
	p.run("alignment", "publish")
	day := workday(t)
	p.run("plan", "--date", day.String())
	dispatcher := p.run("token", "--email", "disp@example.com")
	api := p.serve()

	// The dispatcher finds a rep with a visit ahead, and another rep.
	var reps struct {
		Reps struct {
			Nodes []struct {
				ID, Name string
				Route    *struct {
					Stops []struct {
						Visit *struct {
							ID, State string
							Version   int
						}
					}
				}
			}
		}
	}
	api.ask(dispatcher, `query ($day: Date!) { reps(first: 50) { nodes { id name route(date: $day) { stops { visit { id state version } } } } } }`,
		map[string]any{"day": day}, &reps)
	if len(reps.Reps.Nodes) != 50 {
		t.Fatalf("the dispatcher sees %d reps, want 50", len(reps.Reps.Nodes))
	}
	planned := 0
	from, visit, version := -1, "", 0
	for i, rep := range reps.Reps.Nodes {
		if rep.Route == nil {
			continue
		}
		for _, stop := range rep.Route.Stops {
			if stop.Visit == nil {
				continue
			}
			planned++
			if from < 0 && stop.Visit.State == "ASSIGNED" {
				from, visit, version = i, stop.Visit.ID, stop.Visit.Version
			}
		}
	}
	if from < 0 {
		t.Fatal("nobody has a visit ahead")
	}
	t.Logf("%d visits are on the routes of 50 reps", planned)
	giver, taker := reps.Reps.Nodes[from], reps.Reps.Nodes[(from+1)%50]
	giverToken, takerToken := p.token(giver.Name), p.token(taker.Name)

	// The rep's phone shows the day; the other rep's phone can be pushed to and listens.
	var today struct {
		Today struct {
			Route      struct{ Stops []struct{ Position int } }
			SyncCursor string
		}
	}
	api.ask(giverToken, `query ($day: Date) { today(date: $day) { route { stops { position } } syncCursor } }`, map[string]any{"day": day}, &today)
	if len(today.Today.Route.Stops) == 0 || today.Today.SyncCursor == "" {
		t.Fatalf("the rep's day is %+v, want stops and a cursor", today.Today)
	}
	api.ask(takerToken, `mutation ($id: UUID!) { deviceRegister(input: {requestId: $id, token: "phone-1", transport: "FCM", platform: "android", locale: "ru"}) {
		__typename ... on DeviceRegistered { device { id } } ... on Problem { code message } } }`, map[string]any{"id": uuid.New()}, nil)
	hints := api.listen(takerToken)

	// The reassignment, once more with the same request id.
	wish := map[string]any{"in": map[string]any{
		"requestId": uuid.New(), "visitId": visit, "toRepId": taker.ID, "expectedVersion": version, "reason": "OVERLOAD",
	}}
	const reassign = `mutation ($in: VisitReassignInput!) { visitReassign(input: $in) { __typename
		... on VisitReassigned { batchId visit { version rep { id } } decision { id explanation } alerts { kind rep { id } } }
		... on Problem { code message } } }`
	var first, second struct {
		VisitReassign struct {
			Typename string `json:"__typename"`
			BatchID  string
			Code     string
			Message  string
			Visit    struct {
				Version int
				Rep     struct{ ID string }
			}
			Decision struct{ ID, Explanation string }
		}
	}
	api.ask(dispatcher, reassign, wish, &first)
	api.ask(dispatcher, reassign, wish, &second)
	if got := first.VisitReassign; got.Typename != "VisitReassigned" || got.Visit.Rep.ID != taker.ID || got.Visit.Version != version+1 || got.Decision.Explanation == "" {
		t.Fatalf("visitReassign = %+v, want the visit with %s", got, taker.Name)
	}
	if first.VisitReassign.BatchID != second.VisitReassign.BatchID {
		t.Errorf("the repeated request made batch %s, want the first one's %s", second.VisitReassign.BatchID, first.VisitReassign.BatchID)
	}

	// The hint on the open socket, the push at the provider, the alert in both inboxes.
	hints.wait("visit")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := push.Wait(ctx, 1); err != nil {
		t.Fatalf("no push arrived: %v", err)
	}
	type inbox struct {
		Alerts struct {
			Nodes []struct{ ID, Kind, State, Text string }
		}
	}
	const alerts = `{ alerts(first: 10) { nodes { id kind state text } } }`
	var given, taken inbox
	api.ask(giverToken, alerts, nil, &given)
	api.ask(takerToken, alerts, nil, &taken)
	if len(given.Alerts.Nodes) == 0 || given.Alerts.Nodes[0].Kind != "VISITS_LOST" {
		t.Errorf("the inbox of who lost the visit holds %+v, want VISITS_LOST first", given.Alerts.Nodes)
	}
	if len(taken.Alerts.Nodes) == 0 || taken.Alerts.Nodes[0].Kind != "VISITS_GAINED" {
		t.Fatalf("the inbox of who got the visit holds %+v, want VISITS_GAINED first", taken.Alerts.Nodes)
	}
	api.ask(takerToken, `mutation ($id: UUID!, $alert: ID!) { alertAcknowledge(input: {requestId: $id, alertId: $alert}) {
		__typename ... on AlertAcknowledged { alert { state } } ... on Problem { code message } } }`,
		map[string]any{"id": uuid.New(), "alert": taken.Alerts.Nodes[0].ID}, nil)

	// Killed without a word, it comes back with everything.
	p.kill()
	api = p.serve()
	api.ask(takerToken, alerts, nil, &taken)
	if len(taken.Alerts.Nodes) == 0 || taken.Alerts.Nodes[0].State != "ACKNOWLEDGED" {
		t.Errorf("after a restart the inbox holds %+v, want the first alert ACKNOWLEDGED", taken.Alerts.Nodes)
	}
	var after struct {
		Visit struct {
			State string
			Rep   struct{ ID string }
		}
	}
	api.ask(takerToken, `query ($id: ID!) { visit(id: $id) { state rep { id } } }`, map[string]any{"id": visit}, &after)
	if after.Visit.Rep.ID != taker.ID || after.Visit.State != "ASSIGNED" {
		t.Errorf("after a restart the visit is %+v, want it ASSIGNED to %s", after.Visit, taker.Name)
	}
}

// workday is today or the next day on which an ordinary branch is open.
func workday(t *testing.T) hours.Date {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	// Tomorrow at the earliest: a shift of today may be over.
	day := hours.DateOf(time.Now().In(zone)) + 1
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day++
	}
	return day
}

func repsFile(n int) string {
	var b strings.Builder
	b.WriteString("name,email,branch\n")
	for i := range n {
		fmt.Fprintf(&b, "Представитель %02d,rep%02d@example.com,Москва\n", i+1, i+1)
	}
	return b.String()
}

// shared is a file of the shared folder. Where that folder is absent the test is skipped, except in CI.
func shared(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("%s is not here", name)
	}
	return path
}

// installation is the built binary with a data folder of its own.
type installation struct {
	t      *testing.T
	binary string
	dir    string
	env    []string
	server *exec.Cmd
}

func newInstallation(t *testing.T, env ...string) *installation {
	t.Helper()
	// Not t.TempDir: PostgreSQL runs as another user, who must be able to enter.
	dir, err := os.MkdirTemp("", "hexbeat-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &installation{t: t, binary: builtBinary(t), dir: dir}
	p.env = append(os.Environ(), "HEXBEAT_DATA_DIR="+filepath.Join(dir, "data"), "DATABASE_URL=", "LANG=en_US.UTF-8")
	p.env = append(p.env, env...)
	t.Cleanup(p.kill)
	return p
}

// command prepares the binary to be run.
func (p *installation) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.binary, args...)
	cmd.Env, cmd.Dir = p.env, p.dir
	return cmd
}

// run carries out a command that must succeed and returns what it printed.
func (p *installation) run(args ...string) string {
	p.t.Helper()
	cmd := p.command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		p.t.Fatalf("hexbeat %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out))
}

func (p *installation) write(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	return path
}

// token is a bearer token of a rep by name. A serving process may run beside.
func (p *installation) token(name string) string {
	p.t.Helper()
	return p.run("token", "--email", "rep"+name[len(name)-2:]+"@example.com")
}

// serve starts `hexbeat serve` on a free port and waits until it is ready.
func (p *installation) serve() *api {
	p.t.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	address := probe.Addr().String()
	_ = probe.Close()
	p.server = p.command("serve", "--addr", address)
	p.server.Stderr = &lines{t: p.t}
	if err := p.server.Start(); err != nil {
		p.t.Fatal(err)
	}
	a := &api{t: p.t, url: "http://" + address}
	a.ready()
	return a
}

// kill ends the serving process as a power cut would.
func (p *installation) kill() {
	if p.server == nil || p.server.ProcessState != nil {
		return
	}
	_ = p.server.Process.Signal(syscall.SIGKILL)
	_ = p.server.Wait() // it was killed
}

// lines hands a process's log to the test's, and is silent once the test is over.
type lines struct{ t *testing.T }

func (l *lines) Write(b []byte) (int, error) {
	if l.t.Context().Err() == nil {
		l.t.Logf("%s", bytes.TrimSpace(b))
	}
	return len(b), nil
}

// api is a client of a serving process.
type api struct {
	t   *testing.T
	url string
}

// ready asks until the process can serve.
func (a *api) ready() {
	a.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		if response, err := http.Get(a.url + "/readyz"); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(20 * time.Millisecond) // a process can only be asked
	}
	a.t.Fatal("the program is not ready within a minute")
}

// ask sends a GraphQL request that must succeed and reads its data.
func (a *api) ask(token, query string, variables map[string]any, into any) {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		a.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		a.t.Fatalf("answer of %s: %v", query, err)
	}
	if len(answer.Errors) > 0 {
		a.t.Fatalf("%s\nfailed: %s", query, answer.Errors)
	}
	if strings.Contains(string(answer.Data), `"code":`) {
		a.t.Fatalf("%s\nwas refused: %s", query, answer.Data)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer.Data, into); err != nil {
		a.t.Fatalf("data of %s: %v", query, err)
	}
}

// hints are what a real graphql-ws client hears.
type hints struct {
	t     *testing.T
	lines chan string
}

// listen subscribes to `changed` with npm's graphql-ws and returns once the subscription stands.
func (a *api) listen(token string) hints {
	a.t.Helper()
	modules, err := filepath.Abs(filepath.Join("..", "..", "graph", "audit", "node_modules"))
	if err != nil {
		a.t.Fatal(err)
	}
	if _, err := os.Stat(modules); err != nil {
		if os.Getenv("CI") == "true" {
			a.t.Fatal("graph/audit/node_modules is missing: make test installs it")
		}
		a.t.Skip("graph/audit/node_modules is missing: run npm ci in graph/audit")
	}
	cmd := exec.CommandContext(a.t.Context(), "node", filepath.Join("..", "..", "graph", "audit", "listen.mjs"))
	cmd.Env = append(os.Environ(), "HEXBEAT_URL=ws"+strings.TrimPrefix(a.url, "http")+"/graphql", "HEXBEAT_TOKEN="+token)
	cmd.Stderr = &lines{t: a.t}
	out, err := cmd.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	h := hints{t: a.t, lines: make(chan string, 1000)}
	go func() {
		defer close(h.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			h.lines <- scan.Text()
		}
	}()
	h.wait("subscribed")
	return h
}

// wait reads on until a line names what is waited for.
func (h hints) wait(what string) {
	h.t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case line, open := <-h.lines:
			if !open {
				h.t.Fatalf("the socket ended before %q came", what)
			}
			if strings.Contains(line, what) {
				return
			}
		case <-late:
			h.t.Fatalf("%q did not come within a minute", what)
		}
	}
}
