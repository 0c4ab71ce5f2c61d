package desk_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// redraft is the branch's alignment in force, with the territories given to other reps: the one of rep i goes to rep to[i]; -1 is nobody.
func redraft(t testing.TB, w *desktest.World, to ...int) uuid.UUID {
	t.Helper()
	reps := w.Branches[0].Reps
	territories := ids(t, w, "SELECT t.territory_id FROM alignment_territory AS t JOIN alignment AS a ON a.id = t.alignment_id WHERE a.branch_id = $1 AND a.origin = 'IMPORT' ORDER BY 1", w.Branches[0].ID)
	save := desk.SaveDraft{Branch: w.Branches[0].ID, Line: w.Line, Origin: "DESIGN", Measures: json.RawMessage("{}")}
	for i, id := range territories {
		territory := postgres.AlignedTerritory{Territory: geo.Territory{ID: id, Name: "Т"}, Outline: json.RawMessage("{}"), Sites: w.Branches[0].Sites[i]}
		if to[i] >= 0 {
			territory.RepID = &reps[to[i]].ID
		}
		save.Territories = append(save.Territories, territory)
	}
	draft, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, save)
	if err != nil {
		t.Fatal(err)
	}
	return draft.Alignment
}

func publish(t testing.TB, w *desktest.World, alignment uuid.UUID, from hours.Date) desk.AlignmentPublished {
	t.Helper()
	got, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PublishAlignment{Alignment: alignment, Branch: w.Branches[0].ID, From: from})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// oneOwnerEach is the law of responsibility: no two rows of one territory overlap, and no two published alignments of a branch.
func oneOwnerEach(t testing.TB, w *desktest.World) {
	t.Helper()
	for what, query := range map[string]string{
		"rows of responsibility": `SELECT count(*) FROM responsibility AS a JOIN responsibility AS b ON a.territory_id = b.territory_id AND a.line_id = b.line_id
		    AND a.role = b.role AND a.id < b.id AND a.valid_from < coalesce(b.valid_to, 'infinity') AND b.valid_from < coalesce(a.valid_to, 'infinity')`,
		"alignments in force": `SELECT count(*) FROM alignment AS a JOIN alignment AS b ON a.branch_id = b.branch_id AND a.line_id = b.line_id AND a.id < b.id
		    AND a.state = 'PUBLISHED' AND b.state = 'PUBLISHED' AND a.valid_from < coalesce(b.valid_to, 'infinity') AND b.valid_from < coalesce(a.valid_to, 'infinity')`,
	} {
		if n := w.Count(t, query); n != 0 {
			t.Errorf("%d pairs of %s overlap", n, what)
		}
	}
}

// owner is who answers for the i-th rep's sites on a day, by the place of the rep in the branch; -1: nobody.
func owner(t testing.TB, w *desktest.World, i int, date hours.Date) (rep int) {
	t.Helper()
	site := w.Branches[0].Sites[i][0]
	w.Write(t, func(tx *postgres.Tx) error {
		found, err := tx.Dimensions(t.Context(), w.Line, date, site)
		rep = -1
		for n, r := range w.Branches[0].Reps {
			if o := found[site].Owner; o != nil && *o == r.ID {
				rep = n
			}
		}
		return err
	})
	return rep
}

func TestPublishedAlignmentsFollowEachOther(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Align(t, 0)
	today := desktest.Monday
	want := func(when hours.Date, reps ...int) {
		t.Helper()
		oneOwnerEach(t, w)
		for i, rep := range reps {
			if got := owner(t, w, i, when); got != rep {
				t.Errorf("on day +%d the sites of rep %d are rep %d's, want %d", when-today, i, got, rep)
			}
		}
	}
	want(today, 0, 1, 2, 3)
	want(today-1, -1, -1, -1, -1)

	second := redraft(t, w, 1, 0, 2, -1)
	publish(t, w, second, today) // the same day: the first was never in force for a whole one
	want(today, 1, 0, 2, -1)
	if n := w.Count(t, "SELECT count(*) FROM alignment WHERE state = 'DRAFT' AND valid_from IS NULL"); n != 1 {
		t.Errorf("%d drafts, want the withdrawn one", n)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PublishAlignment{Alignment: second, Branch: w.Branches[0].ID, From: today}); !errors.Is(err, postgres.ErrNoAlignment) {
		t.Errorf("publishing it again: %v, want ErrNoAlignment", err)
	}

	publish(t, w, redraft(t, w, 1, 2, 0, 3), today+5)
	want(today+4, 1, 0, 2, -1)
	want(today+5, 1, 2, 0, 3)
	since := w.Count(t, "SELECT count(*) FROM responsibility WHERE valid_from = '2026-11-23' AND valid_to IS NULL")
	if since != 1 {
		t.Errorf("%d territories have kept their row, want the one that kept its rep", since)
	}

	// One that comes between takes the later one's place; who keeps a territory keeps it for good.
	publish(t, w, redraft(t, w, 1, 0, 3, 3), today+3)
	want(today+2, 1, 0, 2, -1)
	want(today+3, 1, 0, 3, 3)
	want(today+30, 1, 0, 3, 3)

	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PublishAlignment{Branch: uuid.New(), From: today}); !errors.Is(err, roster.ErrNoBranch) {
		t.Errorf("no such branch: %v, want ErrNoBranch", err)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PublishAlignment{Branch: w.Branches[1].ID, From: today}); !errors.Is(err, postgres.ErrNoAlignment) {
		t.Errorf("a branch without a draft: %v, want ErrNoAlignment", err)
	}
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.PublishAlignment{Alignment: redraft(t, w, 0, 1, 2, 3), Branch: w.Branches[1].ID, From: today}); !errors.Is(err, postgres.ErrNoAlignment) {
		t.Errorf("another branch's draft: %v, want ErrNoAlignment", err)
	}
}

func TestManyPublishersLeaveOneOwnerEach(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Align(t, 0)
	var drafts []uuid.UUID
	for i := range 6 {
		drafts = append(drafts, redraft(t, w, i%4, (i+1)%4, (i+2)%4, -1))
	}
	together(len(drafts), func(i int) {
		wish := desk.PublishAlignment{Alignment: drafts[i], Branch: w.Branches[0].ID, From: desktest.Monday + hours.Date(i%3)}
		if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, wish); err != nil {
			t.Errorf("PublishAlignment: %v", err)
		}
	})
	oneOwnerEach(t, w)
	for day := range hours.Date(5) {
		var territories []geo.Territory
		w.Write(t, func(tx *postgres.Tx) (err error) {
			territories, err = tx.CurrentTerritories(t.Context(), w.Branches[0].ID, w.Line, desktest.Monday+day)
			return err
		})
		if len(territories) != 4 && day >= 2 {
			t.Errorf("%d territories on day +%d, want 4", len(territories), day)
		}
	}
}

func TestWaitingVisitsFollowTheirSites(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	reps := w.Branches[0].Reps
	owe := func(date hours.Date) desk.VisitsOwed {
		t.Helper()
		got, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OweVisits{Branch: w.Branches[0].ID, Date: date})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := owe(desktest.Monday); got.Queued != 32 || got.Backlog != 0 {
		t.Errorf("without territories %+v, want all 32 in the queue", got)
	}
	if got := w.Align(t, 0); got.Moved != 32 {
		t.Errorf("%d visits came out of the queue, want 32", got.Moved)
	}
	whereVisitsAre(t, w)
	// One is on a route, one was given by a person: both stay.
	mine := ids(t, w, "SELECT id FROM visit WHERE rep_id = $1 ORDER BY id", reps[0].ID)
	if _, err := desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.OpenShifts{Branch: w.Branches[0].ID, Date: desktest.Monday}); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.New(), overload(visit(t, w, mine[0]), reps[0].ID)); err != nil {
		t.Fatal(err)
	}
	if got := publish(t, w, redraft(t, w, 1, 1, 2, -1), desktest.Monday); got.Moved != 7+8 {
		t.Errorf("%d visits changed hands, want 15", got.Moved)
	}
	if n := w.Count(t, "SELECT count(*) FROM visit WHERE state = 'QUEUED' AND queue_reason = 'NO_OWNER'"); n != 8 {
		t.Errorf("%d visits of the vacant territory are queued, want 8", n)
	}
	if v := visit(t, w, mine[0]); *v.RepID != reps[0].ID {
		t.Error("a visit on a route changed hands")
	}
	if v := visit(t, w, mine[1]); *v.RepID != reps[1].ID || v.Epoch != 2 {
		t.Errorf("a waiting visit is %+v, want it the new owner's", v)
	}
	whereVisitsAre(t, w)

	// What is published for later moves nothing before its day.
	if got := publish(t, w, redraft(t, w, 2, 1, 2, 3), desktest.Monday+1); got.Moved != 0 {
		t.Errorf("%d visits moved a day early", got.Moved)
	}
	w.Pass(24 * 60 * 60e9)
	owe(desktest.Monday + 1)
	if v := visit(t, w, mine[1]); *v.RepID != reps[2].ID {
		t.Errorf("on the day itself the visit is rep %s's, want %s's", *v.RepID, reps[2].ID)
	}
	if n := w.Count(t, "SELECT count(*) FROM visit WHERE state = 'QUEUED'"); n != 0 {
		t.Errorf("%d visits are still queued", n)
	}
	whereVisitsAre(t, w)
}

func TestDesignedTerritoriesArePublished(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	drafted, err := desk.DesignTerritories(w.As(w.Admin), w.Desk, desk.DesignBrief{Branch: w.Branches[0].ID})
	if err != nil || drafted.Territories != 4 || drafted.Vacant != 0 {
		t.Fatalf("DesignTerritories = %+v, %v", drafted, err)
	}
	publish(t, w, uuid.Nil, desktest.Monday)
	for i := range 4 {
		if owner(t, w, i, desktest.Monday) < 0 {
			t.Errorf("the sites around rep %d are nobody's", i)
		}
	}
}

func TestOutlinesAreKeptForTheZoomsOfAMap(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	if _, err := desk.DesignTerritories(w.As(w.Admin), w.Desk, desk.DesignBrief{Branch: w.Branches[0].ID}); err != nil {
		t.Fatal(err)
	}
	publish(t, w, uuid.Nil, desktest.Monday)
	err := w.Desk.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		line, err := tx.DefaultLine(t.Context())
		if err != nil {
			return err
		}
		territories, err := tx.CurrentTerritories(t.Context(), w.Branches[0].ID, line, desktest.Monday)
		if err != nil {
			return err
		}
		if len(territories) != 4 {
			t.Errorf("%d territories, want 4", len(territories))
		}
		for _, territory := range territories {
			var keys []postgres.OutlineKey
			for _, zoom := range []float64{3, 11, 13, math.Inf(1)} {
				keys = append(keys, postgres.OutlineKey{Territory: territory.ID, Alignment: territory.Alignment, Zoom: zoom})
			}
			drawn, err := tx.Outlines(t.Context(), keys)
			if err != nil {
				return err
			}
			last := 0
			for _, key := range keys {
				var region geo.Region
				if err := json.Unmarshal(drawn[key], &region); err != nil {
					t.Errorf("territory %s at zoom %v: %v", territory.Name, key.Zoom, err)
				}
				if len(drawn[key]) <= last {
					t.Errorf("territory %s at zoom %v has an outline of %d bytes, at the smaller zoom %d", territory.Name, key.Zoom, len(drawn[key]), last)
				}
				last = len(drawn[key])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
