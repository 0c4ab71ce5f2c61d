package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPublicationIsRevertedFromTheTerminal(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	var sites strings.Builder
	sites.WriteString("name,lat,lon\n")
	for i := range 40 {
		fmt.Fprintf(&sites, "Точка %d,%.4f,%.4f\n", i, 55.70+float64(i%8)*0.01, 37.50+float64(i/8)*0.01)
	}
	file := filepath.Join(t.TempDir(), "sites.csv")
	if err := os.WriteFile(file, []byte(sites.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p.does("import", "customers", file)
	inForce := func() string {
		t.Helper()
		return fmt.Sprint(p.counts("SELECT count(*) FROM responsibility WHERE valid_to IS NULL"))
	}
	for i, count := range []string{"2", "3"} {
		p.does("alignment", "draft", "--reps", count, "--afresh")
		p.does("alignment", "publish")
		if i == 0 {
			if code, _, errs := p.run("alignment", "revert"); code != exitFailed || errs != "hexbeat: no earlier territories to go back to\n" {
				t.Errorf("reverting the first publication = %d, %q, want one sentence", code, errs)
			}
		}
		if got := inForce(); got != count {
			t.Errorf("%s territories have an owner or a vacancy, want %s", got, count)
		}
	}
	if out := p.does("alignment", "revert"); !strings.HasPrefix(out, "in force again from ") {
		t.Errorf("alignment revert prints %q", out)
	}
	if got := inForce(); got != "2" {
		t.Errorf("after the revert %s territories are in force, want the two of before", got)
	}
}
