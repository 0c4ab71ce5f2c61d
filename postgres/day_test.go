package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

func TestRepDayHoldsEverythingADecisionRestsOn(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	if _, err := w.DB.Pool().Exec(t.Context(), `INSERT INTO absence (organization_id, id, rep_id, kind, from_date, to_date)
	    VALUES ($1, $2, $3, 'SICK', '2026-11-20', '2026-11-23')`, w.Organization, desktest.NewID(), reps[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB.Pool().Exec(t.Context(), `UPDATE engagement SET lat = 55.5, lon = 37.5, title = 'Обед' WHERE rep_id = $1`, reps[0].ID); err != nil {
		t.Fatal(err)
	}
	w.Write(t, func(tx *postgres.Tx) error {
		days, err := tx.RepDays(t.Context(), desktest.Monday, w.Now(), reps[1].ID, reps[0].ID)
		if err != nil {
			return err
		}
		absent, d := days[0], days[1]
		if !absent.Absent || d.Absent || absent.Rep.ID != reps[1].ID {
			t.Errorf("absent: %v and %v, want the first alone, in the order asked for", absent.Absent, d.Absent)
		}
		if s := d.Shift; s == nil || s.Window().Length() != 9*time.Hour || *s.Start != *reps[0].Start || s.TimeZone != "Europe/Moscow" || s.Date != desktest.Monday {
			t.Errorf("shift %+v", d.Shift)
		}
		if e := d.Engagements; len(e) != 1 || e[0].Length != 45*time.Minute || !e[0].Flexible || e[0].Point == nil || e[0].Point.Lat != 55.5 || e[0].Title != "Обед" {
			t.Errorf("engagements %+v", e)
		}
		if d.Travel.Speed == 0 || d.Route.Travel == 0 || d.Route.Distance == 0 || len(d.Route.Stops) != len(d.Calls)+1 {
			t.Errorf("%d stops for %d visits and a lunch; travel %s, %v m at %+v", len(d.Route.Stops), len(d.Calls), d.Route.Travel, d.Route.Distance, d.Travel)
		}
		for _, c := range d.Calls {
			if c.Site.Point == nil || c.Site.Cell == nil || c.Site.ID != c.Visit.SiteID || c.Visit.Service != 20*time.Minute || *c.Visit.Date != desktest.Monday {
				t.Errorf("call %+v", c)
			}
		}
		return nil
	})
}

func TestSiteWithoutAPlaceIsRead(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	id := w.AddSite(t, 0, "Где-то", nil, `{"known": false}`)
	w.Write(t, func(tx *postgres.Tx) error {
		s, err := tx.Site(t.Context(), id)
		if err != nil || s.Point != nil || s.Cell != nil || s.Name != "Где-то" || s.Status != customer.Active {
			t.Errorf("Site = %+v, %v", s, err)
		}
		return nil
	})
}

func TestWhatIsMissingHasItsName(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx, none := t.Context(), uuid.New()
	for name, c := range map[string]struct {
		read func(*postgres.Tx) error
		want error
	}{
		"visit":     {func(tx *postgres.Tx) error { _, err := tx.LockVisit(ctx, none); return err }, dispatch.ErrNoVisit},
		"site":      {func(tx *postgres.Tx) error { _, err := tx.Site(ctx, none); return err }, customer.ErrNoSite},
		"rep":       {func(tx *postgres.Tx) error { _, err := tx.Rep(ctx, none); return err }, roster.ErrNoRep},
		"rep's day": {func(tx *postgres.Tx) error { _, err := tx.RepDays(ctx, 0, w.Now(), none); return err }, roster.ErrNoRep},
		"branch":    {func(tx *postgres.Tx) error { _, err := tx.Branch(ctx, none); return err }, roster.ErrNoBranch},
		"alert":     {func(tx *postgres.Tx) error { _, err := tx.Alert(ctx, none); return err }, notify.ErrNoAlert},
		"locked":    {func(tx *postgres.Tx) error { _, err := tx.LockAlert(ctx, none); return err }, notify.ErrNoAlert},
		"alignment": {func(tx *postgres.Tx) error { _, err := tx.LockAlignment(ctx, none); return err }, postgres.ErrNoAlignment},
		"draft":     {func(tx *postgres.Tx) error { _, err := tx.NewestDraft(ctx, none); return err }, postgres.ErrNoAlignment},
		"device":    {func(tx *postgres.Tx) error { return tx.ForgetDeadDevice(ctx, none, "GONE", w.Now()) }, roster.ErrNoDevice},
	} {
		if err := w.DB.Write(ctx, w.Organization, c.read); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	w.Write(t, func(tx *postgres.Tx) error {
		if had, err := tx.HasPublished(ctx, w.Branches[0].ID); err != nil || had {
			t.Errorf("HasPublished = %v, %v, want none yet", had, err)
		}
		return nil
	})
}

// A write that waits is refused at the latest before the commit, and then nothing of the transaction stays.
func TestWaitingWritesAreRefusedBeforeTheCommit(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	before := w.Count(t, "SELECT count(*) FROM batch")
	err := w.DB.Write(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		if err := tx.AddBatch(t.Context(), postgres.Batch{ID: desktest.NewID(), Kind: "TEST", At: w.Now()}); err != nil {
			return err
		}
		return tx.SaveVisit(t.Context(), dispatch.Visit{ID: uuid.New(), State: dispatch.Backlog})
	})
	if err == nil || w.Count(t, "SELECT count(*) FROM batch") != before {
		t.Errorf("a visit that does not exist was saved: %v", err)
	}
	err = w.DB.Try(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		return tx.SaveVisit(t.Context(), dispatch.Visit{ID: uuid.New(), State: dispatch.Backlog})
	})
	if err == nil {
		t.Error("a trial does not say what a write would")
	}
}
