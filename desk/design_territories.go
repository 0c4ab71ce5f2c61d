package desk

import (
	"cmp"
	"context"
	"encoding/json"
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

// stayPrice is what a share of workload that changes hands costs, in shares of distance: territories in force move little.
const stayPrice = 5

// DesignBrief says what territories a branch is to get.
type DesignBrief struct {
	Branch      uuid.UUID
	Territories int     // 0: one for each rep
	Tolerance   float64 // 0: geo.DefaultTolerance
	Seed        uint64
	Afresh      bool // forget the territories in force

	Request uuid.UUID `json:"-"` // as of Do
}

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
func DesignTerritories(ctx context.Context, d *Desk, brief DesignBrief) (AlignmentDrafted, error) {
	g, err := survey(ctx, d, brief.Branch)
	if err != nil {
		return AlignmentDrafted{}, err
	}
	k := brief.Territories
	if k == 0 {
		k = len(g.reps)
	}
	design := geo.Brief{Territories: k, Tolerance: brief.Tolerance, Seed: brief.Seed}
	for _, s := range g.sites {
		design.Sites = append(design.Sites, geo.Site{ID: s.ID.String(), Point: geo.Point{Lat: s.Lat, Lon: s.Lon}, Workload: s.Workload})
	}
	keep := !brief.Afresh && len(g.current) == k
	if keep {
		design.Price = stayPrice
		number := map[uuid.UUID]int{}
		for i, t := range g.current {
			number[t.ID] = i
		}
		for _, s := range g.sites {
			current := -1
			if s.Territory != nil {
				if i, known := number[*s.Territory]; known {
					current = i
				}
			}
			design.Current = append(design.Current, current)
		}
	}
	draft, err := geo.Design(design)
	if err != nil {
		return AlignmentDrafted{}, err
	}
	save := SaveDraft{Branch: brief.Branch, Line: g.line, Origin: "DESIGN", For: &brief}
	if save.Measures, err = json.Marshal(draft.Measures); err != nil {
		return AlignmentDrafted{}, err
	}
	centres := centresOf(draft, k)
	if save.Territories, err = g.territories(draft.Units, draft.Territory, draft.Of(len(g.sites)), k); err != nil {
		return AlignmentDrafted{}, err
	}
	if keep {
		for i, t := range g.current {
			save.Territories[i].ID, save.Territories[i].Name, save.Territories[i].RepID = t.ID, t.Name, t.RepID
		}
	} else {
		nearestReps(save.Territories, centres, g.reps)
	}
	return Do(ctx, d, brief.Request, save)
}

func survey(ctx context.Context, d *Desk, branch uuid.UUID) (ground, error) {
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
		if g.line, err = tx.DefaultLine(ctx); err != nil {
			return err
		}
		if g.sites, err = tx.PlacedSites(ctx, branch, g.line, g.today); err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		if g.reps, err = tx.RepsOf(ctx, branch); err != nil {
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

// nearestReps gives each territory the rep who starts nearest to its middle, closest pairs first. Reps who start nowhere take what
// is left, in the order of their names. With fewer reps than territories some stay vacant.
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
	for _, p := range pairs {
		if territories[p.territory].RepID == nil && !given[p.rep] {
			territories[p.territory].RepID, given[p.rep] = &reps[p.rep].ID, true
		}
	}
}
