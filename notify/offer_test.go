package notify

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestAnOfferIsWithdrawnVisitByVisit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)
	a, b := uuid.New(), uuid.New()
	offer := Alert{ID: uuid.New(), Kind: VisitsOffered, State: Queued, Version: 1, CreatedAt: now, Items: []Item{{VisitID: a}, {VisitID: b}}}
	sent := offer.Handed(now)
	read, err := sent.Acknowledge(now)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		offer Alert
		gone  []uuid.UUID
		want  State
		left  int
	}{
		"one of two":            {offer, []uuid.UUID{a}, Queued, 1},
		"both, nobody has it":   {offer, []uuid.UUID{a, b}, Annulled, 0},
		"both, a phone has it":  {sent, []uuid.UUID{a, b}, Expired, 0},
		"another visit":         {sent, []uuid.UUID{uuid.New()}, Sent, 2},
		"after it was answered": {read, []uuid.UUID{a, b}, Acknowledged, 2},
	} {
		got, err := c.offer.Withdraw(c.gone, now.Add(time.Minute))
		if err != nil || got.State != c.want || len(got.remaining()) != c.left {
			t.Errorf("%s: %s with %d visits, %v, want %s with %d", name, got.State, len(got.remaining()), err, c.want, c.left)
		}
		if changed := c.left != len(c.offer.remaining()); (got.Version != c.offer.Version) != changed {
			t.Errorf("%s: version %d after %d", name, got.Version, c.offer.Version)
		}
		if c.want == Annulled || c.want == Expired {
			if got.Reason != Withdrawn || got.EndedAt == nil {
				t.Errorf("%s: ended for %q at %v", name, got.Reason, got.EndedAt)
			}
		}
	}
	if len(offer.remaining()) != 2 {
		t.Error("to withdraw changed the alert that was asked")
	}
}

func TestOffersStandApart(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 23, 10, 0, 0, 0, time.UTC)
	visit, soon := uuid.New(), now.Add(10*time.Minute)
	alert := func(kind Kind) Alert {
		return Alert{
			ID: uuid.New(), Kind: kind, State: Queued, Version: 1, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
			Items: []Item{{VisitID: visit, Arrival: &soon}},
		}
	}
	offer, gained := alert(VisitsOffered), alert(VisitsGained)
	if got := PriorityOf(offer); got != Low {
		t.Errorf("an offer of a visit near by is %s", got)
	}
	if f, err := Fold([]Alert{offer}, gained, now); err != nil || len(f.Changed) != 0 || f.New.State != Queued {
		t.Errorf("a visit gained over its offer: %+v, %v", f, err)
	}
	f, err := Fold([]Alert{gained, offer}, alert(VisitsOffered), now)
	if err != nil || len(f.Changed) != 1 || f.Changed[0].ID != offer.ID || f.Changed[0].State != Superseded {
		t.Errorf("an offer over an offer: %+v, %v", f, err)
	}
	rules := Rules{}
	for _, asked := range []bool{false, true} {
		open := offer
		open.Priority = Low
		if asked {
			open.Channels, open.AskedAt = []string{FCM}, &now
		}
		at := Situation{Now: now.Add(45 * time.Minute), Zone: time.UTC, Reachable: []string{FCM}}
		if !asked {
			at.Reachable = nil
		}
		if step := rules.Decide(open, at); step.End != "" || !step.Due.Equal(offer.ExpiresAt) {
			t.Errorf("unanswered, asked %t: %+v, want to wait for its end", asked, step)
		}
	}
}
