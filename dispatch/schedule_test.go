package dispatch

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func TestScheduleWaitsForOpeningAndDrivesHome(t *testing.T) {
	t.Parallel()
	a, b := aCall(1, 4, 0).open(t, "10:00", "18:00"), aCall(2, 4, 4)
	day := aDay(t, 1, "09:00", "18:00").doing(a, b)

	drive := day.Travel.Time(home, *a.Site.Point)
	first, second := day.Route.Stops[0], day.Route.Stops[1]
	if want := at(t, "09:00").Add(drive); !first.Arrival.Equal(want) {
		t.Errorf("first arrival is %v, want %v", first.Arrival, want)
	}
	if want := at(t, "10:20"); !first.Departure.Equal(want) {
		t.Errorf("leaves the first stop at %v, want %v: it opens at ten", first.Departure, want)
	}
	leg := day.Travel.Time(*a.Site.Point, *b.Site.Point)
	if want := first.Departure.Add(leg); !second.Arrival.Equal(want) {
		t.Errorf("second arrival is %v, want %v", second.Arrival, want)
	}
	if want := drive + leg + day.Travel.Time(*b.Site.Point, home); day.Route.Travel != want {
		t.Errorf("travel is %v, want %v with the way home", day.Route.Travel, want)
	}
	if got := day.Route.Distance.Km(); got < 14 || got > 18 {
		t.Errorf("distance is %.1f km, want some 16", got)
	}
}

func TestScheduleKeepsMeetingsAndPlacesLunch(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", 45*time.Minute).meeting(t, "10:00", "11:00")
	day = day.doing(aCall(1, 3, 0), aCall(2, 3, 1), aCall(3, 2, 2), aCall(4, 1, 2), aCall(5, 0, 3))

	lunch, meeting := day.stop(t, id(500)), day.stop(t, id(501))
	if starts := lunch.Departure.Add(-45 * time.Minute); starts.Before(at(t, "12:00")) || lunch.Departure.After(at(t, "15:00")) {
		t.Errorf("lunch from %v to %v, want within 12:00 and 15:00", starts, lunch.Departure)
	}
	if !meeting.Departure.Equal(at(t, "11:00")) || meeting.Arrival.After(at(t, "10:00")) {
		t.Errorf("at the meeting from %v to %v, want till 11:00", meeting.Arrival, meeting.Departure)
	}
	if len(day.Route.Stops) != 7 {
		t.Errorf("%d stops, want 5 visits and 2 engagements", len(day.Route.Stops))
	}
}

func TestAMeetingUnderWayHoldsTheRep(t *testing.T) {
	t.Parallel()
	for name, day := range map[string]RepDay{
		"on the route":    aDay(t, 1, "09:00", "18:00").meeting(t, "10:00", "11:00").doing(aCall(1, 3, 0)),
		"new to everyone": aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0)).meeting(t, "10:00", "11:00"),
	} {
		got := Schedule(Schedule(day, at(t, "09:59")), at(t, "10:30"))
		if name == "new to everyone" {
			got = Schedule(day, at(t, "10:30"))
		}
		next := got.stop(t, id(1001))
		if want := at(t, "11:00").Add(next.Travel); !next.Arrival.Equal(want) || next.Position != 2 {
			t.Errorf("%s: next arrival %v as stop %d, want %v", name, next.Arrival, next.Position, want)
		}
		if meeting := got.Route.Stops[0]; !meeting.Departure.Equal(at(t, "11:00")) {
			t.Errorf("%s: the meeting ends at %v", name, meeting.Departure)
		}
	}
}

func TestLunchWaitsForTheVisitUnderWay(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "11:30", "18:00").lunch(t, "12:00", "14:00", time.Hour).doing(aCall(1, 0, 0), aCall(2, 2, 0))
	begun := Start(day.call(t, id(1001)), &day, Attempt{RepID: day.Rep.ID, DeviceTime: at(t, "11:45")}, at(t, "11:45"))
	if got := begun.Day.stop(t, id(500)); got.Arrival.Before(at(t, "12:05")) {
		t.Fatalf("lunch at %v, but the call lasts till 12:05", got.Arrival)
	}
	overrun := Schedule(*begun.Day, at(t, "12:30"))
	if got := overrun.stop(t, id(500)); got.Arrival.Before(at(t, "12:30")) {
		t.Errorf("lunch at %v, but the rep is still at the call", got.Arrival)
	}
}

func TestLunchBeginsAfterTheCallThatRanLate(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "14:00", time.Hour).doing(aCall(1, 1, 0))
	got := Complete(day.call(t, id(1001)), &day, Attempt{RepID: day.Rep.ID, DeviceTime: at(t, "12:10")}, at(t, "12:10"))
	if lunch := got.Day.stop(t, id(500)); !lunch.Arrival.Equal(at(t, "12:10")) {
		t.Errorf("lunch at %v, want 12:10: it was planned for noon, but nobody was free", lunch.Arrival)
	}
}

func TestALunchIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "14:00", time.Hour).doing()
	if got := day.stop(t, id(500)); !got.Arrival.Equal(at(t, "12:00")) || !got.Departure.Equal(at(t, "13:00")) {
		t.Errorf("lunch from %v to %v, want 12:00 to 13:00", got.Arrival, got.Departure)
	}
	// A visit that comes up before it still goes first.
	got, err := Reassign(aCall(1, 2, 0), nil, day, 3, "OTHER", at(t, "10:00"))
	if err != nil || got.Decision.Chosen.Position != 1 {
		t.Errorf("the visit is stop %d (%v), want the first", got.Decision.Chosen.Position, err)
	}
}

func TestAnEngagementCalledOffLeavesTheRoute(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").meeting(t, "10:00", "11:00").doing(aCall(1, 3, 0))
	day.Engagements = nil
	if got := Schedule(day, at(t, "10:30")); len(got.Route.Stops) != 1 {
		t.Errorf("stops %v, want only the visit", got.subjects())
	}
}

func TestLunchIsTakenOnceItsTimeCame(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "14:00", time.Hour).doing(aCall(1, 1, 0), aCall(2, 2, 0))
	done := Complete(day.call(t, id(1001)), &day, Attempt{RepID: day.Rep.ID, DeviceTime: at(t, "12:10")}, at(t, "12:10"))
	lunch := done.Day.stop(t, id(500))
	if lunch.Arrival.Before(at(t, "12:10")) {
		t.Fatalf("lunch at %v, but the rep was at a call until 12:10", lunch.Arrival)
	}
	if lunch.Position != 2 {
		t.Fatalf("lunch is stop %d of %v, want the second", lunch.Position, done.Day.subjects())
	}
	later := Schedule(*done.Day, at(t, "12:40"))
	if got := later.stop(t, id(500)); got != lunch {
		t.Errorf("lunch under way moved from %v to %v", lunch, got)
	}
}

func TestScheduleSaysClosedPlacesLate(t *testing.T) {
	t.Parallel()
	call := aCall(1, 3, 0)
	call.Site.Hours = hours.Every(9*60, 18*60, time.Sunday)
	day := aDay(t, 1, "09:00", "18:00").doing(call)
	if len(day.Route.Stops) != 1 {
		t.Fatalf("%d stops, want the closed site to stay", len(day.Route.Stops))
	}
	if stop := day.Route.Stops[0]; stop.Departure.Sub(stop.Arrival) != 20*time.Minute {
		t.Errorf("stays %v, want the service: waiting would not open the door", stop.Departure.Sub(stop.Arrival))
	}
}

func TestBegunStopsKeepTheirFacts(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3), aCall(3, 0, 3))
	now := at(t, "11:00")
	begun := Start(day.call(t, id(1003)), &day, Attempt{RepID: day.Rep.ID, DeviceTime: now}, now)
	if got := begun.Day.subjects(); got[0] != id(1003) {
		t.Fatalf("order is %v, want the visit under way first", got)
	}
	now = at(t, "12:00")
	over := Schedule(*begun.Day, now)
	first, second := over.Route.Stops[0], over.Route.Stops[1]
	if !first.Arrival.Equal(at(t, "11:00")) || !first.Departure.Equal(now) {
		t.Errorf("under way from %v to %v, want 11:00 to now", first.Arrival, first.Departure)
	}
	if !second.Arrival.After(now) {
		t.Errorf("next arrival %v, want after now: the rep is still there", second.Arrival)
	}
}

func TestScheduleGoesOnFromWhereTheRepIs(t *testing.T) {
	t.Parallel()
	call := aCall(1, 5, 0)
	day := aDay(t, 1, "09:00", "18:00").doing(call)
	day.At = call.Site.Point
	if got := Schedule(day, at(t, "08:00")).Route.Stops[0]; !got.Arrival.Equal(day.Route.Stops[0].Arrival) {
		t.Errorf("before the shift: arrival %v, want %v: the day begins at its start place", got.Arrival, day.Route.Stops[0].Arrival)
	}
	if got := Schedule(day, at(t, "11:00")).Route.Stops[0]; !got.Arrival.Equal(at(t, "11:00")) || got.Travel != 0 {
		t.Errorf("standing before the door at eleven: arrival %v after %v of driving", got.Arrival, got.Travel)
	}
}

func TestDaysThatAreNotTimed(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 5, 0))
	tests := map[string]struct {
		day RepDay
		now time.Time
	}{
		"no shift":  {func() RepDay { d := day; d.Shift = nil; return d }(), at(t, "12:00")},
		"yesterday": {day, at(t, "12:00").AddDate(0, 0, 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(day.Route, Schedule(test.day, test.now).Route); diff != "" {
				t.Errorf("the route changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestScheduleAcrossTheGapInBerlin(t *testing.T) {
	t.Parallel()
	zone := zones{}.of("Europe/Berlin")
	sunday := hours.NewDate(2026, time.March, 29) // 02:00 becomes 03:00
	day := aDay(t, 1, "09:00", "18:00")
	day.Route.Date, day.Shift.Date, day.Shift.TimeZone = sunday, sunday, "Europe/Berlin"
	day.Shift.StartsAt, day.Shift.EndsAt = sunday.At(0, zone), sunday.At(6*60, zone)
	call := aCall(1, 0, 0).open(t, "02:30", "05:00")
	call.Site.TimeZone = "Europe/Berlin"
	day = day.doing(call)
	stop := day.Route.Stops[0]
	if got := stop.Departure.Add(-call.Visit.Service); !got.Equal(sunday.At(2*60+30, zone)) || got.Sub(day.Shift.StartsAt) != 150*time.Minute {
		t.Errorf("service begins %v after the shift, want 2 h 30 min: half past two does not exist", got.Sub(day.Shift.StartsAt))
	}
	if load := LoadOf(day, day.Shift.StartsAt); load.AvailableMinutes != 300 {
		t.Errorf("%v minutes available, want 300: the night is an hour short", load.AvailableMinutes)
	}
}

func TestShiftOverMidnight(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "20:00", "24:00")
	day.Shift.EndsAt = at(t, "24:00").Add(4 * time.Hour)
	bar := aCall(1, 2, 0).open(t, "23:00", "03:00")
	shop := aCall(2, 2, 1).open(t, "00:00", "24:00")
	day = day.doing(bar, shop)
	if got := day.stop(t, bar.Visit.ID).Departure; !got.Equal(at(t, "23:20")) {
		t.Errorf("leaves the bar at %v, want 23:20", got)
	}
	late := Schedule(day, at(t, "24:00").Add(150*time.Minute))
	if got := late.stop(t, bar.Visit.ID); got.Departure.Sub(got.Arrival) != 20*time.Minute {
		t.Errorf("at half past two the bar is open, but the rep waits: %v to %v", got.Arrival, got.Departure)
	}
}

func TestANightShiftFindsTheBarStillOpen(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "00:30", "06:00").doing(aCall(1, 0, 0).open(t, "22:00", "03:00"))
	if got := day.Route.Stops[0]; !got.Departure.Equal(at(t, "00:50")) {
		t.Errorf("leaves at %v, want 00:50: it opened the evening before", got.Departure)
	}
	if s := startsOf(day.Calls[0], day.Shift.Window(), zones{}.of("Europe/Moscow")); s.closed {
		t.Error("closed all through the night")
	}
}

func TestStarts(t *testing.T) {
	t.Parallel()
	zone := zones{}.of("Europe/Moscow")
	shift := hours.Window{From: at(t, "09:00"), To: at(t, "18:00")}
	promised := func(c Call, from, to string) Call {
		c.Visit.Promised = &hours.Window{From: at(t, from), To: at(t, to)}
		return c
	}
	split := aCall(1, 0, 0)
	split.Site.Hours.Known = true
	split.Site.Hours.Days[time.Monday] = []hours.Interval{{Opens: 600, Closes: 780}, {Opens: 840, Closes: 1080}}
	tests := map[string]struct {
		call             Call
		want             []string
		closed, conflict bool
	}{
		"nothing known":            {aCall(1, 0, 0), nil, false, false},
		"open":                     {aCall(1, 0, 0).open(t, "10:00", "18:00"), []string{"10:00-17:40"}, false, false},
		"lunch break":              {split, []string{"10:00-12:40", "14:00-17:40"}, false, false},
		"open after the shift":     {aCall(1, 0, 0).open(t, "18:00", "23:00"), nil, true, false},
		"too short for the call":   {aCall(1, 0, 0).open(t, "12:00", "12:15"), nil, true, false},
		"promised":                 {promised(aCall(1, 0, 0), "12:00", "13:00"), []string{"12:00-13:00"}, false, false},
		"promised across a break":  {promised(split, "12:00", "15:00"), []string{"12:00-12:40", "14:00-15:00"}, false, false},
		"promised while closed":    {promised(split, "13:00", "13:30"), []string{"13:00-13:30"}, false, true},
		"promised on a closed day": {promised(aCall(1, 0, 0).open(t, "20:00", "21:00"), "12:00", "13:00"), []string{"12:00-13:00"}, true, true},
		"promise upside down":      {promised(aCall(1, 0, 0), "13:00", "12:00"), nil, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startsOf(test.call, shift, zone)
			var got []string
			for _, w := range s.windows {
				got = append(got, moment(w.Open).In(zone).Format("15:04")+"-"+moment(w.Close).In(zone).Format("15:04"))
			}
			if !slices.Equal(got, test.want) || s.closed != test.closed || s.conflict != test.conflict {
				t.Errorf("starts %v closed %v conflict %v, want %v %v %v", got, s.closed, s.conflict, test.want, test.closed, test.conflict)
			}
		})
	}
}

func TestScheduleLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 5))
		day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).meeting(t, "16:00", "16:30")
		day = day.doing(someCalls(t, rng, rapid.IntRange(0, 14).Draw(r, "calls"))...)
		now := day.Shift.StartsAt.Add(time.Duration(rng.IntN(700)-60) * time.Minute)
		before := visitsOf(day)
		got := Schedule(day, now)

		if !slices.Equal(visitsOf(got), before) {
			r.Fatalf("visits were %v, are %v", before, visitsOf(got))
		}
		at := later(now, day.Shift.StartsAt)
		calls := got.calls()
		for i, stop := range got.Route.Stops {
			if stop.Position != i+1 {
				r.Fatalf("stop %d says position %d", i+1, stop.Position)
			}
			if stop.VisitID == nil && stop.Arrival.Before(now) {
				continue // has begun
			}
			if stop.Arrival.Before(at.Add(stop.Travel)) {
				r.Fatalf("stop %d is reached at %v, %v after %v", i+1, stop.Arrival, stop.Travel, at)
			}
			if stop.VisitID != nil && stop.Departure.Sub(stop.Arrival) < calls[*stop.VisitID].Visit.Service {
				r.Fatalf("stop %d is left before its service is over", i+1)
			}
			at = stop.Departure
		}
		if diff := cmp.Diff(got, Schedule(got, now), cmp.AllowUnexported(time.Location{})); diff != "" {
			r.Fatalf("timing twice is not timing once (-once +twice):\n%s", diff)
		}
		if load := LoadOf(got, now); load.Ratio < 0 || load.Ratio > FullLoad {
			r.Fatalf("load is %v", load)
		}
	})
}

func visitsOf(day RepDay) (ids []uuid.UUID) {
	for _, s := range day.Route.Stops {
		if s.VisitID != nil {
			ids = append(ids, *s.VisitID)
		}
	}
	return ids
}

func TestTenThousandCallsInOnePlace(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour)
	calls := make([]Call, 10_000)
	for i := range calls {
		calls[i] = aCall(i, 1, 1)
	}
	day = day.doing(calls...)
	if got := len(day.Route.Stops); got != 10_001 {
		t.Fatalf("%d stops, want all and a lunch", got)
	}
	got, err := Reassign(aCall(20_000, 1, 1), nil, day, 3, "OTHER", at(t, "09:00"))
	if err != nil {
		t.Fatal(err)
	}
	if load := got.ToLoad.After; load.Visits != 10_001 || load.Ratio != FullLoad {
		t.Errorf("load after is %+v, want 10,001 visits and a full day", load)
	}
	plan := Plan(PlanInput{Day: aDay(t, 2, "09:00", "18:00"), Candidates: calls, Now: at(t, "09:00"), Iterations: 3})
	if len(plan.Placed) < 25 || len(plan.Placed)+len(plan.Backlog) != len(calls) {
		t.Errorf("%d placed and %d left of %d", len(plan.Placed), len(plan.Backlog), len(calls))
	}
}

func TestDaysWithoutPlaces(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00")
	day.Rep.Start, day.Travel = nil, geo.Travel{}
	call := Call{Visit: Visit{ID: id(7), BranchID: branch, Service: time.Hour}, Site: customer.Site{TimeZone: "Nowhere/Else"}}
	day = day.doing(call)
	if got := day.Route.Stops[0]; !got.Arrival.Equal(at(t, "09:00")) || got.Travel != 0 {
		t.Errorf("arrival %v after %v of driving, want at once", got.Arrival, got.Travel)
	}
}
