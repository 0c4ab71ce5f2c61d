package board_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// aCall is the first call of a rep's planned day, and the place in the feed from which to listen.
func aCall(t *testing.T, w *desktest.World, rep roster.Rep) (call dispatch.Call, since postgres.Cursor) {
	t.Helper()
	w.Write(t, func(tx *postgres.Tx) error {
		days, err := tx.RepDays(t.Context(), desktest.Monday, w.Now(), rep.ID)
		if err != nil {
			return err
		}
		call = days[0].Calls[0]
		since, err = tx.FeedCursor(t.Context())
		return err
	})
	return call, since
}

func candidates(t *testing.T, b *board.Board, w *desktest.World, call dispatch.Call) []uuid.UUID {
	t.Helper()
	reps, err := b.Candidates(t.Context(), w.Organization, call, desktest.Monday)
	if err != nil {
		t.Fatal(err)
	}
	return reps
}

func TestNearestRepIsTheBestCandidate(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	call, _ := aCall(t, w, reps[0])
	got := candidates(t, board.New(w.DB, w.Now), w, call)
	// Homes lie in a row to the north, each with sites of its own around it.
	if want := []uuid.UUID{reps[1].ID, reps[2].ID, reps[3].ID}; !slices.Equal(got, want) {
		t.Errorf("Candidates = %v, want %v", got, want)
	}
}

func TestAbsentRepIsNoCandidateOnceTheBoardHeardOfIt(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	b := board.New(w.DB, w.Now)
	reps := w.Branches[0].Reps
	call, _ := aCall(t, w, reps[0])
	before := candidates(t, b, w, call)
	w.Write(t, func(tx *postgres.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO absence (organization_id, id, rep_id, from_date, to_date, kind)
			VALUES ($1, $2, $3, $4, $4, 'SICK')`, w.Organization, desktest.NewID(), reps[1].ID, desktest.Monday)
		return err
	})

	if got := candidates(t, b, w, call); !slices.Equal(got, before) {
		t.Errorf("Candidates before the board heard = %v, want %v from memory", got, before)
	}
	change := postgres.FeedChange{Organization: w.Organization, Kind: "alert", BranchAfter: &w.Branches[0].ID}
	b.Changed([]postgres.FeedChange{change})
	if got := candidates(t, b, w, call); !slices.Equal(got, before) {
		t.Errorf("Candidates after an alert = %v, want %v from memory", got, before)
	}
	change.Kind = "route"
	change.BranchAfter = &w.Branches[1].ID
	b.Changed([]postgres.FeedChange{change})
	if got := candidates(t, b, w, call); !slices.Equal(got, before) {
		t.Errorf("Candidates after a change elsewhere = %v, want %v from memory", got, before)
	}
	change.BranchAfter = &w.Branches[0].ID
	b.Changed([]postgres.FeedChange{change})
	if got := candidates(t, b, w, call); !slices.Equal(got, before[1:]) {
		t.Errorf("Candidates after the change = %v, want %v", got, before[1:])
	}
}

func TestDayIsReadAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	b := board.New(w.DB, w.Now)
	reps := w.Branches[0].Reps
	call, _ := aCall(t, w, reps[0])
	before := candidates(t, b, w, call)
	w.Write(t, func(tx *postgres.Tx) error {
		_, err := tx.Exec(t.Context(), "DELETE FROM shift WHERE rep_id = $1", reps[1].ID)
		return err
	})
	w.Pass(time.Minute)
	if got := candidates(t, b, w, call); !slices.Equal(got, before[1:]) {
		t.Errorf("Candidates a minute later = %v, want %v", got, before[1:])
	}
}

func TestReassignmentIsHeardOfThroughTheFeed(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	b := board.New(w.DB, w.Now)
	reps := w.Branches[0].Reps
	call, since := aCall(t, w, reps[0])
	others := candidates(t, b, w, call)
	got, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisit{
		Visit: call.Visit.ID, To: others[2], Seen: call.Visit.Version, Reason: "OVERLOAD", Others: others[:2],
	})
	if err != nil {
		t.Fatal(err)
	}
	if up := got.Decision.RunnerUp; up == nil || up.RepID != others[0] {
		t.Errorf("runner-up = %+v, want rep %s, the board's best", up, others[0])
	}
	// The horizon of the feed is the server's, and other tests write there too.
	var changes []postgres.FeedChange
	for len(changes) == 0 {
		if changes, since, err = w.DB.Follow(t.Context(), since, 100); err != nil {
			t.Fatal(err)
		}
	}
	b.Changed(changes)
	call.Visit = got.Visit
	if again := candidates(t, b, w, call); slices.Contains(again, others[2]) || !slices.Contains(again, reps[0].ID) {
		t.Errorf("Candidates afterwards = %v, want the giver %s and not the taker %s", again, reps[0].ID, others[2])
	}
}

func TestOtherOrganizationHasNoCandidates(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	call, _ := aCall(t, w, w.Branches[0].Reps[0])
	stranger := desktest.Add(t, w.DB, 0)
	got, err := board.New(w.DB, w.Now).Candidates(t.Context(), stranger.Organization, call, desktest.Monday)
	if err != nil || len(got) != 0 {
		t.Errorf("Candidates of a stranger = %v, %v, want none", got, err)
	}
}

func BenchmarkCandidates(b *testing.B) {
	w := desktest.Planned(b)
	var call dispatch.Call
	w.Write(b, func(tx *postgres.Tx) error {
		days, err := tx.RepDays(b.Context(), desktest.Monday, w.Now(), w.Branches[0].Reps[0].ID)
		call = days[0].Calls[0]
		return err
	})
	asked := board.New(w.DB, w.Now)
	for b.Loop() {
		if _, err := asked.Candidates(b.Context(), w.Organization, call, desktest.Monday); err != nil {
			b.Fatal(err)
		}
	}
}
