package graph_test

import (
	"bufio"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/live"
)

// node makes a command of one of the scripts in audit, whose packages `make test` installs.
func node(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat("audit/node_modules"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("graph/audit/node_modules is missing: run npm ci in graph/audit")
		}
		t.Skip("graph/audit/node_modules is missing: run npm ci in graph/audit")
	}
	cmd := exec.CommandContext(t.Context(), "node", append([]string{script}, args...)...)
	cmd.Dir, cmd.Stderr = "audit", os.Stderr
	return cmd
}

// TestGraphQLOverHTTPAudit: npm graphql-http's audits find no errors and nothing to warn of.
func TestGraphQLOverHTTPAudit(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), true)
	server := httptest.NewServer(h.door)
	t.Cleanup(server.Close)
	out, err := node(t, "audit.mjs", server.URL+"/graphql", "rep").Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, out)
	}
	t.Logf("%s", out)
	for _, line := range strings.Split(string(out), "\n") {
		if strings.HasPrefix(line, "error") || strings.HasPrefix(line, "warn") {
			t.Error(line)
		}
	}
	if !strings.Contains(string(out), "passed ") {
		t.Error("the audit did not come to its end")
	}
}

// TestRealClientOverWebsocket lets npm graphql-ws ask, listen, and hear why it is let go.
func TestRealClientOverWebsocket(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	server := httptest.NewServer(h.door)
	t.Cleanup(server.Close)
	cmd := node(t, "socket.mjs", strings.Replace(server.URL, "http", "ws", 1)+"/graphql", "rep")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	visit := uuid.New()
	var heard []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		heard = append(heard, lines.Text())
		var line struct {
			Broken any
			Hints  json.RawMessage
			Closed int
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		switch {
		case line.Broken != nil:
			// The subscription is the next thing the client does: tell until it hears.
			go func() {
				for h.hub.Subscribers() == 0 && t.Context().Err() == nil {
					runtime.Gosched()
				}
				h.hub.Publish([]live.Change{{Organization: h.Organization, Kind: "visit", ID: visit, Reps: [2]uuid.UUID{h.Branches[0].Reps[0].ID}}}, "5-1")
			}()
		case line.Hints != nil && strings.Contains(string(line.Hints), "changed"):
			h.revoke("rep")
		}
	}
	said := strings.Join(heard, "\n")
	for _, want := range []string{
		`{"connected":true}`, `{"query":{"data":{"me":{"roles":["REP"]}}}}`, `{"query":"complete"}`, `"GRAPHQL_VALIDATION_FAILED"`,
		`{"hints":{"data":{"changed":{"kind":"visit","ids":["` + visit.String() + `"],"cursor":"5-1"}}}}`, `"closed":4401`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the client did not hear %s; it heard\n%s", want, said)
		}
	}
}
