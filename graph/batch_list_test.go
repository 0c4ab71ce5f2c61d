package graph_test

import (
	"fmt"
	"testing"

	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

const listBatches = `query($n:Int!,$a:String){batches(first:$n,after:$a){nodes{id kind reason note visitCount undone by{name}} pageInfo{hasNextPage endCursor}}}`

type listedBatches struct {
	Batches struct {
		Nodes []struct {
			ID, Kind, Note string
			Reason         *string
			VisitCount     int
			Undone         bool
			By             *struct{ Name string }
		}
		PageInfo struct {
			HasNextPage bool
			EndCursor   string
		}
	}
}

// TestBatchesAreListed: the newest first, with who did them and whether they were taken back; those of a branch out of sight are not.
func TestBatchesAreListed(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	visits := h.dayOf(t, 0)
	done := h.does(t, "admin", reassignVisits, map[string]any{
		"visitIds": []any{visits[1].ID, visits[2].ID}, "toQueue": true, "reason": "OVERLOAD", "note": "too much",
	})
	if done.Typename != "VisitsReassigned" || done.Moves[0].Visit.State != "QUEUED" || done.Moves[1].Visit.Rep != nil || len(done.Days) != 1 {
		t.Fatalf("%+v, want two visits in the queue", done)
	}
	sick := h.does(t, "dispatcher", reassignDays, map[string]any{"repIds": []any{h.Branches[0].Reps[1].ID}, "dates": []any{"2026-11-23"}, "policy": "DEFER", "absence": "SICK"})
	slow := h.does(t, "dispatcher", slowArea, map[string]any{
		"branchId": h.Branches[0].ID, "polygon": moscow, "factor": 1.5, "from": "2026-11-23T10:00:00+03:00", "to": "2026-11-23T12:00:00+03:00", "defer": false,
	})
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": done.BatchID})
	elsewhere := auth.Caller{
		Organization: h.Organization, Person: desktest.NewID(), Roles: []auth.Role{auth.Dispatcher}, Branches: h.callers["dispatcher"].Branches[:0:0],
	}
	elsewhere.Branches = append(elsewhere.Branches, h.Branches[1].ID)
	h.know("elsewhere", elsewhere)

	list := func(who string, first int, after any) listedBatches {
		var got listedBatches
		h.must(t, who, listBatches, map[string]any{"n": first, "a": after}, &got)
		return got
	}
	var lines []string
	var after any
	for more := true; more; {
		got := list("dispatcher", 3, after).Batches
		for _, b := range got.Nodes {
			by := "nobody"
			if b.By != nil {
				by = b.By.Name
			}
			reason := ""
			if b.Reason != nil {
				reason = *b.Reason
			}
			lines = append(lines, fmt.Sprint(b.ID, " ", b.Kind, " ", reason, " ", b.VisitCount, " ", b.Undone, " ", b.Note, " ", by))
		}
		more, after = got.PageInfo.HasNextPage, got.PageInfo.EndCursor
	}
	want := []string{
		undone.BatchID + " UNDO UNDO 2 false  Диспетчер",
		slow.BatchID + " SLOWDOWN SLOWDOWN 0 false  Диспетчер",
		fmt.Sprint(sick.BatchID, " REP_DAY ABSENCE ", len(sick.Moves), " false  Диспетчер"),
		done.BatchID + " REASSIGN_MANY OVERLOAD 2 true too much Администратор",
	}
	if len(lines) != len(want) {
		t.Fatalf("batches listed: %q, want %q", lines, want)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("batch %d: %q, want %q", i, lines[i], want[i])
		}
	}
	if got := list("elsewhere", 10, nil).Batches.Nodes; len(got) != 0 {
		t.Errorf("%d batches of a branch out of sight are listed, want none", len(got))
	}
	if code := h.ask(t, "rep", listBatches, map[string]any{"n": 10}).code(); code != "FORBIDDEN" {
		t.Errorf("a rep's list of batches: %s, want FORBIDDEN", code)
	}
}

// TestTheQueueTakesNoRep: a list that goes into the queue names no rep and moves nobody's responsibility.
func TestTheQueueTakesNoRep(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	visits := h.dayOf(t, 0)
	for field, value := range map[string]any{"toRepId": h.Branches[0].Reps[1].ID, "scope": "FOR_GOOD"} {
		got := h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": []any{visits[1].ID}, "toQueue": true, "reason": "OTHER", field: value})
		if got.Code != "EXCLUDES" || len(got.Path) != 1 || got.Path[0] != field {
			t.Errorf("%s beside toQueue: %s at %v, want EXCLUDES", field, got.Code, got.Path)
		}
	}
}
