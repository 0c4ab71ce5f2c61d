package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/postgres/local"
)

// Every refusal is one sentence that says what is wrong and what to do. The golden file is there to be read.
func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.csv", "id,name,lat,lon\n1,Роза,55.7,37.6\n")
	const nobody = "no organization yet"
	steps := []struct {
		state string
		args  []string
	}{
		{"", nil},
		{"", []string{"migrat"}},
		{"", []string{"branch"}},
		{"", []string{"branch", "ad"}},
		{"", []string{"organisation", "add"}},
		{"", []string{"xyzzy"}},
		{"", []string{"token", "--emial", "a@b.ru"}},
		{"", []string{"token", "--colour", "red"}},
		{"", []string{"token", "--email"}},
		{"", []string{"token", "--email", "a@b.ru", "--expires", "soon"}},
		{"", []string{"token", "--email", "a@b.ru", "--expires", "-1h"}},
		{"", []string{"version", "now"}},
		{"", []string{"branch", "add", "--name", "Север", "--open", "25:00"}},
		{"", []string{"branch", "add", "--name", "Север", "--shift-to", "08:00"}},
		{"", []string{"user", "add", "--email", "a@b.ru", "--role", "king"}},
		{"", []string{"import", "customers"}},
		{"", []string{"import", "customers", filepath.Join(dir, "none.csv")}},
		{"", []string{"import", "customers", dir}},
		{"", []string{"import", "customers", file("empty.csv", "")}},
		{"", []string{"import", "customers", file("header.csv", "id,name,lat,lon\n")}},
		{"", []string{"import", "customers", file("headless.csv", "1,Роза,55.7,37.6\n")}},
		{"", []string{"import", "customers", file("picture.csv", "\x89PNG\r\n\x1a\n\x00\x00")}},
		{"", []string{"import", "reps", file("noemail.csv", "name\nАнна\n")}},
		{nobody, []string{"import", "customers", good}},
		{nobody, []string{"organization", "add"}},
		{nobody, []string{"organization", "add", "--name", " "}},
		{nobody, []string{"organization", "add", "--name", "Ромашка", "--locale", "fr"}},
		{"one organization", []string{"organization", "add", "--name", "Ромашка"}},
		{"one organization", []string{"token", "--email", "a@b.ru", "--organization", "Лютик"}},
		{"one organization", []string{"import", "customers", good}},
		{"one organization", []string{"branch", "add", "--name", "Север", "--time-zone", "Moskow"}},
		{"one organization", []string{"branch", "add", "--name", "Север", "--parent", "Юг"}},
		{"a branch", []string{"branch", "add", "--name", "Москва"}},
		{"a branch", []string{"user", "add", "--email", "no address", "--role", "admin"}},
		{"a branch", []string{"user", "add", "--email", "a@b.ru", "--role", "rep", "--branch", "Север"}},
		{"a branch", []string{"token", "--email", "a@b.ru"}},
		{"a branch", []string{"import", "customers", good, "--branch", "Север"}},
		{"a branch", []string{"import", "customers", file("bad.csv", "id,name,lat,lon\n1,Роза,91,37.6\n2,Лес,55,7,37,6\n")}},
		{"two branches", []string{"import", "customers", good}},
		{"two branches", []string{"user", "add", "--email", "a@b.ru", "--role", "rep"}},
		{"two organizations", []string{"token", "--email", "a@b.ru"}},
	}
	p := aTerminal(t)
	enter := map[string]func(){
		"one organization":  func() { p.does("organization", "add", "--name", "Ромашка") },
		"a branch":          func() { p.does("branch", "add", "--name", "Москва") },
		"two branches":      func() { p.does("branch", "add", "--name", "Казань") },
		"two organizations": func() { p.does("organization", "add", "--name", "Лютик") },
	}
	var all strings.Builder
	state := ""
	for _, step := range steps {
		if step.state != state {
			state = step.state
			fmt.Fprintf(&all, "\n# %s\n", state)
			if enter[state] != nil {
				enter[state]()
			}
		}
		code, out, errs := p.run(step.args...)
		if code == exitDone {
			t.Errorf("hexbeat %v was done", step.args)
		}
		if strings.Count(errs, "\n") != 1 {
			t.Errorf("hexbeat %v says %q, want one line", step.args, errs)
		}
		fmt.Fprintf(&all, "$ hexbeat %s\n%s[%d] %s", strings.Join(step.args, " "), out, code, errs)
	}
	golden(t, "refusals", strings.ReplaceAll(all.String(), dir, "DIR"))
}

func TestHelp(t *testing.T) {
	t.Parallel()
	p := terminal{T: t}
	for name, args := range map[string][]string{
		"help_token":  {"token", "--help"},
		"help_import": {"help", "import", "customers"},
	} {
		out := p.does(args...)
		golden(t, name, strings.ReplaceAll(out, local.DefaultDataDir(), "DATA"))
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	p := terminal{T: t}
	list := p.does("help")
	for _, c := range commands() {
		if !strings.Contains(list, "hexbeat "+c.name+" ") || !strings.Contains(list, c.summary) {
			t.Errorf("help does not list %q", c.name)
		}
		if out := p.does(append(strings.Fields(c.name), "--help")...); out == "" {
			t.Errorf("hexbeat %s --help prints nothing", c.name)
		}
	}
}
