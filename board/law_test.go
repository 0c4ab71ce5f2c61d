package board_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// follow hands a board all that was committed so far.
func follow(t *testing.T, w *desktest.World, b *board.Board, since postgres.Cursor) postgres.Cursor {
	t.Helper()
	last := desktest.NewID()
	w.Write(t, func(tx *postgres.Tx) error {
		return tx.AddChanges(t.Context(), w.Now(), postgres.FeedChange{Kind: "alert", ID: last, Version: 1, BranchAfter: &w.Branches[0].ID})
	})
	for {
		changes, next, err := w.DB.Follow(t.Context(), since, 100)
		if err != nil {
			t.Fatal(err)
		}
		b.Changed(changes)
		since = next
		for _, c := range changes {
			if c.ID == last {
				return since
			}
		}
	}
}

// act does something that changes days, to a visit and a rep drawn at random. It may be refused.
func act(w *desktest.World, rng *rand.Rand, days []dispatch.RepDay) error {
	ctx, d, branch := w.As(w.Dispatcher), w.Desk, w.Branches[0]
	at := rng.IntN(len(branch.Reps))
	rep := branch.Reps[at]
	var visits []dispatch.Visit
	for _, day := range days {
		for _, c := range day.Calls {
			visits = append(visits, c.Visit)
		}
	}
	if len(visits) == 0 {
		return nil
	}
	v := visits[rng.IntN(len(visits))]
	do := []func() error{
		func() error {
			_, err := desk.Do(ctx, d, uuid.New(), desk.CreateVisit{Site: v.SiteID, Auto: true})
			return err
		},
		func() error {
			_, err := desk.Do(ctx, d, uuid.New(), desk.ReassignVisit{Visit: v.ID, To: rep.ID, Seen: v.Version, Reason: "OVERLOAD"})
			return err
		},
		func() error {
			_, err := desk.Do(ctx, d, uuid.New(), desk.CancelVisit{Visit: v.ID, Seen: v.Version, Reason: "OTHER"})
			return err
		},
		func() error {
			_, err := desk.Do(ctx, d, uuid.New(), desk.ReleaseVisit{Visit: v.ID, To: dispatch.Queued, Seen: v.Version, Reason: "OTHER"})
			return err
		},
		func() error {
			_, err := desk.Do(w.Rep(0, at), d, uuid.New(), desk.ArriveVisit{Visit: v.ID})
			return err
		},
		func() error {
			_, err := desk.Do(w.Rep(0, at), d, uuid.New(), desk.CompleteVisit{Visit: v.ID})
			return err
		},
		func() error {
			place := *rep.Start
			place.Lat += rng.Float64() / 50
			_, err := desk.Do(w.Rep(0, at), d, uuid.New(), desk.ReportPositions{
				Positions: []roster.Position{{Point: place, DeviceTime: w.Now().Add(-time.Duration(rng.IntN(1200)) * time.Second), Accuracy: 10}},
			})
			return err
		},
		func() error {
			_, err := desk.Do(ctx, d, uuid.New(), desk.ReassignRepDays{
				Reps: []uuid.UUID{rep.ID}, Dates: []hours.Date{desktest.Monday}, Reason: "ABSENCE", Policy: dispatch.Spread,
			})
			return err
		},
		func() error {
			if rng.IntN(3) > 0 {
				return nil // else nobody is left
			}
			_, err := desk.Do(ctx, d, uuid.New(), desk.ReportAbsence{Rep: &rep.ID, Kind: "SICK"})
			return err
		},
	}
	return do[rng.IntN(len(do))]()
}

// The board that followed the feed is the board that is read from the record, whatever was done.
func TestBoardThatFollowedIsTheRecord(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	w.Pass(2 * time.Hour)
	rng := rand.New(rand.NewPCG(5, 12))
	b := board.New(w.DB, w.Now)
	crew := func(ctx context.Context, b *board.Board) []dispatch.RepDay {
		got, err := b.Crew(ctx, w.Organization, w.Branches[0].ID, desktest.Monday)
		if err != nil {
			t.Fatal(err)
		}
		return got.Days()
	}
	_, since := aCall(t, w, w.Branches[0].Reps[0])
	days, done := crew(t.Context(), b), 0
	for turn := range 120 {
		if turn%5 == 0 {
			w.Pass(time.Duration(rng.IntN(25)) * time.Second)
		}
		if act(w, rng, days) == nil {
			done++
		}
		if rng.IntN(2) == 0 {
			continue
		}
		since = follow(t, w, b, since)
		days = crew(t.Context(), b)
		if diff := cmp.Diff(crew(t.Context(), board.New(w.DB, w.Now)), days); diff != "" {
			t.Fatalf("after turn %d the board that followed is not the record's (-record +followed):\n%s", turn, diff)
		}
	}
	if done < 30 {
		t.Errorf("%d acts were done, want 30 or more", done)
	}
}
