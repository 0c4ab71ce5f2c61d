package desk_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
)

// aligned is a company whose first branch has a territory for each of its four reps.
func aligned(t *testing.T) *desktest.World {
	t.Helper()
	w := desktest.New(t)
	w.Align(t, 0)
	return w
}

func draws(t *testing.T, w *desktest.World, brief desk.DesignBrief) desk.AlignmentDrafted {
	t.Helper()
	brief.Branch = w.Branches[0].ID
	got, err := desk.DesignTerritories(w.As(w.Admin), w.Desk, brief)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// holder is the rep of the draft's territory that has the site; uuid.Nil: a vacancy.
func holder(t *testing.T, w *desktest.World, draft, site uuid.UUID) uuid.UUID {
	t.Helper()
	reps := ids(t, w, `SELECT coalesce(at.rep_id, '00000000-0000-0000-0000-000000000000') FROM alignment_site AS s
		JOIN alignment_territory AS at ON at.alignment_id = s.alignment_id AND at.territory_id = s.territory_id
		WHERE s.alignment_id = $1 AND s.site_id = $2`, draft, site)
	if len(reps) != 1 {
		t.Fatalf("the site is in %d territories of the draft, want one", len(reps))
	}
	return reps[0]
}

func inForce(t *testing.T, w *desktest.World) (territories []geo.Territory) {
	t.Helper()
	w.Write(t, func(tx *postgres.Tx) (err error) {
		territories, err = tx.CurrentTerritories(t.Context(), w.Branches[0].ID, w.Line, desktest.Monday)
		return err
	})
	return territories
}

func TestADraftGoesOnFromTheTerritoriesInForce(t *testing.T) {
	t.Parallel()
	w := aligned(t)
	before := map[uuid.UUID]bool{}
	for _, at := range inForce(t, w) {
		before[at.ID] = true
	}
	for _, c := range []struct{ territories, kept, vacant int }{{0, 4, 0}, {3, 3, 0}, {6, 4, 2}} {
		draft := draws(t, w, desk.DesignBrief{Territories: c.territories})
		kept := 0
		for _, id := range ids(t, w, `SELECT territory_id FROM alignment_territory WHERE alignment_id = $1`, draft.Alignment) {
			if before[id] {
				kept++
			}
		}
		if kept != c.kept || draft.Vacant != c.vacant {
			t.Errorf("%d territories asked for: %d go on and %d are vacant, want %d and %d", c.territories, kept, draft.Vacant, c.kept, c.vacant)
		}
		if n := w.Count(t, `SELECT count(*) - count(DISTINCT t.name) FROM alignment_territory AS at JOIN territory AS t ON t.id = at.territory_id
			WHERE at.alignment_id = $1`, draft.Alignment); n != 0 {
			t.Errorf("%d territories asked for: %d share a name", c.territories, n)
		}
	}
	var m geo.Measures
	if err := json.Unmarshal(draws(t, w, desk.DesignBrief{}).Measures, &m); err != nil || m.MovedShare != 0 {
		t.Errorf("of even territories %.2f is moved, %v", m.MovedShare, err)
	}
}

func TestAVacantTerritoryIsGivenUpFirst(t *testing.T) {
	t.Parallel()
	w := aligned(t)
	publish(t, w, redraft(t, w, 0, -1, 2, 3), desktest.Monday)
	var vacant uuid.UUID
	for _, at := range inForce(t, w) {
		if at.RepID == nil {
			vacant = at.ID
		}
	}
	draft := draws(t, w, desk.DesignBrief{Territories: 3})
	if slices.Contains(ids(t, w, `SELECT territory_id FROM alignment_territory WHERE alignment_id = $1`, draft.Alignment), vacant) {
		t.Error("the vacant territory goes on, and one with a rep was given up")
	}
	// With as many territories as before the rep who has none gets it.
	if draft := draws(t, w, desk.DesignBrief{}); draft.Vacant != 0 {
		t.Errorf("%d territories are vacant though a rep has none", draft.Vacant)
	}
}

func TestAnAccountStaysWithItsRep(t *testing.T) {
	t.Parallel()
	for _, afresh := range []bool{false, true} {
		w := aligned(t)
		reps, account := w.Branches[0].Reps, w.Branches[0].Sites[0][0]
		w.Count(t, `WITH added AS (INSERT INTO responsibility (organization_id, id, line_id, role, site_id, rep_id, valid_from)
			VALUES ($1, $2, $3, 'OWNER', $4, $5, '2026-11-01') RETURNING 1) SELECT count(*) FROM added`,
			w.Organization, desktest.NewID(), w.Line, account, reps[3].ID)
		draft := draws(t, w, desk.DesignBrief{Afresh: afresh})
		if got := holder(t, w, draft.Alignment, account); got != reps[3].ID {
			t.Errorf("afresh %v: the account is with %s, want %s, who keeps it by name", afresh, got, reps[3].ID)
		}
	}
}

func TestTerritoriesLieAroundHomes(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	draft := draws(t, w, desk.DesignBrief{FromHomes: true})
	for i, rep := range w.Branches[0].Reps {
		for _, site := range w.Branches[0].Sites[i] {
			if got := holder(t, w, draft.Alignment, site); got != rep.ID {
				t.Fatalf("a site at the door of %s is with %s", rep.ID, got)
			}
		}
	}
}

func TestOpenWorkIsKnown(t *testing.T) {
	t.Parallel()
	w := aligned(t)
	count := func() (open int) {
		w.Write(t, func(tx *postgres.Tx) error {
			sites, err := tx.PlacedSites(t.Context(), w.Branches[0].ID, w.Line, desktest.Monday)
			for _, s := range sites {
				if s.Open {
					open++
				}
			}
			return err
		})
		return open
	}
	if got := count(); got != 0 {
		t.Errorf("before anything is planned %d sites have open work", got)
	}
	w.Plan(t, 0)
	if got, want := count(), w.Count(t, `SELECT count(DISTINCT site_id) FROM visit WHERE state = 'ASSIGNED'`); got != want || want == 0 {
		t.Errorf("%d sites have open work, want the %d somebody drives to", got, want)
	}
}

func TestALineHasItsOwnTerritories(t *testing.T) {
	t.Parallel()
	w := aligned(t)
	line := desktest.NewID()
	w.Count(t, `WITH added AS (INSERT INTO line (organization_id, id, code, name_ru, name_en) VALUES ($1, $2, 'TEA', 'Чай', 'Tea') RETURNING 1),
		given AS (UPDATE rep SET line_id = $2 WHERE id = ANY($3) RETURNING 1) SELECT count(*) FROM added`, w.Organization, line,
		[]uuid.UUID{w.Branches[0].Reps[2].ID, w.Branches[0].Reps[3].ID})
	called := w.Branches[0].Sites[1][:6]
	w.Count(t, `WITH added AS (INSERT INTO cadence (organization_id, id, site_id, line_id, kind, every_days, valid_from)
		SELECT $1, gen_random_uuid(), s, $2, 'REGULAR', 14, '2026-11-01' FROM unnest($3::uuid[]) AS s RETURNING 1) SELECT count(*) FROM added`,
		w.Organization, line, called)
	for _, name := range []string{"чай", "TEA"} {
		draft := draws(t, w, desk.DesignBrief{Line: name})
		if draft.Territories != 2 || draft.Vacant != 0 {
			t.Errorf("%s has %+v, want a territory for each of its two reps", name, draft)
		}
		if n := w.Count(t, `SELECT count(*) FROM alignment_site WHERE alignment_id = $1`, draft.Alignment); n != len(called) {
			t.Errorf("%s has %d sites, want the %d it calls on", name, n, len(called))
		}
		if n := w.Count(t, `SELECT sum(workload)::int FROM alignment_territory WHERE alignment_id = $1`, draft.Alignment); n != len(called)*40 {
			t.Errorf("%s weighs %d, want 20 minutes twice in four weeks for each site", name, n)
		}
	}
	if _, err := desk.DesignTerritories(w.As(w.Admin), w.Desk, desk.DesignBrief{Branch: w.Branches[0].ID, Line: "какао"}); !errors.Is(err, desk.ErrNoLine) {
		t.Errorf("a line nobody sells: %v, want ErrNoLine", err)
	}
}

func TestWhatIfKeepsNothing(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ask := func() ([]geo.CurvePoint, error) {
		return desk.WhatIf(w.As(w.Admin), w.Desk, desk.DesignBrief{Branch: w.Branches[0].ID}, []float64{0, 0.1})
	}
	if _, err := ask(); !errors.Is(err, desk.ErrNoTerritoriesInForce) {
		t.Errorf("without territories in force: %v, want ErrNoTerritories", err)
	}
	w.Align(t, 0)
	w.Count(t, `WITH heavier AS (UPDATE site SET workload = 800 WHERE id = ANY($1) RETURNING 1) SELECT count(*) FROM heavier`, w.Branches[0].Sites[0])
	before := w.Count(t, "SELECT count(*) FROM alignment")
	curve, err := ask()
	if err != nil || len(curve) != 2 || curve[0].MovedShare != 0 || curve[1].MovedShare > 0.1+1e-9 || curve[1].Imbalance > curve[0].Imbalance {
		t.Errorf("WhatIf = %+v, %v, want nothing moved and then up to a tenth", curve, err)
	}
	if n := w.Count(t, "SELECT count(*) FROM alignment"); n != before {
		t.Errorf("%d drafts were kept", n-before)
	}
}

func TestABudgetHolds(t *testing.T) {
	t.Parallel()
	w := aligned(t)
	w.Count(t, `WITH heavier AS (UPDATE site SET workload = 240 WHERE id = ANY($1) RETURNING 1) SELECT count(*) FROM heavier`, w.Branches[0].Sites[0])
	for _, budget := range []float64{0, 0.05} {
		var m geo.Measures
		if err := json.Unmarshal(draws(t, w, desk.DesignBrief{Budget: &budget}).Measures, &m); err != nil || m.MovedShare > budget+1e-9 {
			t.Errorf("with a budget of %v %v is moved, %v", budget, m.MovedShare, err)
		}
	}
}
