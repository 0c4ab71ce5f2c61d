package desk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/roster"
)

// onShift is a company at ten o'clock whose first branch is at work and has nothing to do.
func onShift(t testing.TB) *desktest.World {
	t.Helper()
	w := desktest.New(t)
	w.Align(t, 0)
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OpenShifts{Branch: w.Branches[0].ID, Date: desktest.Monday}); err != nil {
		t.Fatal(err)
	}
	w.Pass(2 * time.Hour)
	return w
}

// engine is the context of a worker.
func engine(w *desktest.World) context.Context {
	return w.As(auth.Caller{Organization: w.Organization, Roles: []auth.Role{auth.Admin}, Everywhere: true, Door: auth.Engine})
}

// offer has the first branch's queue offered, and gives each rep's offers.
func offer(t *testing.T, w *desktest.World) (desk.VisitsOffered, [4][]notify.Alert) {
	t.Helper()
	done, err := desk.Do(engine(w), w.Desk, uuid.Nil, desk.OfferVisits{Branch: w.Branches[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	var offers [4][]notify.Alert
	for rep := range offers {
		offers[rep] = slices.DeleteFunc(inbox(t, w, rep), func(a notify.Alert) bool { return a.Kind != notify.VisitsOffered })
	}
	return done, offers
}

func TestIdleRepsAreOfferedWhatWaits(t *testing.T) {
	t.Parallel()
	w := onShift(t)
	w.Phone(t, 0, 1, notify.FCM)
	b := w.Branches[0]
	a, c := aQueued(t, w, desk.CreateVisit{Site: b.Sites[0][0]}), aQueued(t, w, desk.CreateVisit{Site: b.Sites[1][0]})
	if n := w.Count(t, "SELECT count(*) FROM river.river_job WHERE kind = 'tend_queue' AND args->>'branch' = $1", b.ID.String()); n == 0 {
		t.Error("nobody is called to the queue that got a visit")
	}
	done, offers := offer(t, w)
	if len(done.Alerts) != 4 {
		t.Fatalf("%d reps hear of it, want all four", len(done.Alerts))
	}
	for rep, list := range offers {
		if len(list) != 1 || list[0].Priority != notify.Low || len(list[0].Items) != 2 || list[0].ExpiresAt.Sub(w.Now()) != 30*time.Minute {
			t.Errorf("rep %d has %+v", rep, list)
		}
	}
	if first := offers[1][0].Items[0]; first.VisitID != c.ID || first.Arrival == nil {
		t.Errorf("the first offered is %+v, want the nearest", first)
	}
	lines := w.Count(t, "SELECT count(*) FROM audit")
	if again, _ := offer(t, w); len(again.Alerts) != 0 || w.Count(t, "SELECT count(*) FROM audit") != lines {
		t.Errorf("the same is offered twice: %+v", again)
	}

	// Who has understood and does not take it is not asked again. A new visit is another matter: it comes with what still stands.
	if _, err := desk.Do(w.Rep(0, 3), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: offers[3][0].ID}); err != nil {
		t.Fatal(err)
	}
	d := aQueued(t, w, desk.CreateVisit{Site: b.Sites[2][0]})
	_, offers = offer(t, w)
	for rep, want := range []int{3, 3, 3, 1} {
		list := offers[rep]
		if len(list) != 2 || len(list[1].Items) != want || !list[1].Speaks(d.ID) {
			t.Errorf("rep %d has %d offers, want a second of %d visits", rep, len(list), want)
		}
		if old := list[0]; rep < 3 && (old.State != notify.Superseded || *old.SupersededBy != list[1].ID) {
			t.Errorf("the first offer of rep %d is %s", rep, old.State)
		}
	}

	// To take one is to claim it. The others hear no more of it.
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ClaimVisit{Visit: a.ID}); err != nil {
		t.Fatal(err)
	}
	if done, offers = offer(t, w); len(done.Alerts) != 0 || done.Withdrawn != 3 {
		t.Errorf("after a claim: %+v", done)
	}
	for rep, list := range offers {
		if last := list[len(list)-1]; last.Speaks(a.ID) || !last.Speaks(d.ID) || last.State != notify.Queued {
			t.Errorf("rep %d: %s of %+v", rep, last.State, last.Items)
		}
	}
	for _, v := range []dispatch.Visit{c, d} {
		if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisit{Visit: v.ID, To: b.Reps[2].ID, Seen: v.Version, Reason: "OTHER"}); err != nil {
			t.Fatal(err)
		}
	}
	_, offers = offer(t, w)
	for rep, list := range offers {
		if last := list[len(list)-1]; last.State != notify.Annulled || last.Reason != notify.Withdrawn {
			t.Errorf("rep %d: %s %s, want it withdrawn", rep, last.State, last.Reason)
		}
	}
	if breaches := prove(t, w); len(breaches) > 0 {
		t.Errorf("alerts: %+v", breaches)
	}
}

// An offer that nobody answers ends in silence: no dispatcher is called in.
func TestAnOfferPassesUnanswered(t *testing.T) {
	t.Parallel()
	w := onShift(t)
	aQueued(t, w, desk.CreateVisit{})
	offer(t, w)
	for range 4 {
		w.Pass(10 * time.Minute)
		if _, err := desk.Do(engine(w), w.Desk, uuid.Nil, desk.FollowAlerts{}); err != nil {
			t.Fatal(err)
		}
	}
	done, offers := offer(t, w)
	for rep, list := range offers {
		if len(list) != 1 || list[0].State != notify.Expired || list[0].Reason != notify.DayOver {
			t.Errorf("rep %d: %+v, want one that has expired", rep, list)
		}
	}
	if len(done.Alerts) != 0 {
		t.Errorf("it is offered again at once: %+v", done)
	}
	if breaches := prove(t, w); len(breaches) > 0 {
		t.Errorf("alerts: %+v", breaches)
	}
}

func TestAPromiseInDangerGoesToWhoCanKeepIt(t *testing.T) {
	t.Parallel()
	w := onShift(t)
	b := w.Branches[0]
	zone := b.Zone()
	noon := desktest.Monday.At(14*60, zone)
	promised, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{
		Site: b.Sites[1][0], Promised: &hours.Window{From: noon, To: noon.Add(30 * time.Minute)}, Auto: true,
	})
	if err != nil || promised.State != dispatch.Assigned {
		t.Fatalf("%s, %v, want it given", promised.State, err)
	}
	keeper := slices.IndexFunc(b.Reps, func(r roster.Rep) bool { return r.ID == *promised.RepID })
	long := 4 * time.Hour
	kept, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{Site: b.Sites[keeper][1], Rep: promised.RepID, Service: &long})
	if err != nil {
		t.Fatal(err)
	}
	w.Pass(2 * time.Hour)
	if _, err := desk.Do(w.Rep(0, keeper), w.Desk, uuid.New(), desk.StartVisit{Visit: kept.ID}); err != nil {
		t.Fatal(err)
	}
	rescue := func() *dispatch.Visit {
		t.Helper()
		done, err := desk.Do(engine(w), w.Desk, uuid.Nil, desk.RescuePromise{Branch: b.ID})
		if err != nil {
			t.Fatal(err)
		}
		return done.Visit
	}
	if v := rescue(); v != nil {
		t.Errorf("%s is taken where people decide", v.ID)
	}
	auto := true
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.New(), desk.SetDispatchRules{Branch: b.ID, Weights: dispatch.StandardWeights, Auto: &auto}); err != nil {
		t.Fatal(err)
	}
	if v := rescue(); v == nil || v.ID != promised.ID || v.State != dispatch.Queued || *v.QueueReason != dispatch.Endangered {
		t.Fatalf("%+v, want the promised visit in the queue", v)
	}
	if _, err := desk.Do(engine(w), w.Desk, uuid.Nil, desk.AssignQueue{Branch: b.ID}); err != nil {
		t.Fatal(err)
	}
	if now := visit(t, w, promised.ID); now.RepID == nil || *now.RepID == b.Reps[keeper].ID {
		t.Errorf("it is with %v, want a colleague", now.RepID)
	}
	if v := rescue(); v != nil {
		t.Errorf("%s is in danger still", v.ID)
	}
	whereVisitsAre(t, w)
	if _, err := desk.Do(engine(w), w.Desk, uuid.Nil, desk.FollowAlerts{}); err != nil {
		t.Fatal(err)
	}
	if breaches := prove(t, w); len(breaches) > 0 {
		t.Errorf("alerts: %+v", breaches)
	}
}
