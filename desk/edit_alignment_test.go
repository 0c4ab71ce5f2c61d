package desk_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/paulmach/orb"
)

// drafted is a designed draft of the first branch with its territories, by name.
func drafted(t *testing.T, w *desktest.World) (uuid.UUID, []geo.Territory) {
	t.Helper()
	draft, err := desk.DesignTerritories(w.As(w.Admin), w.Desk, desk.DesignBrief{Branch: w.Branches[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	return draft.Alignment, territoriesIn(t, w, draft.Alignment)
}

func territoriesIn(t *testing.T, w *desktest.World, alignment uuid.UUID) (list []geo.Territory) {
	t.Helper()
	w.Write(t, func(tx *postgres.Tx) (err error) {
		list, err = tx.AlignedTerritories(t.Context(), alignment)
		return err
	})
	return list
}

// territoryOf is the place among the territories of the one a draft puts a site into.
func territoryOf(t *testing.T, w *desktest.World, alignment, site uuid.UUID, territories []geo.Territory) int {
	t.Helper()
	found := ids(t, w, "SELECT territory_id FROM alignment_site WHERE alignment_id = $1 AND site_id = $2", alignment, site)
	for i, territory := range territories {
		if len(found) == 1 && territory.ID == found[0] {
			return i
		}
	}
	t.Fatalf("site %s is in %v", site, found)
	return -1
}

func TestADraftIsEditedByHand(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx := w.As(w.Admin)
	alignment, territories := drafted(t, w)
	benches := desk.NewWorkbenches(w.Desk)
	site := w.Branches[0].Sites[0][0]
	from := territoryOf(t, w, alignment, site, territories)
	to := (from + 1) % len(territories)
	move := desk.EditAlignment{Alignment: alignment, Seen: 1, To: &territories[to].ID, Sites: []uuid.UUID{site}}

	tried, err := benches.Try(ctx, move)
	if err != nil || tried.Effect.Sites != 1 || tried.Effect.After.Pieces != 0 || tried.Effect.After.Travel == 0 {
		t.Fatalf("Try = %+v, %v; want one site moved", tried, err)
	}
	if got := territoryOf(t, w, alignment, site, territories); got != from {
		t.Errorf("after a try the site is in %d, want %d as before", got, from)
	}
	request := uuid.New()
	for range 2 { // the second time it is the same request
		done, err := benches.Do(ctx, request, move)
		if err != nil || done.Effect.Sites != 1 || done.Effect.Workload != tried.Effect.Workload {
			t.Fatalf("Do = %+v, %v; want what the try said", done, err)
		}
	}
	if got := territoryOf(t, w, alignment, site, territories); got != to {
		t.Errorf("the site is in %d, want %d", got, to)
	}
	after := territoriesIn(t, w, alignment)
	if after[to].Sites != territories[to].Sites+1 || after[from].Sites != territories[from].Sites-1 {
		t.Errorf("sites: %d and %d, want one from %d to %d", after[from].Sites, after[to].Sites, territories[from].Sites, territories[to].Sites)
	}
	if _, err := benches.Do(ctx, uuid.New(), move); !errors.Is(err, desk.ErrDraftChanged) {
		t.Errorf("an edit of the version before: %v, want ErrDraftChanged", err)
	}

	// The polygon around all sites of a rep, then back by undoing nothing: the ground goes over, and the site that stood apart joins it.
	home := *w.Branches[0].Reps[0].Start
	region := box(t, home, 0.02)
	draw := desk.EditAlignment{Alignment: alignment, Seen: 2, To: &territories[to].ID, Polygon: &region}
	drawn, err := benches.Do(ctx, uuid.New(), draw)
	if err != nil || drawn.Effect.Sites == 0 {
		t.Fatalf("drawing = %+v, %v; want sites moved", drawn, err)
	}
	for _, s := range w.Branches[0].Sites[0] {
		if got := territoryOf(t, w, alignment, s, territories); got != to {
			t.Errorf("a site in the polygon is in %d, want %d", got, to)
		}
	}
	// Ground nobody stands on is given too.
	cell, err := geo.CellAt(home, geo.SiteResolution)
	if err != nil {
		t.Fatal(err)
	}
	if n := w.Count(t, "SELECT count(*) FROM territory_cell WHERE alignment_id = $1 AND territory_id = $2 AND cell = $3",
		alignment, territories[to].ID, int64(cell)); n != 1 {
		t.Error("the middle of the polygon is not the ground of its territory")
	}
	if n := w.Count(t, "SELECT count(*) FROM alignment_site WHERE alignment_id = $1", alignment); n != 32 {
		t.Errorf("%d sites in the draft, want all 32", n)
	}

	mended, err := benches.Do(ctx, uuid.New(), desk.EditAlignment{Alignment: alignment, Seen: 3, Repair: true})
	if err != nil {
		t.Fatal(err)
	}
	if mended.Effect.After.Imbalance > mended.Effect.Before.Imbalance {
		t.Errorf("the repair made it worse: %+v", mended.Effect)
	}
	published, err := desk.Do(ctx, w.Desk, uuid.Nil, desk.PublishAlignment{Alignment: alignment, Branch: w.Branches[0].ID, From: desktest.Monday})
	if err != nil || published.Alignment != alignment {
		t.Fatalf("publish = %+v, %v", published, err)
	}
	if _, err := benches.Try(ctx, desk.EditAlignment{Alignment: alignment, Seen: 4, Repair: true}); !errors.Is(err, postgres.ErrNoAlignment) {
		t.Errorf("editing what is published: %v, want ErrNoAlignment", err)
	}
}

// box is a square region around a point.
func box(t *testing.T, p geo.Point, reach float64) geo.Region {
	t.Helper()
	r, err := geo.RegionOf(orb.MultiPolygon{{{
		{p.Lon - reach, p.Lat - reach}, {p.Lon + reach, p.Lat - reach}, {p.Lon + reach, p.Lat + reach}, {p.Lon - reach, p.Lat + reach}, {p.Lon - reach, p.Lat - reach},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What was painted where nobody is stays painted through later edits.
func TestPaintedGroundStays(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	alignment, territories := drafted(t, w)
	benches := desk.NewWorkbenches(w.Desk)
	home := *w.Branches[0].Reps[0].Start
	empty, err := geo.CellAt(geo.Point{Lat: home.Lat, Lon: home.Lon - 0.02}, geo.SiteResolution)
	if err != nil {
		t.Fatal(err)
	}
	owner := func() uuid.UUID {
		return ids(t, w, "SELECT territory_id FROM territory_cell WHERE alignment_id = $1 AND cell = $2", alignment, int64(empty))[0]
	}
	cells := func() (n int) {
		for _, territory := range territoriesIn(t, w, alignment) {
			n += len(ids(t, w, "SELECT territory_id FROM territory_cell WHERE alignment_id = $1 AND territory_id = $2", alignment, territory.ID))
		}
		return n
	}
	before := cells()
	to := territories[0].ID
	if owner() == to {
		to = territories[1].ID
	}
	for version, wish := range []desk.EditAlignment{
		{To: &to, Cells: []geo.Cell{empty}},
		{To: &to, Sites: w.Branches[0].Sites[3][:1]},
	} {
		wish.Alignment, wish.Seen = alignment, version+1
		if _, err := benches.Do(w.As(w.Admin), uuid.New(), wish); err != nil {
			t.Fatal(err)
		}
		if got := owner(); got != to {
			t.Errorf("after edit %d the painted cell is %s's, want %s's", version+1, got, to)
		}
		if got := cells(); got != before {
			t.Errorf("after edit %d the ground has %d cells, want %d as before: nothing around what was painted", version+1, got, before)
		}
	}
}

func TestEditsOfDraftsAreRefused(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	alignment, territories := drafted(t, w)
	benches := desk.NewWorkbenches(w.Desk)
	to, nobody := territories[0].ID, uuid.New()
	site := w.Branches[0].Sites[0][0]
	for name, c := range map[string]struct {
		caller auth.Caller
		wish   desk.EditAlignment
		want   error
	}{
		"a dispatcher":           {w.Dispatcher, desk.EditAlignment{Alignment: alignment, Seen: 1, To: &to, Sites: []uuid.UUID{site}}, auth.ErrForbidden},
		"a rep":                  {w.Caller(0, 0), desk.EditAlignment{Alignment: alignment, Seen: 1, To: &to, Sites: []uuid.UUID{site}}, auth.ErrForbidden},
		"no such draft":          {w.Admin, desk.EditAlignment{Alignment: nobody, Seen: 1, Repair: true}, postgres.ErrNoAlignment},
		"no such territory":      {w.Admin, desk.EditAlignment{Alignment: alignment, Seen: 1, To: &nobody, Sites: []uuid.UUID{site}}, geo.ErrNoTerritory},
		"a site elsewhere":       {w.Admin, desk.EditAlignment{Alignment: alignment, Seen: 1, To: &to, Sites: w.Branches[1].Sites[0][:1]}, customer.ErrNoSite},
		"nothing to do":          {w.Admin, desk.EditAlignment{Alignment: alignment, Seen: 1, To: &to}, desk.ErrInvalid},
		"a site for nobody":      {w.Admin, desk.EditAlignment{Alignment: alignment, Seen: 1, Sites: []uuid.UUID{site}}, desk.ErrInvalid},
		"a version of the past":  {w.Admin, desk.EditAlignment{Alignment: alignment, Seen: 0, Repair: true}, desk.ErrDraftChanged},
		"a hemisphere of ground": {w.Admin, desk.EditAlignment{Alignment: alignment, Seen: 1, To: &to, Cells: []geo.Cell{coarse(t)}}, geo.ErrEdit},
	} {
		if _, err := benches.Do(w.As(c.caller), uuid.Nil, c.wish); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func coarse(t *testing.T) geo.Cell {
	t.Helper()
	c, err := geo.CellAt(geo.Point{Lat: 55.75, Lon: 37.62}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPublicationIsTakenBack(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	w.Align(t, 0)
	today := desktest.Monday
	branch := w.Branches[0].ID
	revert := func() (desk.AlignmentPublished, error) {
		return desk.Do(w.As(w.Admin), w.Desk, uuid.Nil, desk.RevertAlignment{Branch: branch, From: today})
	}
	want := func(reps ...int) {
		t.Helper()
		oneOwnerEach(t, w)
		for i, rep := range reps {
			if got := owner(t, w, i, today); got != rep {
				t.Errorf("the sites of rep %d are rep %d's, want %d", i, got, rep)
			}
		}
	}
	if _, err := revert(); !errors.Is(err, desk.ErrNoEarlierAlignment) {
		t.Errorf("reverting the first: %v, want ErrNoEarlierAlignment", err)
	}
	second := redraft(t, w, 1, 0, 2, 3)
	publish(t, w, second, today) // on the same day: the first is a draft again
	want(1, 0, 2, 3)
	if _, err := desk.NewWorkbenches(w.Desk).Do(w.As(w.Admin), uuid.Nil, desk.EditAlignment{Alignment: firstOf(t, w), Seen: 1, Repair: true}); !errors.Is(err, desk.ErrDraftKept) {
		t.Errorf("editing what one could go back to: %v, want ErrDraftKept", err)
	}
	if _, err := revert(); err != nil {
		t.Fatal(err)
	}
	want(0, 1, 2, 3)
	if done, err := revert(); err != nil || done.Alignment != second { // and back again
		t.Errorf("reverting the revert = %+v, %v; want the second in force", done, err)
	}
	want(1, 0, 2, 3)

	// Days later what was in force has had its days: a copy comes into force.
	w.Pass(3 * 24 * 60 * 60e9)
	today += 3
	publish(t, w, redraft(t, w, 3, 2, 1, 0), today)
	want(3, 2, 1, 0)
	done, err := revert()
	if err != nil {
		t.Fatal(err)
	}
	want(1, 0, 2, 3)
	if n := w.Count(t, "SELECT count(*) FROM alignment WHERE id = $1 AND origin = 'REVERT'", done.Alignment); n != 1 {
		t.Error("what is in force is no copy")
	}
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, uuid.Nil, desk.RevertAlignment{Branch: branch, From: today}); !errors.Is(err, auth.ErrForbidden) {
		t.Errorf("a dispatcher reverts: %v, want ErrForbidden", err)
	}
}

func TestCustomersWhoCameAfterTheDraftArePublishedWithIt(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	alignment, territories := drafted(t, w)
	home := *w.Branches[0].Reps[2].Start
	late := w.AddSite(t, 0, "Новый магазин", &geo.Point{Lat: home.Lat, Lon: home.Lon + 0.006}, "{}")
	publish(t, w, alignment, desktest.Monday)
	if got, want := territoryOf(t, w, alignment, late, territories), territoryOf(t, w, alignment, w.Branches[0].Sites[2][6], territories); got != want {
		t.Errorf("the newcomer is in %d, want %d as its neighbour", got, want)
	}
}

func firstOf(t *testing.T, w *desktest.World) uuid.UUID {
	t.Helper()
	return ids(t, w, "SELECT id FROM alignment WHERE origin = 'IMPORT'")[0]
}

func TestCoverageAndDriftOfABranch(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	ctx := w.As(w.Dispatcher)
	branch := w.Branches[0].ID
	if _, err := desk.Drift(ctx, w.Desk, branch, geo.Thresholds{}); !errors.Is(err, desk.ErrNoTerritoriesInForce) {
		t.Errorf("drift without territories: %v, want ErrNoTerritoriesInForce", err)
	}
	bare, err := desk.Coverage(ctx, w.Desk, branch)
	if err != nil || len(bare.Unserved) != 32 {
		t.Errorf("coverage without territories: %d sites, %v; want all 32 unserved", len(bare.Unserved), err)
	}
	w.Align(t, 0)
	still, err := desk.Drift(ctx, w.Desk, branch, geo.Thresholds{})
	if err != nil || still.Worth() || still.Added+still.Removed != 0 {
		t.Errorf("drift on the day itself: %+v, %v; want none", still, err)
	}
	w.Pass(24 * 60 * 60e9)
	far := geo.Point{Lat: 56.9, Lon: 38.5}
	lost := w.AddSite(t, 0, "Далёкий магазин", &far, "{}")
	covered, err := desk.Coverage(ctx, w.Desk, branch)
	if err != nil || len(covered.Unserved) != 1 || covered.Sites[covered.Unserved[0]] != lost || len(covered.Idle) != 1 {
		t.Errorf("coverage: %+v, %v; want the far site unserved, its cell idle", covered.Coverage, err)
	}
	moved, err := desk.Drift(ctx, w.Desk, branch, geo.Thresholds{})
	if err != nil || moved.Added != 1 || moved.Homeless != 1 || !moved.Worth() {
		t.Errorf("drift: %+v, %v; want one added, in no territory, worth a re-balance", moved.Drift, err)
	}
	publish(t, w, redraft(t, w, -1, 1, 2, 3), desktest.Monday+1)
	vacant, err := desk.Coverage(ctx, w.Desk, branch)
	if err != nil || len(vacant.Vacant) != 1 || vacant.Vacant[0].Sites != 8 {
		t.Errorf("coverage with a vacancy: %+v, %v; want eight sites in it", vacant.Vacant, err)
	}
}
