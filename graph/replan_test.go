package graph_test

import (
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

const replanning = `mutation($i:DayReplanInput!){dayReplan(input:$i){__typename
	...on DayReplanned{batchId moves{visit{id rep{name}} decision{explanation} code} days{rep{name} route{stops{position}}} alerts{kind}
		before{cost travelMinutes changes} after{cost changes} free{cost changes} stabilityPrice}
	...on DayReplanAsked{branch{id}} ...on Problem{code message path}}}`

type replanned struct {
	DayReplan struct {
		Typename            string `json:"__typename"`
		BatchID             *string
		Code                string
		Path                []string
		Days                []struct{}
		Before, After, Free struct{ Cost float64 }
		Branch              struct{ ID string }
	}
}

// TestADayIsReplannedAsATrialForGoodAndLater through the door.
func TestADayIsReplannedAsATrialForGoodAndLater(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	branch := h.Branches[0].ID.String()
	ask := func(more map[string]any) (got replanned) {
		t.Helper()
		wish := map[string]any{"requestId": desktest.NewID().String(), "branchId": branch}
		for name, value := range more {
			wish[name] = value
		}
		h.must(t, "dispatcher", replanning, map[string]any{"i": wish}, &got)
		return got
	}
	// A visit far from home, which the engine may give back.
	h.must(t, "dispatcher", `mutation($i:VisitsReassignInput!){visitsReassign(input:$i){__typename}}`, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID().String(), "visitIds": []string{h.names(t, "")["visit"]}, "toRepId": h.Branches[0].Reps[3].ID.String(),
		"pin": false, "reason": "OTHER",
	}}, nil)

	tried := ask(map[string]any{"dryRun": true, "frozenMinutes": 0}).DayReplan
	if tried.Typename != "DayReplanned" || tried.After.Cost >= tried.Before.Cost || tried.Free.Cost > tried.After.Cost {
		t.Fatalf("a trial: %+v, want a cheaper plan", tried)
	}
	done := ask(map[string]any{"frozenMinutes": 0}).DayReplan
	if done.After != tried.After || done.BatchID == nil || len(done.Days) == 0 {
		t.Errorf("for good: %+v, want what the trial said: %+v", done, tried)
	}
	for range 2 {
		if got := ask(map[string]any{"later": true}).DayReplan; got.Typename != "DayReplanAsked" || got.Branch.ID != branch {
			t.Errorf("later: %+v, want a worker asked", got)
		}
	}
	if n := h.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'replan_days'"); n != 1 {
		t.Errorf("%d jobs for one branch and day, want one", n)
	}
	for field, value := range map[string]any{"frozenMinutes": 2000000000, "mostChangesPerRep": -1, "reason": "BOREDOM", "branchId": h.Branches[1].ID.String()} {
		if got := ask(map[string]any{field: value}).DayReplan; got.Code == "" || len(got.Path) == 0 || got.Path[0] != field {
			t.Errorf("%s %v: %+v, want a problem with that field", field, value, got)
		}
	}
	if got := ask(map[string]any{"later": true, "dryRun": true}).DayReplan; got.Code != "EXCLUDES" {
		t.Errorf("a trial left to a worker: %+v, want it refused", got)
	}
}
