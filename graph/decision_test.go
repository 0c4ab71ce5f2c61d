package graph_test

import (
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

const explained = `query($id:ID!){decision(id:$id){explanation counterfactual engine decidedAt
	chosen{total terms{name label minutes}} runnerUp{rep{name} total terms{name minutes}} refusals{code message option{total}}}}`

type explainedDecision struct {
	Decision struct {
		Explanation, Counterfactual, Engine, DecidedAt string
		Chosen                                         struct {
			Total float64
			Terms []struct {
				Name, Label string
				Minutes     float64
			}
		}
		RunnerUp *struct {
			Rep   struct{ Name string }
			Total float64
		}
	}
}

// TestADecisionExplainsItself in the caller's language: in one sentence, as a table, and by what would have had to differ.
func TestADecisionExplainsItself(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	english := h.Dispatcher
	english.Locale = "en"
	h.know("english", english)
	var moved struct {
		VisitReassign struct{ Decision struct{ ID string } }
	}
	h.must(t, "dispatcher", `mutation($i:VisitReassignInput!){visitReassign(input:$i){...on VisitReassigned{decision{id}}}}`, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID().String(), "visitId": h.names(t, "")["visit"], "toRepId": h.Branches[0].Reps[1].ID.String(),
		"expectedVersion": 2, "reason": "OVERLOAD",
	}}, &moved)
	id := map[string]any{"id": moved.VisitReassign.Decision.ID}

	var ru, en explainedDecision
	h.must(t, "dispatcher", explained, id, &ru)
	h.must(t, "english", explained, id, &en)
	if d := en.Decision; d.RunnerUp == nil || d.Engine == "" || d.DecidedAt == "" || len(d.Chosen.Terms) != 7 {
		t.Fatalf("the decision is %+v, want it whole", d)
	}
	sum := 0.0
	for i, term := range en.Decision.Chosen.Terms {
		sum += term.Minutes
		if term.Label == "" || term.Label == ru.Decision.Chosen.Terms[i].Label {
			t.Errorf("the term %s is called %q in both languages", term.Name, term.Label)
		}
	}
	if diff := sum - en.Decision.Chosen.Total; diff > 0.01 || diff < -0.01 {
		t.Errorf("the terms sum to %v, the total is %v", sum, en.Decision.Chosen.Total)
	}
	name := en.Decision.RunnerUp.Rep.Name
	if got := en.Decision.Counterfactual; !strings.HasPrefix(got, name+" would ") {
		t.Errorf("the counterfactual is %q, want it about %s", got, name)
	}
	if got := ru.Decision.Counterfactual; !strings.HasPrefix(got, "Вариант «"+name+"» ") {
		t.Errorf("the counterfactual is %q, want it about %s in Russian", got, name)
	}
}
