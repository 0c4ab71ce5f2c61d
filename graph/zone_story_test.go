package graph_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/hours"
)

// alwaysOpen are the hours of a branch whose reps work at any time.
var alwaysOpen = hours.Every(0, 24*60, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday)

// TestShiftOverMidnight: reps work from six in the evening to two at night. After midnight it is still their day: the screen shows it,
// visits are made and change hands on it, and what is left at its end goes over to the next.
func TestShiftOverMidnight(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	hoursOf(t, w, 0, "Europe/Moscow", 18*60, 2*60)
	if n := w.Count(t, `WITH s AS (UPDATE site SET service = interval '45 minutes' RETURNING 1) SELECT count(*) FROM s`); n == 0 {
		t.Fatal("no sites")
	}
	w.Align(t, 0)
	w.Plan(t, 0)
	h := open(t, w, false)
	h.at(t, "17:30")
	evening := h.screen(t, "rep")
	if evening.Date != "2026-11-23" || evening.Shift == nil || evening.Shift.EndsAt != "2026-11-24T02:00:00+03:00" {
		t.Fatalf("in the evening: %+v", evening)
	}
	visits := h.dayOf(t, 0)
	h.at(t, "18:10")
	for _, v := range visits[:len(visits)-2] {
		h.reports(t, "rep", "visitArrive", v.ID, nil)
		h.Pass(55 * time.Minute)
		h.reports(t, "rep", "visitComplete", v.ID, nil)
	}
	h.at(t, "23:59")
	h.Pass(31 * time.Minute)
	night := h.screen(t, "rep")
	if night.Date != "2026-11-23" || night.Shift == nil || night.Load.Visits != 2 {
		t.Fatalf("at half past midnight: %+v, want the day that began in the evening, with two visits", night)
	}
	last, other := visits[len(visits)-1], visits[len(visits)-2]
	given := h.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": []any{last.ID}, "toRepId": h.Branches[0].Reps[1].ID, "reason": "OVERLOAD"})
	if given.Typename != "VisitsReassigned" || given.Moves[0].Visit.Rep.ID != h.Branches[0].Reps[1].ID.String() {
		t.Fatalf("given away at night: %+v", given)
	}
	if n := h.Count(t, `SELECT count(*) FROM visit WHERE id = $1 AND date = '2026-11-23'`, last.ID); n != 1 {
		t.Error("it left the day on which the shift began")
	}
	h.reports(t, "rep", "visitComplete", other.ID, nil)
	if now := h.screen(t, "rep"); now.Load.Visits != 0 {
		t.Errorf("%d visits are left, want none", now.Load.Visits)
	}
	h.Pass(2 * time.Hour)
	if now := h.screen(t, "rep"); now.Date != "2026-11-24" {
		t.Errorf("after the shift it is %s, want the next day", now.Date)
	}
	h.at(t, "23:00")
	h.Pass(18 * time.Hour)
	h.Plan(t, 0)
	if n := h.Count(t, `SELECT count(*) FROM visit WHERE id = $1 AND rep_id = $2 AND (state = 'BACKLOG' OR state = 'ASSIGNED' AND date = '2026-11-24')`,
		last.ID, h.Branches[0].Reps[1].ID); n != 1 {
		t.Error("what was left at night is not owed the next day")
	}
}

// TestFarApart: it is Tuesday morning in Vladivostok while Kaliningrad's Monday is not over. Each branch has its own day, told in its own time,
// and no visit goes from one to the other.
func TestFarApart(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	hoursOf(t, w, 0, "Asia/Vladivostok", 9*60, 18*60)
	hoursOf(t, w, 1, "Europe/Kaliningrad", 9*60, 18*60)
	w.Set(time.Date(2026, time.November, 23, 6, 0, 0, 0, time.UTC))
	w.Align(t, 0)
	w.Align(t, 1)
	w.Plan(t, 1)
	w.Set(time.Date(2026, time.November, 23, 21, 30, 0, 0, time.UTC))
	w.Plan(t, 0)
	h := open(t, w, false)
	h.know("west", h.Caller(1, 0))
	for who, want := range map[string]struct{ date, offset string }{"rep": {"2026-11-24", "+10:00"}, "west": {"2026-11-23", "+02:00"}} {
		var got struct {
			Today struct {
				Date  string
				Shift struct{ StartsAt, EndsAt string }
				Route struct{ Stops []struct{ Arrival string } }
			}
		}
		h.must(t, who, `{today{date shift{startsAt endsAt} route{stops{arrival}}}}`, nil, &got)
		day := got.Today
		if day.Date != want.date || day.Shift.StartsAt != want.date+"T09:00:00"+want.offset || day.Shift.EndsAt != want.date+"T18:00:00"+want.offset || len(day.Route.Stops) == 0 {
			t.Errorf("%s: %+v, want the %s at %s", who, day, want.date, want.offset)
		}
		for _, s := range day.Route.Stops {
			if !strings.HasPrefix(s.Arrival, want.date) || !strings.HasSuffix(s.Arrival, want.offset) {
				t.Errorf("%s: arrives at %s", who, s.Arrival)
			}
		}
	}
	var made struct {
		VisitCreate struct {
			Visit struct {
				ID, State string
				Due       struct{ From, To string }
			}
		}
	}
	h.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{visit{id state due{from to}}}}}`,
		map[string]any{"i": map[string]any{"requestId": desktest.NewID(), "siteId": h.Branches[0].Sites[0][0]}}, &made)
	if due := made.VisitCreate.Visit.Due; due.From != "2026-11-24T00:00:00+10:00" || due.To != "2026-11-25T00:00:00+10:00" {
		t.Errorf("made today it is due %+v, want all of Tuesday in Vladivostok", due)
	}
	visit, far := h.dayOf(t, 0)[0], h.Branches[1].Reps[0].ID
	for name, query := range map[string]string{
		"visitReassign":  `mutation($i:VisitReassignInput!){got:visitReassign(input:$i){__typename ` + problemFields + `}}`,
		"visitsReassign": reassignVisits,
	} {
		input := map[string]any{"toRepId": far, "reason": "OTHER"}
		if name == "visitReassign" {
			input["visitId"], input["expectedVersion"] = visit.ID, visit.Version
		} else {
			input["visitIds"] = []any{visit.ID}
		}
		if got := h.does(t, "admin", query, input); got.Code != "OTHER_BRANCH" || got.Message == "" {
			t.Errorf("%s across the country: %+v, want OTHER_BRANCH", name, got)
		}
		delete(input, "requestId")
		if got := h.does(t, "dispatcher", query, input); got.Code != "NOT_FOUND" {
			t.Errorf("%s to a rep out of sight: %+v, want NOT_FOUND", name, got)
		}
	}
	if now := h.dayOf(t, 0)[0]; now.ID != visit.ID || now.Version != visit.Version {
		t.Errorf("a refused wish changed the visit: %+v, was %+v", now, visit)
	}
}
