package dispatch

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"pgregory.net/rapid"
)

// waiting is the call once it is in the queue.
func (c Call) waiting() Call {
	why := Created
	c.Visit.State, c.Visit.RepID, c.Visit.Date, c.Visit.QueueReason = Queued, nil, nil, &why
	return c
}

func TestClaimGivesAWaitingVisitToTheRep(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 0, 3))
	call := aCall(9, 2, 0).waiting()
	got, err := Claim(call, day, &call.Visit.Version, at(t, "08:00"), aDay(t, 2, "09:00", "18:00"))
	if err != nil {
		t.Fatal(err)
	}
	v := got.Visit
	if v.State != Assigned || !v.isOf(day.Rep.ID) || *v.Date != monday || !v.RepPinned || v.QueueReason != nil ||
		v.Epoch != call.Visit.Epoch+1 || v.Version != call.Visit.Version+1 {
		t.Errorf("the visit is %+v", v)
	}
	if !got.Day.has(v.ID) || got.Day.Route.Version != day.Route.Version+1 || got.Load.After.Visits != got.Load.Before.Visits+1 {
		t.Errorf("the day is %v at version %d, its load %+v", got.Day.subjects(), got.Day.Route.Version, got.Load)
	}
	if got.Decision.Kind != KindClaim || got.Decision.RunnerUp == nil || got.Notices[0].Kind != VisitsGained {
		t.Errorf("decided %+v, noticed %+v", got.Decision, got.Notices)
	}
}

func TestClaimRefuses(t *testing.T) {
	t.Parallel()
	older := Revision(2)
	for name, c := range map[string]struct {
		change func(*Call, *RepDay)
		seen   *Revision
		want   error
	}{
		"done":            {func(c *Call, _ *RepDay) { c.Visit.State = Done }, nil, ErrEnded},
		"taken":           {func(c *Call, _ *RepDay) { other := id(77); c.Visit.State, c.Visit.RepID = Assigned, &other }, nil, ErrTaken},
		"begun":           {func(c *Call, _ *RepDay) { other := id(77); c.Visit.State, c.Visit.RepID = UnderWay, &other }, nil, ErrTaken},
		"the rep's own":   {func(c *Call, d *RepDay) { c.Visit.State, c.Visit.RepID = Assigned, &d.Rep.ID }, nil, ErrSameRep},
		"stale":           {func(*Call, *RepDay) {}, &older, ErrStale},
		"another branch":  {func(_ *Call, d *RepDay) { d.Rep.BranchID = id(2) }, nil, ErrOtherBranch},
		"absent":          {func(_ *Call, d *RepDay) { d.Absent = true }, nil, ErrAbsent},
		"no shift":        {func(_ *Call, d *RepDay) { d.Shift = nil }, nil, ErrOffShift},
		"shift over":      {func(_ *Call, d *RepDay) { s := *d.Shift; s.EndsAt = at(t, "09:30"); d.Shift = &s }, nil, ErrShiftOver},
		"without a skill": {func(c *Call, d *RepDay) { c.Visit.Needs, d.Rep.Skills = []string{"COFFEE", "KEYS"}, []string{"KEYS"} }, nil, ErrSkills},
	} {
		call, day := aCall(1, 3, 0).waiting(), aDay(t, 1, "09:00", "18:00")
		c.change(&call, &day)
		if _, err := Claim(call, day, c.seen, at(t, "10:00")); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	call, day := aCall(1, 3, 0).waiting(), aDay(t, 1, "09:00", "18:00")
	call.Visit.Needs, day.Rep.Skills = []string{"KEYS"}, []string{"COFFEE", "KEYS"}
	if _, err := Claim(call, day, nil, at(t, "10:00")); err != nil {
		t.Errorf("with the skill: %v", err)
	}
}

func TestReleasedVisitWaitsAgain(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3), aCall(3, 0, 3))
	call := day.call(t, id(1002))
	call.Visit.RepPinned = true

	queued, err := Release(call, &day, Queued, call.Visit.Version, "OTHER", at(t, "08:00"))
	if err != nil {
		t.Fatal(err)
	}
	if v := queued.Visit; v.State != Queued || v.RepID != nil || v.Date != nil || v.RepPinned || *v.QueueReason != Released || v.Epoch != call.Visit.Epoch+1 {
		t.Errorf("in the queue it is %+v", v)
	}
	if queued.Day.has(id(1002)) || queued.Day.Route.Version != 2 || queued.Load.After.Visits != 2 {
		t.Errorf("the day is %v, its load %+v", queued.Day.subjects(), queued.Load)
	}
	if n := queued.Notices[0]; n.Kind != VisitsLost || n.Told == nil {
		t.Errorf("the rep is told %+v", n)
	}

	backlog, err := Release(call, &day, Backlog, call.Visit.Version, "OTHER", at(t, "08:00"))
	if v := backlog.Visit; err != nil || v.State != Backlog || !v.isOf(day.Rep.ID) || v.Date != nil || v.Epoch != call.Visit.Epoch {
		t.Errorf("in the backlog it is %+v, %v", v, err)
	}
	owner := id(105)
	waits := queued.Visit
	owned, err := Release(Call{Visit: waits, Site: call.Site, Owner: &owner}, nil, Backlog, waits.Version, "OTHER", at(t, "08:00"))
	if err != nil || !owned.Visit.isOf(owner) || owned.Visit.Epoch != waits.Epoch+1 || len(owned.Notices) != 1 || owned.Notices[0].RepID != owner {
		t.Errorf("from the queue into the owner's backlog: %+v, %v", owned, err)
	}
	for name, c := range map[string]struct {
		call Call
		to   State
		seen Revision
		why  string
		want error
	}{
		"stale":            {call, Queued, call.Visit.Version - 1, "OTHER", ErrStale},
		"without a reason": {call, Queued, call.Visit.Version, "", ErrReason},
		"there already":    {Call{Visit: waits}, Queued, waits.Version, "OTHER", ErrThere},
		"to nobody":        {Call{Visit: waits}, Backlog, waits.Version, "OTHER", ErrNoOwner},
	} {
		if _, err := Release(c.call, nil, c.to, c.seen, c.why, at(t, "08:00")); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for state, want := range map[State]error{UnderWay: ErrBegun, Done: ErrEnded, Cancelled: ErrEnded} {
		call.Visit.State = state
		if _, err := Release(call, &day, Queued, call.Visit.Version, "OTHER", at(t, "08:00")); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", state, err, want)
		}
		if _, err := Decline(call, &day, day.Rep.ID, nil, "OTHER", at(t, "08:00")); !errors.Is(err, want) {
			t.Errorf("decline of %s: %v, want %v", state, err, want)
		}
	}
}

func TestDeclinedVisitIsNotOfferedToItsRepAgain(t *testing.T) {
	t.Parallel()
	day := aDay(t, 1, "09:00", "18:00").doing(aCall(1, 3, 0), aCall(2, 3, 3))
	call := day.call(t, id(1002))
	got, err := Decline(call, &day, day.Rep.ID, &call.Visit.Version, "NO_TIME", at(t, "08:00"))
	if err != nil || got.Visit.State != Queued || *got.Visit.QueueReason != Declined || got.Day.has(call.Visit.ID) {
		t.Fatalf("declined: %+v, %v", got, err)
	}
	if _, err := Decline(call, &day, id(999), nil, "NO_TIME", at(t, "08:00")); !errors.Is(err, ErrNotTheirs) {
		t.Errorf("a colleague's: %v, want %v", err, ErrNotTheirs)
	}
	back := Call{Visit: got.Visit, Site: call.Site, DeclinedBy: []uuid.UUID{day.Rep.ID}}
	if offered := Offers(*got.Day, []Call{back}, at(t, "08:00"), 10); len(offered) != 0 {
		t.Errorf("offered to who gave it back: %+v", offered)
	}
	other := aDay(t, 2, "09:00", "18:00")
	if offered := Offers(other, []Call{back}, at(t, "08:00"), 10); len(offered) != 1 {
		t.Errorf("%d offers to a colleague, want 1", len(offered))
	}
	if _, refused := Options(back, []RepDay{*got.Day, other}, at(t, "08:00")); len(refused) != 1 || refused[0].Code != HasDeclined {
		t.Errorf("refusals %+v, want one of %s", refused, HasDeclined)
	}
}

// What is offered is ranked by detour and breaks nothing that the day keeps.
func TestOffersKeepTheDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		now := at(t, "09:00").Add(time.Duration(rng.IntN(500)) * time.Minute)
		day := Plan(PlanInput{Day: aDay(t, 1, "09:00", "18:00"), Candidates: someCalls(t, rng, rng.IntN(8)), Now: at(t, "08:00"), Iterations: 100}).Day
		queue := someCalls(t, rng, 10)
		for i := range queue {
			queue[i] = queue[i].waiting()
			queue[i].Visit.ID = id(5000 + i)
		}
		offers := Offers(day, queue, now, 6)
		if len(offers) > 6 || !slices.IsSortedFunc(offers, func(a, b Offer) int {
			if a.DetourMinutes < b.DetourMinutes {
				return -1
			}
			return 0
		}) {
			rt.Fatalf("offers %+v", offers)
		}
		brokenBefore := broken(day, now)
		for _, o := range offers {
			i := slices.IndexFunc(queue, func(c Call) bool { return c.Visit.ID == o.Visit.ID })
			taken, err := Claim(queue[i], day, nil, now)
			if err != nil {
				rt.Fatalf("what was offered is refused: %v", err)
			}
			if stop := taken.Day.stop(t, o.Visit.ID); !stop.Arrival.Equal(o.Arrival) || stop.Position != o.Position {
				rt.Fatalf("offered as stop %d at %v, taken as %d at %v", o.Position, o.Arrival, stop.Position, stop.Arrival)
			}
			if after := broken(taken.Day, now); after > brokenBefore {
				rt.Fatalf("the day breaks %d seconds with the visit, %d without", after, brokenBefore)
			}
		}
	})
}

// broken is by how many seconds the rest of the day breaks windows and the shift.
func broken(day RepDay, now time.Time) int64 {
	s, _ := newSheet(day, now, zones{})
	t := newTimetable(s)
	return t.p.Time(t.settle(t.visits())).Broken()
}

func TestScoreOfTheQueue(t *testing.T) {
	t.Parallel()
	base := aCall(1, 0, 0).Visit
	promised, urgent := base, base
	promised.Promised = &hours.Window{From: base.DueFrom, To: base.DueTo}
	urgent.Priority += 20
	if Score(promised, monday) <= Score(urgent, monday) || Score(urgent, monday) <= Score(base, monday) {
		t.Error("a promise goes before what is important, and that before the rest")
	}
	if Score(base, monday-5) <= Score(urgent, monday) {
		t.Error("five days late goes before twenty points of priority")
	}
}
