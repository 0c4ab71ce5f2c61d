package work_test

import (
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/work"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// TestAWorkerReplansADay in the engine's name.
func TestAWorkerReplansADay(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	reps := w.Branches[0].Reps
	var visit uuid.UUID
	if err := w.DB.Pool().QueryRow(t.Context(), "SELECT id FROM visit WHERE rep_id = $1 AND state = 'ASSIGNED' ORDER BY id LIMIT 1", reps[0].ID).Scan(&visit); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), desk.ReassignVisits{
		Visits: []uuid.UUID{visit}, To: &reps[3].ID, Unpinned: true, Reason: "OTHER",
	}); err != nil {
		t.Fatal(err)
	}
	job := &river.Job[desk.ReplanDays]{JobRow: &rivertype.JobRow{ID: 7}, Args: desk.ReplanDays{
		Organization: w.Organization, Branch: w.Branches[0].ID, Date: desktest.Monday.String(), Changes: 2, Reason: "OTHER",
	}}
	worker := work.NewDayReplanner(work.Config{Desk: w.Desk, Log: slog.New(slog.DiscardHandler)})
	if err := worker.Work(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, "SELECT count(*) FROM batch WHERE kind = 'REPLAN' AND door = 'ENGINE'"); n != 1 {
		t.Errorf("%d new plans of the engine, want one", n)
	}
}
