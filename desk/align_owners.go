package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/roster"
)

// Owners says who looks after which site today, as a company's own file tells it.
type Owners map[uuid.UUID]uuid.UUID // site → rep

// AlignOwners makes today's owners a branch's first alignment and puts it into force: nobody loses a shop because the software
// arrived. Each rep gets a territory of exactly the own sites; shared ground goes to who has more work there.
func AlignOwners(ctx context.Context, d *Desk, branch uuid.UUID, owners Owners) (AlignmentPublished, error) {
	g, err := survey(ctx, d, branch, "")
	if err != nil {
		return AlignmentPublished{}, err
	}
	owning := map[uuid.UUID]bool{}
	for _, rep := range owners {
		owning[rep] = true
	}
	reps := slices.DeleteFunc(slices.Clone(g.reps), func(r roster.Rep) bool { return !owning[r.ID] })
	number := map[uuid.UUID]int{}
	for i, r := range reps {
		number[r.ID] = i
	}
	siteTerritory := make([]int, len(g.sites))
	for i, s := range g.sites {
		siteTerritory[i] = -1
		if t, known := number[owners[s.ID]]; known {
			siteTerritory[i] = t
		}
	}
	units, unitTerritory, err := g.shares(siteTerritory, len(reps))
	if err != nil {
		return AlignmentPublished{}, err
	}
	save := SaveDraft{Branch: branch, Line: g.line, Origin: "IMPORT", Measures: json.RawMessage("{}")}
	if save.Territories, err = g.territories(units, unitTerritory, siteTerritory, len(reps)); err != nil {
		return AlignmentPublished{}, err
	}
	for i := range save.Territories {
		save.Territories[i].RepID = &reps[i].ID
	}
	draft, err := Do(ctx, d, uuid.Nil, save)
	if err != nil {
		return AlignmentPublished{}, err
	}
	return Do(ctx, d, uuid.Nil, PublishAlignment{Alignment: draft.Alignment, Branch: branch, From: g.today})
}

// shares gives each occupied cell to the territory with most work in it.
func (g ground) shares(siteTerritory []int, k int) ([]geo.Unit, []int, error) {
	loads := map[geo.Cell][]float64{}
	sites := map[geo.Cell][]int{}
	for i, s := range g.sites {
		if siteTerritory[i] < 0 {
			continue
		}
		cell, err := geo.CellAt(geo.Point{Lat: s.Lat, Lon: s.Lon}, geo.SiteResolution)
		if err != nil {
			return nil, nil, err
		}
		if loads[cell] == nil {
			loads[cell] = make([]float64, k)
		}
		loads[cell][siteTerritory[i]] += max(s.Workload, 1e-9)
		sites[cell] = append(sites[cell], i)
	}
	var units []geo.Unit
	var owner []int
	for cell, load := range loads {
		centre, err := cell.Center()
		if err != nil {
			return nil, nil, err
		}
		sum := 0.0
		for _, l := range load {
			sum += l
		}
		units = append(units, geo.Unit{Cell: cell, Center: centre, Workload: sum, Sites: sites[cell]})
	}
	slices.SortFunc(units, func(a, b geo.Unit) int { return cmp.Compare(a.Cell, b.Cell) })
	for _, u := range units {
		load := loads[u.Cell]
		owner = append(owner, slices.Index(load, slices.Max(load)))
	}
	return units, owner, nil
}
