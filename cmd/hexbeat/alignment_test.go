package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/geo"
)

// aPeopledCompany has four reps and a grid of customers in Moscow, nothing aligned.
func aPeopledCompany(t *testing.T) terminal {
	t.Helper()
	p := aCompany(t)
	reps := "name,email,lat,lon\n"
	for i := range 4 {
		reps += fmt.Sprintf("Торговый %d,rep%d@example.com,%.4f,%.4f\n", i+1, i+1, 55.72+0.04*float64(i/2), 37.52+0.06*float64(i%2))
	}
	p.does("import", "reps", aFile(t, "reps.csv", reps))
	p.does("import", "customers", aGrid(t, 16, "", nil))
	return p
}

func TestAlignmentDraftSaysWhatWouldHappen(t *testing.T) {
	t.Parallel()
	p := aPeopledCompany(t)
	if code, _, errs := p.run("alignment", "draft", "--what-if"); code != exitFailed || !strings.Contains(errs, "nothing can change hands yet") {
		t.Errorf("what-if without territories = %d, %q", code, errs)
	}
	if out := p.does("alignment", "draft", "--from-homes"); !strings.Contains(out, "4 territories, 0 without a rep") {
		t.Errorf("the first draft says %q", out)
	}
	p.does("alignment", "publish")
	p.counts(`WITH heavier AS (UPDATE site SET workload = 3 * workload WHERE lat < 55.715 RETURNING 1) SELECT count(*) FROM heavier`)
	before := p.counts("SELECT count(*) FROM alignment")
	out := p.does("alignment", "draft", "--what-if")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 1+len(geo.CurveBudgets) || !strings.Contains(lines[0], "may move") {
		t.Errorf("the curve is %q", out)
	}
	if n := p.counts("SELECT count(*) FROM alignment"); n != before {
		t.Errorf("what-if kept %d drafts", n-before)
	}
	if _, out, _ := p.run("alignment", "draft", "--budget", "0"); !strings.Contains(out, " 0.0 % of the work changes hands") {
		t.Errorf("a draft without a budget says %q", out)
	}
	if n := p.counts("SELECT count(*) FROM alignment_territory AS a JOIN alignment_territory AS b USING (territory_id) WHERE a.alignment_id < b.alignment_id"); n != 4 {
		t.Errorf("%d territories go on in the second draft, want all 4", n)
	}
}

func TestAlignmentDraftRefuses(t *testing.T) {
	t.Parallel()
	p := aPeopledCompany(t)
	for flags, want := range map[string]string{
		"--budget 2":            "--budget must lie",
		"--price -1":            "--price must lie",
		"--tolerance 0":         "--tolerance must lie",
		"--reps -1":             "--reps must be 0 or more",
		"--afresh --budget 0.1": "leave one out",
		"--line чай":            "no such sales line",
		"--reps 10000000":       "ask for",
	} {
		code, _, errs := p.run(append([]string{"alignment", "draft"}, strings.Fields(flags)...)...)
		if code == exitDone || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, want) {
			t.Errorf("alignment draft %s = %d, %q, want %q", flags, code, errs, want)
		}
	}
}
