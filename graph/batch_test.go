package graph_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
)

const (
	batchFields = `batchId moves{code visit{id state version queueReason rep{id}} fromRep{id} decision{id explanation}}
	    days{rep{id} date before{visits travelMinutes} after{visits travelMinutes ratio} routeBefore{version stops{position arrival visit{id}}} route{version stops{position arrival visit{id}}}}
	    promises{kept visit{id} promised{from to} arrivalBefore arrivalAfter} alerts{kind rep{id}}`
	problemFields = `...on Problem{code message path}`

	reassignVisits = `mutation($i:VisitsReassignInput!){got:visitsReassign(input:$i){__typename ...on VisitsReassigned{` + batchFields + `} ` + problemFields +
		` ...on VersionConflict{visit{id version} change{kind code by{name} decision{id chosen{rep{id}}}}}}}`
	reassignDays = `mutation($i:RepDayReassignInput!){got:repDayReassign(input:$i){__typename ...on RepDayReassigned{absences{rep{id} kind from to} ` + batchFields + `} ` + problemFields + `}}`
	undoBatch    = `mutation($i:BatchUndoInput!){got:batchUndo(input:$i){__typename ...on BatchUndone{kept{code message visit{id}} ` + batchFields + `} ` + problemFields + `}}`
	reschedule   = `mutation($i:VisitRescheduleInput!){got:visitReschedule(input:$i){__typename ...on VisitRescheduled{visit{id state date version promised{from to} stop{arrival}}
	    batchId days{rep{id} routeBefore{version} route{version stops{visit{id}}}} promises{kept} alerts{kind}} ` + problemFields + `}}`
)

// batch is what a mutation of several visits answered.
type batch struct {
	Typename      string `json:"__typename"`
	BatchID       string
	Code, Message string
	Path          []string
	Moves         []struct {
		Code     *string
		Visit    visitNow
		FromRep  *struct{ ID string }
		Decision *struct{ ID, Explanation string }
	}
	Days []struct {
		Rep                struct{ ID string }
		Before, After      struct{ Visits int }
		RouteBefore, Route *route
	}
	Promises []struct {
		Kept  bool
		Visit struct{ ID string }
	}
	Alerts []struct {
		Kind string
		Rep  struct{ ID string }
	}
	Absences []struct{ Kind, From, To string }
	Kept     []struct {
		Code, Message string
		Visit         struct{ ID string }
	}
	Visit  visitNow
	Change *struct {
		Kind     string
		Code     *string
		By       *struct{ Name string }
		Decision *struct{ ID string }
	}
}

type visitNow struct {
	ID, State   string
	Version     int
	Date        *string
	QueueReason *string
	Rep         *struct{ ID string }
	Promised    *struct{ From, To time.Time }
}

type route struct {
	Version int
	Stops   []struct {
		Arrival time.Time
		Visit   *struct{ ID string }
	}
}

// does sends a mutation under a new request id.
func (h *house) does(t *testing.T, who, mutation string, input map[string]any) batch {
	t.Helper()
	if input["requestId"] == nil {
		input["requestId"] = desktest.NewID().String()
	}
	var got struct{ Got batch }
	h.must(t, who, mutation, map[string]any{"i": input}, &got)
	return got.Got
}

// standing is where every visit of the branch is, as a dispatcher sees it: rep, state, and place and time on the route.
func (h *house) standing(t *testing.T) map[string]string {
	t.Helper()
	var got struct {
		Reps struct {
			Nodes []struct {
				ID    string
				Route *route
			}
		}
		Visits struct{ Nodes []visitNow }
	}
	h.must(t, "dispatcher", `{reps(first:50){nodes{id route{version stops{arrival visit{id}}}}} visits(first:100,filter:{states:[BACKLOG,QUEUED,ASSIGNED,UNDER_WAY]}){nodes{id state rep{id}}}}`, nil, &got)
	at := map[string]string{}
	for _, v := range got.Visits.Nodes {
		at[v.ID] = v.State
		if v.Rep != nil {
			at[v.ID] += " of " + v.Rep.ID
		}
	}
	for _, rep := range got.Reps.Nodes {
		if rep.Route == nil {
			continue
		}
		n := 0
		for _, s := range rep.Route.Stops {
			if s.Visit != nil {
				n++
				at[s.Visit.ID] += fmt.Sprintf(" as %d of %s at %s", n, rep.ID, s.Arrival.Format(time.TimeOnly))
			}
		}
	}
	return at
}

// dayOf are the visits on a rep's route, in order.
func (h *house) dayOf(t *testing.T, rep int) (visits []visitNow) {
	t.Helper()
	var got struct {
		Rep struct {
			Route struct {
				Stops []struct{ Visit *visitNow }
			}
		}
	}
	h.must(t, "dispatcher", `query($id:ID!){rep(id:$id){route{stops{visit{id state version rep{id}}}}}}`, map[string]any{"id": h.Branches[0].Reps[rep].ID}, &got)
	for _, s := range got.Rep.Route.Stops {
		if s.Visit != nil {
			visits = append(visits, *s.Visit)
		}
	}
	return visits
}

// clock is a moment of the world's Monday.
func (h *house) at(t *testing.T, clock string) {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", "2026-11-23 "+clock+" +0300")
	if err != nil {
		t.Fatal(err)
	}
	h.Set(at)
}

// TestTwoRepsAreSick: at 8:40 two reps report sick, with 29 visits left. Their work goes to the others and to nobody of the two, each rep hears of it once, and
// an undo brings everything back.
func TestTwoRepsAreSick(t *testing.T) {
	t.Parallel()
	w := desktest.Add(t, postgres.New(pgtest.New(t)), 15)
	w.Align(t, 0)
	w.Plan(t, 0)
	h := open(t, w, false)
	h.at(t, "08:35")
	h.must(t, "rep", `mutation($i:VisitCompleteInput!){visitComplete(input:$i){__typename}}`,
		map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "visitId": h.dayOf(t, 0)[0].ID}}, nil)
	h.at(t, "08:40")
	before := h.standing(t)
	sick := []string{h.Branches[0].Reps[0].ID.String(), h.Branches[0].Reps[1].ID.String()}
	const visits = 29
	wish := map[string]any{"repIds": sick, "dates": []any{"2026-11-23"}, "policy": "SPREAD", "absence": "SICK", "dryRun": true}
	tried := h.does(t, "dispatcher", reassignDays, wish)
	if tried.Typename != "RepDayReassigned" || len(tried.Moves) != visits || len(tried.Days) == 0 {
		t.Fatalf("dry run: %+v, want %d visits moved", tried, visits)
	}
	if diff := cmp.Diff(before, h.standing(t)); diff != "" {
		t.Fatalf("a dry run changed the day:\n%s", diff)
	}
	wish["dryRun"], wish["requestId"] = false, nil
	done := h.does(t, "dispatcher", reassignDays, wish)
	if len(done.Absences) != 2 || len(done.Moves) != visits {
		t.Fatalf("%+v, want two absences and %d visits moved", done, visits)
	}
	for _, m := range done.Moves {
		switch {
		case m.Visit.Rep == nil && (m.Visit.State != "QUEUED" || m.Code == nil || *m.Visit.QueueReason != "NOBODY_FITS"):
			t.Errorf("a visit without a rep is %+v, want it queued with a reason", m.Visit)
		case m.Visit.Rep != nil && (m.Visit.Rep.ID == sick[0] || m.Visit.Rep.ID == sick[1]):
			t.Errorf("visit %s is with a sick rep", m.Visit.ID)
		case m.Visit.Rep != nil && (m.Decision == nil || m.Decision.Explanation == ""):
			t.Errorf("visit %s was given to a rep without a decision", m.Visit.ID)
		}
	}
	if n := h.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1", done.BatchID); n != len(done.Alerts) || n != 4 {
		t.Errorf("%d alerts, announced %d, want one for each of four reps", n, len(done.Alerts))
	}
	if n := len(h.dayOf(t, 0)) + len(h.dayOf(t, 1)); n != 1 {
		t.Errorf("%d visits stay with the sick, want the one that is done", n)
	}
	if refused := h.does(t, "dispatcher", reassignVisits, map[string]any{
		"visitIds": []any{done.Moves[0].Visit.ID}, "toRepId": sick[0], "reason": "OTHER",
	}); refused.Code != "ABSENT" {
		t.Errorf("giving a visit back to a sick rep: %+v, want ABSENT", refused)
	}

	undone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": done.BatchID})
	if undone.Typename != "BatchUndone" || len(undone.Kept) != 0 {
		t.Fatalf("undo: %+v", undone)
	}
	if diff := cmp.Diff(before, h.standing(t)); diff != "" {
		t.Errorf("after the undo (-before +after):\n%s", diff)
	}
	if n := h.Count(t, "SELECT count(*) FROM absence"); n != 0 {
		t.Errorf("%d absences left, want none", n)
	}
	// The first rep's day runs earlier than was told, since a visit was made before its time: that is worth an alert.
	if n := h.Count(t, `SELECT count(*) FROM alert WHERE state IN ('QUEUED', 'SENT') AND batch_id IN ($1, $2) AND rep_id <> $3`,
		done.BatchID, undone.BatchID, sick[0]); n != 0 {
		t.Errorf("%d alerts are still to be sent, want those of the batch and of its undo annulled", n)
	}
	if again := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": done.BatchID}); again.Code != "UNDONE" {
		t.Errorf("undo twice: %+v, want UNDONE", again)
	}
	redone := h.does(t, "dispatcher", undoBatch, map[string]any{"batchId": undone.BatchID})
	if redone.Typename != "BatchUndone" || len(redone.Moves) != visits || h.Count(t, "SELECT count(*) FROM absence") != 2 {
		t.Errorf("undo of the undo: %+v, want all %d visits moved again", redone, visits)
	}
}
