package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

// TestBadInputOfLiveDispatch is refused with a code and in a sentence, and changes nothing.
func TestBadInputOfLiveDispatch(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:30")
	reps := h.Branches[0].Reps
	day := h.dayOf(t, 0)
	h.does(t, "rep", `mutation($i:VisitCompleteInput!){got:visitComplete(input:$i){__typename}}`, map[string]any{"visitId": day[0].ID})
	h.does(t, "dispatcher", `mutation($i:AbsenceReportInput!){got:absenceReport(input:$i){__typename}}`, map[string]any{"repId": reps[3].ID, "kind": "SICK"})
	if n := h.Count(t, `WITH gone AS (DELETE FROM shift WHERE rep_id = $1 RETURNING 1) SELECT count(*) FROM gone`, reps[2].ID); n != 1 {
		t.Fatalf("%d shifts taken away, want one", n)
	}
	undone := h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": []any{day[1].ID}, "toRepId": reps[1].ID, "reason": "OTHER"})
	h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": undone.BatchID})
	var needy struct {
		VisitCreate struct{ Visit struct{ ID string } }
	}
	h.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{visit{id}}}}`,
		map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[0][0], "needs": []string{"COFFEE"}}}, &needy)
	many := make([]any, 10_000)
	for i := range many {
		many[i] = desktest.NewID()
	}
	nowhere := map[string]any{"type": "Polygon", "coordinates": []any{[]any{[]any{10, 10}, []any{11, 10}, []any{11, 11}, []any{10, 11}, []any{10, 10}}}}
	const claim = `mutation($i:VisitClaimInput!){got:visitClaim(input:$i){__typename ...on Problem{code message path}}}`
	one := func(visit string, to any, reason string) map[string]any {
		return map[string]any{"visitIds": []any{visit}, "toRepId": to, "reason": reason}
	}
	before := h.standing(t)
	for name, c := range map[string]struct {
		who, wish string
		input     map[string]any
		code      string
		say       string // what the sentence must name
	}{
		"an unknown reason":      {"dispatcher", reassignVisits, one(day[3].ID, reps[1].ID, "BOREDOM"), "UNKNOWN_REASON", ""},
		"a rep off shift":        {"dispatcher", reassignVisits, one(day[3].ID, reps[2].ID, "OTHER"), "OFF_SHIFT", ""},
		"an absent rep":          {"dispatcher", reassignVisits, one(day[3].ID, reps[3].ID, "OTHER"), "ABSENT", ""},
		"a rep out of sight":     {"dispatcher", reassignVisits, one(day[3].ID, h.Branches[1].Reps[0].ID, "OTHER"), "NOT_FOUND", ""},
		"a rep of another":       {"admin", reassignVisits, one(day[3].ID, h.Branches[1].Reps[0].ID, "OTHER"), "OTHER_BRANCH", ""},
		"a visit that is done":   {"dispatcher", reassignVisits, one(day[0].ID, reps[1].ID, "OTHER"), "ENDED", ""},
		"an empty list":          {"dispatcher", reassignVisits, map[string]any{"visitIds": []any{}, "reason": "OTHER"}, "EMPTY", ""},
		"ten thousand visits":    {"dispatcher", reassignVisits, map[string]any{"visitIds": many, "reason": "OTHER"}, "TOO_MANY", "500"},
		"an area of nothing":     {"dispatcher", reassignVisits, map[string]any{"polygon": nowhere, "reason": "OTHER"}, "NO_VISITS", ""},
		"an undo done already":   {"dispatcher", undoBatch, map[string]any{"batchId": undone.BatchID}, "UNDONE", ""},
		"a claim without skills": {"rep", claim, map[string]any{"visitId": needy.VisitCreate.Visit.ID}, "LACKS_SKILL", ""},
	} {
		got := h.does(t, c.who, c.wish, c.input)
		if got.Code != c.code || got.Message == "" || strings.Contains(got.Message, got.Code) || !strings.Contains(got.Message, c.say) {
			t.Errorf("%s: %s, %q; want %s in words", name, got.Code, got.Message, c.code)
		}
	}
	after := h.standing(t)
	for visit, was := range before {
		if after[visit] != was {
			t.Errorf("visit %s was %s, and is %s after nothing but refusals", visit, was, after[visit])
		}
	}
}

// TestANewVisitIsTakenBack: it is called off, whoever has it by then, unless somebody has begun it; an undo of that brings it back.
func TestANewVisitIsTakenBack(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:30")
	reps := h.Branches[0].Reps
	make := func(more map[string]any) (visit visitNow, batch string) {
		t.Helper()
		input := map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[0][0], "serviceMinutes": 10}
		for k, v := range more {
			input[k] = v
		}
		var made struct {
			VisitCreate struct {
				Visit   visitNow
				BatchID string
			}
		}
		h.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{batchId visit{id state version rep{id}}}}}`, map[string]any{"i": input}, &made)
		return made.VisitCreate.Visit, made.VisitCreate.BatchID
	}
	state := func(visit visitNow) string {
		t.Helper()
		var got struct{ Visit visitNow }
		h.must(t, "dispatcher", `query($id:ID!){visit(id:$id){id state}}`, map[string]any{"id": visit.ID}, &got)
		return got.Visit.State
	}
	for name, c := range map[string]struct {
		more  map[string]any
		since func(visitNow)
		kept  string
	}{
		"in the queue":    {nil, nil, ""},
		"given to a rep":  {map[string]any{"repId": reps[1].ID}, nil, ""},
		"given by itself": {map[string]any{"assign": "AUTO"}, nil, ""},
		"moved since": {map[string]any{"repId": reps[1].ID}, func(v visitNow) {
			h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": []any{v.ID}, "toRepId": reps[2].ID, "reason": "OTHER"})
		}, ""},
		"begun since": {map[string]any{"repId": reps[1].ID}, func(v visitNow) {
			h.does(t, "colleague", `mutation($i:VisitArriveInput!){got:visitArrive(input:$i){__typename}}`, map[string]any{"visitId": v.ID})
		}, "BEGUN"},
		"called off by now": {nil, func(v visitNow) {
			h.does(t, "dispatcher", acts["VisitCancelled"], map[string]any{"visitId": v.ID, "expectedVersion": 1, "reason": "CUSTOMER"})
		}, "CANCELLED"},
	} {
		before := h.standing(t)
		visit, batch := make(c.more)
		made := h.standing(t)
		if c.since != nil {
			c.since(visit)
		}
		undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": batch})
		if c.kept != "" {
			if len(undone.Kept) != 1 || undone.Kept[0].Code != c.kept || len(undone.Moves) != 0 {
				t.Errorf("%s: %+v, want it kept as %s", name, undone, c.kept)
			}
			h.at(t, "08:30")
			continue
		}
		if undone.Typename != "BatchUndone" || len(undone.Moves) != 1 || len(undone.Kept) != 0 || state(visit) != "CANCELLED" {
			t.Errorf("%s: %+v, and the visit is %s", name, undone, state(visit))
		}
		after := h.standing(t)
		for v, was := range before {
			if after[v] != was && c.since == nil {
				t.Errorf("%s: visit %s was %s, and is %s", name, v, was, after[v])
			}
		}
		if again := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": undone.BatchID}); again.Typename != "BatchUndone" || len(again.Moves) != 1 {
			t.Errorf("%s, brought back: %+v", name, again)
		}
		if c.since == nil && h.standing(t)[visit.ID] != made[visit.ID] {
			t.Errorf("%s, brought back: %s, want %s", name, h.standing(t)[visit.ID], made[visit.ID])
		}
		h.Pass(time.Second)
	}
	if n := h.Count(t, `SELECT count(*) FROM (SELECT FROM alert GROUP BY batch_id, rep_id HAVING count(*) > 1) AS twice`); n != 0 {
		t.Errorf("%d reps have two alerts of one batch", n)
	}
}
