package graph_test

import (
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

const reassignment = `mutation($i:VisitReassignInput!){visitReassign(input:$i){__typename ...on VisitReassigned{batchId visit{version rep{id}}} ...on Problem{code message retryable path}}}`

type reassigned struct {
	VisitReassign struct {
		Typename      string `json:"__typename"`
		BatchID, Code string
		Message       string
		Path          []string
		Visit         struct{ Version int }
	}
}

// TestReassignmentIsAnsweredTheSameTwice: one wish, one effect; other content under its id is refused; a dry run leaves no trace.
func TestReassignmentIsAnsweredTheSameTwice(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	visit := h.names(t, "")["visit"]
	wish := map[string]any{
		"requestId": desktest.NewID().String(), "visitId": visit, "toRepId": h.Branches[0].Reps[1].ID.String(),
		"expectedVersion": 2, "reason": "OVERLOAD", "dryRun": true,
	}
	ask := func() (got reassigned) {
		h.must(t, "dispatcher", reassignment, map[string]any{"i": wish}, &got)
		return got
	}
	if got := ask(); got.VisitReassign.Visit.Version != 3 {
		t.Errorf("dry run: %+v, want the visit at version 3", got)
	}
	wish["dryRun"] = false
	first := ask()
	if first.VisitReassign.Visit.Version != 3 {
		t.Fatalf("after a dry run: %+v, want the visit at version 3", first)
	}
	if again := ask(); again.VisitReassign.BatchID != first.VisitReassign.BatchID {
		t.Errorf("the same request again: batch %s, want %s", again.VisitReassign.BatchID, first.VisitReassign.BatchID)
	}
	wish["reason"] = "URGENT"
	if got := ask(); got.VisitReassign.Code != "REQUEST_MISMATCH" || got.VisitReassign.Path[0] != "requestId" {
		t.Errorf("the same id with another reason: %+v, want REQUEST_MISMATCH", got)
	}
}

// TestReassignmentIsRefusedInTheCallersLanguage, with the field that is wrong.
func TestReassignmentIsRefusedInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	english := h.Dispatcher
	english.Locale = "en"
	h.know("english", english)
	visit := h.names(t, "")["visit"]
	for name, c := range map[string]struct {
		field string
		value any
		code  string
		path  string
	}{
		"the same rep":          {"toRepId", h.Branches[0].Reps[0].ID.String(), "SAME_REP", "toRepId"},
		"a rep of nobody":       {"toRepId", desktest.NewID().String(), "NOT_FOUND", "toRepId"},
		"a visit of nobody":     {"visitId", desktest.NewID().String(), "NOT_FOUND", "visitId"},
		"a rep of Petersburg":   {"toRepId", h.Branches[1].Reps[0].ID.String(), "NOT_FOUND", "toRepId"},
		"an old version":        {"expectedVersion", 1, "VERSION_CONFLICT", "expectedVersion"},
		"an unknown reason":     {"reason", "BOREDOM", "UNKNOWN_REASON", "reason"},
		"a note without an end": {"note", strings.Repeat("я", 1001), "TOO_LONG", "note"},
	} {
		wish := map[string]any{
			"requestId": desktest.NewID().String(), "visitId": visit, "toRepId": h.Branches[0].Reps[1].ID.String(),
			"expectedVersion": 2, "reason": "OVERLOAD",
		}
		wish[c.field] = c.value
		var inRussian, inEnglish reassigned
		h.must(t, "dispatcher", reassignment, map[string]any{"i": wish}, &inRussian)
		wish["requestId"] = desktest.NewID().String()
		h.must(t, "english", reassignment, map[string]any{"i": wish}, &inEnglish)
		got := inRussian.VisitReassign
		if got.Code != c.code || len(got.Path) == 0 || got.Path[0] != c.path {
			t.Errorf("%s: %+v, want %s at %s", name, got, c.code, c.path)
		}
		if got.Message == "" || got.Message == inEnglish.VisitReassign.Message {
			t.Errorf("%s: %q in both languages", name, got.Message)
		}
	}
}
