package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

func TestAlertIsAcknowledgedByItsRepAlone(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	alert := ids(t, w, "SELECT id FROM alert WHERE rep_id = $1", w.Branches[0].Reps[0].ID)[0]
	for name, ctx := range map[string]int{"another rep": 1} {
		if _, err := desk.Do(w.Rep(0, ctx), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: alert}); !errors.Is(err, notify.ErrNoAlert) {
			t.Errorf("%s: %v, want ErrNoAlert", name, err)
		}
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: alert}); !errors.Is(err, notify.ErrNoAlert) {
		t.Errorf("the dispatcher: %v, want ErrNoAlert", err)
	}
	w.Pass(time.Minute)
	first, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: alert})
	if err != nil || first.State != notify.Acknowledged || first.Version != 2 || !first.AcknowledgedAt.Equal(w.Now()) || len(first.Items) == 0 {
		t.Errorf("AcknowledgeAlert = %+v, %v", first, err)
	}
	feed := w.Count(t, "SELECT count(*) FROM feed WHERE kind = 'alert' AND id = $1", alert)
	w.Pass(time.Minute)
	second, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.AcknowledgeAlert{Alert: alert})
	if err != nil || second.Version != 2 || !second.AcknowledgedAt.Equal(*first.AcknowledgedAt) {
		t.Errorf("twice = %+v, %v, want the first time kept", second, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM feed WHERE kind = 'alert' AND id = $1", alert); n != feed || feed != 2 {
		t.Errorf("the feed has %d lines of the alert, then %d, want 2", feed, n)
	}
	if _, err := w.DB.Pool().Exec(t.Context(), "UPDATE alert SET state = 'SUPERSEDED' WHERE id = $1", alert); err != nil {
		t.Fatal(err)
	}
	request := uuid.New()
	for range 2 {
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, request, desk.AcknowledgeAlert{Alert: alert}); !errors.Is(err, notify.ErrEnded) {
			t.Errorf("superseded: %v, want ErrEnded", err)
		}
	}
}

func TestDevicesComeMoveAndGo(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	phone := desk.RegisterDevice{Token: "token-1", Transport: "fcm", Platform: "android", Locale: "ru-RU", AppVersion: "1.0"}
	first, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), phone)
	if err != nil || first.Transport != "FCM" || first.PersonID != w.Branches[0].Reps[0].PersonID {
		t.Fatalf("RegisterDevice = %+v, %v", first, err)
	}
	phone.AppVersion = "1.1"
	renewed, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), phone)
	if err != nil || renewed.ID != first.ID || renewed.AppVersion != "1.1" {
		t.Errorf("renewed = %+v, %v, want the same device", renewed, err)
	}
	moved, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), phone)
	if err != nil || moved.ID == first.ID || moved.PersonID != w.Branches[0].Reps[1].PersonID {
		t.Errorf("moved = %+v, %v, want the other person's device", moved, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM device WHERE forgotten_at IS NULL"); n != 1 {
		t.Errorf("%d devices with the token, want 1", n)
	}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ForgetDevice{Device: moved.ID}); !errors.Is(err, roster.ErrNoDevice) {
		t.Errorf("forgetting another's: %v, want ErrNoDevice", err)
	}
	if got, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.ForgetDevice{Device: moved.ID}); err != nil || got != moved.ID {
		t.Errorf("ForgetDevice = %s, %v", got, err)
	}
	if _, err := desk.Do(w.Rep(0, 1), w.Desk, uuid.New(), desk.ForgetDevice{Device: moved.ID}); !errors.Is(err, roster.ErrNoDevice) {
		t.Errorf("twice: %v, want ErrNoDevice", err)
	}
	for name, change := range map[string]func(*desk.RegisterDevice){
		"no token":     func(d *desk.RegisterDevice) { d.Token = " " },
		"no transport": func(d *desk.RegisterDevice) { d.Transport = "" },
		"a long token": func(d *desk.RegisterDevice) { d.Token = strings.Repeat("x", 4097) },
	} {
		wrong := phone
		change(&wrong)
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), wrong); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	// The token is a secret of the phone: nobody finds it in the answers that are kept.
	if n := w.Count(t, "SELECT count(*) FROM request WHERE answer::text LIKE '%token-1%'"); n != 0 {
		t.Errorf("the token stands in %d kept answers", n)
	}
}

func TestOnePhoneRegisteredManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	together(8, func(i int) {
		wish := desk.RegisterDevice{Token: "token", Transport: "FCM", Platform: "ios", Locale: "ru"}
		if _, err := desk.Do(w.Rep(0, i%4), w.Desk, uuid.New(), wish); err != nil {
			t.Errorf("RegisterDevice: %v", err)
		}
	})
	if n := w.Count(t, "SELECT count(*) FROM device WHERE forgotten_at IS NULL"); n != 1 {
		t.Errorf("%d devices with one token, want 1", n)
	}
}

func TestPositionsComeInAnyOrder(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	rep := w.Branches[0].Reps[0].ID
	at := func(minutes int, lat float64) roster.Position {
		return roster.Position{Point: geo.Point{Lat: lat, Lon: 37}, Accuracy: 10, DeviceTime: w.Now().Add(time.Duration(minutes) * time.Minute)}
	}
	report := func(positions ...roster.Position) int {
		t.Helper()
		got, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ReportPositions{Positions: positions})
		if err != nil {
			t.Fatal(err)
		}
		return got.Accepted
	}
	last := func() (lat float64) {
		t.Helper()
		if err := w.DB.Pool().QueryRow(t.Context(), "SELECT lat FROM position_last WHERE rep_id = $1", rep).Scan(&lat); err != nil {
			t.Fatal(err)
		}
		return lat
	}
	if n := report(at(-3, 53), at(-1, 55), at(-2, 54), at(-1, 55)); n != 3 || last() != 55 {
		t.Errorf("%d accepted, last at %v, want 3 and 55", n, last())
	}
	if n := report(at(-5, 51), at(-1, 55)); n != 1 || last() != 55 {
		t.Errorf("late and repeated: %d accepted, last at %v, want 1 and 55", n, last())
	}
	// A clock of the year 2099 must not be the last word.
	report(at(60*24*365*70, 56))
	if last() != 56 {
		t.Errorf("a clock ahead: last at %v, want 56", last())
	}
	w.Pass(time.Minute)
	report(at(0, 57))
	if last() != 57 {
		t.Errorf("after it: last at %v, want 57", last())
	}
	w.Write(t, func(tx *postgres.Tx) error {
		for since, seen := range map[time.Duration]bool{-time.Minute: true, time.Minute: false} {
			days, err := tx.RepDays(t.Context(), desktest.Monday, w.Now().Add(since), rep)
			if err != nil || (days[0].At != nil) != seen {
				t.Errorf("a position since %s: %v (%v), want %v", since, days[0].At, err, seen)
			}
		}
		return nil
	})
	if n := report(); n != 0 {
		t.Errorf("an empty report: %d accepted", n)
	}
	many := make([]roster.Position, 501)
	for i := range many {
		many[i] = at(i+10, 50)
	}
	if n := report(many[:500]...); n != 500 {
		t.Errorf("%d of 500 accepted", n)
	}
	off, wild := at(1, 91), at(1, 50)
	wild.Accuracy = -1
	for name, positions := range map[string][]roster.Position{"501": many, "off the globe": {off}, "a negative accuracy": {wild}} {
		if _, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), desk.ReportPositions{Positions: positions}); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReportPositions{}); !errors.Is(err, desk.ErrNotARep) {
		t.Errorf("a dispatcher: %v, want ErrNotARep", err)
	}
}

func TestADevicesNameHasItsLimits(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	good := desk.RegisterDevice{Token: "token", Transport: "PIGEON", Platform: "loft", Locale: "xx-YY"}
	if got, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), good); err != nil || got.Transport != "PIGEON" {
		t.Errorf("a transport and a language of tomorrow: %+v, %v", got, err)
	}
	huge := strings.Repeat("я", 5<<20/2)
	for name, change := range map[string]func(*desk.RegisterDevice){
		"token":      func(c *desk.RegisterDevice) { c.Token = huge },
		"transport":  func(c *desk.RegisterDevice) { c.Transport = huge },
		"platform":   func(c *desk.RegisterDevice) { c.Platform = huge },
		"locale":     func(c *desk.RegisterDevice) { c.Locale = huge },
		"appVersion": func(c *desk.RegisterDevice) { c.AppVersion = huge },
	} {
		wish := good
		change(&wish)
		_, err := desk.Do(w.Rep(0, 0), w.Desk, uuid.New(), wish)
		if invalid, ok := errors.AsType[desk.Invalid](err); !ok || invalid.Code != "TOO_LONG" || invalid.Path[0] != name {
			t.Errorf("%s of 5 MB: %v, want it too long", name, err)
		}
	}
}
