package graph_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

var update = flag.Bool("update", false, "rewrite golden files")

var (
	anID     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	aPage    = regexp.MustCompile(`"eyJ[A-Za-z0-9_-]+"`)
	aFeed    = regexp.MustCompile(`"[0-9a-f]+-7fffffff"`)
	aDue     = regexp.MustCompile(`"(from|to)":"[^"]*T00:00:00\+03:00"`) // spread by a hash of the site's id
	mutation = regexp.MustCompile(`(?m)^mutation `)
)

// TestGoldenAnswers sends every operation of testdata through the real handler, as who is named in its first line, with
// the variables of its second. Ids are named in the order in which they come up. Where it says "counted", the number of SQL
// statements is part of the answer.
func TestGoldenAnswers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no operations in testdata: %v", err)
	}
	shared := desktest.Planned(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".graphql"), func(t *testing.T) {
			t.Parallel()
			document, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := shared
			if mutation.Match(document) {
				w = desktest.Planned(t)
			}
			h := open(t, w, false)
			who, variables := h.asked(t, string(document))
			h.counter.Take()
			got := h.ask(t, who, string(document), variables)
			answered := pretty(t, got.body)
			if bytes.Contains(document, []byte("# counted")) {
				answered = fmt.Appendf(answered, "statements: %d\n", len(h.counter.Take()))
			}
			matchGolden(t, strings.TrimSuffix(file, ".graphql")+".json", answered)
		})
	}
}

// asked reads "# as: rep" and "# with: {…}"; names in angle brackets stand for ids of the company.
func (h *house) asked(t *testing.T, document string) (who string, variables any) {
	t.Helper()
	ids := h.names(t, document)
	for _, line := range strings.Split(document, "\n") {
		if name, found := strings.CutPrefix(line, "# as: "); found {
			who = name
		}
		if with, found := strings.CutPrefix(line, "# with: "); found {
			for name, id := range ids {
				with = strings.ReplaceAll(with, "<"+name+">", id)
			}
			if err := json.Unmarshal([]byte(with), &variables); err != nil {
				t.Fatal(err)
			}
		}
	}
	return who, variables
}

// names are ids that operations may mean.
func (h *house) names(t *testing.T, document string) map[string]string {
	t.Helper()
	var got struct {
		Today struct {
			Route struct {
				ID    string
				Stops []struct{ Visit *struct{ ID string } }
			}
		}
	}
	h.must(t, "rep", `{today{route{id stops{visit{id}}}}}`, nil, &got)
	names := map[string]string{
		"branch": h.Branches[0].ID.String(), "rep": h.Branches[0].Reps[0].ID.String(), "colleague": h.Branches[0].Reps[1].ID.String(),
		"site": h.Branches[0].Sites[0][0].String(), "route": got.Today.Route.ID, "request": desktest.NewID().String(),
	}
	if strings.Contains(document, "<draft>") {
		drafted, err := desk.DesignTerritories(h.As(h.Admin), h.Desk, desk.DesignBrief{Branch: h.Branches[0].ID, Afresh: true, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		names["draft"] = drafted.Alignment.String()
		var of struct {
			Alignment struct{ Territories []struct{ ID string } }
		}
		h.must(t, "admin", `query($id: ID!){alignment(id: $id){territories{id}}}`, map[string]any{"id": drafted.Alignment}, &of)
		names["territory"] = of.Alignment.Territories[0].ID
	}
	for _, stop := range got.Today.Route.Stops {
		if stop.Visit != nil {
			names["visit"] = stop.Visit.ID
		}
	}
	return names
}

func pretty(t *testing.T, body string) []byte {
	t.Helper()
	seen := map[string]string{}
	body = anID.ReplaceAllStringFunc(body, func(id string) string {
		if seen[id] == "" {
			seen[id] = fmt.Sprintf("id-%d", len(seen)+1)
		}
		return seen[id]
	})
	body = aFeed.ReplaceAllString(aPage.ReplaceAllString(body, `"cursor"`), `"feed"`)
	body = aDue.ReplaceAllString(body, `"$1":"midnight"`)
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(body), "", "  "); err != nil {
		t.Fatal(err)
	}
	return append(indented.Bytes(), '\n')
}

func matchGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run go test -update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\n%s\nwant\n%s", file, got, want)
	}
}
