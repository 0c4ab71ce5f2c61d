package graph_test

import (
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

// A manager's afternoon: design, look what an edit would do, edit, publish, think better of it.
func TestAnAlignmentFromDraftToRevert(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	branch := h.Branches[0].ID.String()
	type result struct {
		Typename string `json:"__typename"`
		Code     string
		Sites    int
		From     string

		Alignment struct {
			ID          string
			State       string
			Version     int
			Territories []struct {
				ID    string
				Cells []string
			}
		}
	}
	do := func(name, input string, variables map[string]any) result {
		t.Helper()
		var got struct{ Got result }
		variables["requestId"] = desktest.NewID().String()
		if given, repeated := variables["again"]; repeated {
			variables["requestId"] = given
			delete(variables, "again")
		}
		success := map[string]string{
			"alignmentDraft":   `AlignmentDrafted{alignment{id state version territories{id cells}}}`,
			"alignmentEdit":    `AlignmentEdited{sites alignment{id state version}} ... on AlignmentConflict{alignment{version}}`,
			"alignmentPublish": `AlignmentPublished{from alignment{id state version}} ... on AlignmentConflict{alignment{version}}`,
			"alignmentRevert":  `AlignmentReverted{from alignment{id state version}}`,
		}[name]
		h.must(t, "admin", `mutation($input: `+input+`!){got: `+name+`(input: $input){__typename ... on Problem{code} ... on `+success+`}}`,
			map[string]any{"input": variables}, &got)
		return got.Got
	}
	want := func(got result, typename, code string) {
		t.Helper()
		if got.Typename != typename || got.Code != code {
			t.Fatalf("%+v, want %s %s", got, typename, code)
		}
	}
	again := desktest.NewID().String()
	drafted := do("alignmentDraft", "AlignmentDraftInput", map[string]any{"branchId": branch, "afresh": true, "again": again})
	want(drafted, "AlignmentDrafted", "")
	repeated := do("alignmentDraft", "AlignmentDraftInput", map[string]any{"branchId": branch, "afresh": true, "again": again})
	if repeated.Alignment.ID != drafted.Alignment.ID {
		t.Errorf("the same request made draft %s, then %s", drafted.Alignment.ID, repeated.Alignment.ID)
	}
	want(do("alignmentDraft", "AlignmentDraftInput", map[string]any{"branchId": branch, "again": again}), "RequestMismatch", "REQUEST_MISMATCH")
	want(do("alignmentDraft", "AlignmentDraftInput", map[string]any{"branchId": branch, "afresh": true, "territories": 5000}), "Invalid", "OUT_OF_RANGE")

	draft, territories := drafted.Alignment.ID, drafted.Alignment.Territories
	edit := func(more map[string]any) result {
		t.Helper()
		input := map[string]any{"alignmentId": draft, "expectedVersion": 1}
		for name, value := range more {
			input[name] = value
		}
		return do("alignmentEdit", "AlignmentEditInput", input)
	}
	paint := map[string]any{"toTerritoryId": territories[0].ID, "cells": territories[1].Cells, "dryRun": true}
	tried := edit(paint)
	want(tried, "AlignmentEdited", "")
	if tried.Sites == 0 || tried.Alignment.Version != 1 {
		t.Errorf("a try: %+v, want sites moved and version 1 still", tried)
	}
	around := func(coordinates ...any) map[string]any {
		return map[string]any{"type": "Polygon", "coordinates": []any{coordinates}}
	}
	home := *h.Branches[0].Reps[0].Start
	at := func(x, y float64) []float64 { return []float64{home.Lon + x, home.Lat + y} }
	drawn := edit(map[string]any{
		"toTerritoryId": territories[0].ID, "repair": true,
		"polygon": around(at(-.03, -.03), at(.03, -.03), at(.03, .03), at(-.03, .03), at(-.03, -.03)),
	})
	want(drawn, "AlignmentEdited", "")
	if drawn.Alignment.Version != 2 {
		t.Errorf("after an edit the draft has version %d, want 2", drawn.Alignment.Version)
	}
	stale := edit(paint)
	want(stale, "AlignmentConflict", "VERSION_CONFLICT")
	if stale.Alignment.Version != 2 {
		t.Errorf("the conflict shows version %d, want 2", stale.Alignment.Version)
	}
	crossing := around(at(0, 0), at(.01, .01), at(.01, 0), at(0, .01), at(0, 0))
	want(edit(map[string]any{"expectedVersion": 2, "toTerritoryId": territories[0].ID, "polygon": crossing}), "Invalid", "NO_AREA")
	want(edit(map[string]any{"expectedVersion": 2}), "Invalid", "EMPTY")

	publish := map[string]any{"alignmentId": draft, "expectedVersion": 1}
	want(do("alignmentPublish", "AlignmentPublishInput", publish), "AlignmentConflict", "VERSION_CONFLICT")
	publish["expectedVersion"], publish["dryRun"] = 2, true
	if dry := do("alignmentPublish", "AlignmentPublishInput", publish); dry.Typename != "AlignmentPublished" || dry.Alignment.State != "DRAFT" {
		t.Errorf("a dry publication: %+v, want a draft still", dry)
	}
	publish["dryRun"] = false
	published := do("alignmentPublish", "AlignmentPublishInput", publish)
	want(published, "AlignmentPublished", "")
	if published.Alignment.State != "PUBLISHED" || published.From != "2026-11-23" {
		t.Errorf("published: %+v, want it in force from the world's day", published)
	}
	want(do("alignmentPublish", "AlignmentPublishInput", map[string]any{"alignmentId": draft}), "NotFound", "NOT_FOUND")
	reverted := do("alignmentRevert", "AlignmentRevertInput", map[string]any{"branchId": branch})
	want(reverted, "AlignmentReverted", "")
	if reverted.Alignment.ID == draft || reverted.Alignment.State != "PUBLISHED" {
		t.Errorf("reverted: %+v, want the territories before in force", reverted)
	}
	var list struct {
		Alignments []struct {
			ID       string
			Editable bool
		}
	}
	h.must(t, "admin", `query($b: ID!){alignments(branch: $b){id editable}}`, map[string]any{"b": branch}, &list)
	for _, a := range list.Alignments {
		if a.Editable {
			t.Errorf("alignment %s was in force, or is, and says it may be edited", a.ID)
		}
	}
	kept := edit(map[string]any{"expectedVersion": 2, "toTerritoryId": territories[0].ID, "cells": territories[1].Cells, "dryRun": true})
	want(kept, "Refused", "KEPT")
	want(do("alignmentRevert", "AlignmentRevertInput", map[string]any{"branchId": h.Branches[1].ID.String()}), "Refused", "NO_EARLIER")
	if got := h.ask(t, "dispatcher", `mutation($r: UUID!, $b: ID!){alignmentRevert(input:{requestId:$r,branchId:$b}){__typename}}`,
		map[string]any{"r": desktest.NewID(), "b": branch}); got.code() != "FORBIDDEN" {
		t.Errorf("a dispatcher reverts: %s, want FORBIDDEN", got.body)
	}
}

// Before a re-balance a manager asks what a budget would buy, and then holds the design to it.
func TestABudgetOfChangingHands(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	branch := h.Branches[0].ID.String()
	var curve struct {
		AlignmentWhatIf []struct{ Budget, MovedShare, Imbalance, MeanKm float64 }
	}
	whatIf := `query($b: ID!, $s: [Float!]!){alignmentWhatIf(branch: $b, budgets: $s){budget movedShare imbalance meanKm}}`
	h.must(t, "admin", whatIf, map[string]any{"b": branch, "s": []float64{0, 0.5}}, &curve)
	points := curve.AlignmentWhatIf
	if len(points) != 2 || points[0].MovedShare != 0 || points[1].MovedShare > 0.5 || points[1].Imbalance > points[0].Imbalance {
		t.Errorf("what if: %+v, want nothing moved for 0, and no more than half and no worse balance for 0.5", points)
	}
	h.must(t, "admin", whatIf, map[string]any{"b": h.Branches[1].ID.String(), "s": []float64{0}}, &curve)
	if got := h.ask(t, "admin", whatIf, map[string]any{"b": branch, "s": []float64{2}}); len(got.Errors) != 1 {
		t.Errorf("a budget of 2: %+v, want it refused", got)
	}
	draft := func(input map[string]any) (typename, code string, path []string, moved int) {
		t.Helper()
		input["requestId"], input["branchId"] = desktest.NewID().String(), branch
		var got struct {
			Got struct {
				Typename  string `json:"__typename"`
				Code      string
				Path      []string
				Findings  []struct{ Code, Message string }
				Alignment struct{ Handovers []struct{ Sites int } }
			}
		}
		h.must(t, "admin", `mutation($input: AlignmentDraftInput!){got: alignmentDraft(input: $input){__typename ... on Problem{code path}
			... on AlignmentDrafted{findings{code message territory{name}} alignment{handovers{sites}}}}}`, map[string]any{"input": input}, &got)
		for _, o := range got.Got.Alignment.Handovers {
			moved += o.Sites
		}
		return got.Got.Typename, got.Got.Code, got.Got.Path, moved
	}
	if typename, _, _, moved := draft(map[string]any{"budget": 0}); typename != "AlignmentDrafted" || moved != 0 {
		t.Errorf("nothing may change hands: %s with %d sites moved", typename, moved)
	}
	for wrong, input := range map[string]map[string]any{
		"EXCLUDES budget":    {"budget": 0.1, "afresh": true},
		"OUT_OF_RANGE price": {"price": -1},
		"NOT_FOUND line":     {"line": "чай"},
	} {
		if _, code, path, _ := draft(input); len(path) != 1 || code+" "+path[0] != wrong {
			t.Errorf("%v: %s %v, want %s", input, code, path, wrong)
		}
	}
}
