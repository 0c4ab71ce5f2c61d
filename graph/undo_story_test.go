package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

// acts are the small acts about one visit or the queue, with the name each answers to.
var acts = map[string]string{
	"VisitCancelled": `mutation($i:VisitCancelInput!){got:visitCancel(input:$i){__typename ...on VisitCancelled{batchId visit{id version}} ` + problemFields + `}}`,
	"VisitReleased":  `mutation($i:VisitReleaseInput!){got:visitRelease(input:$i){__typename ...on VisitReleased{batchId visit{id version}} ` + problemFields + `}}`,
	"VisitDeclined":  `mutation($i:VisitDeclineInput!){got:visitDecline(input:$i){__typename ...on VisitDeclined{batchId visit{id version}} ` + problemFields + `}}`,
	"VisitClaimed":   `mutation($i:VisitClaimInput!){got:visitClaim(input:$i){__typename ...on VisitClaimed{batchId visit{id version}} ` + problemFields + `}}`,
	"QueueAssigned":  `mutation($i:QueueAssignInput!){got:queueAssign(input:$i){__typename ...on QueueAssigned{batchId} ` + problemFields + `}}`,
}

// TestSmallActsAreTakenBack: what is called off is owed again where it stood, what was put back, claimed or given out by the engine is with
// whom it was. An undo of the undo does it again.
func TestSmallActsAreTakenBack(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:30")
	mine, theirs := h.dayOf(t, 0), h.dayOf(t, 1)
	var made struct {
		VisitCreate struct{ Visit struct{ ID string } }
	}
	h.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{visit{id}}}}`,
		map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[0][0], "serviceMinutes": 10}}, &made)
	waiting := made.VisitCreate.Visit.ID
	for _, c := range []struct {
		who, act string
		visit    string
		input    map[string]any
	}{
		{"dispatcher", "VisitCancelled", mine[2].ID, map[string]any{"visitId": mine[2].ID, "expectedVersion": 2, "reason": "CUSTOMER"}},
		{"dispatcher", "VisitCancelled", waiting, map[string]any{"visitId": waiting, "expectedVersion": 1, "reason": "CUSTOMER"}},
		{"dispatcher", "VisitReleased", mine[4].ID, map[string]any{"visitId": mine[4].ID, "expectedVersion": 2}},
		{"dispatcher", "VisitReleased", mine[5].ID, map[string]any{"visitId": mine[5].ID, "expectedVersion": 2, "to": "BACKLOG"}},
		{"colleague", "VisitDeclined", theirs[0].ID, map[string]any{"visitId": theirs[0].ID, "reason": "NO_TIME"}},
		{"dispatcher", "QueueAssigned", waiting, map[string]any{"branchId": h.Branches[0].ID}},
		{"rep", "VisitClaimed", waiting, map[string]any{"visitId": waiting}},
	} {
		before := h.standing(t)
		did := h.does(t, c.who, acts[c.act], c.input)
		if did.Typename != c.act {
			t.Fatalf("%s: %+v", c.act, did)
		}
		acted := h.standing(t)
		if cmp.Equal(before, acted) {
			t.Errorf("%s did nothing", c.act)
		}
		undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": did.BatchID})
		if undone.Typename != "BatchUndone" || len(undone.Moves) != 1 || len(undone.Kept) != 0 || undone.Moves[0].Visit.ID != c.visit {
			t.Fatalf("%s is taken back as %+v", c.act, undone)
		}
		if diff := cmp.Diff(before, h.standing(t)); diff != "" {
			t.Errorf("%s, once taken back (-before +after):\n%s", c.act, diff)
		}
		// Who did it was not told of it, and has to be told of the undo.
		if n := h.Count(t, `SELECT count(*) FROM alert WHERE batch_id IN ($1, $2) AND state IN ('QUEUED', 'SENT')`, did.BatchID, undone.BatchID); n != 0 && c.who == "dispatcher" {
			t.Errorf("%s: %d alerts of what was taken back are still to be sent", c.act, n)
		}
		again := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": undone.BatchID})
		if diff := cmp.Diff(acted, h.standing(t)); again.Typename != "BatchUndone" || len(again.Kept) != 0 || diff != "" {
			t.Errorf("%s, done again: %s\n%s", c.act, again.Code, diff)
		}
		if last := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": again.BatchID}); last.Typename != "BatchUndone" {
			t.Errorf("%s, taken back again: %+v", c.act, last)
		}
	}
	if n := h.Count(t, `SELECT count(*) FROM event WHERE type = 'visit.restored'`); n != 4 {
		t.Errorf("%d visits were restored by the ledger, want two of them twice", n)
	}
}
