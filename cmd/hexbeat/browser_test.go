package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPages uses the pages as a dispatcher and a rep do, in Chromium, against a demo of its own.
func TestPages(t *testing.T) {
	t.Parallel()
	app, err := filepath.Abs(filepath.Join("..", "..", "web", "app"))
	if err != nil {
		t.Fatal(err)
	}
	for what, path := range map[string]string{
		"web/app/node_modules (run npm ci in web/app)": filepath.Join(app, "node_modules", "playwright-core"),
		"Chromium (apt-get install chromium)":          "/usr/bin/chromium",
	} {
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing", what)
		}
		t.Skipf("%s is missing", what)
	}
	p := newInstallation(t)
	dir := filepath.Join(p.dir, "demo")
	p.demo(dir).ready()
	cmd := exec.CommandContext(t.Context(), "npm", "test", "--silent")
	cmd.Dir = app
	cmd.Env = append(os.Environ(), "HEXBEAT_DEMO_JSON="+filepath.Join(dir, linkFile))
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("the pages' tests: %v", err)
	}
}
