package dispatch

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func TestPlanTakesWhatIsUrgent(t *testing.T) {
	t.Parallel()
	// Room for two calls of an hour; all are equally far.
	day := aDay(t, 1, "09:00", "11:10")
	call := func(n int, change func(*Visit)) Call {
		c := aCall(n, 1, float64(n)/1000)
		c.Visit.Service = time.Hour
		change(&c.Visit)
		return c
	}
	promise := hours.Window{From: at(t, "09:00"), To: at(t, "11:00")}
	plain := func(*Visit) {}
	overdue := call(2, func(v *Visit) { v.DueTo = v.DueTo.AddDate(0, 0, -9) })
	promised := call(4, func(v *Visit) { v.Promised = &promise })
	important := call(6, func(v *Visit) { v.Priority = 100 })
	tests := map[string]struct {
		candidates []Call
		want       []uuid.UUID
	}{
		"promised before overdue":  {[]Call{call(1, plain), overdue, call(3, plain), promised, important}, []uuid.UUID{overdue.Visit.ID, promised.Visit.ID}},
		"overdue before important": {[]Call{call(1, plain), overdue, call(3, plain), important}, []uuid.UUID{overdue.Visit.ID, important.Visit.ID}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := Plan(PlanInput{Day: day, Candidates: test.candidates, Now: at(t, "08:00")})
			got := visitsOf(plan.Day)
			slices.SortFunc(got, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
			if !slices.Equal(got, test.want) {
				t.Errorf("planned %v, want %v", got, test.want)
			}
		})
	}
}

func TestPlanSaysWhyACallCanNeverFit(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "12:00")
	closed := aCall(1, 1, 0)
	closed.Site.Hours = hours.Every(600, 700, time.Sunday)
	evening, long, far, nowhere, outside, ok := aCall(2, 1, 0).open(t, "18:00", "20:00"), aCall(3, 1, 0), aCall(4, 400, 0), aCall(5, 0, 0), aCall(6, 1, 0), aCall(7, 1, 0)
	long.Visit.Service = 4 * time.Hour
	nowhere.Site.Point = nil
	outside.Visit.Promised = &hours.Window{From: at(t, "15:00"), To: at(t, "16:00")}
	last := aCall(8, 1, 0).open(t, "11:55", "20:00")

	plan := Plan(PlanInput{Day: day, Candidates: []Call{closed, evening, long, far, nowhere, outside, ok, last}, Now: at(t, "08:00")})
	want := []Unfit{
		{closed.Visit.ID, ClosedAllDay}, {evening.Visit.ID, ClosedAllDay}, {long.Visit.ID, TooLong}, {far.Visit.ID, TooLong},
		{nowhere.Visit.ID, WithoutPlace}, {outside.Visit.ID, OutOfWindow}, {last.Visit.ID, ClosedAllDay},
	}
	if diff := cmp.Diff(want, plan.Unfit); diff != "" {
		t.Errorf("unfit (-want +got):\n%s", diff)
	}
	if len(plan.Placed) != 1 || plan.Placed[0].ID != ok.Visit.ID {
		t.Errorf("placed %v, want the one that can", plan.Placed)
	}
}

func TestAVisitThatIsLateAnywayDoesNotEmptyTheDay(t *testing.T) {
	t.Parallel()
	late := aCall(1, 3, 0)
	late.Visit.Promised = &hours.Window{From: at(t, "08:00"), To: at(t, "09:01")}
	day := aDay(t, 1, "09:00", "18:00").doing(late)
	plan := Plan(PlanInput{Day: day, Candidates: []Call{aCall(2, 3, 1), aCall(3, -3, 1)}, Now: at(t, "08:00")})
	if len(plan.Placed) != 2 || plan.Day.stop(t, late.Visit.ID).Position != 1 {
		t.Errorf("planned %v, want the late visit first and both others", plan.Day.subjects())
	}
}

func TestPlanOfADayWithoutWork(t *testing.T) {
	t.Parallel()
	off, absent := aDay(t, 1, "09:00", "18:00"), aDay(t, 1, "09:00", "18:00")
	off.Shift, absent.Absent = nil, true
	for name, day := range map[string]RepDay{"no shift": off, "absent": absent} {
		plan := Plan(PlanInput{Day: day, Candidates: []Call{aCall(1, 1, 1)}, Now: at(t, "08:00")})
		if len(plan.Placed) != 0 || len(plan.Backlog) != 1 || plan.Unfit[0].Code != NoShift || plan.Load.Ratio != 0 {
			t.Errorf("%s: %+v", name, plan)
		}
	}
	empty := Plan(PlanInput{Day: aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour), Now: at(t, "08:00")})
	if len(empty.Day.Route.Stops) != 1 || empty.Load.Ratio != 0 || empty.Day.Route.Travel != 0 {
		t.Errorf("a day without visits: %+v, want a lunch and nothing else", empty)
	}
}

func TestALongRouteIsPutInOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	calls := make([]Call, 120)
	for i := range calls {
		calls[i] = aCall(i, rng.Float64()*10-5, rng.Float64()*10-5)
		calls[i].Visit.Service = time.Minute
	}
	scattered := aDay(t, 1, "06:00", "22:00").lunch(t, "12:00", "15:00", time.Hour).doing(calls...)
	plan := Plan(PlanInput{Day: scattered, Now: at(t, "05:00")})
	if got := len(visitsOf(plan.Day)); got != len(calls) {
		t.Fatalf("%d visits, want all %d", got, len(calls))
	}
	// The best round of 120 places on 100 km² is some 88 km long as the crow flies, 115 by road.
	if got := plan.Day.Route.Distance.Km(); got > 125 {
		t.Errorf("the round is %.0f km long, want some 115; it was %.0f", got, scattered.Route.Distance.Km())
	}
	evening := plan.Day.Route.Stops[len(plan.Day.Route.Stops)-1].Departure
	if evening.After(scattered.Shift.EndsAt) {
		t.Errorf("the day ends at %v, after the shift", evening)
	}
}

func TestPlanKeepsWhatHasBegunAndWhatHasNoPlace(t *testing.T) {
	t.Parallel()
	nowhere := aCall(4, 0, 0)
	nowhere.Site.Point = nil
	day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(aCall(1, 3, 0), aCall(2, 3, 3), aCall(3, 0, 3), nowhere)
	now := at(t, "10:00")
	begun := *Start(day.call(t, id(1002)), &day, Attempt{RepID: day.Rep.ID, DeviceTime: now}, now).Day
	plan := Plan(PlanInput{Day: begun, Candidates: []Call{aCall(5, 2, 1), aCall(6, -2, -1)}, Now: now})
	if got := plan.Day.Route.Stops[0]; got.subject() != id(1002) || !got.Arrival.Equal(now) {
		t.Errorf("the first stop is %+v, want the visit under way since ten", got)
	}
	on := visitsOf(plan.Day)
	for _, v := range []uuid.UUID{id(1001), id(1003), id(1004), id(1005), id(1006)} {
		if !slices.Contains(on, v) {
			t.Errorf("visit %s is not in %v", v, on)
		}
	}
	if len(plan.Day.Route.Stops) != 7 {
		t.Errorf("%d stops, want six visits and a lunch", len(plan.Day.Route.Stops))
	}
}

func TestPlanningAgainKeepsWhatPeopleWereTold(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 1))
	first := Plan(PlanInput{Day: aDay(t, 1, "09:00", "18:00"), Candidates: someCalls(t, rng, 12), Now: at(t, "08:00")})
	again := Plan(PlanInput{Day: first.Day, Now: at(t, "08:00"), Seed: 9})
	if diff := cmp.Diff(first.Day.Route.Stops, again.Day.Route.Stops); diff != "" {
		t.Errorf("nothing new, and the day changed (-first +again):\n%s", diff)
	}
}

func TestPlanLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 8))
		calls := someCalls(t, rng, rapid.IntRange(0, 40).Draw(r, "candidates"))
		own := rapid.IntRange(0, min(4, len(calls))).Draw(r, "own")
		day := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", 45*time.Minute).meeting(t, "10:30", "11:00").doing(calls[:own]...)
		now := at(t, "08:00").Add(time.Duration(rng.IntN(300)) * time.Minute)
		in := PlanInput{Day: day, Candidates: calls, Now: now, Seed: 3, Iterations: 10}
		plan := Plan(in)

		if len(plan.Placed)+len(plan.Backlog) != len(calls)-own || len(plan.Unfit) != len(plan.Backlog) {
			r.Fatalf("%d placed, %d left with %d reasons, of %d", len(plan.Placed), len(plan.Backlog), len(plan.Unfit), len(calls)-own)
		}
		in.Candidates = slices.Clone(calls)
		slices.Reverse(in.Candidates)
		if diff := cmp.Diff(plan, Plan(in)); diff != "" {
			r.Fatalf("the order in which candidates come matters:\n%s", diff)
		}
		on := visitsOf(plan.Day)
		for _, c := range calls[:own] {
			if !slices.Contains(on, c.Visit.ID) {
				r.Fatalf("visit %s of the day was dropped", c.Visit.ID)
			}
		}
		for _, v := range plan.Placed {
			if v.State != Assigned || *v.RepID != day.Rep.ID || *v.Date != monday || !slices.Contains(on, v.ID) {
				r.Fatalf("placed %+v", v)
			}
		}
		for _, v := range plan.Backlog {
			if v.State != Backlog || *v.RepID != day.Rep.ID || v.Date != nil || slices.Contains(on, v.ID) {
				r.Fatalf("left %+v", v)
			}
		}
		if diff := cmp.Diff(plan.Day.Route, Schedule(plan.Day, now).Route); diff != "" {
			r.Fatalf("the day is not as Schedule would have it:\n%s", diff)
		}
		// Candidates break nothing: what is late or over is so without them.
		s, _ := newSheet(plan.Day, now, zones{})
		whole := newTimetable(s)
		alone := Plan(PlanInput{Day: day, Now: now, Seed: 3, Iterations: 10})
		s, _ = newSheet(alone.Day, now, zones{})
		bare := newTimetable(s)
		got, want := whole.p.Time(whole.settle(whole.visits())).Broken(), bare.p.Time(bare.settle(bare.visits())).Broken()
		if got > 0 && got > want {
			r.Fatalf("with candidates the day breaks %d s, without %d s", got, want)
		}
	})
}

func TestFirstDueSpreadsEvenly(t *testing.T) {
	t.Parallel()
	weekdays := []time.Weekday{1, 2, 3, 4, 5}
	for name, c := range map[string]customer.Cadence{
		"every four weeks": {Every: 28},
		"on weekdays":      {Every: 28, Weekdays: weekdays},
		"weekly":           {Every: 7, Weekdays: weekdays},
	} {
		count := map[hours.Date]int{}
		const sites = 7550
		for n := range sites {
			site := uuid.NewSHA1(uuid.Nil, []byte(strconv.Itoa(n)))
			due := FirstDue(site, c, monday)
			if due < monday || due >= monday+hours.Date(c.Every) || !allowed(c, due) {
				t.Fatalf("%s: due on %v", name, due)
			}
			if due != FirstDue(site, c, monday) {
				t.Fatalf("%s: not stable", name)
			}
			count[due]++
		}
		want := c.Every
		if c.Weekdays != nil {
			want = c.Every / 7 * 5
		}
		for day, n := range count {
			if mean := sites / want; len(count) != want || n < mean*3/4 || n > mean*5/4 {
				t.Errorf("%s: %d sites due on %v, want about %d on each of %d days", name, n, day, mean, want)
			}
		}
	}
	tests := map[string]struct {
		cadence     customer.Cadence
		first, next hours.Date
	}{
		"daily":             {customer.Cadence{Every: 1}, monday, monday + 1},
		"never set":         {customer.Cadence{}, monday, monday + 1},
		"daily, on Fridays": {customer.Cadence{Every: 1, Weekdays: []time.Weekday{time.Friday}}, monday + 4, monday + 4},
		"no such weekday":   {customer.Cadence{Every: 1, Weekdays: []time.Weekday{9}}, monday, monday + 1},
	}
	for name, test := range tests {
		if got := FirstDue(id(1), test.cadence, monday); got != test.first {
			t.Errorf("%s: first due %v, want %v", name, got, test.first)
		}
		if got := NextDue(monday, test.cadence); got != test.next {
			t.Errorf("%s: next due %v, want %v", name, got, test.next)
		}
	}
}

// moscow is the real file of places in Moscow, cut into as many strips of equal size as there are reps.
func moscow(t testing.TB, reps int) [][]Call {
	t.Helper()
	f, err := os.Open("../../shared/data/moscow_clients_osm.csv")
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("../shared is not there")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lat, lon := slices.Index(rows[0], "lat"), slices.Index(rows[0], "lon")
	var calls []Call
	for i, row := range rows[1:] {
		north, err1 := strconv.ParseFloat(row[lat], 64)
		east, err2 := strconv.ParseFloat(row[lon], 64)
		if err1 != nil || err2 != nil {
			continue
		}
		c := aCall(i, 0, 0).open(t, "09:00", "20:00")
		c.Site.Point = &geo.Point{Lat: north, Lon: east}
		c.Visit.DueTo = c.Visit.DueTo.AddDate(0, 0, -i%28)
		calls = append(calls, c)
	}
	// Columns from west to east, each cut from south to north.
	slices.SortFunc(calls, func(a, b Call) int { return cmpFloat(a.Site.Point.Lon, b.Site.Point.Lon) })
	var parts [][]Call
	columns := 7
	for col := range columns {
		column := calls[col*len(calls)/columns : (col+1)*len(calls)/columns]
		slices.SortFunc(column, func(a, b Call) int { return cmpFloat(a.Site.Point.Lat, b.Site.Point.Lat) })
		rows := (col+1)*reps/columns - col*reps/columns
		for row := range rows {
			parts = append(parts, column[row*len(column)/rows:(row+1)*len(column)/rows])
		}
	}
	return parts
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func BenchmarkPlanMoscowWithFiftyReps(b *testing.B) {
	parts := moscow(b, 50)
	now := at(b, "08:00")
	placed, travel := 0, time.Duration(0)
	for b.Loop() {
		placed, travel = 0, 0
		for i, calls := range parts {
			day := aDay(b, i, "09:00", "18:00").lunch(b, "12:00", "15:00", time.Hour)
			day.Rep.Start = calls[0].Site.Point
			plan := Plan(PlanInput{Day: day, Candidates: calls, Now: now, Seed: 1})
			placed += len(plan.Placed)
			travel += plan.Day.Route.Travel
		}
	}
	b.ReportMetric(float64(placed), "visits")
	b.ReportMetric(travel.Minutes()/float64(placed), "min-travel/visit")
}
