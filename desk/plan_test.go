package desk_test

import (
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

func TestPlanningTwiceChangesNothingTheSecondTime(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	if got := w.Align(t, 0); got.Moved != 0 {
		t.Errorf("the first alignment moved %d visits, want none", got.Moved)
	}
	first := w.Plan(t, 0)
	if first.Shifts != 4 || first.Reps != 4 || first.Owed.Backlog != 32 || first.Owed.Queued != 0 || first.Placed < 28 {
		t.Errorf("PlanBranch = %+v, want 4 shifts, 32 visits owed, and most of them placed", first)
	}
	counts := func() (n [7]int) {
		for i, table := range []string{"visit", "stop", "event", "feed", "alert", "assignment", "river.river_job"} {
			n[i] = w.Count(t, "SELECT count(*) FROM "+table)
		}
		return n
	}
	before := counts()
	again := w.Plan(t, 0)
	if again.Shifts != 0 || again.Owed.Backlog != 0 || again.Placed != 0 {
		t.Errorf("the second PlanBranch = %+v, want nothing new", again)
	}
	if after := counts(); after != before {
		t.Errorf("the second plan wrote rows: %v, then %v", before, after)
	}
	if n := w.Count(t, "SELECT count(*) FROM alert WHERE kind = 'DAY_PLANNED'"); n != 4 {
		t.Errorf("%d alerts of planned days, want one for each rep", n)
	}
}
