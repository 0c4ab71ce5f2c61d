package dispatch

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// by is an attempt of the rep at a moment of Monday.
func by(t testing.TB, rep uuid.UUID, clock string) Attempt {
	return Attempt{ID: id(9000), RepID: rep, DeviceTime: at(t, clock), RecordedAt: at(t, clock)}
}

func TestAVisitRunsItsCourse(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3))
	rep, visit := day.Rep.ID, id(1001)

	arrived := Arrive(day.call(t, visit), &day, by(t, rep, "10:00"), at(t, "10:00"))
	if !arrived.Changed || !arrived.Attempt.Credited || arrived.Visit.State != UnderWay || arrived.Attempt.Fact != Arrived {
		t.Fatalf("arrival: %+v", arrived)
	}
	started := Start(arrived.Day.call(t, visit), arrived.Day, by(t, rep, "10:02"), at(t, "10:02"))
	if started.Changed || !started.Attempt.Credited || started.Day != nil || started.Visit.Version != arrived.Visit.Version {
		t.Errorf("a start after the arrival changed something: %+v", started)
	}
	done := Complete(arrived.Day.call(t, visit), arrived.Day, by(t, rep, "10:30"), at(t, "10:31"))
	stop := done.Day.stop(t, visit)
	if done.Visit.State != Done || !stop.Arrival.Equal(at(t, "10:00")) || !stop.Departure.Equal(at(t, "10:30")) {
		t.Errorf("done %+v, stop %+v", done.Visit, stop)
	}
	if done.Visit.Version != arrived.Visit.Version+1 || done.Day.Route.Version != arrived.Day.Route.Version+1 {
		t.Errorf("versions did not grow by one")
	}
	if load := LoadOf(*done.Day, at(t, "10:31")); load.Visits != 1 || load.ServiceMinutes != 20 {
		t.Errorf("load after is %+v, want one visit of 20 minutes", load)
	}
	again := Complete(done.Day.call(t, visit), done.Day, by(t, rep, "10:40"), at(t, "10:40"))
	if again.Changed || again.Attempt.Credited || again.Day != nil || again.Visit.Version != done.Visit.Version {
		t.Errorf("finishing twice changed something: %+v", again)
	}
}

func TestTwoRepsFinishTheSameVisit(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3))
	visit, other := id(1001), id(102)

	first := Complete(day.call(t, visit), &day, by(t, other, "09:30"), at(t, "09:40"))
	if !first.Attempt.Credited || first.Visit.State != Done || *first.Visit.RepID != day.Rep.ID {
		t.Errorf("first to finish: %+v", first)
	}
	if first.Day.has(visit) {
		t.Error("the visit is still on the route of the rep who need not go there")
	}
	want := Notice{RepID: day.Rep.ID, Kind: VisitsChanged, VisitID: visit, Told: day.told(visit)}
	if len(first.Notices) != 1 || first.Notices[0] != want {
		t.Errorf("notices %+v, want %+v", first.Notices, want)
	}
	call := day.call(t, visit)
	call.Visit = first.Visit
	second := Complete(call, first.Day, by(t, day.Rep.ID, "09:50"), at(t, "09:50"))
	if second.Attempt.Credited || second.Changed || second.Attempt.VisitID != visit {
		t.Errorf("second to finish: %+v", second)
	}
}

func TestFactsOfSomeoneElseOnlyCountWhenTheyFinish(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0))
	call := day.call(t, id(1001))
	for name, fact := range map[string]func(Call, *RepDay, Attempt, time.Time) Recorded{"arrive": Arrive, "start": Start, "fail": Fail} {
		got := fact(call, &day, by(t, id(102), "10:00"), at(t, "10:00"))
		if got.Changed || got.Attempt.Credited || got.Day != nil || got.Visit.State != Assigned || got.Attempt.Fact == "" {
			t.Errorf("%s by another rep: %+v", name, got)
		}
	}
}

func TestAClosedShopIsStillOwed(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3))
	a := by(t, day.Rep.ID, "10:00")
	got := Fail(day.call(t, id(1001)), &day, a, at(t, "10:00"))
	v := got.Visit
	if v.State != Backlog || v.RepID == nil || *v.RepID != day.Rep.ID || v.Date != nil || !got.Attempt.Credited {
		t.Errorf("the visit is %+v", v)
	}
	if got.Day.has(id(1001)) || !got.Day.has(id(1002)) {
		t.Errorf("the route is %v, want only the other visit", got.Day.subjects())
	}
	want := at(t, "10:00").Add(day.Travel.Time(*day.Calls[0].Site.Point, *day.Calls[1].Site.Point))
	if next := got.Day.Route.Stops[0]; !next.Arrival.Equal(want) {
		t.Errorf("next arrival %v, want %v: the rep goes on from the closed door", next.Arrival, want)
	}
	queued := aCall(3, 1, 1)
	queued.Visit.State = Queued
	if got := Fail(queued, nil, a, at(t, "10:00")); got.Changed || got.Visit.State != Queued {
		t.Errorf("a queued visit became %+v", got.Visit)
	}
}

func TestABacklogVisitMadeInPassingJoinsTheDay(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0))
	call := aCall(2, 1, 0)
	call.Visit.RepID = &day.Rep.ID
	got := Complete(call, &day, by(t, day.Rep.ID, "10:00"), at(t, "10:00"))
	if stop := got.Day.stop(t, id(1002)); stop.Position != 1 || !stop.Departure.Equal(at(t, "10:00")) {
		t.Errorf("stop %+v, want the first, done at ten", stop)
	}
	if got.Visit.Date == nil || *got.Visit.Date != monday {
		t.Errorf("date %v, want %v", got.Visit.Date, monday)
	}
}

func TestAFactThreeDaysLateLeavesTheTimesAlone(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3))
	got := Complete(day.call(t, id(1001)), &day, by(t, day.Rep.ID, "10:00"), at(t, "10:00").AddDate(0, 0, 3))
	if !got.Day.stop(t, id(1001)).Departure.Equal(at(t, "10:00")) {
		t.Error("the fact is not where it happened")
	}
	if was, is := day.stop(t, id(1002)), got.Day.stop(t, id(1002)); !is.Arrival.Equal(was.Arrival) {
		t.Errorf("the other stop moved from %v to %v", was.Arrival, is.Arrival)
	}
}

func TestHappened(t *testing.T) {
	t.Parallel()
	now := at(t, "12:00")
	tests := map[string]struct {
		device time.Time
		offset time.Duration
		want   time.Time
	}{
		"true clock":      {at(t, "11:00"), 0, at(t, "11:00")},
		"an hour fast":    {at(t, "12:30"), time.Hour, at(t, "11:30")},
		"in the future":   {at(t, "13:00"), 0, now},
		"two months back": {now.AddDate(0, -2, 0), 0, now},
	}
	for name, test := range tests {
		a := Attempt{DeviceTime: test.device, Offset: test.offset}
		if got := a.Happened(now); !got.Equal(test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3))
	call := day.call(t, id(1001))
	got, err := Cancel(call, &day, call.Visit.Version, "CUSTOMER", at(t, "08:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Visit.State != Cancelled || got.Visit.Version != call.Visit.Version+1 || got.Day.has(id(1001)) || got.Day.Route.Version != 2 {
		t.Errorf("cancelled: %+v", got)
	}
	if len(got.Notices) == 0 || got.Notices[0] != (Notice{RepID: day.Rep.ID, Kind: VisitsChanged, VisitID: id(1001), Told: day.told(id(1001))}) {
		t.Errorf("notices %+v", got.Notices)
	}
	for state, want := range map[State]error{Done: ErrEnded, Cancelled: ErrEnded, UnderWay: ErrBegun} {
		other := call
		other.Visit.State = state
		if _, err := Cancel(other, &day, call.Visit.Version, "CUSTOMER", at(t, "08:00")); !errors.Is(err, want) {
			t.Errorf("Cancel %s: %v, want %v", state, err, want)
		}
	}
	if _, err := Cancel(call, &day, call.Visit.Version-1, "CUSTOMER", at(t, "08:00")); !errors.Is(err, ErrStale) {
		t.Errorf("Cancel an older visit: %v, want %v", err, ErrStale)
	}
	if _, err := Cancel(call, &day, call.Visit.Version, "", at(t, "08:00")); !errors.Is(err, ErrReason) {
		t.Errorf("Cancel without a reason: %v, want %v", err, ErrReason)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	rep := id(101)
	nowhere := aCall(2, 0, 0)
	nowhere.Site.Point = nil
	owned := aCall(3, 0, 0)
	owned.Visit.RepID = &rep
	for name, test := range map[string]struct {
		call   Call
		state  State
		reason QueueReason
	}{
		"without a rep":   {aCall(1, 1, 1), Queued, Created},
		"without a place": {nowhere, Queued, NotLocated},
		"with a rep":      {owned, Backlog, ""},
	} {
		got, err := Create(test.call, nil, at(t, "09:00"))
		if err != nil {
			t.Fatal(err)
		}
		reason := QueueReason("")
		if got.Visit.QueueReason != nil {
			reason = *got.Visit.QueueReason
		}
		if got.Visit.State != test.state || reason != test.reason || got.Visit.Version != 1 {
			t.Errorf("%s: %s %s version %d, want %s %s version 1", name, got.Visit.State, reason, got.Visit.Version, test.state, test.reason)
		}
	}

	day := aDay(t, 1, "09:00", "18:00").doing(aCall(5, 3, 3))
	got, err := Create(owned, &day, at(t, "09:00"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Visit.State != Assigned || got.Visit.Version != 1 || got.Visit.Epoch != 1 || !got.Day.has(owned.Visit.ID) ||
		got.Decision.Kind != KindAssign || got.Notices[0].Kind != VisitsGained {
		t.Errorf("created with a day: %+v", got)
	}
	day.Absent = true
	if _, err := Create(owned, &day, at(t, "09:00")); !errors.Is(err, ErrAbsent) {
		t.Errorf("Create for an absent rep: %v, want %v", err, ErrAbsent)
	}
}

func TestLoadOf(t *testing.T) {
	t.Parallel()
	busy := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(aCall(1, 3, 0), aCall(2, 3, 3))
	off := busy
	off.Shift = nil
	idle := aDay(t, 1, "09:00", "18:00").doing()
	travel := busy.Route.Travel.Minutes()
	tests := map[string]struct {
		day  RepDay
		now  time.Time
		want Load
	}{
		"a morning":      {busy, at(t, "08:00"), Load{(40 + travel) / 480, 40, travel, 480, 2}},
		"nothing to do":  {idle, at(t, "08:00"), Load{0, 0, 0, 540, 0}},
		"no shift":       {off, at(t, "08:00"), Load{FullLoad, 40, travel, 0, 2}},
		"shift is over":  {busy, at(t, "18:30"), Load{FullLoad, 40, travel, 0, 2}},
		"off, no visits": {RepDay{}, at(t, "08:00"), Load{}},
	}
	for name, test := range tests {
		if got := LoadOf(test.day, test.now); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
	begun := Start(busy.call(t, id(1001)), &busy, by(t, busy.Rep.ID, "10:00"), at(t, "10:05"))
	if got := LoadOf(*begun.Day, at(t, "10:05")); got.ServiceMinutes != 35 || got.Visits != 2 {
		t.Errorf("five minutes into a call: %+v, want 35 minutes of service left in 2 visits", got)
	}
	if slices.ContainsFunc(begun.Day.Route.Stops, func(s Stop) bool { return s.Position == 0 }) {
		t.Error("a stop without a position")
	}
}
