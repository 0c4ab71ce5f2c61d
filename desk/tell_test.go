package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// handOver gives the visit to another rep of the first branch.
func handOver(t *testing.T, w *desktest.World, v dispatch.Visit, to int) dispatch.Visit {
	t.Helper()
	done, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(v, w.Branches[0].Reps[to].ID))
	if err != nil {
		t.Fatal(err)
	}
	return done.Visit
}

// inbox is a rep's alerts about visits, the oldest first.
func inbox(t *testing.T, w *desktest.World, rep int) (list []notify.Alert) {
	t.Helper()
	if err := w.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		all, err := tx.Inbox(t.Context(), w.Branches[0].Reps[rep].ID, nil, nil, 100)
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].Kind != notify.DayPlanned {
				list = append(list, all[i])
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestThereAndBackIsToldToNobody(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	for rep := range 2 {
		w.Phone(t, 0, rep, notify.FCM)
	}
	v := planned(t, w, w.Branches[0].Reps[0].ID)[6]
	v = handOver(t, w, v, 1)
	handOver(t, w, v, 0)
	// Whoever had it for a moment heard nothing and need not.
	for _, a := range inbox(t, w, 1) {
		if a.Speaks(v.ID) || a.State != notify.Annulled && a.Speaks(v.ID) {
			t.Errorf("the rep who had it for a moment is told: %s %s", a.Kind, a.State)
		}
	}
	first := inbox(t, w, 1)[0]
	if first.State != notify.Annulled || first.Reason != notify.Undone || first.EndedAt == nil || first.DueAt != nil {
		t.Errorf("the first alert is %s (%s), want it annulled because undone", first.State, first.Reason)
	}
	claim, err := desk.ClaimAlert(context.Background(), w.Desk, desk.SendAlert{Organization: w.Organization, Alert: first.ID, Channel: notify.FCM})
	if err != nil || !claim.Ended || len(claim.Devices) != 0 {
		t.Errorf("the annulled alert may still be sent: %+v, %v", claim, err)
	}
}

func TestWhatAChannelMayHaveIsNotAnnulled(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	w.Phone(t, 0, 1, notify.FCM)
	v := handOver(t, w, planned(t, w, w.Branches[0].Reps[0].ID)[6], 1)
	gained := inbox(t, w, 1)[0]
	claim, err := desk.ClaimAlert(context.Background(), w.Desk, desk.SendAlert{Organization: w.Organization, Alert: gained.ID, Channel: notify.FCM})
	if err != nil || claim.Ended || len(claim.Devices) != 1 {
		t.Fatalf("claim: %+v, %v", claim, err)
	}
	handOver(t, w, v, 0)
	list := inbox(t, w, 1)
	last := list[len(list)-1]
	if list[0].State != notify.Superseded || list[0].Reason != notify.Newer || *list[0].SupersededBy != last.ID {
		t.Errorf("the first is %s, want it superseded by the second", list[0].State)
	}
	if last.State != notify.Queued || last.Kind != notify.VisitsLost || len(last.Channels) != 1 || last.DueAt == nil {
		t.Errorf("the second is %s %s over %v, want LOST on its way", last.Kind, last.State, last.Channels)
	}
	for i, a := range list {
		if i > 0 && a.Seq <= list[i-1].Seq {
			t.Errorf("number %d follows %d", a.Seq, list[i-1].Seq)
		}
	}
	if _, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: list[0].ID}); !errors.Is(err, notify.ErrEnded) {
		t.Errorf("acknowledge what was superseded: %v, want ErrEnded", err)
	}
}

func TestReceiptsAreFacts(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	phone, other := w.Phone(t, 0, 0, notify.Socket), w.Phone(t, 0, 1, notify.Socket)
	var alert uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT id FROM alert WHERE rep_id = $1", w.Branches[0].Reps[0].ID).Scan(&alert); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		seen bool
		want notify.State
	}{{false, notify.Delivered}, {true, notify.Seen}, {false, notify.Seen}, {true, notify.Seen}} {
		w.Pass(time.Minute)
		got, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ReceiveAlerts{Alerts: []uuid.UUID{alert, alert}, Seen: c.seen, Device: phone.ID})
		if err != nil || len(got) != 1 || got[0].State != c.want || got[0].SentAt == nil || got[0].DeliveredAt == nil {
			t.Fatalf("seen %v: %+v, %v, want %s", c.seen, got, err, c.want)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM delivery WHERE alert_id = $1 AND outcome = 'CONFIRMED'", alert); n != 2 {
		t.Errorf("%d confirmations, want one of each kind", n)
	}
	for name, c := range map[string]struct {
		who  int
		wish desk.ReceiveAlerts
		want error
	}{
		"another's alert":  {1, desk.ReceiveAlerts{Alerts: []uuid.UUID{alert}}, notify.ErrNoAlert},
		"another's device": {0, desk.ReceiveAlerts{Alerts: []uuid.UUID{alert}, Device: other.ID}, roster.ErrNoDevice},
		"too many":         {0, desk.ReceiveAlerts{Alerts: make([]uuid.UUID, 101)}, desk.ErrInvalid},
	} {
		if _, err := desk.Do(w.Rep(0, c.who), w.Desk, uuid.New(), c.wish); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestANewPlanTellsOfTheWholeDay(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	rep := &w.Branches[0].Reps[0]
	site := w.AddSite(t, 0, "Новый магазин", rep.Start, "{}")
	w.Branches[0].Sites[0] = append(w.Branches[0].Sites[0], site)
	w.Align(t, 0)
	w.Pass(time.Minute)
	w.Plan(t, 0)
	const items = "SELECT count(*) FROM alert_item AS i JOIN alert AS a ON a.id = i.alert_id WHERE a.rep_id = $1 AND a.kind = 'DAY_PLANNED' AND a.state = 'QUEUED'"
	if n := w.Count(t, items, rep.ID); n != 9 {
		t.Errorf("the plan in force tells of %d visits, want all nine of the day", n)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE rep_id = $1 AND kind = 'DAY_PLANNED' AND state IN ('ANNULLED', 'SUPERSEDED')", rep.ID); n != 1 {
		t.Errorf("%d earlier plans ended, want one", n)
	}
}

func TestNewBordersAreToldOnBothSides(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Align(t, 0)
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OweVisits{Branch: w.Branches[0].ID, Date: desktest.Monday}); err != nil {
		t.Fatal(err)
	}
	if got := publish(t, w, redraft(t, w, 1, 1, 2, 0), desktest.Monday); got.Moved != 16 {
		t.Fatalf("%d visits changed hands, want 16", got.Moved)
	}
	for rep, want := range []struct {
		kind  notify.Kind
		items int
	}{{notify.VisitsChanged, 16}, {notify.VisitsGained, 8}, {"", 0}, {notify.VisitsLost, 8}} {
		list := inbox(t, w, rep)
		if want.items == 0 {
			if len(list) != 0 {
				t.Errorf("rep %d keeps everything, yet hears %+v", rep, list)
			}
			continue
		}
		if len(list) != 1 || list[0].Kind != want.kind || len(list[0].Items) != want.items || list[0].Priority != notify.Low || list[0].Items[0].Reason != "ALIGNMENT" {
			t.Errorf("rep %d hears %+v, want one alert %s of %d visits", rep, list, want.kind, want.items)
		}
	}
}
