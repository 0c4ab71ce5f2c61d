package desk_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
)

// aQueued is a visit made for nobody.
func aQueued(t testing.TB, w *desktest.World, wish desk.CreateVisit) dispatch.Visit {
	t.Helper()
	if wish.Site == uuid.Nil {
		wish.Site = w.Branches[0].Sites[0][0]
	}
	v, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
	if err != nil || v.State != dispatch.Queued {
		t.Fatalf("CreateVisit = %s, %v, want it queued", v.State, err)
	}
	return v.Visit
}

// queueOf is the queue as a rep of the first branch sees it, read by pages of two.
func queueOf(t testing.TB, w *desktest.World) (list []postgres.Queued) {
	t.Helper()
	var after *postgres.UrgencyKey
	for {
		var page []postgres.Queued
		if err := w.DB.Read(context.Background(), w.Organization, func(tx *postgres.Tx) (err error) {
			page, err = tx.QueuePage(context.Background(), w.Caller(0, 0), nil, w.Now(), after, 2)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if list = append(list, page...); len(page) < 2 {
			return list
		}
		last := list[len(list)-1]
		after = &postgres.UrgencyKey{Score: last.Score, Since: last.Since, ID: last.ID}
	}
}

func TestClaimedVisitLivesItsWholeLife(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Branches[0].Reps[1]
	v := aQueued(t, w, desk.CreateVisit{Needs: []string{"COFFEE"}})
	claim := desk.ClaimVisit{Visit: v.ID, Seen: &v.Version, Others: []uuid.UUID{w.Branches[0].Reps[2].ID}}
	if _, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), claim); !errors.Is(err, dispatch.ErrSkills) {
		t.Errorf("without the skill: %v, want %v", err, dispatch.ErrSkills)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetSkills{Rep: rep.ID, Skills: []string{" KEYS", "COFFEE", "KEYS"}}); err != nil {
		t.Fatal(err)
	}
	request := uuid.New()
	got, err := desk.Do(w.Rep(0, 1), w.Desk, request, claim)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := desk.Do(w.Rep(0, 1), w.Desk, request, claim); err != nil || again.Batch != got.Batch {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	kept := visit(t, w, v.ID)
	if diff := cmp.Diff(kept, got.Visit); diff != "" || !kept.RepPinned || *kept.RepID != rep.ID {
		t.Errorf("kept %+v, answered otherwise:\n%s", kept, diff)
	}
	if n := w.Count(t, "SELECT count(*) FROM decision WHERE visit_id = $1 AND kind = 'CLAIM' AND runner_up IS NULL", v.ID); n != 1 {
		t.Errorf("%d decisions, want one in which the colleague lacks the skill", n)
	}
	if n := w.Count(t, "SELECT count(*) FROM event WHERE visit_id = $1 AND type = 'visit.claimed' AND owner = $2 AND taken_from IS NULL", v.ID, rep.ID); n != 1 {
		t.Errorf("%d events of it, want 1", n)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1", got.Batch); n != 0 {
		t.Errorf("who claimed it is told of it %d times", n)
	}
	// What the colleague saw in the queue is gone, and the colleague is told so; who never could see it is told nothing.
	if _, err := desk.Do(w.Rep(0, 2), w.Desk, uuid.New(), desk.ClaimVisit{Visit: v.ID}); !errors.Is(err, dispatch.ErrTaken) {
		t.Errorf("claimed by a colleague: %v, want %v", err, dispatch.ErrTaken)
	}
	if _, err := desk.Do(w.Rep(1, 0), w.Desk, uuid.New(), desk.ClaimVisit{Visit: v.ID}); !errors.Is(err, dispatch.ErrNoVisit) {
		t.Errorf("claimed from another branch: %v, want %v", err, dispatch.ErrNoVisit)
	}
	colleagues := planned(t, w, w.Branches[0].Reps[3].ID)[0]
	if _, err := desk.Do(w.Rep(0, 2), w.Desk, uuid.New(), desk.ClaimVisit{Visit: colleagues.ID}); !errors.Is(err, dispatch.ErrNoVisit) {
		t.Errorf("a colleague's own: %v, want %v", err, dispatch.ErrNoVisit)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ClaimVisit{Visit: v.ID}); !errors.Is(err, desk.ErrNotARep) {
		t.Errorf("claimed by a dispatcher: %v, want %v", err, desk.ErrNotARep)
	}
	whereVisitsAre(t, w)
}

func TestReleasedAndDeclinedVisitsGoBackToTheQueue(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Branches[0].Reps[0]
	visits := planned(t, w, rep.ID)
	wish := desk.ReleaseVisit{Visit: visits[0].ID, To: dispatch.Queued, Seen: visits[0].Version, Reason: "OVERLOAD"}
	before := footprint(t, w)
	if tried, err := desk.Try(w.As(w.Dispatcher), w.Desk, wish); err != nil || len(tried.Days) != 1 || len(tried.Alerts) != 1 {
		t.Errorf("dry run: %+v, %v", tried, err)
	}
	if diff := cmp.Diff(before, footprint(t, w)); diff != "" {
		t.Errorf("a dry run writes:\n%s", diff)
	}
	released, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE batch_id = $1 AND rep_id = $2 AND kind = 'VISITS_LOST'", released.Batch, rep.ID); n != 1 {
		t.Errorf("%d alerts to who lost it, want 1", n)
	}
	w.Pass(time.Minute)
	declined, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.DeclineVisit{Visit: visits[1].ID, Reason: "NO_TIME", Note: "Далеко"})
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, "SELECT count(*) FROM decline WHERE visit_id = $1 AND rep_id = $2 AND reason = 'NO_TIME'", visits[1].ID, rep.ID); n != 1 {
		t.Errorf("%d lines of who declined it, want 1", n)
	}
	for i, v := range []dispatch.Visit{released.Visit, declined.Visit} {
		if kept := visit(t, w, v.ID); kept.State != dispatch.Queued || !cmp.Equal(kept, v) {
			t.Errorf("visit %d: kept %+v, answered %+v", i, kept, v)
		}
	}
	back, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReleaseVisit{
		Visit: released.Visit.ID, To: dispatch.Backlog, Seen: released.Visit.Version, Reason: "OTHER",
	})
	if err != nil || *back.Visit.RepID != rep.ID || back.Visit.State != dispatch.Backlog {
		t.Errorf("into the backlog of who is responsible: %+v, %v", back, err)
	}
	for name, c := range map[string]struct {
		by   context.Context
		wish desk.DeclineVisit
		want error
	}{
		"unknown reason":    {w.Rep(0, 0), desk.DeclineVisit{Visit: visits[2].ID, Reason: "WHIM"}, dispatch.ErrReason},
		"a colleague's":     {w.Rep(0, 1), desk.DeclineVisit{Visit: visits[2].ID, Reason: "OTHER"}, dispatch.ErrNoVisit},
		"one of the queue":  {w.Rep(0, 1), desk.DeclineVisit{Visit: visits[1].ID, Reason: "OTHER"}, dispatch.ErrNotTheirs},
		"by a dispatcher":   {w.As(w.Dispatcher), desk.DeclineVisit{Visit: visits[2].ID, Reason: "OTHER"}, desk.ErrNotARep},
		"a note of a novel": {w.Rep(0, 0), desk.DeclineVisit{Visit: visits[2].ID, Reason: "OTHER", Note: string(make([]byte, 1001))}, desk.ErrInvalid},
	} {
		if _, err := desk.Do(c.by, w.Desk, uuid.New(), c.wish); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	whereVisitsAre(t, w)
}

// The law of the queue: by score, and first in, first out within equal score, whatever the ids.
func TestQueueIsFirstInFirstOutWithinEqualScore(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rng := rand.New(rand.NewPCG(5, 6))
	ids := make([]uuid.UUID, 14)
	for i := range ids {
		ids[i] = desktest.NewID()
	}
	rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	entered := map[uuid.UUID]int{}
	for i, id := range ids {
		priority, due := 10*rng.IntN(3), w.Now().Add(time.Duration(rng.IntN(3))*24*time.Hour)
		wish := desk.CreateVisit{ID: &id, Priority: &priority, Due: &hours.Window{From: due.Add(-time.Hour), To: due.Add(time.Duration(rng.IntN(9)) * time.Hour)}}
		if rng.IntN(4) == 0 {
			wish.Promised = &hours.Window{From: due, To: due.Add(time.Hour)}
		}
		aQueued(t, w, wish)
		entered[id] = i
		w.Pass(time.Second)
	}
	// Who left the queue and came back waits anew.
	v := visit(t, w, ids[0])
	to := desk.ReassignVisit{Visit: v.ID, To: w.Branches[0].Reps[0].ID, Seen: v.Version, Reason: "OTHER"}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), to); err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Second)
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReleaseVisit{
		Visit: v.ID, To: dispatch.Queued, Seen: v.Version + 1, Reason: "OTHER",
	}); err != nil {
		t.Fatal(err)
	}
	entered[v.ID] = len(ids)
	queue := queueOf(t, w)
	if len(queue) != len(ids) {
		t.Fatalf("%d visits by pages, want %d", len(queue), len(ids))
	}
	zone := w.Branches[0].Zone()
	equal := 0
	for i, q := range queue {
		if want := dispatch.Score(q.Visit, hours.DateOf(q.DueTo.Add(-time.Microsecond).In(zone))); q.Score != want {
			t.Errorf("the record scores %d, the rule %d", q.Score, want)
		}
		if i == 0 {
			continue
		}
		before := queue[i-1]
		if before.Score < q.Score || before.Score == q.Score && entered[before.ID] > entered[q.ID] {
			t.Errorf("place %d: score %d, %d. in, before score %d, %d. in", i, before.Score, entered[before.ID], q.Score, entered[q.ID])
		}
		if before.Score == q.Score {
			equal++
		}
	}
	if equal == 0 {
		t.Error("no two visits of equal score were compared")
	}
}

// Sixty-four clients of two programs claim, release and reassign the same three visits. Each is with one rep at last, each accepted wish
// has its effect, each refused one its reason.
func TestEverybodyClaimsAndReassignsTheSameVisits(t *testing.T) {
	t.Parallel()
	const clients, wishes = 64, 3
	w := desktest.Planned(t)
	other := &desk.Desk{DB: postgres.New(w.DB.Pool()), Jobs: w.Desk.Jobs, Clock: w.Now}
	reps := w.Branches[0].Reps
	var hot []dispatch.Visit
	for range 3 {
		hot = append(hot, aQueued(t, w, desk.CreateVisit{}))
	}
	var mu sync.Mutex
	accepted, refused := map[string]int{}, map[string]int{}
	together(clients, func(i int) {
		rng := rand.New(rand.NewPCG(7, uint64(i)))
		d := []*desk.Desk{w.Desk, other}[i%2]
		for range wishes {
			v := hot[rng.IntN(len(hot))]
			now := visit(t, w, v.ID).Version // what the page showed a moment ago
			var err error
			var what string
			switch rng.IntN(4) {
			case 0, 1:
				what = "ClaimVisit"
				_, err = desk.Do(w.Rep(0, rng.IntN(len(reps))), d, uuid.New(), desk.ClaimVisit{Visit: v.ID})
			case 2:
				what = "ReassignVisit"
				_, err = desk.Do(w.As(w.Dispatcher), d, uuid.New(), desk.ReassignVisit{
					Visit: v.ID, To: reps[rng.IntN(len(reps))].ID, Seen: now, Reason: "OTHER",
				})
			default:
				what = "ReleaseVisit"
				_, err = desk.Do(w.As(w.Dispatcher), d, uuid.New(), desk.ReleaseVisit{Visit: v.ID, To: dispatch.Queued, Seen: now, Reason: "OTHER"})
			}
			code := desk.RefusalCode(err)
			mu.Lock()
			switch {
			case err == nil:
				accepted[what]++
			case slices.Contains([]string{"TAKEN", "SAME_REP", "STALE", "THERE"}, code):
				refused[what]++
			default:
				t.Errorf("%s: %v", what, err)
			}
			mu.Unlock()
		}
	})
	sum := 0
	for _, what := range []string{"ClaimVisit", "ReassignVisit", "ReleaseVisit"} {
		if accepted[what] == 0 || refused[what] == 0 {
			t.Errorf("%s: %d accepted, %d refused: nobody raced", what, accepted[what], refused[what])
		}
		sum += accepted[what]
		if n := w.Count(t, "SELECT count(*) FROM audit WHERE command = $1 AND refused IS NULL", what); n != accepted[what] {
			t.Errorf("%s: %d audit lines for %d accepted wishes", what, n, accepted[what])
		}
		if n := w.Count(t, "SELECT count(*) FROM audit WHERE command = $1 AND refused IS NOT NULL", what); n != refused[what] {
			t.Errorf("%s: %d audit lines for %d refused wishes", what, n, refused[what])
		}
	}
	changes := 0
	for _, before := range hot {
		after := visit(t, w, before.ID)
		changes += int(after.Version - before.Version)
		routes := w.Count(t, "SELECT count(*) FROM stop WHERE visit_id = $1", before.ID)
		if want := map[bool]int{true: 0, false: 1}[after.State == dispatch.Queued]; routes != want {
			t.Errorf("%s, and on %d routes, want %d", after.State, routes, want)
		}
		if n := w.Count(t, "SELECT count(*) FROM assignment WHERE visit_id = $1", before.ID); n != after.Epoch+1 {
			t.Errorf("%d lines of history in epoch %d", n, after.Epoch)
		}
	}
	if changes != sum {
		t.Errorf("%d changes of visits for %d accepted wishes", changes, sum)
	}
	whereVisitsAre(t, w)
}

func TestTheEngineGivesOutTheQueue(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	b := w.Branches[0]
	short := 10 * time.Minute
	for i := range 5 {
		aQueued(t, w, desk.CreateVisit{Site: b.Sites[i%2][i], Service: &short})
	}
	lonely := aQueued(t, w, desk.CreateVisit{Needs: []string{"KEYS"}})
	pinned := planned(t, w, b.Reps[0].ID)
	before := footprint(t, w)
	tried, err := desk.Try(w.As(w.Dispatcher), w.Desk, desk.AssignQueue{Branch: b.ID})
	if err != nil || len(tried.Visits) == 0 {
		t.Fatalf("dry run: %+v, %v", tried, err)
	}
	if diff := cmp.Diff(before, footprint(t, w)); diff != "" {
		t.Errorf("a dry run writes:\n%s", diff)
	}
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.AssignQueue{Branch: b.ID})
	if err != nil || len(got.Visits)+len(got.Left) != 6 || !slices.Contains(got.Left, lonely.ID) || len(got.Visits) < 3 {
		t.Fatalf("AssignQueue = %d given, %d left, %v", len(got.Visits), len(got.Left), err)
	}
	if diff := cmp.Diff(tried.Visits, got.Visits); diff != "" {
		t.Errorf("it did otherwise than it said:\n%s", diff)
	}
	for _, v := range got.Visits {
		kept := visit(t, w, v.ID)
		if !cmp.Equal(kept, v) || kept.RepPinned || kept.State != dispatch.Assigned {
			t.Errorf("kept %+v, answered %+v", kept, v)
		}
		if n := w.Count(t, "SELECT count(*) FROM decision WHERE visit_id = $1 AND kind = 'AUTO'", v.ID); n != 1 {
			t.Errorf("%d decisions about %s", n, v.ID)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM (SELECT rep_id FROM alert WHERE batch_id = $1 AND kind = 'VISITS_GAINED' GROUP BY rep_id HAVING count(*) = 1) AS told", got.Batch); n != len(got.Days) {
		t.Errorf("%d reps are told once, want the %d who got any", n, len(got.Days))
	}
	for _, v := range pinned {
		if now := visit(t, w, v.ID); !cmp.Equal(now.RepID, v.RepID) {
			t.Errorf("%s changed hands", v.ID)
		}
	}
	// Who gave a visit back is not given it again.
	mine := got.Visits[0]
	for i, r := range b.Reps {
		if r.ID == *mine.RepID {
			if _, err := desk.Do(w.Rep(0, i), w.Desk, uuid.New(), desk.DeclineVisit{Visit: mine.ID, Reason: "NO_TIME"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.AssignQueue{Branch: b.ID}); err != nil {
		t.Fatal(err)
	}
	if now := visit(t, w, mine.ID); now.RepID != nil && *now.RepID == *mine.RepID {
		t.Error("the engine gave it to who had given it back")
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.AssignQueue{Branch: w.Branches[1].ID}); desk.RefusalCode(err) != "NO_BRANCH" {
		t.Errorf("another branch: %v", err)
	}
	whereVisitsAre(t, w)
	if breaches := prove(t, w); len(breaches) > 0 {
		t.Errorf("alerts: %+v", breaches)
	}
}

// prove holds the record against what is promised of alerts.
func prove(t testing.TB, w *desktest.World) (found []notify.Breach) {
	t.Helper()
	w.Write(t, func(tx *postgres.Tx) error {
		evidence, err := tx.AlertEvidence(context.Background(), w.Now().AddDate(0, 0, -7), w.Now().Add(time.Hour))
		found = notify.Prove(evidence, w.Now())
		return err
	})
	return found
}

func TestAVisitIsMadeAndGivenAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	short := 10 * time.Minute
	wish := desk.CreateVisit{Site: w.Branches[0].Sites[1][0], Service: &short, Auto: true}
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
	if err != nil || got.State != dispatch.Assigned || got.RepPinned || got.Version != 2 || got.Epoch != 1 {
		t.Fatalf("CreateVisit = %+v, %v, want it given", got, err)
	}
	wish.Needs = []string{"KEYS"}
	if got, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish); err != nil || got.State != dispatch.Queued {
		t.Errorf("which nobody can make: %s, %v, want it in the queue", got.State, err)
	}
	wish.Needs, wish.Due = nil, &hours.Window{From: w.Now().AddDate(0, 0, 2), To: w.Now().AddDate(0, 0, 3)}
	if got, err = desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish); err != nil || got.State != dispatch.Queued {
		t.Errorf("which is not due yet: %s, %v, want it in the queue", got.State, err)
	}
	whereVisitsAre(t, w)
}

// Two programs give out one queue while reps claim from it: every visit finds one rep.
func TestTwoEnginesAndRepsEmptyOneQueue(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	b := w.Branches[0]
	short := 5 * time.Minute
	var made []dispatch.Visit
	for i := range 8 {
		made = append(made, aQueued(t, w, desk.CreateVisit{Site: b.Sites[i%4][i%8], Service: &short}))
	}
	other := &desk.Desk{DB: postgres.New(w.DB.Pool()), Jobs: w.Desk.Jobs, Clock: w.Now}
	together(12, func(i int) {
		var err error
		switch i % 3 {
		case 0:
			_, err = desk.Do(w.As(w.Dispatcher), []*desk.Desk{w.Desk, other}[i%2], uuid.New(), desk.AssignQueue{Branch: b.ID})
		case 1:
			_, err = desk.Do(w.As(w.Admin), other, uuid.Nil, desk.PlanDay{Rep: b.Reps[i%4].ID, Date: desktest.Monday})
		default:
			_, err = desk.Do(w.Rep(0, i%4), w.Desk, uuid.New(), desk.ClaimVisit{Visit: made[i%8].ID})
		}
		if err != nil && desk.RefusalCode(err) == "" {
			t.Errorf("command %d: %v", i, err)
		}
	})
	for _, v := range made {
		now := visit(t, w, v.ID)
		if n := w.Count(t, "SELECT count(*) FROM assignment WHERE visit_id = $1", v.ID); n != now.Epoch+1 || now.Epoch > 1 {
			t.Errorf("%s changed hands %d times", v.ID, now.Epoch)
		}
	}
	whereVisitsAre(t, w)
}

func TestDispatchRulesHaveVersions(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	b := w.Branches[0]
	short := 10 * time.Minute
	for i := range 4 {
		aQueued(t, w, desk.CreateVisit{Site: b.Sites[0][i], Service: &short})
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.AssignQueue{Branch: b.ID}); err != nil {
		t.Fatal(err)
	}
	w.Pass(24 * time.Hour)
	wish := desk.SetDispatchRules{Branch: b.ID, Weights: dispatch.StandardWeights}
	wish.Weights.Load = 900
	tried, err := desk.Try(w.As(w.Admin), w.Desk, wish)
	if err != nil || tried.Would.Decisions == 0 || tried.Rules.Version != 1 {
		t.Fatalf("dry run: %+v, %v", tried, err)
	}
	done, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), wish)
	if diff := cmp.Diff(tried, done); err != nil || diff != "" {
		t.Errorf("it did otherwise than it said (%v):\n%s", err, diff)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), wish); !errors.Is(err, desk.ErrRulesChanged) {
		t.Errorf("by who saw older ones: %v, want %v", err, desk.ErrRulesChanged)
	}
	if got := day(t, w, b.Reps[0].ID).Weights; got == nil || got.Load != 900 {
		t.Errorf("a day of the branch weighs by %+v", got)
	}
	if far := day(t, w, w.Branches[1].Reps[0].ID).Weights; far != nil {
		t.Errorf("a day of another branch weighs by %+v, want its own", far)
	}
	wish.Seen, wish.Weights.Travel = 1, -1
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), wish); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("a weight below zero: %v", err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.SetDispatchRules{Branch: b.ID}); desk.RefusalCode(err) != "FORBIDDEN" {
		t.Errorf("by a dispatcher: %v", err)
	}
}
