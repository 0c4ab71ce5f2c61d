package dispatch

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

// aBranch is four reps' Monday with six visits each, some begun or done, and four visits that wait.
func aBranch(t testing.TB, rng *rand.Rand, now time.Time) (list []RepDay, waiting []Call) {
	calls := someCalls(t, rng, 28)
	for n := range 4 {
		day := aDay(t, n+1, "09:00", "18:00").lunch(t, "12:00", "15:00", time.Hour).doing(calls[n*6 : n*6+6]...)
		if now.After(day.Shift.StartsAt) {
			for i := range rng.IntN(3) {
				day.Calls[i].Visit.State = []State{Done, UnderWay}[i%2]
			}
			// What begins comes first, and stands as it was.
			begun := func(s Stop) bool { return s.VisitID != nil && day.calls()[*s.VisitID].Visit.State != Assigned }
			slices.SortStableFunc(day.Route.Stops, func(a, b Stop) int {
				switch {
				case begun(a) == begun(b):
					return 0
				case begun(a):
					return -1
				}
				return 1
			})
			day = Schedule(day, now)
		}
		list = append(list, day)
	}
	return list, calls[24:]
}

// someMoves are wishes that nothing stands against.
func someMoves(rng *rand.Rand, list []RepDay, waiting []Call) (moves []Move) {
	for _, day := range list {
		for _, c := range day.Calls {
			if c.Visit.State == Assigned && rng.IntN(2) == 0 {
				moves = append(moves, Move{Call: c, Date: monday})
			}
		}
	}
	for _, c := range waiting {
		c.Visit.RepID = &list[0].Rep.ID
		if rng.IntN(2) == 0 {
			reason := Created
			c.Visit.State, c.Visit.RepID, c.Visit.QueueReason = Queued, nil, &reason
		}
		moves = append(moves, Move{Call: c, Date: monday})
	}
	for i := range moves {
		m := &moves[i]
		m.Fate = []Fate{Give, Spread, Spread, Defer, Enqueue}[rng.IntN(5)]
		m.Else, m.Why = []Fate{Stay, Enqueue}[rng.IntN(2)], RepAway
		m.To = list[rng.IntN(len(list))].Rep.ID
		if m.Fate == Give && m.Call.Visit.isOf(m.To) && m.Call.Visit.Date != nil {
			m.Fate = Spread
		}
	}
	return moves
}

// where lists which days hold each visit.
func where(list []RepDay) map[uuid.UUID][]repDate {
	at := map[uuid.UUID][]repDate{}
	for _, day := range list {
		for _, s := range day.Route.Stops {
			if s.VisitID != nil {
				at[*s.VisitID] = append(at[*s.VisitID], repDate{day.Rep.ID, day.Route.Date})
			}
		}
	}
	return at
}

// after are the days with those that changed in their places.
func after(list []RepDay, moved []MovedDay) []RepDay {
	list = slices.Clone(list)
	for _, m := range moved {
		i := slices.IndexFunc(list, func(d RepDay) bool { return d.Rep.ID == m.After.Rep.ID && d.Route.Date == m.After.Route.Date })
		list[i] = m.After
	}
	return list
}

func TestTransferLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 11))
		now := at(t, "08:00").Add(time.Duration(rng.IntN(360)) * time.Minute)
		list, waiting := aBranch(t, rng, now)
		moves := someMoves(rng, list, waiting)
		got, err := Transfer{Moves: moves, Days: list, Reason: "ABSENCE", Pin: true, Now: now}.Move()
		if err != nil {
			r.Fatal(err)
		}
		then := after(list, got.Days)
		places := where(then)
		for i, m := range got.Visits {
			v := m.After
			if v.ID != moves[i].Call.Visit.ID {
				r.Fatalf("visit %d is %s, want %s", i, v.ID, moves[i].Call.Visit.ID)
			}
			held := places[v.ID]
			if onRoute := v.State == Assigned; onRoute != (len(held) == 1) || len(held) > 1 {
				r.Fatalf("%s visit by %s stands in %d routes", v.State, moves[i].Fate, len(held))
			}
			if v.State == Assigned && held[0] != (repDate{*v.RepID, *v.Date}) {
				r.Fatalf("visit of %s stands on a day of %s", v.RepID, held[0].rep)
			}
			if (v.State == Queued) != (v.RepID == nil) || (v.State == Queued) != (v.QueueReason != nil) {
				r.Fatalf("%s with rep %v and reason %v", v.State, v.RepID, v.QueueReason)
			}
			if m.Changed() && v.Version != moves[i].Call.Visit.Version+1 {
				r.Fatalf("version %d after %d", v.Version, moves[i].Call.Visit.Version)
			}
		}
		for id, held := range where(list) {
			if len(places[id]) == 0 && !slices.ContainsFunc(got.Visits, func(m Moved) bool { return m.After.ID == id }) {
				r.Fatalf("visit %s, which nobody moved, left %v", id, held)
			}
		}
		for _, day := range got.Days {
			for _, c := range day.Before.Calls {
				if c.Visit.State != Assigned && !day.After.has(c.Visit.ID) {
					r.Fatalf("%s visit left its day", c.Visit.State)
				}
			}
			if diff := cmp.Diff(day.After.Route, Schedule(day.After, now).Route); diff != "" {
				r.Fatalf("the day is not as Schedule would have it (-is +would be):\n%s", diff)
			}
		}
		heard := map[repVisit]bool{}
		for _, n := range got.Notices {
			if key := (repVisit{n.RepID, n.VisitID}); heard[key] {
				r.Fatalf("rep %s is told twice of visit %s", n.RepID, n.VisitID)
			} else {
				heard[key] = true
			}
		}
	})
}

type repVisit struct{ rep, visit uuid.UUID }

func TestSpreadBreaksNothingThatHeld(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 12))
		now := at(t, "08:40")
		list, _ := aBranch(t, rng, now)
		var moves []Move
		for i := range 2 {
			for _, c := range list[i].Calls {
				moves = append(moves, Move{Call: c, Date: monday, Fate: Spread, Else: Enqueue, Why: RepAway})
			}
			list[i].Absent = true
		}
		got, err := Transfer{Moves: moves, Days: list, Reason: "ABSENCE", Now: now}.Move()
		if err != nil {
			r.Fatal(err)
		}
		for _, m := range got.Visits {
			if m.After.isOf(list[0].Rep.ID) || m.After.isOf(list[1].Rep.ID) {
				r.Fatal("a sick rep inherits the other's work")
			}
			if (m.After.State == Queued) != (m.Code != "") {
				r.Fatalf("%s with code %q", m.After.State, m.Code)
			}
		}
		for _, day := range got.Days {
			if broken(day.After, now) > broken(day.Before, now) {
				r.Fatalf("rep %s is %d s late, was %d", day.After.Rep.ID, broken(day.After, now), broken(day.Before, now))
			}
		}
	})
}

// callsNow are the visits that were moved, as they stand on their days.
func callsNow(moved []Moved) (calls []Call) {
	for _, m := range moved {
		c := m.Before
		c.Visit = m.After
		calls = append(calls, c)
	}
	return calls
}

func TestUndoPutsEverythingBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 13))
		now := at(t, "08:00").Add(time.Duration(rng.IntN(360)) * time.Minute)
		list, waiting := aBranch(t, rng, now)
		moves := someMoves(rng, list, waiting)
		done, err := Transfer{Moves: moves, Days: list, Reason: "OTHER", Pin: true, Now: now}.Move()
		if err != nil {
			r.Fatal(err)
		}
		then := after(list, done.Days)
		undone := Undo(done.Trace, callsNow(done.Visits), then, now)
		if len(undone.Kept) > 0 {
			r.Fatalf("kept %v", undone.Kept)
		}
		for _, m := range undone.Visits {
			i := slices.IndexFunc(moves, func(w Move) bool { return w.Call.Visit.ID == m.After.ID })
			if diff := cmp.Diff(standingOf(moves[i].Call.Visit), standingOf(m.After)); diff != "" {
				r.Fatalf("not where it was:\n%s", diff)
			}
		}
		for i, day := range after(then, undone.Days) {
			want := Schedule(list[i], now).Route
			if !slices.EqualFunc(day.Route.Stops, want.Stops, func(a, b Stop) bool {
				return a.subject() == b.subject() && a.Arrival.Equal(b.Arrival) && a.Departure.Equal(b.Departure)
			}) {
				r.Fatalf("day %d: %v, want %v", i, day.Route.Stops, want.Stops)
			}
		}
		again := Undo(undone.Trace, callsNow(undone.Visits), after(then, undone.Days), now)
		for i, day := range after(after(then, undone.Days), again.Days) {
			if got, want := day.subjects(), Schedule(then[i], now); !slices.Equal(visitsOf(day), visitsOf(want)) {
				r.Fatalf("undoing the undo: %v, want %v", got, want.subjects())
			}
		}
	})
}

func TestUndoNamesWhatHasHappenedSince(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 14))
		now := at(t, "08:00")
		list, waiting := aBranch(t, rng, now)
		done, err := Transfer{Moves: someMoves(rng, list, waiting), Days: list, Reason: "OTHER", Now: now}.Move()
		if err != nil {
			r.Fatal(err)
		}
		then := after(list, done.Days)
		calls := callsNow(done.Visits)
		want := map[uuid.UUID]string{}
		changed := map[uuid.UUID]bool{}
		for _, v := range done.Trace.Visits {
			changed[v.Visit] = true
		}
		for i := range calls {
			v := &calls[i].Visit
			if !changed[v.ID] {
				continue
			}
			switch rng.IntN(6) {
			case 0:
				v.State, want[v.ID] = Done, "DONE"
			case 1:
				v.State, want[v.ID] = Cancelled, "CANCELLED"
			case 2:
				if v.State == Assigned {
					v.State, want[v.ID] = UnderWay, BegunSince
				}
			case 3:
				v.Promised, want[v.ID] = &hours.Window{From: now, To: now.Add(time.Minute)}, MovedSince
			}
			for d := range then {
				if then[d].has(v.ID) {
					then[d] = then[d].with(calls[i])
				}
			}
		}
		got := Undo(done.Trace, calls, then, now)
		named := map[uuid.UUID]string{}
		for _, k := range got.Kept {
			named[k.VisitID] = k.Code
		}
		if diff := cmp.Diff(want, named); diff != "" {
			r.Fatalf("named (-want +got):\n%s", diff)
		}
		if n := len(got.Visits) + len(got.Kept); n != len(done.Trace.Visits) {
			r.Fatalf("%d visits put back or named, want %d", n, len(done.Trace.Visits))
		}
		for id, held := range where(after(then, got.Days)) {
			if len(held) != 1 {
				r.Fatalf("visit %s stands in %d routes", id, len(held))
			}
		}
	})
}

func TestTransferRefuses(t *testing.T) {
	t.Parallel()
	one, two := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 1, 1), aCall(2, 2, 2)), aDay(t, 2, "09:00", "18:00")
	absent, off, stranger := aDay(t, 3, "09:00", "18:00"), aDay(t, 4, "09:00", "18:00"), aDay(t, 5, "09:00", "18:00")
	absent.Absent, off.Shift, stranger.Rep.BranchID = true, nil, id(2)
	in := func(s State) Call {
		c := one.Calls[0]
		c.Visit.State = s
		return c
	}
	for name, c := range map[string]struct {
		call   Call
		to     RepDay
		reason string
		want   error
	}{
		"done":         {in(Done), two, "OTHER", ErrEnded},
		"begun":        {in(UnderWay), two, "OTHER", ErrBegun},
		"no reason":    {in(Assigned), two, "", ErrReason},
		"the same rep": {in(Assigned), one, "OTHER", ErrSameRep},
		"absent":       {in(Assigned), absent, "OTHER", ErrAbsent},
		"off shift":    {in(Assigned), off, "OTHER", ErrOffShift},
		"other branch": {in(Assigned), stranger, "OTHER", ErrOtherBranch},
	} {
		_, err := Transfer{
			Moves: []Move{{Call: one.Calls[1], Date: monday, Fate: Give, To: two.Rep.ID}, {Call: c.call, Date: monday, Fate: Give, To: c.to.Rep.ID}},
			Days:  []RepDay{one, two, absent, off, stranger}, Reason: c.reason, Now: at(t, "08:00"),
		}.Move()
		var refused MoveError
		if !errors.Is(err, c.want) || !errors.As(err, &refused) || c.reason != "" && refused.At != 1 {
			t.Errorf("%s: %v, want %v of the second move", name, err, c.want)
		}
	}
	if _, err := (Transfer{Reason: "OTHER"}).Move(); !errors.Is(err, ErrNoMoves) {
		t.Errorf("no moves: %v, want %v", err, ErrNoMoves)
	}
}

// What is done to one visit, or by the engine to the queue, is taken back as exactly as a transfer.
func TestUndoOfOneVisitPutsItBack(t *testing.T) {
	t.Parallel()
	did := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 15))
		now := at(t, "08:00").Add(time.Duration(rng.IntN(240)) * time.Minute)
		list, waiting := aBranch(t, rng, now)
		var queue []Call
		for _, c := range waiting {
			queue = append(queue, c.waiting())
		}
		i := rng.IntN(len(list))
		day := list[i]
		var able []Call
		for _, c := range day.Calls {
			if c.Visit.State == Assigned {
				able = append(able, c)
			}
		}
		var moved []Moved
		then, was := slices.Clone(list), []RepDay{day}
		what := []string{"cancel", "release", "defer", "decline", "claim", "assign"}[rng.IntN(6)]
		switch {
		case what == "claim":
			got, err := Claim(queue[0], day, nil, now)
			if err != nil {
				return
			}
			moved, then[i] = []Moved{{Before: queue[0], After: got.Visit}}, got.Day
		case what == "assign":
			got := AssignQueue(queue, list, now)
			was = list
			for n, g := range got.Given {
				moved = append(moved, Moved{Before: got.Before[n], After: g.Visit})
			}
			for _, d := range got.Days {
				then[slices.IndexFunc(then, func(o RepDay) bool { return o.Rep.ID == d.Rep.ID && o.Route.Date == d.Route.Date })] = d
			}
		case len(able) == 0:
			return
		case what == "cancel":
			c := able[rng.IntN(len(able))]
			got, err := Cancel(c, &day, c.Visit.Version, "OTHER", now)
			if err != nil {
				r.Fatal(err)
			}
			moved, then[i] = []Moved{{Before: c, After: got.Visit}}, *got.Day
		default:
			c := able[rng.IntN(len(able))]
			got, err := Release(c, &day, map[bool]State{true: Backlog, false: Queued}[what == "defer"], c.Visit.Version, "OTHER", now)
			if what == "decline" {
				got, err = Decline(c, &day, day.Rep.ID, nil, "OTHER", now)
			}
			if err != nil {
				r.Fatal(err)
			}
			moved, then[i] = []Moved{{Before: c, After: got.Visit}}, *got.Day
		}
		if len(moved) == 0 {
			return
		}
		did[what]++
		undone := Undo(TraceOf(moved, was...), callsNow(moved), then, now)
		if len(undone.Kept) > 0 || len(undone.Visits) != len(moved) {
			r.Fatalf("%s: kept %v, put %d back", what, undone.Kept, len(undone.Visits))
		}
		for n, m := range undone.Visits {
			if diff := cmp.Diff(standingOf(moved[n].Before.Visit), standingOf(m.After)); diff != "" {
				r.Fatalf("%s: not where it was:\n%s", what, diff)
			}
		}
		for n, d := range after(then, undone.Days) {
			if want := Schedule(list[n], now); !slices.EqualFunc(d.Route.Stops, want.Route.Stops, func(a, b Stop) bool {
				return a.subject() == b.subject() && a.Arrival.Equal(b.Arrival) && a.Departure.Equal(b.Departure)
			}) {
				r.Fatalf("%s: day %d: %v, want %v", what, n, d.Route.Stops, want.Route.Stops)
			}
		}
		again := Undo(undone.Trace, callsNow(undone.Visits), after(then, undone.Days), now)
		if len(again.Kept) > 0 {
			r.Fatalf("%s, done again: kept %v", what, again.Kept)
		}
		for n, m := range again.Visits {
			if diff := cmp.Diff(standingOf(moved[n].After), standingOf(m.After)); diff != "" {
				r.Fatalf("%s, done again: not where it was:\n%s", what, diff)
			}
		}
	})
	for _, what := range []string{"cancel", "release", "defer", "decline", "claim", "assign"} {
		if did[what] == 0 {
			t.Errorf("no %s was taken back: %v", what, did)
		}
	}
}
