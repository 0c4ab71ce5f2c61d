package desk_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/paulmach/orb"
)

// turmoil is a day on which anybody may do anything.
type turmoil struct {
	*desktest.World
	rng     *rand.Rand
	batches []uuid.UUID // that may be taken back
	slow    []uuid.UUID // areas
}

// acts are the commands of a day by name. Each is wished of a visit and of a rep drawn at random, and says its batch.
var acts = map[string]func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error){
	"plan": func(z *turmoil, _ dispatch.Visit, rep int) (uuid.UUID, error) {
		_, err := desk.Do(z.As(z.Admin), z.Desk, uuid.Nil, desk.PlanDay{Rep: z.Branches[0].Reps[rep].ID, Date: desktest.Monday})
		return uuid.Nil, err
	},
	"create": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		wish := desk.CreateVisit{Site: v.SiteID, Auto: z.rng.IntN(2) == 0}
		if !wish.Auto && z.rng.IntN(2) == 0 {
			wish.Rep = &z.Branches[0].Reps[rep].ID
		}
		made, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), wish)
		return made.Batch, err
	},
	"arrive": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		_, err := desk.Do(z.Rep(0, rep), z.Desk, uuid.New(), desk.ArriveVisit{Visit: v.ID})
		return uuid.Nil, err
	},
	"complete": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		_, err := desk.Do(z.Rep(0, rep), z.Desk, uuid.New(), desk.CompleteVisit{Visit: v.ID})
		return uuid.Nil, err
	},
	"fail": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		_, err := desk.Do(z.Rep(0, rep), z.Desk, uuid.New(), desk.FailVisit{Visit: v.ID, Outcome: "CLOSED"})
		return uuid.Nil, err
	},
	"cancel": func(z *turmoil, v dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.CancelVisit{Visit: v.ID, Seen: v.Version, Reason: "OTHER"})
		return got.Batch, err
	},
	"claim": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		got, err := desk.Do(z.Rep(0, rep), z.Desk, uuid.New(), desk.ClaimVisit{Visit: v.ID})
		return got.Batch, err
	},
	"decline": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		got, err := desk.Do(z.Rep(0, rep), z.Desk, uuid.New(), desk.DeclineVisit{Visit: v.ID, Reason: "NO_TIME"})
		return got.Batch, err
	},
	"release": func(z *turmoil, v dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.ReleaseVisit{
			Visit: v.ID, To: []dispatch.State{dispatch.Queued, dispatch.Backlog}[z.rng.IntN(2)], Seen: v.Version, Reason: "OTHER",
		})
		return got.Batch, err
	},
	"assign": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.AssignQueue{Branch: z.Branches[0].ID})
		if len(got.Visits) == 0 {
			return uuid.Nil, err
		}
		return got.Batch, err
	},
	"reassign": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), overload(v, z.Branches[0].Reps[rep].ID))
		return got.Batch, err
	},
	"reassign many": func(z *turmoil, v dispatch.Visit, rep int) (uuid.UUID, error) {
		wish := desk.ReassignVisits{Visits: []uuid.UUID{v.ID}, Reason: "OTHER"}
		if z.rng.IntN(2) == 0 {
			wish.To = &z.Branches[0].Reps[rep].ID
		}
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), wish)
		return got.Batch, err
	},
	"clear": func(z *turmoil, _ dispatch.Visit, rep int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.ReassignRepDays{
			Reps: []uuid.UUID{z.Branches[0].Reps[rep].ID}, Dates: []hours.Date{desktest.Monday}, Reason: "ABSENCE",
			Policy: []dispatch.Fate{dispatch.Spread, dispatch.Defer, dispatch.Enqueue}[z.rng.IntN(3)],
		})
		return got.Batch, err
	},
	"reschedule": func(z *turmoil, v dispatch.Visit, _ int) (uuid.UUID, error) {
		from := z.Now().Add(time.Duration(1+z.rng.IntN(5)) * time.Hour)
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.RescheduleVisit{
			Visit: v.ID, Seen: v.Version, Promised: &hours.Window{From: from, To: from.Add(time.Hour)}, Reason: "CUSTOMER",
		})
		return got.Batch, err
	},
	"absence": func(z *turmoil, _ dispatch.Visit, rep int) (uuid.UUID, error) {
		if z.rng.IntN(3) > 0 {
			return uuid.Nil, dispatch.ErrNoMoves // else nobody is left before noon
		}
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.ReportAbsence{
			Rep: &z.Branches[0].Reps[rep].ID, Kind: "SICK",
		})
		return got.Batch, err
	},
	"rescue": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.RescuePromise{Branch: z.Branches[0].ID})
		_ = got
		return uuid.Nil, err
	},
	"offer": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		_, err := desk.Do(z.As(z.Admin), z.Desk, uuid.New(), desk.OfferVisits{Branch: z.Branches[0].ID})
		return uuid.Nil, err
	},
	"replan": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Replan(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.ReplanDay{Branch: z.Branches[0].ID, Changes: 3, Reason: "OTHER"})
		if len(got.Moves) == 0 {
			return uuid.Nil, err
		}
		return got.Batch, err
	},
	"slow": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		area, err := geo.RegionOf(orb.MultiPolygon{{{{37.2, 55.5}, {38.2, 55.5}, {38.2, 55.85}, {37.2, 55.85}, {37.2, 55.5}}}})
		if err != nil {
			return uuid.Nil, err
		}
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.SlowArea{
			Branch: z.Branches[0].ID, Area: area, Factor: 1.5 + 8*z.rng.Float64(), Window: hours.Window{From: z.Now(), To: z.Now().Add(3 * time.Hour)},
		})
		z.slow = append(z.slow, got.Slowdown.ID)
		return got.Batch, err
	},
	"lift": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.LiftSlowdown{Slowdown: z.slow[z.rng.IntN(len(z.slow))]})
		return got.Batch, err
	},
	"undo": func(z *turmoil, _ dispatch.Visit, _ int) (uuid.UUID, error) {
		got, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.UndoBatch{Batch: z.batches[z.rng.IntN(len(z.batches))]})
		return got.Batch, err
	},
}

// TestRoutesQueueBacklogAndEndedAreAll: whatever is done in whatever order, every visit is in one of these and in one place there, the queue
// goes by score and then by who came first, what is done stays done though everything else may be taken back, and whoever a change concerns
// is told of it. HEXBEAT_LAW_SEEDS says how many such days are tried, each under the seed that its failure names; HEXBEAT_LAW_FROM is the first.
func TestRoutesQueueBacklogAndEndedAreAll(t *testing.T) {
	t.Parallel()
	first, days := fromEnv("HEXBEAT_LAW_FROM", 1), fromEnv("HEXBEAT_LAW_SEEDS", 1)
	for seed := first; seed < first+days; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { anyDay(t, uint64(seed), days == 1) })
	}
}

// fromEnv reads a count from the environment.
func fromEnv(variable string, fallback int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return fallback
}

// anyDay lets anybody do anything for a day. Where all is asked for, every command must have been carried out at least once.
func anyDay(t *testing.T, seed uint64, all bool) {
	z := &turmoil{World: desktest.Planned(t), rng: rand.New(rand.NewPCG(8, seed))}
	names := slices.Sorted(maps.Keys(acts))
	accepted := map[string]int{}
	for step := range 360 {
		name := names[z.rng.IntN(len(names))]
		if name == "lift" && len(z.slow) == 0 || name == "undo" && len(z.batches) == 0 {
			continue
		}
		candidates := ids(t, z.World, `SELECT id FROM visit WHERE branch_id = $1 AND (state = 'QUEUED' OR $2::text <> 'claim') ORDER BY id`, z.Branches[0].ID, name)
		if len(candidates) == 0 {
			continue
		}
		v, rep := visit(t, z.World, candidates[z.rng.IntN(len(candidates))]), z.rng.IntN(4)
		if v.RepID != nil && z.rng.IntN(3) > 0 {
			rep = slices.IndexFunc(z.Branches[0].Reps, func(r roster.Rep) bool { return r.ID == *v.RepID }) // mostly who has it
		}
		before := z.standing(t)
		batch, err := acts[name](z, v, rep)
		if err != nil && desk.RefusalCode(err) == "" {
			t.Fatalf("step %d, %s of %s: %v", step, name, v.ID, err)
		}
		if err == nil {
			accepted[name]++
			if batch != uuid.Nil {
				z.batches = append(z.batches, batch)
				if z.rng.IntN(4) == 0 {
					z.takeBack(t, name, batch, before)
				}
			}
		}
		if v.State == dispatch.Done && visit(t, z.World, v.ID).State != dispatch.Done {
			t.Fatalf("step %d: %s undid what was done", step, name)
		}
		z.Pass(30 * time.Second)
		if step%12 == 0 {
			z.hold(t)
		}
		if t.Failed() {
			t.Fatalf("at step %d, %s of %s", step, name, v.ID)
		}
	}
	z.hold(t)
	for _, name := range names {
		if all && accepted[name] == 0 {
			t.Errorf("no %s was carried out: %v", name, accepted)
		}
	}
}

// standing is where every visit stands, and after which other one of its day.
func (z *turmoil) standing(t *testing.T) map[uuid.UUID]string {
	t.Helper()
	rows, err := z.DB.Pool().Query(t.Context(), `SELECT v.id, concat_ws(' ', v.state, v.queue_reason, v.rep_id, v.date, v.rep_pinned, v.promised_from, v.promised_to),
	       (SELECT ro.rep_id::text FROM route AS ro WHERE ro.id = st.route_id AND v.state = 'ASSIGNED')
	    FROM visit AS v LEFT JOIN stop AS st ON st.visit_id = v.id ORDER BY st.route_id, st.position, v.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	at, place := map[uuid.UUID]string{}, map[string]int{}
	for rows.Next() {
		var id uuid.UUID
		var where string
		var of *string
		if err := rows.Scan(&id, &where, &of); err != nil {
			t.Fatal(err)
		}
		if of != nil {
			place[*of]++
			where += fmt.Sprintf(", %d of %s", place[*of], *of)
		}
		at[id] = where
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return at
}

// takeBack takes a batch back in the moment in which it was made: then everything stands where it stood, in its order, but for what the batch
// made, which is called off. Nothing can have come between, so nothing may be kept but what had been begun.
func (z *turmoil) takeBack(t *testing.T, name string, batch uuid.UUID, before map[uuid.UUID]string) {
	t.Helper()
	undone, err := desk.Do(z.As(z.Dispatcher), z.Desk, uuid.New(), desk.UndoBatch{Batch: batch})
	if err != nil {
		t.Errorf("%s taken back: %v", name, err)
		return
	}
	z.batches = append(z.batches, undone.Batch)
	if len(undone.Kept) > 0 {
		for _, k := range undone.Kept {
			if !slices.Contains([]string{dispatch.Absent, dispatch.OffShift, dispatch.ShiftOver, dispatch.BegunSince, dispatch.MovedSince, "DONE"}, k.Code) {
				t.Errorf("%s taken back keeps %s as %s", name, k.VisitID, k.Code)
			}
		}
		return
	}
	for id, is := range z.standing(t) {
		was, there := before[id]
		if !there && visit(t, z.World, id).State != dispatch.Cancelled || there && is != was {
			t.Errorf("%s taken back at once: %s is %s, and was %q", name, id, is, was)
		}
	}
}

// told holds the alerts against who must hear of what. Nobody plays the queue here, so what becomes of an alert is left out.
func (z *turmoil) told(t *testing.T) {
	t.Helper()
	who := []string{notify.NoAlert, notify.Silent, notify.Untold, notify.TwoAlerts, notify.Unnumbered, notify.NoReason, notify.NoSuccessor}
	if err := z.DB.Read(t.Context(), z.Organization, func(tx *postgres.Tx) error {
		evidence, err := tx.AlertEvidence(t.Context(), z.Now().AddDate(0, 0, -7), z.Now().AddDate(0, 0, 7))
		for _, b := range notify.Prove(evidence, z.Now()) {
			if !slices.Contains(who, b.Code) {
				continue
			}
			var kind, trace string
			if err := z.DB.Pool().QueryRow(t.Context(), `SELECT kind, coalesce(trace::text, '') FROM batch WHERE id = $1`, b.Batch).Scan(&kind, &trace); err != nil {
				kind = err.Error()
			}
			t.Errorf("%s: batch %s %s, rep %s, visit %s at %s\n%s", b.Code, kind, b.Batch, b.Rep, b.Visit, b.At, trace)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// hold holds the record against the laws.
func (z *turmoil) hold(t *testing.T) {
	t.Helper()
	whereVisitsAre(t, z.World)
	z.told(t)
	all := z.Count(t, `SELECT count(*) FROM visit`)
	routes := z.Count(t, `SELECT count(*) FROM stop AS st JOIN visit AS v ON v.id = st.visit_id WHERE v.state IN ('ASSIGNED', 'UNDER_WAY')`)
	queued := z.Count(t, `SELECT count(*) FROM visit WHERE state = 'QUEUED'`)
	backlog := z.Count(t, `SELECT count(*) FROM visit WHERE state = 'BACKLOG'`)
	ended := z.Count(t, `SELECT count(*) FROM visit WHERE state IN ('DONE', 'MISSED', 'CANCELLED')`)
	if routes+queued+backlog+ended != all {
		t.Errorf("%d on routes, %d in the queue, %d in backlogs, %d ended: not all %d", routes, queued, backlog, ended, all)
	}
	queue := queueOf(t, z.World)
	for i := 1; i < len(queue); i++ {
		before, q := queue[i-1], queue[i]
		if before.Score < q.Score || before.Score == q.Score && before.Since.After(q.Since) {
			t.Errorf("in the queue %s (%d, since %s) goes before %s (%d, since %s)", before.ID, before.Score, before.Since, q.ID, q.Score, q.Since)
		}
		if n := z.Count(t, `SELECT count(*) FROM assignment WHERE visit_id = $1 AND epoch = $2 AND assigned_at = $3`, q.ID, q.Epoch, q.Since); n != 1 {
			t.Errorf("%s waits since %s, of which the history knows nothing", q.ID, q.Since)
		}
	}
}
