package graph_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

// reports sends a rep's fact about a visit.
func (h *house) reports(t *testing.T, who, name string, visit any, more map[string]any) {
	t.Helper()
	input := map[string]any{"requestId": desktest.NewID(), "visitId": visit}
	for k, v := range more {
		input[k] = v
	}
	kind := strings.ToUpper(name[:1]) + name[1:]
	var got struct {
		Got struct {
			Typename string `json:"__typename"`
			Code     string
		}
	}
	h.must(t, who, `mutation($i:`+kind+`Input!){got:`+name+`(input:$i){__typename ...on Problem{code}}}`, map[string]any{"i": input}, &got)
	if got.Got.Code != "" {
		t.Fatalf("%s of %s: %s", name, visit, got.Got.Code)
	}
}

// today is a rep's first screen, as far as the stories follow it.
type today struct {
	Date         string
	BacklogCount int
	Shift        *struct{ StartsAt, EndsAt string }
	Load         struct {
		Visits int
		Ratio  float64
	}
	Route *struct {
		Stops []struct {
			Arrival, Departure time.Time
			Visit              *visitNow
		}
	}
	Alerts struct{ Nodes []struct{ ID, Kind string } }
}

// screen is what a rep sees now.
func (h *house) screen(t *testing.T, who string) (now today) {
	t.Helper()
	var got struct{ Today *today }
	h.must(t, who, `{today{date backlogCount shift{startsAt endsAt} load{visits ratio} route{stops{arrival departure visit{id state version}}} alerts(first:20){nodes{id kind}}}}`, nil, &got)
	if got.Today == nil {
		t.Fatalf("%s has no day", who)
	}
	return *got.Today
}

// watched is what a dispatcher should look at.
type watched struct {
	Idle   []struct{ Rep struct{ ID string } }
	Late   []watchedVisit
	AtRisk []watchedVisit
}

type watchedVisit struct {
	Visit struct{ ID string }
}

// watch is what a dispatcher is shown.
func (h *house) watch(t *testing.T) watched {
	t.Helper()
	var got struct{ Watch watched }
	h.must(t, "dispatcher", `query($b:ID!){watch(branch:$b){idle{rep{id}} late{visit{id} minutes} atRisk{visit{id} chance}}}`, map[string]any{"b": h.Branches[0].ID}, &got)
	return got.Watch
}

// TestNormalDay goes with a rep from the plan to the end of the shift: every stop is driven to, begun and made at its time but for one closed
// door. In the evening the day holds what was done when it was done, and nothing else is asked for.
func TestNormalDay(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	morning := h.screen(t, "rep")
	if morning.Date != "2026-11-23" || morning.Load.Visits != 8 || morning.Route == nil || len(morning.Alerts.Nodes) != 1 || morning.Alerts.Nodes[0].Kind != "DAY_PLANNED" {
		t.Fatalf("in the morning: %+v, want eight visits and an alert of the plan", morning)
	}
	h.must(t, "rep", `mutation($i:AlertAcknowledgeInput!){alertAcknowledge(input:$i){__typename}}`,
		map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "alertId": morning.Alerts.Nodes[0].ID}}, nil)
	const closed = 3 // of the visits, from 0
	made, load := 0, morning.Load.Ratio
	for range 8 {
		// The next visit, as the phone shows it now.
		day := h.screen(t, "rep")
		for _, s := range day.Route.Stops {
			if s.Visit == nil || s.Visit.State != "ASSIGNED" {
				continue
			}
			h.Set(s.Arrival)
			h.reports(t, "rep", "visitArrive", s.Visit.ID, nil)
			if made == closed {
				h.Pass(2 * time.Minute)
				h.reports(t, "rep", "visitFail", s.Visit.ID, map[string]any{"outcome": "CLOSED"})
			} else {
				h.reports(t, "rep", "visitStart", s.Visit.ID, nil)
				h.Set(s.Departure)
				h.reports(t, "rep", "visitComplete", s.Visit.ID, nil)
			}
			made++
			break
		}
		if now := h.screen(t, "rep").Load.Ratio; now >= load && made < 8 {
			t.Errorf("after %d visits the rest of the day is loaded %.2f, before %.2f", made, now, load)
		} else {
			load = now
		}
	}
	evening := h.screen(t, "rep")
	if made != 8 || evening.Load.Visits != 0 || evening.BacklogCount != 1 || len(evening.Alerts.Nodes) != 0 {
		t.Errorf("after %d stops: %+v, want nothing left but the closed shop, and no alerts", made, evening)
	}
	done := 0
	for i, s := range evening.Route.Stops {
		if s.Visit != nil && s.Visit.State == "DONE" {
			done++
		}
		if i > 0 && s.Arrival.Before(evening.Route.Stops[i-1].Arrival) {
			t.Errorf("stop %d lies before the one before it", i)
		}
	}
	h.at(t, "18:01")
	if n := h.Count(t, `SELECT count(*) FROM event WHERE type = 'attempt.completed' AND performed_by = $1 AND business_date = '2026-11-23'`, h.Branches[0].Reps[0].ID); n != 7 || done != 7 {
		t.Errorf("%d visits made by the ledger, %d by the route, want 7", n, done)
	}
	for _, idle := range h.watch(t).Idle {
		t.Errorf("rep %s is idle after the shift", idle.Rep.ID)
	}
}

// TestLateRep: a call takes longer than it should, and a promise further on is at stake. The dispatcher sees it, may replan the day, and gives
// the visit to whoever keeps the promise.
func TestLateRep(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.at(t, "08:30")
	visits := h.dayOf(t, 0)
	promisedVisit := h.does(t, "dispatcher", reschedule, map[string]any{
		"visitId": visits[3].ID, "expectedVersion": 2, "reason": "CUSTOMER", "pin": false,
		"promised": map[string]any{"from": "2026-11-23T10:30:00+03:00", "to": "2026-11-23T11:30:00+03:00"},
	})
	if promisedVisit.Typename != "VisitRescheduled" || len(promisedVisit.Promises) != 1 || !promisedVisit.Promises[0].Kept {
		t.Fatalf("%+v, want the promise kept", promisedVisit)
	}
	if seen := h.watch(t); len(seen.Late) != 0 {
		t.Fatalf("late before the day began: %+v", seen.Late)
	}
	h.at(t, "09:15")
	h.reports(t, "rep", "visitArrive", h.dayOf(t, 0)[0].ID, nil)
	h.at(t, "11:00")
	seen := h.watch(t)
	if len(seen.Late) != 1 || seen.Late[0].Visit.ID != visits[3].ID || len(seen.AtRisk) == 0 {
		t.Fatalf("the dispatcher sees %+v, want the promised visit late", seen)
	}
	var replanned struct {
		DayReplan struct {
			Typename      string `json:"__typename"`
			Before, After struct{ Cost float64 }
			Promises      []struct{ Kept bool }
		}
	}
	h.must(t, "dispatcher", `mutation($i:DayReplanInput!){dayReplan(input:$i){__typename ...on DayReplanned{before{cost} after{cost} promises{kept}}}}`,
		map[string]any{"i": map[string]any{
			"requestId": desktest.NewID(), "branchId": h.Branches[0].ID, "dryRun": true, "frozenMinutes": 0, "mostChangesPerRep": 8,
		}}, &replanned)
	if got := replanned.DayReplan; got.Typename != "DayReplanned" || got.After.Cost >= got.Before.Cost {
		t.Errorf("a replan would cost %+v, want less than the day as it stands", got)
	}
	mended := h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": []any{visits[3].ID}, "reason": "OVERLOAD"})
	if mended.Typename != "VisitsReassigned" || len(mended.Promises) != 1 || !mended.Promises[0].Kept || mended.Moves[0].Visit.Rep.ID == h.Branches[0].Reps[0].ID.String() {
		t.Fatalf("%+v, want another rep to keep the promise", mended)
	}
	if seen := h.watch(t); len(seen.Late) != 0 {
		t.Errorf("still late: %+v", seen.Late)
	}
}

// hoursOf sets when a branch works and where its clock is, before anything is planned.
func hoursOf(t *testing.T, w *desktest.World, branch int, zone string, from, to int) {
	t.Helper()
	b := &w.Branches[branch]
	b.TimeZone = zone
	open, err := json.Marshal(alwaysOpen)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, `WITH b AS (UPDATE branch SET time_zone = $2, shift_from = $3, shift_to = $4, hours = $5::text::jsonb WHERE id = $1 RETURNING 1),
	    s AS (UPDATE site SET time_zone = $2 WHERE branch_id = $1 RETURNING 1) SELECT count(*) FROM b`, b.ID, zone, from, to, string(open)); n != 1 {
		t.Fatalf("%d branches changed, want one", n)
	}
}
