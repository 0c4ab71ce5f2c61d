package dispatch

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

func TestReassignMovesAVisit(t *testing.T) {
	t.Parallel()
	from := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3), aCall(3, 0, 3))
	to := aDay(t, 2, "09:00", "18:00").doing(aCall(4, 4, 2), aCall(5, -3, 0))
	call := from.call(t, id(1002))

	got, err := Reassign(call, &from, to, call.Visit.Version, "OVERLOAD", at(t, "08:00"))
	if err != nil {
		t.Fatal(err)
	}
	v := got.Visit
	if v.State != Assigned || *v.RepID != to.Rep.ID || *v.Date != monday || !v.RepPinned ||
		v.Epoch != call.Visit.Epoch+1 || v.Version != call.Visit.Version+1 {
		t.Errorf("the visit is %+v", v)
	}
	if want := []uuid.UUID{id(1001), id(1003)}; !slices.Equal(got.From.subjects(), want) {
		t.Errorf("left behind %v, want %v", got.From.subjects(), want)
	}
	if want := []uuid.UUID{id(1002), id(1004), id(1005)}; !slices.Equal(got.To.subjects(), want) {
		if alt := []uuid.UUID{id(1004), id(1002), id(1005)}; !slices.Equal(got.To.subjects(), alt) {
			t.Errorf("the new route is %v, want %v: it lies on the way to the first", got.To.subjects(), want)
		}
	}
	if got.From.Route.Version != 2 || got.To.Route.Version != 2 {
		t.Errorf("route versions %d and %d, want 2 and 2", got.From.Route.Version, got.To.Route.Version)
	}
	if !(got.FromLoad.After.Ratio < got.FromLoad.Before.Ratio && got.ToLoad.After.Ratio > got.ToLoad.Before.Ratio) {
		t.Errorf("loads %+v and %+v did not move", got.FromLoad, got.ToLoad)
	}
	stop := got.To.stop(t, id(1002))
	if c := got.Decision.Chosen; c.Position != stop.Position || !c.Arrival.Equal(stop.Arrival) || !stop.Told.Equal(stop.Arrival) {
		t.Errorf("decided on stop %d at %v, the route has %d at %v", c.Position, c.Arrival, stop.Position, stop.Arrival)
	}
	if n := got.Notices[0]; n.RepID != to.Rep.ID || n.Kind != VisitsGained || !n.Arrival.Equal(stop.Arrival) {
		t.Errorf("first notice is %+v", n)
	}
	lost := slices.IndexFunc(got.Notices, func(n Notice) bool { return n.Kind == VisitsLost })
	if lost < 0 || got.Notices[lost].RepID != from.Rep.ID || got.Notices[lost].Arrival != nil {
		t.Errorf("the rep who lost it is not told: %+v", got.Notices)
	}
	if got.Decision.Kind != KindReassign {
		t.Errorf("kind %s, want %s", got.Decision.Kind, KindReassign)
	}
}

func TestReassignRefuses(t *testing.T) {
	t.Parallel()
	from := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0))
	to := aDay(t, 2, "09:00", "18:00")
	state := func(s State) func(*Call, *RepDay) { return func(c *Call, _ *RepDay) { c.Visit.State = s } }
	tests := map[string]struct {
		change func(*Call, *RepDay)
		want   error
	}{
		"older version": {func(c *Call, _ *RepDay) { c.Visit.Version++ }, ErrStale},
		"done":          {state(Done), ErrEnded},
		"cancelled":     {state(Cancelled), ErrEnded},
		"missed":        {state(Missed), ErrEnded},
		"under way":     {state(UnderWay), ErrBegun},
		"no shift":      {func(_ *Call, d *RepDay) { d.Shift = nil }, ErrOffShift},
		"absent":        {func(_ *Call, d *RepDay) { d.Absent, d.Shift = true, nil }, ErrAbsent},
		"other branch":  {func(_ *Call, d *RepDay) { d.Rep.BranchID = id(2) }, ErrOtherBranch},
		"same rep":      {func(_ *Call, d *RepDay) { *d = from }, ErrSameRep},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call, day := from.call(t, id(1001)), to
			seen := call.Visit.Version
			test.change(&call, &day)
			if _, err := Reassign(call, &from, day, seen, "OTHER", at(t, "08:00")); !errors.Is(err, test.want) {
				t.Errorf("Reassign: %v, want %v", err, test.want)
			}
		})
	}
	call := from.call(t, id(1001))
	if _, err := Reassign(call, &from, to, call.Visit.Version, "", at(t, "08:00")); !errors.Is(err, ErrReason) {
		t.Errorf("Reassign without a reason: %v, want %v", err, ErrReason)
	}
}

func TestReassignTakesFromQueueAndBacklog(t *testing.T) {
	t.Parallel()
	to, other := aDay(t, 1, "09:00", "18:00"), id(102)
	reason := NoOwner
	tests := map[string]struct {
		visit func(*Visit)
		epoch int
		kinds []string
	}{
		"queue":             {func(v *Visit) { v.State, v.QueueReason = Queued, &reason }, 1, []string{VisitsGained}},
		"own backlog":       {func(v *Visit) { v.RepID, v.Epoch = &to.Rep.ID, 4 }, 4, []string{VisitsGained}},
		"another's backlog": {func(v *Visit) { v.RepID, v.Epoch = &other, 4 }, 5, []string{VisitsGained, VisitsLost}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := aCall(1, 2, 2)
			test.visit(&call.Visit)
			got, err := Reassign(call, nil, to, 3, "OTHER", at(t, "09:00"))
			if err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, n := range got.Notices {
				kinds = append(kinds, n.Kind)
			}
			if !slices.Equal(kinds, test.kinds) || got.Visit.Epoch != test.epoch || got.Visit.QueueReason != nil || got.From != nil {
				t.Errorf("notices %v, visit %+v, want %v, epoch %d", kinds, got.Visit, test.kinds, test.epoch)
			}
			if got.Decision.Kind != KindAssign {
				t.Errorf("kind %s, want %s", got.Decision.Kind, KindAssign)
			}
		})
	}
}

func TestAFullDayTakesAWishAndSaysTheOvertime(t *testing.T) {
	t.Parallel()
	to := aDay(t, 1, "09:00", "11:00").doing(aCall(1, 3, 0), aCall(2, 0, 3), aCall(3, -3, 0))
	got, err := Reassign(aCall(4, 8, 8), nil, to, 3, "URGENT", at(t, "09:00"))
	if err != nil {
		t.Fatal(err)
	}
	if over := term(got.Decision.Chosen, OvertimeTerm); over < 60 {
		t.Errorf("overtime costs %v, want more than an hour's", over)
	}
	if !strings.Contains(Explain(got.Decision, func(uuid.UUID) string { return "Petrov" }, "en"), "overtime") {
		t.Error("the explanation does not speak of overtime")
	}
}

func term(o Option, name string) float64 {
	for _, t := range o.Terms {
		if t.Name == name {
			return t.Minutes
		}
	}
	return -1
}

func TestWhoWasToldIsToldAgainOnlyBeyondTolerance(t *testing.T) {
	t.Parallel()
	to := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 6, 0))
	short, long := aCall(3, 1.5, 0), aCall(4, 1.5, 0)
	short.Visit.Service, long.Visit.Service = 5*time.Minute, time.Hour
	promise := hours.Window{From: at(t, "09:00"), To: at(t, "09:30")} // so that it must come first
	short.Visit.Promised, long.Visit.Promised = &promise, &promise
	for call, want := range map[*Call]int{&short: 0, &long: 2} {
		got, err := Reassign(*call, nil, to, 3, "OTHER", at(t, "09:00"))
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for _, n := range got.Notices {
			if n.Kind == VisitsChanged {
				changed++
				if stop := got.To.stop(t, n.VisitID); !stop.Told.Equal(stop.Arrival) {
					t.Errorf("told of %v, the stop says %v", n.Arrival, stop.Told)
				}
			}
		}
		if changed != want {
			t.Errorf("a call of %v changes %d visits by more than the tolerance, want %d", call.Visit.Service, changed, want)
		}
	}
}

func TestOptionsRankRepsAndSayWhyNot(t *testing.T) {
	t.Parallel()
	near := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 5, 5))
	far := aDay(t, 2, "09:00", "18:00").doing(aCall(2, -5, -5))
	off, absent, foreign, over := aDay(t, 3, "09:00", "18:00"), aDay(t, 4, "09:00", "18:00"), aDay(t, 5, "09:00", "18:00"), aDay(t, 6, "05:00", "08:00")
	off.Shift, absent.Absent, foreign.Rep.BranchID = nil, true, id(2)
	call := aCall(9, 5, 6)
	call.Owner = &near.Rep.ID

	options, refusals := Options(call, []RepDay{far, off, near, absent, foreign, over}, at(t, "09:00"))
	if len(options) != 2 || options[0].RepID != near.Rep.ID || options[1].RepID != far.Rep.ID {
		t.Fatalf("options %+v, want near, then far", options)
	}
	if got := term(options[1], TerritoryTerm); got != StandardWeights.Territory {
		t.Errorf("foreign territory costs %v, want %v", got, StandardWeights.Territory)
	}
	want := []Refusal{
		{RepID: off.Rep.ID, Code: OffShift}, {RepID: absent.Rep.ID, Code: Absent}, {RepID: foreign.Rep.ID, Code: OtherBranch}, {RepID: over.Rep.ID, Code: ShiftOver},
	}
	if diff := cmp.Diff(want, refusals); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	got, err := Reassign(call, nil, far, 3, "OTHER", at(t, "09:00"), near, off, far)
	if err != nil {
		t.Fatal(err)
	}
	if up := got.Decision.RunnerUp; up == nil || cmp.Diff(*up, options[0]) != "" {
		t.Errorf("runner-up %+v, want %+v", up, options[0])
	}
	if diff := cmp.Diff(got.Decision.Chosen, options[1]); diff != "" {
		t.Errorf("chosen differs from the option:\n%s", diff)
	}
}

// The best place is the one that trying each place finds.
func TestInsertionIsTheBestOfAllPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 6))
		calls := someCalls(t, rng, 8)
		day := aDay(t, 1, "09:00", "18:00").doing(calls[1:]...)
		for i := range day.Route.Stops {
			day.Route.Stops[i].Told = nil
		}
		options, _ := Options(calls[0], []RepDay{day}, at(t, "09:00"))

		c, _ := newChoice(calls[0], day, at(t, "09:00"))
		tt := newTimetable(c.Day, c.Call)
		price := func(order []int32) float64 {
			timing := tt.p.Time(order)
			return minutes(timing.Travel+2*timing.Late+2*timing.Over) + 2*tt.tight(order, timing, StandardWeights.Reserve)
		}
		least := 0.0
		for k := range 8 {
			if got := price(slices.Insert(tt.visits(), k, 7)); k == 0 || got < least {
				least = got
			}
		}
		if got := price(slices.Insert(tt.visits(), options[0].Position-1, 7)); got > least+1e-9 {
			r.Fatalf("position %d costs %v, the best %v", options[0].Position, got, least)
		}
	})
}

func TestReassignLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 7))
		calls := someCalls(t, rng, 18)
		from := aDay(t, 1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(calls[:8]...)
		to := aDay(t, 2, "10:00", "19:00").lunch(t, "13:00", "15:00", 30*time.Minute).doing(calls[8:16]...)
		now := at(t, "08:00").Add(time.Duration(rng.IntN(600)) * time.Minute)
		call := from.call(t, calls[rng.IntN(8)].Visit.ID)

		got, err := Reassign(call, &from, to, call.Visit.Version, "OTHER", now, aDay(t, 3, "09:00", "18:00").doing(calls[16:]...))
		if err != nil {
			r.Fatal(err)
		}
		if n := len(visitsOf(*got.From)); n != 7 || got.From.has(call.Visit.ID) {
			r.Fatalf("%d visits stay, want 7", n)
		}
		if n := len(visitsOf(got.To)); n != 9 || !got.To.has(call.Visit.ID) {
			r.Fatalf("%d visits after, want 9", n)
		}
		kept := slices.DeleteFunc(visitsOf(got.To), func(v uuid.UUID) bool { return v == call.Visit.ID })
		if !slices.Equal(kept, visitsOf(to)) {
			r.Fatal("the others changed their order")
		}
		for _, day := range []RepDay{*got.From, got.To} {
			if diff := cmp.Diff(day.Route, Schedule(day, now).Route); diff != "" {
				r.Fatalf("the day is not as Schedule would have it (-is +would be):\n%s", diff)
			}
		}
		for _, c := range got.To.Calls {
			if c.Visit.ID == call.Visit.ID && c.Visit.Version != got.Visit.Version {
				r.Fatal("the day has an older reading of the visit")
			}
		}
		chosen, after := got.Decision.Chosen, got.ToLoad.After
		if load, want := term(chosen, LoadTerm), StandardWeights.Load*after.Ratio*after.Ratio; load-want > 0.01 || want-load > 0.01 {
			r.Fatalf("load term %v, but the load is %v", load, after.Ratio)
		}
		sum := 0.0
		for _, t := range chosen.Terms {
			sum += t.Minutes
		}
		if diff := sum - chosen.Total; diff > 0.001 || diff < -0.001 {
			r.Fatalf("terms sum to %v, total is %v", sum, chosen.Total)
		}
		again, err := Replay(shuffled(t, got.Decision.Input))
		if err != nil {
			r.Fatal(err)
		}
		if want, have := asJSON(t, got.Decision), asJSON(t, again); !bytes.Equal(want, have) {
			r.Fatalf("replay differs:\n%s\n%s", want, have)
		}
	})
}

// shuffled is the same JSON as a database might give it back: other spaces, other order of keys.
func shuffled(t testing.TB, b []byte) []byte {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReplayRefusesWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	if _, err := Replay(json.RawMessage(`{"engine":"0"}`)); !errors.Is(err, ErrEngine) {
		t.Errorf("another engine: %v, want %v", err, ErrEngine)
	}
	for _, bad := range []string{``, `[]`, `{"engine":1}`, `nonsense`} {
		if _, err := Replay(json.RawMessage(bad)); !errors.Is(err, ErrInput) {
			t.Errorf("Replay(%q): %v, want %v", bad, err, ErrInput)
		}
	}
}

func TestInputIsBoundedAndNamesNobody(t *testing.T) {
	t.Parallel()
	to := aDay(t, 1, "09:00", "18:00").meeting(t, "10:00", "11:00")
	to.Rep.Name, to.Engagements[0].Title = "Пётр Петров", "Дантист"
	call := aCall(1, 1, 1)
	call.Site.Name, call.Site.Address = "Магазин", "улица"
	var others []RepDay
	for i := range 40 {
		day := aDay(t, 2+i, "09:00", "18:00")
		day.Absent = i%2 == 0
		others = append(others, day)
	}
	got, err := Reassign(call, nil, to, 3, "OTHER", at(t, "09:00"), others...)
	if err != nil {
		t.Fatal(err)
	}
	in := string(got.Decision.Input)
	for _, word := range []string{"Петров", "Дантист", "Магазин", "улица"} {
		if strings.Contains(in, word) {
			t.Errorf("the input holds %q", word)
		}
	}
	if n := strings.Count(in, `"day":`); n != 1+maxOthers || len(got.Decision.Refusals) != maxRefusals {
		t.Errorf("%d days and %d refusals kept, want %d and %d", n, len(got.Decision.Refusals), 1+maxOthers, maxRefusals)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	d := Decision{
		Chosen:   Option{RepID: id(1), Position: 3, Total: 32.4, Terms: []Term{{TravelTerm, 12.2}, {LoadTerm, 20.2}, {WindowTerm, 0}}},
		RunnerUp: &Option{RepID: id(2), Total: 40},
	}
	names := func(rep uuid.UUID) string { return map[uuid.UUID]string{id(1): "Petrov", id(2): "Ivanov"}[rep] }
	tests := map[string]string{
		"en":    "Petrov makes the visit at a cost of 32 min (driving 12, load 20); the next best, Ivanov, would cost 8 min more.",
		"ru-RU": "Визит выполнит Petrov, цена 32 мин (дорога 12, загрузка 20); следующий вариант, Ivanov, дороже на 8 мин.",
	}
	for locale, want := range tests {
		if got := Explain(d, names, locale); got != want {
			t.Errorf("Explain in %s:\n got %s\nwant %s", locale, got, want)
		}
	}
	d.Chosen.Terms, d.RunnerUp.Total = nil, 20
	if got, want := Explain(d, names, "en"), "Petrov makes the visit at no cost; Ivanov would have cost 12 min less."; got != want {
		t.Errorf("Explain:\n got %s\nwant %s", got, want)
	}
}

func BenchmarkReassign(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	calls := someCalls(b, rng, 40)
	from := aDay(b, 1, "09:00", "18:00").lunch(b, "12:00", "15:00", time.Hour).doing(calls[:20]...)
	to := aDay(b, 2, "09:00", "18:00").lunch(b, "12:00", "15:00", time.Hour).doing(calls[20:]...)
	call := from.call(b, calls[3].Visit.ID)
	for b.Loop() {
		if _, err := Reassign(call, &from, to, call.Visit.Version, "OTHER", at(b, "08:00")); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOptionsOfFiftyReps(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	var days []RepDay
	for i := range 50 {
		days = append(days, aDay(b, i, "09:00", "18:00").lunch(b, "12:00", "15:00", time.Hour).doing(someCalls(b, rng, 20)...))
	}
	for b.Loop() {
		Options(aCall(5000, 1, 1), days, at(b, "08:00"))
	}
}

// Whoever has time to spare before what was promised gets the visit, though somebody nearer would just make it.
func TestPromisesKeepAReserve(t *testing.T) {
	t.Parallel()
	promised := aCall(1, 4, 0)
	promised.Visit.Promised = &hours.Window{From: at(t, "09:00"), To: at(t, "11:00")}
	long := aCall(2, 3, 0)
	long.Visit.Service = 100 * time.Minute
	long.Visit.Promised = &hours.Window{From: at(t, "09:00"), To: at(t, "09:10")} // it can't wait
	near, far := aDay(t, 1, "09:00", "18:00").doing(long), aDay(t, 2, "09:00", "18:00")
	near = Schedule(near, at(t, "08:00"))
	far.Rep.Start = aCall(0, 6, 0).Site.Point
	options, _ := Options(promised, []RepDay{near, far}, at(t, "09:00"))
	if options[0].RepID != far.Rep.ID {
		t.Errorf("the best is %+v, want the rep who has time to spare", options[0])
	}
	careless := StandardWeights
	careless.Reserve = 0
	near.Weights, far.Weights = &careless, &careless
	for _, o := range first(Options(promised, []RepDay{near, far}, at(t, "09:00"))) {
		if got := term(o, ReserveTerm); got != 0 {
			t.Errorf("without a reserve to keep it costs %v", got)
		}
	}
}

func first(options []Option, _ []Refusal) []Option { return options }
