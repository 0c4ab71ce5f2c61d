package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// night is a branch at half past midnight of the 24th: its first two reps began at eight in the evening of the 23rd and go on until six, the
// other two begin at nine in the morning.
type night struct {
	*house
	zone *time.Location
}

func aNight(t *testing.T, zone string) night {
	t.Helper()
	w := desktest.New(t)
	hoursOf(t, w, 0, zone, 20*60, 6*60)
	w.Branches[0].Branch.TimeZone = zone
	w.Write(t, func(tx *postgres.Tx) error {
		for _, rep := range w.Branches[0].Reps[2:] {
			if _, err := tx.SaveOwnHours(t.Context(), rep.ID, 9*60, 18*60); err != nil {
				return err
			}
		}
		return nil
	})
	// Bars open in the evening and close at five; what was called in for the night can be made until then.
	week := hours.Every(18*60, 5*60, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday)
	bars, err := json.Marshal(week)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, `WITH s AS (UPDATE site SET hours = $1::text::jsonb WHERE branch_id = $2 RETURNING 1) SELECT count(*) FROM s`,
		string(bars), w.Branches[0].ID); n != 32 {
		t.Fatalf("%d sites are bars now, want all 32", n)
	}
	n := night{nil, hours.Zone(zone)}
	w.Set(desktest.Monday.At(19*60, n.zone))
	w.Align(t, 0)
	w.Plan(t, 0)
	w.Set((desktest.Monday + 1).At(10, n.zone))
	w.Plan(t, 0) // the morning's shifts are open; the night's go on
	w.Set((desktest.Monday + 1).At(30, n.zone))
	n.house = open(t, w, false)
	return n
}

// made is a visit called in for the rep's site now; it waits in the queue unless the engine gives it out.
func (n night) made(t *testing.T, rep, site int, more map[string]any) visitNow {
	t.Helper()
	input := map[string]any{"requestId": desktest.NewID(), "siteId": n.Branches[0].Sites[rep][site]}
	for k, v := range more {
		input[k] = v
	}
	var got struct{ VisitCreate struct{ Visit visitNow } }
	n.must(t, "dispatcher", `mutation($i:VisitCreateInput!){visitCreate(input:$i){...on VisitCreated{visit{id state version date rep{id}}}}}`, map[string]any{"i": input}, &got)
	return got.VisitCreate.Visit
}

// date is the service day of a visit by the record.
func (n night) date(t *testing.T, visit string) (date string, rep uuid.UUID) {
	t.Helper()
	if err := n.DB.Pool().QueryRow(t.Context(), `SELECT coalesce(date::text, ''), coalesce(rep_id, $2) FROM visit WHERE id = $1`, visit, uuid.Nil).Scan(&date, &rep); err != nil {
		t.Fatal(err)
	}
	return date, rep
}

// places is where every visit is: rep, state, and which of the route. Times are those of now after an undo, for the night has gone on.
func (n night) places(t *testing.T) map[string]string {
	t.Helper()
	at := n.standing(t)
	for visit, place := range at {
		at[visit], _, _ = strings.Cut(place, " at ")
	}
	return at
}

// own is the service day that counts for a rep of the branch in this night.
func (n night) own(rep uuid.UUID) string {
	if rep == n.Branches[0].Reps[0].ID || rep == n.Branches[0].Reps[1].ID {
		return "2026-11-23"
	}
	return "2026-11-24"
}

func inBothZones(t *testing.T, story func(*testing.T, night)) {
	t.Helper()
	for _, zone := range []string{"Asia/Vladivostok", "Europe/Kaliningrad"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			story(t, aNight(t, zone))
		})
	}
}

// TestNightIsSeenWhole: screens show of each rep the day that counts: the phone, the board, loads of the day and the week, and the watch.
func TestNightIsSeenWhole(t *testing.T) {
	t.Parallel()
	inBothZones(t, func(t *testing.T, n night) {
		var board struct {
			Reps struct {
				Nodes []struct {
					ID             uuid.UUID
					Shift          *struct{ StartsAt string }
					Load, WeekLoad struct {
						Visits           int
						AvailableMinutes float64
					}
				}
			}
			Watch watched
		}
		n.must(t, "dispatcher", `query($b:ID!){reps(first:9){nodes{id shift{startsAt} load{visits availableMinutes} weekLoad{visits availableMinutes}}} watch(branch:$b){idle{rep{id}} late{visit{id}} atRisk{visit{id}}}}`,
			map[string]any{"b": n.Branches[0].ID}, &board)
		for _, rep := range board.Reps.Nodes {
			if rep.Shift == nil || !strings.HasPrefix(rep.Shift.StartsAt, n.own(rep.ID)) {
				t.Errorf("rep %s works %+v, want the shift of %s", rep.ID, rep.Shift, n.own(rep.ID))
				continue
			}
			left := 9*60 - 45. // of who begins in the morning, less lunch
			if n.own(rep.ID) == "2026-11-23" {
				left = 5*60 + 30
			}
			if rep.Load.AvailableMinutes > left || rep.Load.AvailableMinutes < left-45 || rep.WeekLoad.AvailableMinutes < rep.Load.AvailableMinutes || rep.WeekLoad.Visits < rep.Load.Visits {
				t.Errorf("rep of %s: %+v left, %+v in the week; want %.0f minutes of this shift", n.own(rep.ID), rep.Load, rep.WeekLoad, left)
			}
		}
		if screen := n.screen(t, "rep"); screen.Date != "2026-11-23" || screen.Load.Visits != 8 {
			t.Errorf("the phone shows %s with %d visits, want the evening's day with eight", screen.Date, screen.Load.Visits)
		}
		offWork := map[string]bool{n.Branches[0].Reps[2].ID.String(): true, n.Branches[0].Reps[3].ID.String(): true}
		for _, idle := range board.Watch.Idle {
			if offWork[idle.Rep.ID] {
				t.Errorf("rep %s is idle at half past midnight, hours before the shift", idle.Rep.ID)
			}
		}
	})
}

// TestNightWorkFindsItsRep: what is called in at night is offered, claimed, given out by the engine and by hand, each time on the day of whoever
// takes it, and an undo brings it back to the day it was on.
func TestNightWorkFindsItsRep(t *testing.T) {
	t.Parallel()
	inBothZones(t, func(t *testing.T, n night) {
		reps := n.Branches[0].Reps
		first := n.made(t, 0, 0, nil)
		var offered struct {
			Offers []struct {
				Visit   struct{ ID string }
				Arrival time.Time
			}
		}
		n.must(t, "rep", `{offers(first:5){visit{id} arrival}}`, nil, &offered)
		if len(offered.Offers) != 1 || offered.Offers[0].Visit.ID != first.ID || offered.Offers[0].Arrival.After(n.Now().Add(6*time.Hour)) {
			t.Fatalf("offered at night: %+v, want the visit called in, tonight", offered.Offers)
		}
		claimed := n.does(t, "rep", `mutation($i:VisitClaimInput!){got:visitClaim(input:$i){__typename ...on VisitClaimed{visit{id state date} batchId} `+problemFields+`}}`, map[string]any{"visitId": first.ID})
		if claimed.Typename != "VisitClaimed" || claimed.Visit.Date == nil || *claimed.Visit.Date != "2026-11-23" {
			t.Fatalf("claimed: %+v, want it on the evening's day", claimed)
		}
		waiting := n.made(t, 1, 1, nil)
		if done := n.does(t, "dispatcher", `mutation($i:QueueAssignInput!){got:queueAssign(input:$i){__typename `+problemFields+`}}`, map[string]any{"branchId": n.Branches[0].ID}); done.Typename != "QueueAssigned" {
			t.Fatalf("given out at night: %+v", done)
		}
		if date, rep := n.date(t, waiting.ID); date != "2026-11-23" || n.own(rep) != date {
			t.Errorf("given out on the %q of rep %s, want a rep who is at work", date, rep)
		}
		mine := n.made(t, 0, 3, map[string]any{"repId": reps[0].ID})
		if date, _ := n.date(t, mine.ID); date != "2026-11-23" {
			t.Errorf("made for a rep at work: on the %s, want the evening's day", date)
		}

		// By hand, one by one: to a colleague of the night, and to one who begins in the morning.
		before := n.places(t)
		visit := n.dayOf(t, 0)[5]
		for i, to := range []uuid.UUID{reps[1].ID, reps[2].ID} {
			given := n.does(t, "dispatcher", `mutation($i:VisitReassignInput!){got:visitReassign(input:$i){__typename ...on VisitReassigned{batchId visit{id version date rep{id}} decision{explanation} days{rep{id} date before{visits} after{visits}} alerts{kind rep{id}}} `+problemFields+`}}`,
				map[string]any{"visitId": visit.ID, "toRepId": to, "expectedVersion": visit.Version + 2*i, "reason": "OVERLOAD"})
			if given.Typename != "VisitReassigned" || given.Visit.Date == nil || *given.Visit.Date != n.own(to) || len(given.Days) != 2 || len(given.Alerts) != 2 {
				t.Fatalf("given to rep %d: %+v, want it on the %s", i+1, given, n.own(to))
			}
			undone := n.does(t, "dispatcher", undoBatch, map[string]any{"batchId": given.BatchID})
			if diff := cmp.Diff(before, n.places(t)); undone.Typename != "BatchUndone" || len(undone.Kept) != 0 || diff != "" {
				t.Fatalf("taken back: %+v\n%s", undone, diff)
			}
		}
		if date, _ := n.date(t, visit.ID); date != "2026-11-23" {
			t.Errorf("after the undo it is on the %s", date)
		}
		// What is planned for the morning stays there, whoever takes it.
		morning := n.made(t, 2, 4, map[string]any{"repId": reps[2].ID})
		given := n.does(t, "dispatcher", reassignVisits, map[string]any{"visitIds": []any{morning.ID}, "toRepId": reps[0].ID, "reason": "OTHER"})
		if date, rep := n.date(t, morning.ID); given.Typename != "VisitsReassigned" || date != "2026-11-24" || rep != reps[0].ID {
			t.Errorf("a visit of the morning given away: %+v, on the %s; want it on its own day", given.Code, date)
		}
	})
}

// TestSickAtNight: a rep of the night reports sick without naming a day. Everything left of the shift goes to others, each on the own day, in
// one batch that an undo takes back; the dispatcher replans, and snow of the small hours slows the shift that began in the evening.
func TestSickAtNight(t *testing.T) {
	t.Parallel()
	inBothZones(t, func(t *testing.T, n night) {
		reps, branch := n.Branches[0].Reps, n.Branches[0].ID
		before := n.places(t)
		reported := n.does(t, "rep", `mutation($i:AbsenceReportInput!){got:absenceReport(input:$i){__typename ...on AbsenceReported{batchId absence{from to}} `+problemFields+`}}`, map[string]any{"kind": "SICK"})
		if got := n.Count(t, `SELECT count(*) FROM absence WHERE rep_id = $1 AND from_date = '2026-11-23' AND to_date = '2026-11-23'`, reps[0].ID); reported.Typename != "AbsenceReported" || got != 1 {
			t.Fatalf("%+v; %d absences on the evening's day, want one", reported, got)
		}
		if undone := n.does(t, "dispatcher", undoBatch, map[string]any{"batchId": reported.BatchID}); undone.Typename != "BatchUndone" {
			t.Fatalf("%+v", undone)
		}
		cleared := n.does(t, "dispatcher", reassignDays, map[string]any{"repIds": []any{reps[0].ID}, "policy": "SPREAD", "absence": "SICK"})
		if cleared.Typename != "RepDayReassigned" || len(cleared.Moves) != 8 || len(cleared.Absences) != 1 || cleared.Absences[0].From != "2026-11-23" {
			t.Fatalf("%+v, want the eight visits of the night moved, and one day of absence", cleared)
		}
		placed := 0
		for _, m := range cleared.Moves {
			date, rep := n.date(t, m.Visit.ID)
			switch {
			case m.Visit.State == "QUEUED" && date == "" && m.Code != nil:
			case rep != reps[0].ID && date == n.own(rep):
				placed++
			default:
				t.Errorf("visit %s: %s with rep %s on the %s", m.Visit.ID, m.Visit.State, rep, date)
			}
		}
		if placed == 0 {
			t.Error("nobody takes anything of the sick rep")
		}
		if undone := n.does(t, "dispatcher", undoBatch, map[string]any{"batchId": cleared.BatchID}); len(undone.Kept) != 0 || len(undone.Moves) != 8 {
			t.Fatalf("undo: %+v", undone)
		}
		if diff := cmp.Diff(before, n.places(t)); diff != "" {
			t.Fatalf("after the undo (-before +after):\n%s", diff)
		}

		waiting := n.made(t, 1, 0, nil)
		replanned := n.does(t, "dispatcher", `mutation($i:DayReplanInput!){got:dayReplan(input:$i){__typename ...on DayReplanned{`+batchFields+`} `+problemFields+`}}`,
			map[string]any{"branchId": branch, "frozenMinutes": 0, "mostChangesPerRep": 8})
		if date, rep := n.date(t, waiting.ID); replanned.Typename != "DayReplanned" || date != "" && date != n.own(rep) {
			t.Errorf("replanned at night: %+v; the waiting visit is on the %q of %s", replanned.Code, date, rep)
		}
		slow := n.does(t, "dispatcher", slowArea, map[string]any{
			"branchId": branch, "polygon": moscow, "from": n.Now().Format(time.RFC3339), "to": n.Now().Add(4 * time.Hour).Format(time.RFC3339), "factor": 5,
		})
		if slow.Typename != "AreaSlowed" || len(slow.Days) == 0 {
			t.Fatalf("snow at night: %+v, want days timed anew", slow)
		}
		for _, day := range slow.Days {
			if rep := uuid.MustParse(day.Rep.ID); n.own(rep) != "2026-11-23" {
				t.Errorf("snow until half past four slows rep %s, who begins at nine", rep)
			}
		}
		var list struct{ Slowdowns []struct{ Date string } }
		n.must(t, "dispatcher", `query($b:ID!){slowdowns(branch:$b){date}}`, map[string]any{"b": branch}, &list)
		if len(list.Slowdowns) != 1 {
			t.Errorf("%d slowdowns are told, want the one in force", len(list.Slowdowns))
		}
	})
}

// TestPromisesAtNight: an hour after midnight is promised, to a rep of the night, on the day that began in the evening; a customer is told
// which hours are free; who can't keep a promise loses it to a colleague of the same night.
func TestPromisesAtNight(t *testing.T) {
	t.Parallel()
	inBothZones(t, func(t *testing.T, n night) {
		reps := n.Branches[0].Reps
		two := (desktest.Monday + 1).At(2*60, n.zone)
		promise := map[string]any{"from": two.Format(time.RFC3339), "to": two.Add(time.Hour).Format(time.RFC3339)}
		visit := n.dayOf(t, 0)[6]
		done := n.does(t, "dispatcher", reschedule, map[string]any{"visitId": visit.ID, "expectedVersion": visit.Version, "promised": promise, "reason": "URGENT", "pin": false})
		if done.Typename != "VisitRescheduled" || done.Visit.Date == nil || *done.Visit.Date != "2026-11-23" || len(done.Promises) != 1 || !done.Promises[0].Kept {
			t.Fatalf("%+v, want two o'clock kept on the evening's day", done)
		}
		for name, date := range map[string]string{"the evening's day": "2026-11-23", "the morning's": "2026-11-24"} {
			tried := n.does(t, "dispatcher", reschedule, map[string]any{
				"visitId": visit.ID, "expectedVersion": visit.Version + 1, "promised": promise, "date": date, "reason": "URGENT", "dryRun": true,
			})
			if tried.Typename != "VisitRescheduled" {
				t.Errorf("two o'clock on %s: %+v", name, tried)
			}
		}
		past := n.does(t, "dispatcher", reschedule, map[string]any{"visitId": visit.ID, "expectedVersion": visit.Version + 1, "date": "2026-11-22", "reason": "OTHER"})
		if past.Code != "PAST" {
			t.Errorf("the day before: %+v, want PAST", past)
		}
		var free struct {
			Slots []struct {
				Date   string
				Rep    struct{ ID uuid.UUID }
				Window struct{ From time.Time }
			}
		}
		n.must(t, "dispatcher", `query($s:ID!){slots(siteId:$s,minutes:30,from:"2026-11-24",days:1){date rep{id} window{from}}}`, map[string]any{"s": n.Branches[0].Sites[1][0]}, &free)
		tonight := 0
		for _, s := range free.Slots {
			if s.Date != n.Now().In(n.zone).Format(time.DateOnly) {
				tonight++
			}
			if s.Window.From.In(n.zone).Format(time.DateOnly) < "2026-11-24" || s.Window.From.Before(n.Now()) {
				t.Errorf("offered %s, want hours of the 24th that are still to come", s.Window.From.In(n.zone))
			}
			if s.Date == "2026-11-23" && n.own(s.Rep.ID) != s.Date {
				t.Errorf("rep %s is offered on %s", s.Rep.ID, s.Date)
			}
		}
		if tonight == 0 {
			t.Errorf("%+v: nothing tonight, though two reps are at work", free.Slots)
		}

		// The rep stays too long at a bar, and the branch leaves promises to the engine.
		n.must(t, "admin", `mutation($i:DispatchRulesSetInput!){dispatchRulesSet(input:$i){__typename ...on Problem{code message}}}`, map[string]any{"i": map[string]any{
			"requestId": desktest.NewID(), "branchId": n.Branches[0].ID, "auto": true, "expectedVersion": 0,
			"weights": map[string]any{"travel": 1, "load": 30, "window": 2, "overtime": 2, "territory": 10, "newRep": 5, "moved": 2},
		}}, nil)
		n.Set(two.Add(-80 * time.Minute))
		long := n.dayOf(t, 0)
		if long[0].ID == visit.ID {
			long = long[1:]
		}
		n.reports(t, "rep", "visitArrive", long[0].ID, nil)
		if _, err := n.DB.Pool().Exec(t.Context(), `UPDATE visit SET service = CASE WHEN state = 'UNDER_WAY' THEN interval '150 minutes' ELSE interval '10 minutes' END`); err != nil {
			t.Fatal(err)
		}
		if late := n.watch(t).Late; len(late) == 0 || !strings.Contains(fmt.Sprint(late), visit.ID) {
			t.Fatalf("late: %+v, want the promised visit", late)
		}
		rescued, err := desk.Do(n.As(n.Admin), n.Desk, uuid.Nil, desk.RescuePromise{Branch: n.Branches[0].ID})
		if err != nil || rescued.Visit == nil || rescued.Visit.ID.String() != visit.ID {
			t.Fatalf("rescued %+v (%v), want the promised visit out of the hands of who is late", rescued.Visit, err)
		}
		if _, err := desk.Do(n.As(n.Admin), n.Desk, uuid.Nil, desk.AssignQueue{Branch: n.Branches[0].ID}); err != nil {
			t.Fatal(err)
		}
		if date, rep := n.date(t, visit.ID); rep != reps[1].ID || date != "2026-11-23" {
			t.Errorf("the promise went to rep %s on the %s, want the colleague of the same night", rep, date)
		}
	})
}

// TestMorningAfterTheNight: the shift is over at six, the day is planned then, and what the night left is part of it.
func TestMorningAfterTheNight(t *testing.T) {
	t.Parallel()
	n := aNight(t, "Asia/Vladivostok")
	left := n.dayOf(t, 0)
	if screen := n.screen(t, "rep"); screen.Date != "2026-11-23" || len(left) != 8 {
		t.Fatalf("%s with %d visits", screen.Date, len(left))
	}
	n.Set((desktest.Monday + 1).At(6*60, n.zone))
	if screen := n.screen(t, "rep"); screen.Date != "2026-11-24" {
		t.Errorf("at six it is %s, want the next day", screen.Date)
	}
	n.Plan(t, 0)
	for _, v := range left {
		if date, rep := n.date(t, v.ID); date != "2026-11-24" || rep != n.Branches[0].Reps[0].ID {
			t.Errorf("visit %s is on the %q of %s, want the coming night of the same rep", v.ID, date, rep)
		}
	}
}
