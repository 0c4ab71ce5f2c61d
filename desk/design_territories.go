package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// StayPrice is what a share of workload that changes hands costs, in shares of distance: territories in force move little.
const StayPrice = 5

// openPrice is what it costs more where somebody is on the way or has promised to come.
const openPrice = 10

// DesignBrief says what territories a branch is to get.
type DesignBrief struct {
	Branch      uuid.UUID
	Line        string  // code or name of the sales line; empty: the default one
	Territories int     // 0: one for each rep
	Tolerance   float64 // 0: geo.DefaultTolerance
	Seed        uint64
	Afresh      bool     // forget the territories in force
	Price       *float64 // what a change of hands costs against distance; nil: what is usual
	Budget      *float64 // the largest share of the workload that may change hands; nil: any
	FromHomes   bool     // territories lie around where their reps start from

	Request uuid.UUID `json:"-"` // as of Do
}

// check refuses what contradicts itself or lies out of bounds; what the ground forbids geo refuses.
func (b DesignBrief) check() error {
	switch {
	case b.Price != nil && !(*b.Price >= 0 && *b.Price <= maxPrice):
		return Invalid{Path: []string{"price"}, Code: "OUT_OF_RANGE"}
	case b.Budget != nil && !(*b.Budget >= 0 && *b.Budget <= 1):
		return Invalid{Path: []string{"budget"}, Code: "OUT_OF_RANGE"}
	case b.Budget != nil && b.Afresh: // it is a share of what is in force
		return Invalid{Path: []string{"budget"}, Code: "EXCLUDES"}
	}
	return nil
}

// maxPrice is far above what changes anything.
const maxPrice = 1e6

// ground is what a design of a branch begins from.
type ground struct {
	line    uuid.UUID
	sites   []postgres.PlacedSite
	reps    []roster.Rep
	current []geo.Territory
	foreign []geo.Cell // where other branches have sites
	today   hours.Date
}

// DesignTerritories designs a branch's territories and keeps them as a draft. The designing itself happens outside any
// transaction: it takes seconds, and an open transaction holds back everybody's change feed.
//
// Territories in force go on under their names with as many of their customers as can stay. A rep who looks after a site or its customer
// by name keeps it, wherever it lies.
func DesignTerritories(ctx context.Context, d *Desk, brief DesignBrief) (AlignmentDrafted, error) {
	if err := brief.check(); err != nil {
		return AlignmentDrafted{}, err
	}
	g, err := survey(ctx, d, brief.Branch, brief.Line)
	if err != nil {
		return AlignmentDrafted{}, err
	}
	seats := g.seats(brief)
	draft, err := geo.Design(g.brief(brief, seats))
	if err != nil {
		return AlignmentDrafted{}, err
	}
	k := len(seats)
	save := SaveDraft{Branch: brief.Branch, Line: g.line, Origin: "DESIGN", For: &brief}
	if save.Measures, err = json.Marshal(draft.Measures); err != nil {
		return AlignmentDrafted{}, err
	}
	if save.Territories, err = g.territories(draft.Units, draft.Territory, draft.Of(len(g.sites)), k); err != nil {
		return AlignmentDrafted{}, err
	}
	take(save.Territories, seats)
	nearestReps(save.Territories, centresOf(draft, k), g.reps)
	drafted, err := Do(ctx, d, brief.Request, save)
	for _, f := range draft.Findings {
		if f.Kind == geo.OffTarget {
			continue // every territory has its own imbalance
		}
		drafted.Findings = append(drafted.Findings, f)
	}
	for _, t := range save.Territories {
		drafted.Names = append(drafted.Names, t.Name)
	}
	return drafted, err
}

// WhatIf says how even a branch's work would be if no more than each share of it changed hands. Nothing is kept.
func WhatIf(ctx context.Context, d *Desk, brief DesignBrief, moves []float64) ([]geo.CurvePoint, error) {
	g, err := survey(ctx, d, brief.Branch, brief.Line)
	if err != nil {
		return nil, err
	}
	if len(g.current) == 0 {
		return nil, ErrNoTerritoriesInForce
	}
	brief.Afresh = false
	return geo.Curve(g.brief(brief, g.seats(brief)), moves...)
}

// ErrNoLine is returned for a sales line that the organization does not have.
var ErrNoLine = errors.New("no such sales line")

// survey reads what a design begins from. An empty line is the default one; only another has its own reps.
func survey(ctx context.Context, d *Desk, branch uuid.UUID, line string) (ground, error) {
	caller, err := auth.From(ctx)
	if err != nil {
		return ground{}, err
	}
	var g ground
	err = d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
		b, err := tx.Branch(ctx, branch)
		if err != nil {
			return err
		}
		g.today = hours.DateOf(d.Clock().In(b.Zone()))
		if g.line, err = lineOf(ctx, tx, line); err != nil {
			return err
		}
		if g.sites, err = tx.PlacedSites(ctx, branch, g.line, g.today); err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		if line == "" {
			g.reps, err = tx.RepsOf(ctx, branch)
		} else {
			g.reps, err = tx.RepsOfLine(ctx, branch, g.line)
		}
		if err != nil {
			return fmt.Errorf("read reps: %w", err)
		}
		if g.foreign, err = tx.ForeignCells(ctx, branch); err != nil {
			return fmt.Errorf("read other branches' ground: %w", err)
		}
		g.current, err = tx.CurrentTerritories(ctx, branch, g.line, g.today)
		return err
	})
	return g, err
}

func lineOf(ctx context.Context, tx *postgres.Tx, name string) (uuid.UUID, error) {
	if name == "" {
		return tx.DefaultLine(ctx)
	}
	lines, err := tx.Lines(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	id, known := lines[plain(name)]
	if !known {
		return uuid.Nil, fmt.Errorf("%w: %q", ErrNoLine, name)
	}
	return id, nil
}

// territories dresses units and sites given to k territories as the record keeps them: with ground, outline, colour and balance.
func (g ground) territories(units []geo.Unit, unitTerritory, siteTerritory []int, k int) ([]postgres.AlignedTerritory, error) {
	territories, err := g.undrawn(units, unitTerritory, siteTerritory, k)
	if err != nil {
		return nil, err
	}
	return territories, outline(territories)
}

// undrawn are territories without their outlines.
func (g ground) undrawn(units []geo.Unit, unitTerritory, siteTerritory []int, k int) ([]postgres.AlignedTerritory, error) {
	units, unitTerritory, err := g.withNeighbours(units, unitTerritory, k)
	if err != nil {
		return nil, err
	}
	cells, err := geo.Cover(units, unitTerritory, geo.DefaultRings)
	if err != nil {
		return nil, err
	}
	cells = cells[:min(k, len(cells))]
	for len(cells) < k {
		cells = append(cells, nil) // a territory without ground: its rep owns no located site
	}
	colours, err := geo.Colours(cells)
	if err != nil {
		return nil, err
	}
	territories := make([]postgres.AlignedTerritory, k)
	total := 0.0
	for i, s := range g.sites {
		t := siteTerritory[i]
		if t < 0 {
			continue
		}
		territories[t].Sites = append(territories[t].Sites, s.ID)
		territories[t].Workload += s.Workload
		total += s.Workload
	}
	for i := range territories {
		t := &territories[i]
		t.ID, t.Name, t.Colour, t.Cells = newID(), fmt.Sprintf("%02d", i+1), colours[i], cells[i]
		if total > 0 {
			t.Imbalance = t.Workload/(total/float64(k)) - 1
		}
	}
	return territories, nil
}

// withNeighbours adds the other branches' occupied cells as one more territory, so that ground between branches goes to the nearer
// one. A cell where both have sites is left to this branch; each site keeps its own branch whatever the map shows.
func (g ground) withNeighbours(units []geo.Unit, unitTerritory []int, k int) ([]geo.Unit, []int, error) {
	own := map[geo.Cell]bool{}
	for _, u := range units {
		parent, err := u.Cell.Parent(geo.SiteResolution)
		if err != nil {
			return nil, nil, err
		}
		own[parent] = true
	}
	units, unitTerritory = slices.Clone(units), slices.Clone(unitTerritory)
	for _, cell := range g.foreign {
		if own[cell] {
			continue
		}
		centre, err := cell.Center()
		if err != nil {
			return nil, nil, err
		}
		units = append(units, geo.Unit{Cell: cell, Center: centre})
		unitTerritory = append(unitTerritory, k)
	}
	return units, unitTerritory, nil
}

// centresOf is the middle of each territory's work.
func centresOf(d geo.Draft, k int) []geo.Point {
	sums, weights := make([]geo.Point, k), make([]float64, k)
	for i, u := range d.Units {
		t, w := d.Territory[i], math.Max(u.Workload, 1e-9)
		sums[t].Lat += u.Center.Lat * w
		sums[t].Lon += u.Center.Lon * w
		weights[t] += w
	}
	for t := range sums {
		sums[t].Lat, sums[t].Lon = sums[t].Lat/weights[t], sums[t].Lon/weights[t]
	}
	return sums
}

// nearestReps gives each territory without a rep the one who starts nearest to its middle, closest pairs first. Reps who start nowhere take what
// is left, in the order of their names; who has a territory gets no other. With fewer reps than territories some stay vacant.
func nearestReps(territories []postgres.AlignedTerritory, centres []geo.Point, reps []roster.Rep) {
	type pair struct {
		territory, rep int
		apart          geo.Metres
	}
	var pairs []pair
	for t, centre := range centres {
		for r, rep := range reps {
			apart := geo.Metres(math.Inf(1))
			if rep.Start != nil {
				apart = geo.Distance(centre, *rep.Start)
			}
			pairs = append(pairs, pair{t, r, apart})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.apart, b.apart) })
	given := make([]bool, len(reps))
	for r, rep := range reps {
		given[r] = slices.ContainsFunc(territories, func(t postgres.AlignedTerritory) bool { return t.RepID != nil && *t.RepID == rep.ID })
	}
	for _, p := range pairs {
		if territories[p.territory].RepID == nil && !given[p.rep] {
			territories[p.territory].RepID, given[p.rep] = &reps[p.rep].ID, true
		}
	}
}
