package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDemoComesBack starts the demo, kills it while it fills its record, kills it again at work, and ends it in good order: it
// comes back each time with what it promised, and leaves nothing behind.
func TestDemoComesBack(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	dir := filepath.Join(p.dir, "demo")

	first := p.demo(dir)
	first.until("loading")
	first.end(syscall.SIGKILL)

	second := p.demo(dir)
	api := second.ready()
	links := readLinks(t, dir)
	count := map[string]int{}
	for _, u := range links.Users {
		count[u.Role]++
		if u.Token == "" || u.Email == "" || u.Name == "" {
			t.Errorf("demo.json has %+v, want an email, a name and a token", u)
		}
	}
	if count["rep"] != 12 || count["dispatcher"] != 1 || count["manager"] != 1 || count["admin"] != 1 {
		t.Errorf("demo.json has users %v, want 12 reps and one of each other role", count)
	}
	var day struct {
		Today *struct {
			Route *struct{ Stops []struct{ Position int } }
		}
		Me struct{ User struct{ Name string } }
	}
	for _, u := range links.Users {
		if u.Role != "rep" {
			continue
		}
		api.ask(u.Token, `{ me { user { name } } today { route { stops { position } } } }`, nil, &day)
		if day.Me.User.Name != u.Name || day.Today == nil || day.Today.Route == nil || len(day.Today.Route.Stops) < 5 {
			t.Errorf("the day of %s is %+v, want a planned one", u.Name, day)
		}
	}
	second.end(syscall.SIGKILL)

	third := p.demo(dir)
	third.ready()
	if again := readLinks(t, dir); len(again.Users) != len(links.Users) || again.Users[0].Token != links.Users[0].Token {
		t.Error("a second start changed the tokens, want the same ones")
	}
	third.end(os.Interrupt)
	if left := processesUsing(t, dir); left != "" {
		t.Errorf("after Ctrl-C there are still: %s", left)
	}

	other := p.command("demo", "--data-dir", dir, "--addr", "127.0.0.1:0", "--seed", "2")
	if out, err := other.CombinedOutput(); err == nil || !strings.Contains(string(out), "holds another demo") {
		t.Errorf("another seed in the same folder: %v, %s; want it refused", err, out)
	}
}

// TestTakenPortIsSaid keeps a port busy.
func TestTakenPortIsSaid(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, command := range []string{"serve", "demo"} {
		var out, errs bytes.Buffer
		code := run(t.Context(), environment{strings.NewReader(""), &out, &errs, func(string) string { return "" }},
			[]string{command, "--addr", busy.Addr().String(), "--data-dir", t.TempDir()})
		if code != exitFailed || !strings.Contains(errs.String(), "is taken by another program") {
			t.Errorf("%s on a taken port = %d, %q, want one sentence", command, code, errs.String())
		}
	}
}

// running is a demo under way.
type running struct {
	t    *testing.T
	cmd  *exec.Cmd
	said *bytes.Buffer
	more chan string
}

func (p *installation) demo(dir string) running {
	p.t.Helper()
	cmd := p.command("demo", "--data-dir", dir, "--addr", "127.0.0.1:0")
	cmd.Stderr = &lines{t: p.t}
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	r := running{t: p.t, cmd: cmd, said: &bytes.Buffer{}, more: make(chan string, 100)}
	go func() {
		defer close(r.more)
		b := make([]byte, 4096)
		for {
			n, err := out.Read(b)
			if n > 0 {
				r.more <- string(b[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	p.t.Cleanup(func() { r.end(syscall.SIGKILL) })
	return r
}

// until reads what the demo says up to a word.
func (r running) until(word string) {
	r.t.Helper()
	late := time.After(2 * time.Minute)
	for !strings.Contains(r.said.String(), word) {
		select {
		case text, open := <-r.more:
			if !open {
				r.t.Fatalf("the demo ended before it said %q:\n%s", word, r.said)
			}
			r.said.WriteString(text)
		case <-late:
			r.t.Fatalf("the demo did not say %q within two minutes:\n%s", word, r.said)
		}
	}
}

// ready waits until the demo serves.
func (r running) ready() *api {
	r.t.Helper()
	r.until("Ctrl-C stops everything.")
	_, rest, _ := strings.Cut(r.said.String(), "http://")
	address, _, _ := strings.Cut(rest, "/")
	a := &api{t: r.t, url: "http://" + address}
	a.ready()
	return a
}

func (r running) end(how os.Signal) {
	if r.cmd.ProcessState != nil {
		return
	}
	_ = r.cmd.Process.Signal(how)
	for range r.more { // a pipe that nobody reads would hold it up
	}
	if err := r.cmd.Wait(); err != nil && how == os.Interrupt {
		r.t.Errorf("the demo ended with %v, want exit code 0", err)
	}
}

func readLinks(t *testing.T, dir string) demoLinks {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, linkFile))
	if err != nil {
		t.Fatal(err)
	}
	var links demoLinks
	if err := json.Unmarshal(text, &links); err != nil {
		t.Fatal(err)
	}
	return links
}

// processesUsing lists processes whose command line names the folder.
func processesUsing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		line, err := os.ReadFile(entry)
		if err == nil && bytes.Contains(line, []byte(dir)) {
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return strings.Join(found, "; ")
}

// TestDoorsOfTheDemo opens what a browser and an operator open.
func TestDoorsOfTheDemo(t *testing.T) {
	t.Parallel()
	p := newInstallation(t)
	api := p.demo(filepath.Join(p.dir, "demo")).ready()
	for path, want := range map[string]string{
		"/": "text/html", "/m": "text/html", "/explore": "text/html", "/healthz": "text/plain", "/readyz": "text/plain", "/metrics": "text/plain",
		"/tiles/12/2553/1274.mvt": "application/vnd.mapbox-vector-tile",
	} {
		response, err := http.Get(api.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || !strings.HasPrefix(got, want) {
			t.Errorf("%s answers %d %s, want 200 %s", path, response.StatusCode, got, want)
		}
	}
	for _, path := range []string{"/nothing", "/tiles/99/0/0.mvt", "/tiles/a/b/c.mvt"} {
		response, err := http.Get(api.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d, want 404", path, response.StatusCode)
		}
	}
}
