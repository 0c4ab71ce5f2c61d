package graph_test

import (
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

// A visit without a rep is offered, claimed, given back and released; whoever comes too late is told why, and how it stands.
func TestTheQueueThroughTheDoor(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.know("faraway", h.Caller(1, 0))
	var made struct {
		VisitCreate struct {
			Visit struct {
				ID      string
				Version int
				Needs   []string
			}
		}
	}
	h.must(t, "dispatcher", `mutation($i: VisitCreateInput!) { visitCreate(input: $i) { ... on VisitCreated { visit { id version needs } } } }`,
		map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[0][0], "needs": []string{"COFFEE"}}}, &made)
	visit := made.VisitCreate.Visit
	if visit.ID == "" || len(visit.Needs) != 1 {
		t.Fatalf("made %+v", visit)
	}
	offered := func(who string) (n int) {
		var got struct {
			Offers []struct{ Visit struct{ ID string } }
		}
		h.must(t, who, `{ offers(first: 10) { visit { id site { name } } arrival detourMinutes costMinutes } }`, nil, &got)
		return len(got.Offers)
	}
	type result struct {
		Typename string `json:"__typename"`
		Code     string
		State    string
		Message  string
		Visit    struct {
			State   string
			Version int
			Rep     *struct{ ID string }
		}
	}
	wish := func(who, name string, more map[string]any) result {
		t.Helper()
		input := map[string]any{"requestId": desktest.NewID(), "visitId": visit.ID}
		for k, v := range more {
			input[k] = v
		}
		var got struct{ Got result }
		kind := map[string]string{"visitClaim": "VisitClaim", "visitDecline": "VisitDecline", "visitRelease": "VisitRelease"}[name]
		success := map[string]string{"visitClaim": "VisitClaimed", "visitDecline": "VisitDeclined", "visitRelease": "VisitReleased"}[name]
		extra := ""
		if name == "visitClaim" {
			extra = "... on VisitTaken { state }"
		}
		h.must(t, who, `mutation($i: `+kind+`Input!) { got: `+name+`(input: $i) { __typename ... on Problem { code message } `+extra+
			` ... on `+success+` { visit { state version rep { id } } } } }`, map[string]any{"i": input}, &got)
		return got.Got
	}
	if n := offered("rep"); n != 0 {
		t.Errorf("%d offers without the skill, want none", n)
	}
	if got := wish("rep", "visitClaim", nil); got.Code != "LACKS_SKILL" || got.Message == "" {
		t.Errorf("claimed without the skill: %+v", got)
	}
	for _, rep := range h.Branches[0].Reps[:2] {
		h.must(t, "admin", `mutation($i: RepSkillsSetInput!) { repSkillsSet(input: $i) { ... on RepSkillsAreSet { rep { skills } } } }`,
			map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "repId": rep.ID, "skills": []string{"COFFEE"}}}, nil)
	}
	if n := offered("rep"); n != 1 {
		t.Errorf("%d offers, want 1", n)
	}
	if n := offered("faraway") + offered("dispatcher"); n != 0 {
		t.Errorf("%d offers of a strange queue, want none", n)
	}
	if got := wish("colleague", "visitClaim", map[string]any{"expectedVersion": 1}); got.Typename != "VisitClaimed" || got.Visit.State != "ASSIGNED" {
		t.Errorf("claimed: %+v", got)
	}
	if got := wish("rep", "visitClaim", nil); got.Typename != "VisitTaken" || got.Code != "TAKEN" || got.State != "ASSIGNED" {
		t.Errorf("claimed too late: %+v", got)
	}
	if got := wish("faraway", "visitClaim", nil); got.Typename != "NotFound" {
		t.Errorf("claimed from another branch: %+v", got)
	}
	if got := wish("colleague", "visitDecline", map[string]any{"reason": "WHIM"}); got.Code != "UNKNOWN_REASON" {
		t.Errorf("declined for no reason: %+v", got)
	}
	if got := wish("colleague", "visitDecline", map[string]any{"reason": "NO_TIME"}); got.Typename != "VisitDeclined" || got.Visit.State != "QUEUED" {
		t.Errorf("declined: %+v", got)
	}
	if n := offered("colleague"); n != 0 {
		t.Errorf("%d offers to who gave it back, want none", n)
	}
	if got := wish("rep", "visitClaim", nil); got.Typename != "VisitClaimed" || got.Visit.Rep == nil {
		t.Errorf("claimed by the other: %+v", got)
	}
	if got := wish("dispatcher", "visitRelease", map[string]any{"expectedVersion": 1}); got.Code != "VERSION_CONFLICT" {
		t.Errorf("released by who saw an older one: %+v", got)
	}
	if got := wish("dispatcher", "visitRelease", map[string]any{"expectedVersion": 4, "dryRun": true}); got.Visit.State != "QUEUED" {
		t.Errorf("tried to release: %+v", got)
	}
	if got := wish("dispatcher", "visitRelease", map[string]any{"expectedVersion": 4, "reason": "OVERLOAD"}); got.Typename != "VisitReleased" || got.Visit.Version != 5 {
		t.Errorf("released: %+v", got)
	}
	if got := wish("dispatcher", "visitRelease", map[string]any{"expectedVersion": 5}); got.Code != "THERE" {
		t.Errorf("released again: %+v", got)
	}
}

// The engine gives out the queue when it is asked to, or as visits are made; its weights are the branch's own.
func TestTheEngineThroughTheDoor(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	branch := h.Branches[0].ID
	create := func(more map[string]any) (state string) {
		input := map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[1][2], "serviceMinutes": 10}
		for k, v := range more {
			input[k] = v
		}
		var got struct {
			VisitCreate struct{ Visit struct{ State string } }
		}
		h.must(t, "dispatcher", `mutation($i: VisitCreateInput!) { visitCreate(input: $i) { ... on VisitCreated { visit { state } } } }`,
			map[string]any{"i": input}, &got)
		return got.VisitCreate.Visit.State
	}
	if state := create(map[string]any{"assign": "AUTO"}); state != "ASSIGNED" {
		t.Errorf("made for whom the engine likes it is %s", state)
	}
	for _, more := range []map[string]any{nil, {"assign": "QUEUE"}, {"needs": []string{"KEYS"}}} {
		if state := create(more); state != "QUEUED" {
			t.Errorf("made for nobody it is %s", state)
		}
	}
	type given struct {
		QueueAssign struct {
			Code         string
			Visits, Left []struct{ State, QueueReason string }
			More         bool
			Days         []struct{ Before, After struct{ Visits int } }
			Alerts       []struct{ Kind string }
		}
	}
	assign := func(dry bool) given {
		var got given
		h.must(t, "dispatcher", `mutation($i: QueueAssignInput!) { queueAssign(input: $i) { ... on Problem { code } ... on QueueAssigned {
		    visits { state rep { name } stop { position } } left { state queueReason } more batchId
		    days { rep { name } before { visits } after { visits } route { stops { visit { id } } } } alerts { rep { name } kind } } } }`,
			map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "branchId": branch, "dryRun": dry}}, &got)
		return got
	}
	for _, dry := range []bool{true, false} {
		got := assign(dry).QueueAssign
		if len(got.Visits) != 2 || len(got.Left) != 1 || got.More || len(got.Days) == 0 || len(got.Alerts) != len(got.Days) {
			t.Errorf("dry %t: %+v", dry, got)
		}
	}
	if got := assign(false).QueueAssign; len(got.Visits) != 0 || len(got.Left) != 1 {
		t.Errorf("once more: %+v", got)
	}

	h.Pass(24 * time.Hour)
	h.know("admin", h.Admin)
	h.know("dispatcher", h.Dispatcher)
	type rules struct {
		Version     int
		Weights     struct{ Travel, Load float64 }
		Auto        bool
		IdleMinutes int
	}
	read := func() *rules {
		var got struct{ DispatchRules *rules }
		h.must(t, "dispatcher", `query($b: ID!) { dispatchRules(branchId: $b) { version weights { travel load } auto idleMinutes } }`,
			map[string]any{"b": branch}, &got)
		return got.DispatchRules
	}
	if got := read(); got == nil || got.Version != 0 || got.Weights.Travel != 1 || got.Auto {
		t.Errorf("nobody has set them: %+v", got)
	}
	set := func(version int, dry bool) (got struct {
		DispatchRulesSet struct {
			Code      string
			Yesterday struct {
				Date      string
				Decisions int
				Moved     int
			}
		}
	}) {
		h.must(t, "admin", `mutation($i: DispatchRulesSetInput!) { dispatchRulesSet(input: $i) { ... on Problem { code } ... on DispatchRulesAreSet {
		    rules { version } yesterday { date decisions byPeople moved travelMinutesBefore travelMinutesAfter giniBefore giniAfter } } } }`,
			map[string]any{"i": map[string]any{
				"requestId": desktest.NewID(), "branchId": branch, "expectedVersion": version, "weights": map[string]any{"load": 200}, "auto": true, "dryRun": dry,
			}}, &got)
		return got
	}
	if got := set(0, true).DispatchRulesSet; got.Yesterday.Decisions != 3 || got.Yesterday.Date != desktest.Monday.String() {
		t.Errorf("yesterday: %+v", got)
	}
	if got := read(); got.Version != 0 {
		t.Errorf("a trial has set them: %+v", got)
	}
	set(0, false)
	if got := read(); got.Version != 1 || got.Weights.Load != 200 || got.Weights.Travel != 1 || !got.Auto || got.IdleMinutes != 20 {
		t.Errorf("set to %+v", got)
	}
	if got := set(0, false).DispatchRulesSet; got.Code != "RULES_CHANGED" {
		t.Errorf("by who saw older ones: %+v", got)
	}
}

// A dispatcher sees who has nothing to do, what is late and what is at risk; a rep does not.
func TestTheWatchThroughTheDoor(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.Pass(3 * time.Hour)
	ask := `query($b: ID!) { watch(branch: $b) { idle { rep { name } until minutes offer { visit { id } detourMinutes } }
	    late { visit { id rep { name } } arrival latest minutes next } atRisk { visit { id } arrival latest chance cost } } }`
	var got struct {
		Watch *struct {
			Idle, Late, AtRisk []struct {
				Minutes, Chance float64
			}
		}
	}
	h.must(t, "dispatcher", ask, map[string]any{"b": h.Branches[0].ID}, &got)
	if got.Watch == nil || len(got.Watch.Idle)+len(got.Watch.Late)+len(got.Watch.AtRisk) != 0 {
		t.Errorf("on a day that goes by its plan: %+v", got.Watch)
	}
	if n := h.Count(t, `WITH p AS (UPDATE visit SET promised_from = $2, promised_to = $3 WHERE id IN (
	    SELECT st.visit_id FROM stop AS st JOIN route AS ro ON ro.id = st.route_id WHERE ro.rep_id = $1 AND st.visit_id IS NOT NULL ORDER BY st.position DESC LIMIT 2) RETURNING 1)
	    SELECT count(*) FROM p`, h.Branches[0].Reps[0].ID, h.Now().Add(-2*time.Hour), h.Now().Add(-time.Hour)); n != 2 {
		t.Fatalf("%d visits promised, want 2", n)
	}
	h.must(t, "dispatcher", ask, map[string]any{"b": h.Branches[0].ID}, &got)
	if len(got.Watch.Late) != 2 || len(got.Watch.AtRisk) != 2 || got.Watch.AtRisk[0].Chance != 1 || got.Watch.Late[0].Minutes < got.Watch.Late[1].Minutes {
		t.Errorf("with two promises missed: %+v", got.Watch)
	}
	h.must(t, "dispatcher", ask, map[string]any{"b": h.Branches[1].ID}, &got)
	if got.Watch != nil {
		t.Errorf("a strange branch: %+v", got.Watch)
	}
	if code := h.ask(t, "rep", ask, map[string]any{"b": h.Branches[0].ID}).code(); code != "FORBIDDEN" {
		t.Errorf("a rep is told %q", code)
	}
	var week struct {
		Rep struct {
			Load, WeekLoad struct{ Ratio, AvailableMinutes float64 }
		}
	}
	h.must(t, "dispatcher", `query($r: ID!) { rep(id: $r) { load { ratio availableMinutes } weekLoad { ratio availableMinutes } } }`,
		map[string]any{"r": h.Branches[0].Reps[0].ID}, &week)
	if day, all := week.Rep.Load, week.Rep.WeekLoad; all.AvailableMinutes != day.AvailableMinutes || all.Ratio != day.Ratio || day.Ratio == 0 {
		t.Errorf("a week of which one day is opened is %+v, the day %+v", all, day)
	}
}
