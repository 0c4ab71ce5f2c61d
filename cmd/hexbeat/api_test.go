package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

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
	data, errs, err := a.post(token, query, variables)
	if err != nil {
		a.t.Fatalf("answer of %s: %v", query, err)
	}
	if len(errs) > 0 {
		a.t.Fatalf("%s\nfailed: %s", query, errs)
	}
	if strings.Contains(string(data), `"code":`) {
		a.t.Fatalf("%s\nwas refused: %s", query, data)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(data, into); err != nil {
		a.t.Fatalf("data of %s: %v", query, err)
	}
}

// post sends a GraphQL request and says what came back.
func (a *api) post(token, query string, variables map[string]any) (data json.RawMessage, errs []json.RawMessage, err error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, nil, err
	}
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []json.RawMessage
	}
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Data, answer.Errors, err
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
