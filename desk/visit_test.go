package desk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

func TestCancelledVisitLeavesItsRoute(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := w.Branches[0].Reps[0].ID
	v := planned(t, w, rep)[1]
	before := day(t, w, rep).Route
	wish := desk.CancelVisit{Visit: v.ID, Seen: v.Version, Reason: "DUPLICATE"}
	for name, c := range map[string]struct {
		caller auth.Caller
		change func(*desk.CancelVisit)
		want   error
	}{
		"a rep":    {w.Caller(0, 0), func(*desk.CancelVisit) {}, auth.ErrForbidden},
		"stale":    {w.Dispatcher, func(c *desk.CancelVisit) { c.Seen-- }, dispatch.ErrStale},
		"a reason": {w.Dispatcher, func(c *desk.CancelVisit) { c.Reason = "OVERLOAD" }, dispatch.ErrReason},
		"a note":   {w.Dispatcher, func(c *desk.CancelVisit) { c.Note = string(make([]rune, 1001)) }, desk.ErrInvalid},
	} {
		wrong := wish
		c.change(&wrong)
		if _, err := desk.Do(w.As(c.caller), w.Desk, uuid.New(), wrong); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish)
	if err != nil || got.State != dispatch.Cancelled || got.Version != v.Version+1 {
		t.Fatalf("CancelVisit = %+v, %v", got, err)
	}
	if after := day(t, w, rep).Route; after.Version != before.Version+1 || len(after.Stops) != len(before.Stops)-1 {
		t.Errorf("the route has version %d and %d stops, want %d and %d", after.Version, len(after.Stops), before.Version+1, len(before.Stops)-1)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE rep_id = $1 AND kind = 'VISITS_CHANGED'", rep); n != 1 {
		t.Errorf("%d alerts to the rep, want 1", n)
	}
	if n := w.Count(t, "SELECT count(*) FROM event WHERE type = 'visit.cancelled' AND visit_id = $1 AND code = 'DUPLICATE'", v.ID); n != 1 {
		t.Error("the event is missing")
	}
	wish.Seen++
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish); !errors.Is(err, dispatch.ErrEnded) {
		t.Errorf("cancelling it again: %v, want ErrEnded", err)
	}
}

func TestVisitIsCreated(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep, site := w.Branches[0].Reps[1], w.Branches[0].Sites[1][0]
	promised := hours.Window{From: w.Now().Add(4 * time.Hour), To: w.Now().Add(6 * time.Hour)}
	offline, priority, service := desktest.NewID(), 90, 35*time.Minute
	wish := desk.CreateVisit{
		ID: &offline, Site: site, Kind: "URGENT", Rep: &rep.ID, Promised: &promised, Priority: &priority, Service: &service,
	}
	request := uuid.New()
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, wish)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != offline || got.State != dispatch.Assigned || *got.RepID != rep.ID || *got.Date != desktest.Monday || !got.RepPinned || got.Epoch != 1 {
		t.Errorf("CreateVisit = %+v, want it on the rep's Monday", got)
	}
	kept := visit(t, w, offline)
	if diff := cmp.Diff(kept, got.Visit); diff != "" {
		t.Errorf("kept and answered differ:\n%s", diff)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert_item WHERE visit_id = $1 AND site <> '' AND arrival BETWEEN $2 AND $3", offline, promised.From, promised.To); n != 1 {
		t.Error("the rep is not told of it at a time that was promised")
	}
	if again, err := desk.Do(w.As(w.Dispatcher), w.Desk, request, wish); err != nil || cmp.Diff(again, got) != "" {
		t.Errorf("the same request again: %v\n%s", err, cmp.Diff(again, got))
	}
	before := footprint(t, w)
	var invalid desk.Invalid
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), wish); !errors.As(err, &invalid) || invalid.Code != "TAKEN" {
		t.Errorf("the same id in another request: %v, want it TAKEN", err)
	}
	if diff := cmp.Diff(before, footprint(t, w)); diff != "" {
		t.Errorf("a refused visit left something:\n%s", diff)
	}

	own, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.CreateVisit{Site: site, Rep: &rep.ID})
	if err != nil || own.State != dispatch.Assigned || own.Kind != desk.KindRegular || own.Service != 20*time.Minute || own.Priority != 50 {
		t.Errorf("a rep's own visit = %+v, %v", own, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert_item WHERE visit_id = $1", own.ID); n != 0 {
		t.Error("a rep is told of what the rep did")
	}
	queued, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.CreateVisit{Site: site})
	if err != nil || queued.State != dispatch.Queued || *queued.QueueReason != dispatch.Created {
		t.Errorf("for the queue = %+v, %v", queued, err)
	}
	nowhere := w.AddSite(t, 0, "Без места", nil, "{}")
	if lost, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.CreateVisit{Site: nowhere}); err != nil || *lost.QueueReason != dispatch.NotLocated {
		t.Errorf("at a site without a place = %+v, %v", lost, err)
	}
}

func TestVisitIsNotCreated(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	site, other := w.Branches[0].Sites[0][0], w.Branches[1].Sites[0][0]
	own, colleague, stranger := w.Branches[0].Reps[0].ID, w.Branches[0].Reps[1].ID, uuid.New()
	backwards := hours.Window{From: w.Now(), To: w.Now().Add(-time.Hour)}
	v4, yesterday, saturday := uuid.New(), desktest.Monday-1, desktest.Monday+5
	for name, c := range map[string]struct {
		caller auth.Caller
		wish   desk.CreateVisit
		want   error
	}{
		"no such site":                 {w.Dispatcher, desk.CreateVisit{Site: uuid.New()}, customer.ErrNoSite},
		"another branch's site":        {w.Dispatcher, desk.CreateVisit{Site: other}, customer.ErrNoSite},
		"another branch's site, a rep": {w.Caller(0, 0), desk.CreateVisit{Site: other}, customer.ErrNoSite},
		"for a colleague":              {w.Caller(0, 0), desk.CreateVisit{Site: site, Rep: &colleague}, auth.ErrForbidden},
		"no such rep":                  {w.Dispatcher, desk.CreateVisit{Site: site, Rep: &stranger}, roster.ErrNoRep},
		"no such kind":                 {w.Dispatcher, desk.CreateVisit{Site: site, Kind: "PARTY"}, desk.ErrInvalid},
		"due backwards":                {w.Dispatcher, desk.CreateVisit{Site: site, Due: &backwards}, desk.ErrInvalid},
		"promised backwards":           {w.Dispatcher, desk.CreateVisit{Site: site, Promised: &backwards}, desk.ErrInvalid},
		"an id that is no version 7":   {w.Dispatcher, desk.CreateVisit{Site: site, ID: &v4}, desk.ErrInvalid},
		"yesterday":                    {w.Dispatcher, desk.CreateVisit{Site: site, Rep: &own, Date: &yesterday}, dispatch.ErrOffShift},
		"on a day off":                 {w.Dispatcher, desk.CreateVisit{Site: site, Rep: &own, Date: &saturday}, dispatch.ErrOffShift},
	} {
		if _, err := desk.Do(w.As(c.caller), w.Desk, uuid.New(), c.wish); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM visit WHERE origin = 'MANUAL'"); n != 0 {
		t.Errorf("%d visits were made all the same", n)
	}
}
