package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrafficOfABranch(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	if got := p.does("branch", "traffic"); !strings.HasPrefix(got, "one speed at all hours") {
		t.Errorf("to begin with: %q", got)
	}
	if got := p.does("branch", "traffic", "--set", "city", "--branch", "Москва"); !strings.HasPrefix(got, "version 1: 0 cells of a city, 0 of a town") {
		t.Errorf("a branch without sites: %q", got)
	}
	printed := p.does("branch", "traffic")
	file := filepath.Join(t.TempDir(), "traffic.json")
	if err := os.WriteFile(file, []byte(strings.Replace(printed, "1.25", "1.75", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	p.does("branch", "traffic", "--file", file)
	if got, want := p.does("branch", "traffic"), strings.Replace(printed, "1.25", "1.75", 1); got != want || got == printed {
		t.Errorf("a file given comes back as\n%s\nwant\n%s", got, want)
	}
	p.does("branch", "traffic", "--set", "even")
	if got := p.does("branch", "traffic"); !strings.HasPrefix(got, "one speed") {
		t.Errorf("in the end: %q", got)
	}
	if n := p.counts("SELECT max(version) FROM branch_traffic"); n != 3 {
		t.Errorf("%d versions, want 3", n)
	}

	bad := func(text string) string {
		path := filepath.Join(t.TempDir(), "bad.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{exitMisuse, "exclude each other", []string{"--set", "city", "--file", file}},
		{exitMisuse, `not "rush"`, []string{"--set", "rush"}},
		{exitFailed, "is no file of traffic", []string{"--file", bad(`{"speeds":1}`)}},
		{exitFailed, "is no file of traffic", []string{"--file", bad(``)}},
		{exitFailed, "roads.TOWN.speed must lie between", []string{"--file", bad(strings.Replace(printed, `"speed": 32`, `"speed": -32`, 1))}},
		{exitFailed, "no such file", []string{"--file", filepath.Join(t.TempDir(), "none.json")}},
	} {
		code, out, errs := p.run(append([]string{"branch", "traffic"}, c.args...)...)
		if code != c.code || out != "" || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v = %d, %q, want %d and a sentence with %q", c.args, code, errs, c.code, c.says)
		}
	}
}
