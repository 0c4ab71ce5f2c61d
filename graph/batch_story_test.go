package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

const slowArea = `mutation($i:AreaSlowdownInput!){got:areaSlowdown(input:$i){__typename ...on AreaSlowed{slowdown{factor version date branch{id} polygon} ` + batchFields + `} ` + problemFields + `}}`

// square is a GeoJSON square around the homes of the branch's reps.
func square(south, west, north, east float64) map[string]any {
	return map[string]any{"type": "Polygon", "coordinates": []any{[]any{
		[]any{west, south}, []any{east, south}, []any{east, north}, []any{west, north}, []any{west, south},
	}}}
}

// moscow holds all of the first branch's ground.
var moscow = square(55.5, 37.2, 56.2, 38.2)

// crossed is a polygon that crosses itself.
var crossed = map[string]any{"type": "Polygon", "coordinates": []any{[]any{
	[]any{37, 55}, []any{38, 56}, []any{38, 55}, []any{37, 56}, []any{37, 55},
}}}

// TestStormMorning: snow makes driving four times as long all day. Days are timed anew, what can't be kept is given up by priority but for
// what was promised, and one undo brings the morning back.
func TestStormMorning(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:00")
	important := h.dayOf(t, 0)[7].ID
	if _, err := h.DB.Pool().Exec(t.Context(), `UPDATE visit SET priority = 90 WHERE id = $1`, important); err != nil {
		t.Fatal(err)
	}
	if _, err := h.DB.Pool().Exec(t.Context(), `UPDATE shift SET ends_at = starts_at + interval '4 hours 10 minutes'`); err != nil {
		t.Fatal(err)
	}
	before := h.standing(t)
	wish := map[string]any{
		"branchId": h.Branches[0].ID, "polygon": moscow, "from": "2026-11-23T07:00:00+03:00", "to": "2026-11-23T19:00:00+03:00", "factor": 4, "dryRun": true,
	}
	tried := h.does(t, "dispatcher", slowArea, wish)
	if diff := cmp.Diff(before, h.standing(t)); diff != "" {
		t.Fatalf("a dry run changed the day:\n%s", diff)
	}
	wish["dryRun"], wish["requestId"] = false, nil
	slow := h.does(t, "dispatcher", slowArea, wish)
	if slow.Typename != "AreaSlowed" || len(slow.Moves) == 0 || len(slow.Days) != 4 || len(slow.Moves) != len(tried.Moves) {
		t.Fatalf("%d visits given up on %d days, tried %d: %+v; want some on four days", len(slow.Moves), len(slow.Days), len(tried.Moves), slow.Code)
	}
	for _, m := range slow.Moves {
		if m.Visit.State != "BACKLOG" || m.Visit.Rep == nil || m.Visit.ID == important {
			t.Errorf("given up: %+v, want an unimportant visit in its rep's backlog", m.Visit)
		}
	}
	if n := h.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1", slow.BatchID); n != len(slow.Alerts) || n > 4 {
		t.Errorf("%d alerts of %d announced, want one a rep at most", n, len(slow.Alerts))
	}
	// Who plans from now on plans with the snow in view.
	far := h.dayOf(t, 1)
	again := h.does(t, "dispatcher", reassignVisits, map[string]any{
		"visitIds": []any{far[0].ID}, "toRepId": h.Branches[0].Reps[0].ID, "reason": "OTHER", "dryRun": true,
	})
	if len(again.Days) != 2 || again.Days[0].Route == nil {
		t.Fatalf("a reassignment in the snow: %+v", again)
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": slow.BatchID})
	if undone.Typename != "BatchUndone" || len(undone.Kept) != 0 || len(undone.Moves) != len(slow.Moves) {
		t.Fatalf("undo: %+v", undone)
	}
	if diff := cmp.Diff(before, h.standing(t)); diff != "" {
		t.Errorf("after the undo (-before +after):\n%s", diff)
	}
	if n := h.Count(t, "SELECT count(*) FROM slowdown WHERE withdrawn_at IS NULL"); n != 0 {
		t.Errorf("%d slowdowns in force, want none", n)
	}
	for name, c := range map[string]struct {
		field string
		value any
		code  string
	}{
		"no slower":          {"factor", 1, "OUT_OF_RANGE"},
		"backwards":          {"to", "2026-11-23T06:00:00+03:00", "ORDER"},
		"over already":       {"to", "2026-11-23T07:30:00+03:00", "PAST"},
		"crosses itself":     {"polygon", crossed, "NO_AREA"},
		"a branch of nobody": {"branchId", desktest.NewID(), "NOT_FOUND"},
		"not its branch":     {"branchId", h.Branches[1].ID, "NOT_FOUND"},
	} {
		bad := map[string]any{}
		for k, v := range wish {
			bad[k] = v
		}
		bad["requestId"] = desktest.NewID()
		bad[c.field] = c.value
		if got := h.does(t, "dispatcher", slowArea, bad); got.Code != c.code {
			t.Errorf("%s: %s, want %s", name, got.Code, c.code)
		}
	}
}

// TestStormGivesUpTheLeastImportantFirst: of a day with visits of every importance the storm takes the lowest ones and no promise, the alert
// says so in the rep's language, and one undo brings all of it back.
func TestStormGivesUpTheLeastImportantFirst(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:00")
	day := h.dayOf(t, 0)
	promised := h.does(t, "dispatcher", reschedule, map[string]any{
		"visitId": day[7].ID, "expectedVersion": day[7].Version, "reason": "CUSTOMER",
		"promised": map[string]any{"from": "2026-11-23T10:00:00+03:00", "to": "2026-11-23T12:00:00+03:00"},
	})
	if promised.Typename != "VisitRescheduled" {
		t.Fatalf("%+v", promised)
	}
	priority := map[string]int{day[7].ID: 0} // promised, and of no importance besides
	for i, v := range day[:7] {
		priority[v.ID] = 10 * (i + 1)
	}
	for id, points := range priority {
		if _, err := h.DB.Pool().Exec(t.Context(), `UPDATE visit SET priority = $2 WHERE id = $1`, id, points); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.DB.Pool().Exec(t.Context(), `UPDATE shift SET ends_at = starts_at + interval '5 hours'`); err != nil {
		t.Fatal(err)
	}
	before := h.standing(t)
	storm := h.does(t, "dispatcher", slowArea, map[string]any{
		"branchId": h.Branches[0].ID, "polygon": square(55.70, 37.5, 55.775, 37.8), // the first rep's ground
		"from": "2026-11-23T08:00:00+03:00", "to": "2026-11-23T19:00:00+03:00", "factor": 6,
	})
	if storm.Typename != "AreaSlowed" || len(storm.Moves) == 0 || len(storm.Moves) >= 7 {
		t.Fatalf("%d visits given up (%s), want some and not all", len(storm.Moves), storm.Code)
	}
	given := map[string]bool{}
	for _, m := range storm.Moves {
		given[m.Visit.ID] = true
		if m.Visit.ID == day[7].ID {
			t.Error("a promise was given up")
		}
	}
	for id := range given {
		for other, points := range priority {
			if !given[other] && other != day[7].ID && points < priority[id] {
				t.Errorf("a visit of %d points was given up, one of %d kept", priority[id], points)
			}
		}
	}
	var inbox struct {
		Alerts struct{ Nodes []struct{ Kind, Text string } }
	}
	for language, reason := range map[string]string{"ru": "Причина: медленный проезд", "en": "Reason: driving is slow"} {
		as := h.Caller(0, 0)
		as.Locale = language
		h.know(language, as)
		h.must(t, language, `{alerts(first:5){nodes{kind text}}}`, nil, &inbox)
		if len(inbox.Alerts.Nodes) == 0 || !strings.Contains(inbox.Alerts.Nodes[0].Text, reason) {
			t.Errorf("told in %s: %+v, want %q", language, inbox.Alerts.Nodes, reason)
		}
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": storm.BatchID})
	if diff := cmp.Diff(before, h.standing(t)); undone.Typename != "BatchUndone" || len(undone.Kept) != 0 || diff != "" {
		t.Errorf("undo: %+v\n%s", undone, diff)
	}
}

// TestUndoAfterTheDayWentOn: what was done, begun, called off and moved since is named, the rest comes back.
func TestUndoAfterTheDayWentOn(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:30")
	var ids []any
	for _, v := range h.dayOf(t, 0)[:5] {
		ids = append(ids, v.ID)
	}
	to := h.Branches[0].Reps[1].ID
	done := h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": ids, "expectedVersions": []any{2, 2, 2, 2, 2}, "toRepId": to, "reason": "OVERLOAD"})
	if done.Typename != "VisitsReassigned" || len(done.Days) != 2 || len(done.Alerts) != 2 {
		t.Fatalf("%+v", done)
	}
	h.at(t, "09:30")
	fact := func(name string, visit any) {
		t.Helper()
		h.must(t, "colleague", `mutation($i:`+strings.ToUpper(name[:1])+name[1:]+`Input!){`+name+`(input:$i){__typename}}`,
			map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "visitId": visit}}, nil)
	}
	fact("visitComplete", ids[0])
	fact("visitArrive", ids[1])
	h.must(t, "dispatcher", `mutation($i:VisitCancelInput!){visitCancel(input:$i){__typename}}`, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID(), "visitId": ids[2], "expectedVersion": 3, "reason": "CUSTOMER",
	}}, nil)
	if moved := h.does(t, "dispatcher", reassignVisits, map[string]any{
		"visitIds": []any{ids[3]}, "toRepId": h.Branches[0].Reps[2].ID, "reason": "OTHER",
	}); moved.Typename != "VisitsReassigned" {
		t.Fatalf("%+v", moved)
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": done.BatchID})
	kept := map[string]string{}
	for _, k := range undone.Kept {
		kept[k.Visit.ID] = k.Code
		if k.Message == "" || k.Message == k.Code {
			t.Errorf("%s is not said in words", k.Code)
		}
	}
	want := map[string]string{ids[0].(string): "DONE", ids[1].(string): "BEGUN", ids[2].(string): "CANCELLED", ids[3].(string): "MOVED"}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if len(undone.Moves) != 1 || undone.Moves[0].Visit.ID != ids[4] || undone.Moves[0].Visit.Rep.ID != h.Branches[0].Reps[0].ID.String() {
		t.Errorf("put back %+v, want visit %s with its rep", undone.Moves, ids[4])
	}
	if single := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": desktest.NewID()}); single.Code != "NOT_FOUND" {
		t.Errorf("a batch of nobody: %+v, want NOT_FOUND", single)
	}
	if rep := h.ask(t, "rep", undoBatch, map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "batchId": done.BatchID}}); rep.code() != "FORBIDDEN" {
		t.Errorf("a rep undoes: %s, want FORBIDDEN", rep.body)
	}
}

// TestReassigningOneVisitIsTakenBack, with the alerts that nobody has read.
func TestReassigningOneVisitIsTakenBack(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	before := h.standing(t)
	var got struct{ VisitReassign struct{ BatchID string } }
	h.must(t, "dispatcher", reassignment, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID(), "visitId": h.dayOf(t, 0)[3].ID, "toRepId": h.Branches[0].Reps[1].ID, "expectedVersion": 2, "reason": "OVERLOAD",
	}}, &got)
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": got.VisitReassign.BatchID})
	if undone.Typename != "BatchUndone" || len(undone.Moves) != 1 || len(undone.Kept) != 0 {
		t.Fatalf("%+v", undone)
	}
	if diff := cmp.Diff(before, h.standing(t)); diff != "" {
		t.Errorf("after the undo (-before +after):\n%s", diff)
	}
	if n := h.Count(t, `SELECT count(*) FROM alert WHERE state = 'ANNULLED' AND batch_id = $1`, got.VisitReassign.BatchID); n != 2 {
		t.Errorf("%d alerts annulled, want both", n)
	}
	var plan string
	if err := h.DB.Pool().QueryRow(t.Context(), `SELECT id FROM batch WHERE kind = 'PLAN' LIMIT 1`).Scan(&plan); err != nil {
		t.Fatal(err)
	}
	if refused := h.does(t, "admin", undoBatch, map[string]any{"batchId": plan}); refused.Code != "NOT_UNDOABLE" {
		t.Errorf("a plan: %+v, want NOT_UNDOABLE", refused)
	}
}

// TestForGood: whoever takes the visits answers for the sites, and an undo gives them back.
func TestForGood(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	from, to := h.Branches[0].Reps[0].ID, h.Branches[0].Reps[1].ID
	owned := func(rep any) int {
		return h.Count(t, `SELECT count(*) FROM responsibility WHERE site_id IS NOT NULL AND rep_id = $1 AND valid_to IS NULL`, rep)
	}
	ids := []any{h.dayOf(t, 0)[0].ID, h.dayOf(t, 0)[1].ID}
	done := h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": ids, "toRepId": to, "scope": "FOR_GOOD", "reason": "OVERLOAD"})
	if done.Typename != "VisitsReassigned" || owned(to) != 2 || len(done.Alerts) != 2 {
		t.Fatalf("%+v; %d sites owned, want two", done, owned(to))
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": done.BatchID})
	if undone.Typename != "BatchUndone" || owned(to) != 0 || owned(from) != 0 {
		t.Errorf("%+v; %d and %d sites owned by name, want none", undone, owned(to), owned(from))
	}
}

// TestAnArea: everything in a polygon goes to one rep; what selects nothing, crosses itself or is too much says so.
func TestAnArea(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	ring := square(55.70, 37.5, 55.775, 37.8) // the first rep's ground
	done := h.does(t, "dispatcher", reassignVisits, map[string]any{"polygon": ring, "date": "2026-11-23", "toRepId": h.Branches[0].Reps[3].ID, "reason": "OVERLOAD"})
	if done.Typename != "VisitsReassigned" || len(done.Moves) != 8 || len(h.dayOf(t, 0)) != 0 {
		t.Fatalf("%d visits moved (%s), want the first rep's eight", len(done.Moves), done.Code)
	}
	for _, m := range done.Moves {
		if m.Code != nil {
			t.Errorf("visit %s was given to a rep and still says %q, want null", m.Visit.ID, *m.Code)
		}
	}
	spread := h.does(t, "dispatcher", reassignVisits, map[string]any{"polygon": moscow, "reason": "OVERLOAD", "dryRun": true})
	if spread.Typename != "VisitsReassigned" || len(spread.Moves) != 32 {
		t.Errorf("everything spread: %d visits (%s), want all 32 answered for", len(spread.Moves), spread.Code)
	}
	many := make([]any, 10_000)
	for i := range many {
		many[i] = desktest.NewID()
	}
	for name, c := range map[string]struct {
		input map[string]any
		code  string
	}{
		"nothing there":       {map[string]any{"polygon": square(10, 10, 11, 11)}, "NO_VISITS"},
		"another day":         {map[string]any{"polygon": moscow, "date": "2026-12-24"}, "NO_VISITS"},
		"crosses itself":      {map[string]any{"polygon": crossed}, "NO_AREA"},
		"no polygon":          {map[string]any{"polygon": map[string]any{"type": "Polygon", "coordinates": []any{}}}, "NO_AREA"},
		"nothing at all":      {map[string]any{}, "EMPTY"},
		"an empty list":       {map[string]any{"visitIds": []any{}}, "EMPTY"},
		"both":                {map[string]any{"visitIds": []any{done.Moves[0].Visit.ID}, "polygon": moscow}, "EXCLUDES"},
		"ten thousand visits": {map[string]any{"visitIds": many}, "TOO_MANY"},
		"twice the same":      {map[string]any{"visitIds": []any{done.Moves[0].Visit.ID, done.Moves[0].Visit.ID}}, "TWICE"},
		"too few versions":    {map[string]any{"visitIds": []any{done.Moves[0].Visit.ID}, "expectedVersions": []any{1, 2}}, "NOT_AS_MANY"},
		"an unknown reason":   {map[string]any{"visitIds": []any{done.Moves[0].Visit.ID}, "reason": "BOREDOM"}, "UNKNOWN_REASON"},
		"another branch":      {map[string]any{"visitIds": []any{done.Moves[0].Visit.ID}, "toRepId": h.Branches[1].Reps[0].ID}, "NOT_FOUND"},
		"the same rep":        {map[string]any{"visitIds": []any{done.Moves[0].Visit.ID}, "toRepId": h.Branches[0].Reps[3].ID}, "SAME_REP"},
	} {
		if c.input["reason"] == nil {
			c.input["reason"] = "OTHER"
		}
		got := h.does(t, "dispatcher", reassignVisits, c.input)
		if got.Code != c.code || got.Message == "" {
			t.Errorf("%s: %q %q, want %s", name, got.Code, got.Message, c.code)
		}
		if c.code == "TOO_MANY" && !strings.Contains(got.Message, "500") {
			t.Errorf("the limit is not said: %s", got.Message)
		}
	}
	var admin struct{ Got batch }
	h.must(t, "admin", reassignVisits, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID(), "visitIds": []any{done.Moves[0].Visit.ID}, "toRepId": h.Branches[1].Reps[0].ID, "reason": "OTHER",
	}}, &admin)
	if admin.Got.Code != "OTHER_BRANCH" {
		t.Errorf("a rep of another branch: %+v, want OTHER_BRANCH", admin.Got)
	}
}

// TestTwoDispatchersOnTheSameVisit: the second sees what the first did, why, and that nothing else of the own list happened.
func TestTwoDispatchersOnTheSameVisit(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	visits := h.dayOf(t, 0)
	first := h.does(t, "dispatcher", reassignVisits, map[string]any{
		"visitIds": []any{visits[2].ID}, "expectedVersions": []any{2}, "toRepId": h.Branches[0].Reps[1].ID, "reason": "CUSTOMER",
	})
	before := h.standing(t)
	second := h.does(t, "admin", reassignVisits, map[string]any{
		"visitIds": []any{visits[1].ID, visits[2].ID}, "expectedVersions": []any{2, 2}, "toRepId": h.Branches[0].Reps[2].ID, "reason": "OVERLOAD",
	})
	if second.Typename != "VersionConflict" || second.Visit.ID != visits[2].ID || second.Visit.Version != 3 {
		t.Fatalf("%+v, want a conflict about the second visit", second)
	}
	c := second.Change
	if c == nil || c.Kind != "visit.reassigned" || c.Code == nil || *c.Code != "CUSTOMER" || c.By == nil || c.By.Name != "Диспетчер" ||
		c.Decision == nil || c.Decision.ID != first.Moves[0].Decision.ID {
		t.Errorf("what the first did: %+v, want the dispatcher's reassignment with its decision", c)
	}
	if diff := cmp.Diff(before, h.standing(t)); diff != "" {
		t.Errorf("a refused wish did something:\n%s", diff)
	}
}

// TestClosedShop: the rep finds a door closed; the visit is owed still, and is promised for the next morning. A closed day is refused.
func TestClosedShop(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	visit := h.dayOf(t, 0)[0]
	h.at(t, "09:20")
	h.must(t, "rep", `mutation($i:VisitFailInput!){visitFail(input:$i){__typename}}`, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID(), "visitId": visit.ID, "outcome": "CLOSED",
	}}, nil)
	move := func(input map[string]any) batch {
		input["visitId"], input["reason"] = visit.ID, "CUSTOMER"
		if input["expectedVersion"] == nil {
			input["expectedVersion"] = 3
		}
		return h.does(t, "dispatcher", reschedule, input)
	}
	for name, c := range map[string]struct {
		input map[string]any
		code  string
	}{
		"yesterday":        {map[string]any{"date": "2026-11-22"}, "PAST"},
		"a Sunday":         {map[string]any{"date": "2026-11-29"}, "OFF_SHIFT"},
		"nothing":          {map[string]any{}, "EMPTY"},
		"an older version": {map[string]any{"date": "2026-11-24", "expectedVersion": 2}, "VERSION_CONFLICT"},
		"another day": {map[string]any{"date": "2026-11-25", "promised": map[string]any{
			"from": "2026-11-24T10:00:00+03:00", "to": "2026-11-24T12:00:00+03:00"}}, "OTHER_DAY"},
	} {
		if got := move(c.input); got.Code != c.code {
			t.Errorf("%s: %+v, want %s", name, got, c.code)
		}
	}
	done := move(map[string]any{"promised": map[string]any{"from": "2026-11-24T10:00:00+03:00", "to": "2026-11-24T12:00:00+03:00"}})
	if done.Typename != "VisitRescheduled" || done.Visit.State != "BACKLOG" || done.Visit.Promised == nil {
		t.Fatalf("%+v, want it promised and in the backlog until tomorrow is planned", done)
	}
	h.at(t, "19:00")
	h.Pass(12 * time.Hour)
	h.Plan(t, 0)
	var got struct {
		Visit struct {
			State, Date string
			Stop        *struct{ Arrival time.Time }
		}
	}
	h.must(t, "dispatcher", `query($id:ID!){visit(id:$id){state date stop{arrival}}}`, map[string]any{"id": visit.ID}, &got)
	if got.Visit.State != "ASSIGNED" || got.Visit.Date != "2026-11-24" || got.Visit.Stop == nil || got.Visit.Stop.Arrival.Hour() > 12 {
		t.Errorf("the next day: %+v, want it made in the morning", got.Visit)
	}
}

// TestUrgentComplaint: an important customer complains and is promised an hour this afternoon. The rep's day is timed around it.
func TestUrgentComplaint(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "10:30")
	visit := h.dayOf(t, 0)[6]
	promise := map[string]any{"from": "2026-11-23T15:00:00+03:00", "to": "2026-11-23T16:00:00+03:00"}
	done := h.does(t, "dispatcher", reschedule, map[string]any{"visitId": visit.ID, "expectedVersion": visit.Version, "promised": promise, "reason": "URGENT"})
	if done.Typename != "VisitRescheduled" || len(done.Promises) != 1 || !done.Promises[0].Kept {
		t.Fatalf("%+v, want the promise kept", done)
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": done.BatchID})
	if undone.Typename != "BatchUndone" || len(undone.Kept) != 0 {
		t.Fatalf("%+v", undone)
	}
	if got := h.Count(t, "SELECT count(*) FROM visit WHERE promised_from IS NOT NULL"); got != 0 {
		t.Errorf("%d promises after the undo, want none", got)
	}
}

// TestComplaintOfAnImportantCustomer: nobody's visit, promised for an hour of this afternoon. The engine gives it to who keeps the promise and
// everything else, the decision says why in both languages, the rep hears of it at once, and an undo calls off what the batch made.
func TestComplaintOfAnImportantCustomer(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "10:30")
	var made struct {
		VisitCreate struct {
			Visit struct {
				ID, State string
				Rep       *struct{ ID string }
				Stop      *struct{ Arrival time.Time }
			}
		}
	}
	h.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{visit{id state rep{id} stop{arrival}}}}}`, map[string]any{"i": map[string]any{
		"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[1][2], "priority": 100, "assign": "AUTO",
		"promised": map[string]any{"from": "2026-11-23T14:00:00+03:00", "to": "2026-11-23T15:00:00+03:00"},
	}}, &made)
	visit := made.VisitCreate.Visit
	end := time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)
	if visit.State != "ASSIGNED" || visit.Rep == nil || visit.Stop == nil || visit.Stop.Arrival.After(end) {
		t.Fatalf("%+v, want a rep who is there by three", visit)
	}
	var decision, batchID string
	if err := h.DB.Pool().QueryRow(t.Context(), `SELECT decision_id, batch_id FROM assignment WHERE visit_id = $1 ORDER BY epoch DESC LIMIT 1`, visit.ID).Scan(&decision, &batchID); err != nil {
		t.Fatal(err)
	}
	for language, words := range map[string][2]string{"ru": {"Визит выполнит ", "1 новый визит: "}, "en": {" makes the visit", "1 new visit: "}} {
		as, rep := h.Dispatcher, h.Caller(0, 0)
		for i, r := range h.Branches[0].Reps {
			if r.ID.String() == visit.Rep.ID {
				rep = h.Caller(0, i)
			}
		}
		as.Locale, rep.Locale = language, language
		h.know("asks in "+language, as)
		h.know("hears in "+language, rep)
		var said struct {
			Decision struct {
				Explanation string
				Chosen      struct{ Rep struct{ ID string } }
			}
		}
		h.must(t, "asks in "+language, `query($id:ID!){decision(id:$id){explanation chosen{rep{id}}}}`, map[string]any{"id": decision}, &said)
		if said.Decision.Chosen.Rep.ID != visit.Rep.ID || !strings.Contains(said.Decision.Explanation, words[0]) {
			t.Errorf("in %s: %+v, want %q", language, said.Decision, words[0])
		}
		var inbox struct {
			Alerts struct{ Nodes []struct{ Kind, Text string } }
		}
		h.must(t, "hears in "+language, `{alerts(first:1){nodes{kind text}}}`, nil, &inbox)
		if len(inbox.Alerts.Nodes) == 0 || !strings.Contains(inbox.Alerts.Nodes[0].Text, words[1]) {
			t.Errorf("the rep hears in %s: %+v, want %q", language, inbox.Alerts.Nodes, words[1])
		}
	}
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": batchID})
	if undone.Typename != "BatchUndone" || len(undone.Moves) != 1 || undone.Moves[0].Visit.State != "CANCELLED" {
		t.Errorf("undo: %+v, want what the batch made called off", undone)
	}
}

// TestAbsences: a rep reports the own, a dispatcher those of the branch, and nobody somebody else's.
func TestAbsences(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	const report = `mutation($i:AbsenceReportInput!){got:absenceReport(input:$i){__typename ...on AbsenceReported{batchId visitsLeft absence{kind from to rep{id}}} ` + problemFields + `}}`
	own := map[string]any{"kind": "SICK", "from": "2026-11-23"}
	var got struct {
		Got struct {
			Typename   string `json:"__typename"`
			BatchID    string
			VisitsLeft int
			Code       string
		}
	}
	send := func(who string, input map[string]any) {
		t.Helper()
		input["requestId"] = desktest.NewID()
		got.Got.Code, got.Got.Typename = "", ""
		h.must(t, who, report, map[string]any{"i": input}, &got)
	}
	send("rep", own)
	if got.Got.Typename != "AbsenceReported" || got.Got.VisitsLeft != 8 {
		t.Fatalf("%+v, want eight visits left", got.Got)
	}
	batchID := got.Got.BatchID
	for name, c := range map[string]struct {
		who   string
		input map[string]any
		code  string
	}{
		"a colleague's":   {"colleague", map[string]any{"repId": h.Branches[0].Reps[0].ID, "kind": "SICK", "from": "2026-11-24"}, "NOT_FOUND"},
		"no rep":          {"dispatcher", map[string]any{"kind": "SICK", "from": "2026-11-24"}, "NOT_A_REP"},
		"an unknown kind": {"rep", map[string]any{"kind": "HANGOVER", "from": "2026-11-24"}, "UNKNOWN_ABSENCE"},
		"backwards":       {"rep", map[string]any{"kind": "SICK", "from": "2026-11-24", "to": "2026-11-23"}, "ORDER"},
		"ten years":       {"rep", map[string]any{"kind": "SICK", "from": "2026-11-24", "to": "2036-11-23"}, "TOO_LONG"},
	} {
		if send(c.who, c.input); got.Got.Code != c.code {
			t.Errorf("%s: %+v, want %s", name, got.Got, c.code)
		}
	}
	days := map[string]any{"repIds": []any{h.Branches[0].Reps[0].ID}, "dates": []any{"2026-11-23", "2026-11-24", "2026-11-26"}, "policy": "DEFER", "absence": "SICK"}
	cleared := h.does(t, "dispatcher", reassignDays, days)
	if cleared.Typename != "RepDayReassigned" || len(cleared.Moves) != 8 || len(cleared.Absences) != 2 {
		t.Fatalf("%+v, want eight visits deferred and two stretches more", cleared)
	}
	for _, m := range cleared.Moves {
		if m.Visit.State != "BACKLOG" {
			t.Errorf("%+v, want it in the backlog", m.Visit)
		}
	}
	// The rep is absent by the own report: the visits have nowhere to go back to until that is taken back.
	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": cleared.BatchID})
	if len(undone.Kept) != 8 || undone.Kept[0].Code != "ABSENT" {
		t.Errorf("%+v, want all eight named ABSENT", undone)
	}
	if back := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": batchID}); back.Typename != "BatchUndone" {
		t.Errorf("taking the report back: %+v", back)
	}
	for name, c := range map[string]struct {
		input map[string]any
		code  string
	}{
		"nothing to do": {map[string]any{"dates": []any{"2026-12-23"}, "absence": nil}, "NO_VISITS"},
		"no reps":       {map[string]any{"repIds": []any{}}, "EMPTY"},
		"no dates":      {map[string]any{"dates": []any{}}, "EMPTY"},
		"a stranger":    {map[string]any{"repIds": []any{h.Branches[1].Reps[0].ID}}, "NOT_FOUND"},
		"no such kind":  {map[string]any{"absence": "HANGOVER"}, "UNKNOWN_ABSENCE"},
	} {
		wish := map[string]any{"repIds": days["repIds"], "dates": days["dates"], "policy": "QUEUE", "absence": "SICK"}
		for k, v := range c.input {
			wish[k] = v
		}
		if refused := h.does(t, "dispatcher", reassignDays, wish); refused.Code != c.code {
			t.Errorf("%s: %+v, want %s", name, refused, c.code)
		}
	}
}
