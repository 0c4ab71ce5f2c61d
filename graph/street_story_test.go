package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

const liftSlowdown = `mutation($i:SlowdownLiftInput!){got:slowdownLift(input:$i){__typename ...on SlowdownLifted{slowdown{version} batchId
    days{rep{id} routeBefore{version} route{version}} promises{kept} alerts{kind rep{id}}} ` + problemFields + `}}`

// TestClosedStreet: a street before some shops is closed until the evening. Only the days that lead there change; the branch's list says
// so; when the street opens early the days are timed as before, and what was given up comes back by an undo.
func TestClosedStreet(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:00")
	branch := h.Branches[0].ID
	type slow struct {
		ID, Date string
		Factor   float64
		Window   struct{ From, To string }
	}
	listed := func(who string, more map[string]any) []slow {
		t.Helper()
		variables := map[string]any{"b": branch}
		for k, v := range more {
			variables[k] = v
		}
		var got struct{ Slowdowns []slow }
		h.must(t, who, `query($b:ID!,$d:Date){slowdowns(branch:$b,date:$d){id date factor window{from to} branch{id} polygon}}`, variables, &got)
		return got.Slowdowns
	}
	before := h.standing(t)
	closed := h.does(t, "dispatcher", slowArea, map[string]any{
		"branchId": branch, "polygon": square(55.70, 37.5, 55.775, 37.8), // the first rep's ground
		"from": "2026-11-23T05:00:00Z", "to": "2026-11-23T15:00:00Z", "factor": 10,
	})
	if closed.Typename != "AreaSlowed" || len(closed.Days) != 1 || closed.Days[0].Rep.ID != h.Branches[0].Reps[0].ID.String() {
		t.Fatalf("%+v, want the first rep's day changed and no other", closed)
	}
	during := h.standing(t)
	list := listed("dispatcher", nil)
	if len(list) != 1 || list[0].Factor != 10 || list[0].Date != "2026-11-23" || list[0].Window.From != "2026-11-23T08:00:00+03:00" {
		t.Fatalf("%+v, want the closed street with times of the branch", list)
	}
	if n := len(listed("dispatcher", map[string]any{"d": "2026-11-24"})) + len(listed("dispatcher", map[string]any{"b": h.Branches[1].ID})); n != 0 {
		t.Errorf("%d slowdowns tomorrow and in a branch out of sight, want none", n)
	}
	if code := h.ask(t, "rep", `query($b:ID!){slowdowns(branch:$b){id}}`, map[string]any{"b": branch}).code(); code != "FORBIDDEN" {
		t.Errorf("a rep is told %q", code)
	}

	lift := map[string]any{"slowdownId": list[0].ID, "dryRun": true}
	if tried := h.does(t, "dispatcher", liftSlowdown, lift); tried.Typename != "SlowdownLifted" || len(tried.Days) != 1 || len(listed("dispatcher", nil)) != 1 {
		t.Fatalf("dry run: %+v", tried)
	}
	lifted := h.does(t, "dispatcher", liftSlowdown, map[string]any{"slowdownId": list[0].ID})
	if lifted.Typename != "SlowdownLifted" || len(lifted.Days) != 1 || len(listed("dispatcher", nil)) != 0 {
		t.Fatalf("%+v, want the street open", lifted)
	}
	if again := h.does(t, "dispatcher", liftSlowdown, map[string]any{"slowdownId": list[0].ID}); again.Code != "LIFTED" || again.Message == "" {
		t.Errorf("opened twice: %+v, want LIFTED", again)
	}
	if none := h.does(t, "dispatcher", liftSlowdown, map[string]any{"slowdownId": desktest.NewID()}); none.Code != "NOT_FOUND" {
		t.Errorf("a street of nobody: %+v, want NOT_FOUND", none)
	}
	// It was said too early: closed again, at the same times.
	back := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": lifted.BatchID})
	if diff := cmp.Diff(during, h.standing(t)); back.Typename != "BatchUndone" || len(listed("dispatcher", nil)) != 1 || diff != "" {
		t.Errorf("closed again: %+v\n%s", back, diff)
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": closed.BatchID})
	if diff := cmp.Diff(before, h.standing(t)); undone.Typename != "BatchUndone" || len(undone.Kept) != 0 || len(listed("dispatcher", nil)) != 0 || diff != "" {
		t.Errorf("taken back: %+v\n%s", undone, diff)
	}
}
