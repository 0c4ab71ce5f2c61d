package desk_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/paulmach/orb"
)

// nothingLost holds the record against the law: every visit stands in one route, in a backlog, in the queue, or has ended.
func nothingLost(t *testing.T, w *desktest.World, visits int) {
	t.Helper()
	for name, query := range map[string]string{
		"visits assigned without a stop of their rep and date": `SELECT count(*) FROM visit AS v WHERE v.state = 'ASSIGNED' AND NOT EXISTS (
		    SELECT FROM stop AS s JOIN route AS r ON r.id = s.route_id WHERE s.visit_id = v.id AND r.rep_id = v.rep_id AND r.date = v.date)`,
		"stops of visits that wait": `SELECT count(*) FROM stop AS s JOIN visit AS v ON v.id = s.visit_id WHERE v.state IN ('BACKLOG', 'QUEUED', 'CANCELLED')`,
		"queued visits with a rep, or others without": `SELECT count(*) FROM visit AS v
		    WHERE (v.state = 'QUEUED') <> (v.rep_id IS NULL)`,
		"epochs without an assignment": `SELECT count(*) FROM visit AS v WHERE v.epoch > 0 AND NOT EXISTS (
		    SELECT FROM assignment AS a WHERE a.visit_id = v.id AND a.epoch = v.epoch AND a.rep_id IS NOT DISTINCT FROM v.rep_id)`,
		"alerts beyond one a batch and rep": `SELECT count(*) FROM (SELECT FROM alert GROUP BY batch_id, rep_id HAVING count(*) > 1) AS double`,
	} {
		if n := w.Count(t, query); n != 0 {
			t.Errorf("%d %s", n, name)
		}
	}
	if n := w.Count(t, "SELECT count(*) FROM visit"); n != visits {
		t.Errorf("%d visits, want %d", n, visits)
	}
}

// refusedByRule says whether an answer is one that a dispatcher may get.
func refusedByRule(err error) bool {
	for _, known := range []error{
		nil, dispatch.ErrStale, dispatch.ErrSameRep, dispatch.ErrEnded, dispatch.ErrBegun, dispatch.ErrNoMoves, dispatch.ErrAbsent,
		desk.ErrUndone, dispatch.ErrOffShift, dispatch.ErrShiftOver,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// TestBatchesAtOnce lets dispatchers move, clear, slow down and take back the same days all at once. Whatever order they come in, nothing
// is lost or doubled, and none of them waits for another for ever.
func TestBatchesAtOnce(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	visits := w.Count(t, "SELECT count(*) FROM visit")
	all := ids(t, w, "SELECT id FROM visit WHERE branch_id = $1 ORDER BY id", w.Branches[0].ID)
	storm, err := geo.RegionOf(orb.MultiPolygon{{{{37.2, 55.5}, {38.2, 55.5}, {38.2, 56.2}, {37.2, 56.2}, {37.2, 55.5}}}})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var batches []uuid.UUID
	done := func(batch uuid.UUID, err error) error {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			batches = append(batches, batch)
		}
		return err
	}
	act := func(rng *rand.Rand) error {
		ctx, request := w.As(w.Dispatcher), desktest.NewID()
		reps := w.Branches[0].Reps
		switch rng.IntN(6) {
		case 0, 1:
			wish := desk.ReassignVisits{Reason: "OVERLOAD"}
			for range 1 + rng.IntN(6) {
				wish.Visits = append(wish.Visits, all[rng.IntN(len(all))])
			}
			seen := map[uuid.UUID]bool{}
			unique := wish.Visits[:0]
			for _, v := range wish.Visits {
				if !seen[v] {
					unique = append(unique, v)
				}
				seen[v] = true
			}
			wish.Visits = unique
			if rng.IntN(2) == 0 {
				wish.To = &reps[rng.IntN(len(reps))].ID
			}
			got, err := desk.Do(ctx, w.Desk, request, wish)
			return done(got.Batch, err)
		case 2:
			got, err := desk.Do(ctx, w.Desk, request, desk.ReassignRepDays{
				Reps: []uuid.UUID{reps[rng.IntN(len(reps))].ID}, Dates: []hours.Date{desktest.Monday}, Reason: "ABSENCE",
				Policy: []dispatch.Fate{dispatch.Spread, dispatch.Defer, dispatch.Enqueue}[rng.IntN(3)],
			})
			return done(got.Batch, err)
		case 3:
			zone := w.Branches[0].Zone()
			got, err := desk.Do(ctx, w.Desk, request, desk.SlowArea{
				Branch: w.Branches[0].ID, Area: storm, Factor: 1.5 + 3*rng.Float64(),
				Window: hours.Window{From: desktest.Monday.At(9*60, zone), To: desktest.Monday.At(15*60, zone)},
			})
			return done(got.Batch, err)
		}
		mu.Lock()
		if len(batches) == 0 {
			mu.Unlock()
			return nil
		}
		batch := batches[rng.IntN(len(batches))]
		mu.Unlock()
		got, err := desk.Do(ctx, w.Desk, request, desk.UndoBatch{Batch: batch})
		return done(got.Batch, err)
	}
	var wait sync.WaitGroup
	faults := make(chan error, 8*12)
	for n := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			rng := rand.New(rand.NewPCG(uint64(n), 21))
			for range 12 {
				if err := act(rng); !refusedByRule(err) {
					faults <- fmt.Errorf("dispatcher %d: %w", n, err)
				}
			}
		}()
	}
	wait.Wait()
	close(faults)
	for err := range faults {
		t.Error(err)
	}
	if len(batches) < 8 {
		t.Errorf("only %d wishes were carried out", len(batches))
	}
	nothingLost(t, w, visits)
}

// TestADayIsClearedOnce: a rep's day cleared twice at the same moment is cleared once.
func TestADayIsClearedOnce(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	visits := w.Count(t, "SELECT count(*) FROM visit")
	sick := w.Branches[0].Reps[0]
	var wait sync.WaitGroup
	results := make(chan error, 4)
	for range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			_, err := desk.Do(w.As(w.Dispatcher), w.Desk, desktest.NewID(), desk.ReassignRepDays{
				Reps: []uuid.UUID{sick.ID}, Dates: []hours.Date{desktest.Monday}, Policy: dispatch.Enqueue, Reason: "ABSENCE",
			})
			results <- err
		}()
	}
	wait.Wait()
	close(results)
	carried := 0
	for err := range results {
		switch {
		case err == nil:
			carried++
		case !errors.Is(err, dispatch.ErrNoMoves):
			t.Error(err)
		}
	}
	if carried != 1 {
		t.Errorf("the day was cleared %d times, want once", carried)
	}
	nothingLost(t, w, visits)
}

// TestADispatcherOfOneBranchClearsNoOther: reps of a branch out of sight are missing.
func TestADispatcherOfOneBranchClearsNoOther(t *testing.T) {
	t.Parallel()
	w := desktest.Planned(t)
	_, err := desk.Do(w.As(w.Dispatcher), w.Desk, desktest.NewID(), desk.ReassignRepDays{
		Reps: []uuid.UUID{w.Branches[0].Reps[0].ID, w.Branches[1].Reps[0].ID}, Dates: []hours.Date{desktest.Monday}, Policy: dispatch.Spread,
		Reason: "ABSENCE",
	})
	if !errors.Is(err, roster.ErrNoRep) {
		t.Errorf("%v, want %v", err, roster.ErrNoRep)
	}
}
