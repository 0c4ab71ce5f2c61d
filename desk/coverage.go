package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// ErrNoTerritoriesInForce is returned for questions about territories in force where there are none.
var ErrNoTerritoriesInForce = errors.New("the branch has no territories in force")

// Covered is the coverage of a branch, with what its numbers stand for.
type Covered struct {
	geo.Coverage
	Sites       []uuid.UUID     // by position
	Territories []geo.Territory // by number
}

// Coverage looks for gaps and overlaps in a branch's territories as they are today, on its default line.
func Coverage(ctx context.Context, d *Desk, branch uuid.UUID) (Covered, error) {
	var out Covered
	var h geo.Holdings
	err := d.readBranch(ctx, branch, func(tx *postgres.Tx, line uuid.UUID, today hours.Date) error {
		var err error
		if out.Territories, err = tx.CurrentTerritories(ctx, branch, line, today); err != nil {
			return fmt.Errorf("read territories: %w", err)
		}
		number := map[uuid.UUID]int{}
		for i, t := range out.Territories {
			number[t.ID] = i
			h.Vacant = append(h.Vacant, t.RepID == nil)
		}
		sites, err := tx.PlacedSites(ctx, branch, line, today)
		if err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		position := map[uuid.UUID]int{}
		for i, s := range sites {
			position[s.ID] = i
			out.Sites = append(out.Sites, s.ID)
			h.Sites = append(h.Sites, siteOf(s))
			h.Territory = append(h.Territory, numberOf(s.Territory, number))
		}
		h.Reps = make([][]int, len(sites))
		owned, err := tx.OwnedSites(ctx, branch, line, today)
		if err != nil {
			return fmt.Errorf("read sites with reps of their own: %w", err)
		}
		reps := map[uuid.UUID]int{}
		for _, o := range owned {
			at, located := position[o.Site]
			if o.Rep == nil || !located {
				continue
			}
			if _, known := reps[*o.Rep]; !known {
				reps[*o.Rep] = len(reps)
			}
			h.Reps[at] = append(h.Reps[at], reps[*o.Rep])
		}
		held, err := tx.CellsOf(ctx, out.Territories)
		if err != nil {
			return fmt.Errorf("read ground: %w", err)
		}
		h.Ground = make([][]geo.Cell, len(out.Territories))
		for _, c := range held {
			h.Ground[number[c.Territory]] = append(h.Ground[number[c.Territory]], c.Cell)
		}
		return nil
	})
	if err != nil {
		return Covered{}, err
	}
	out.Coverage, err = geo.CoverageOf(h)
	return out, err
}

// readBranch reads what the caller may know of a branch on its default line today.
func (d *Desk) readBranch(ctx context.Context, branch uuid.UUID, f func(tx *postgres.Tx, line uuid.UUID, today hours.Date) error) error {
	caller, err := auth.From(ctx)
	if err != nil {
		return err
	}
	if !caller.MaySeeBranch(branch) {
		return roster.ErrNoBranch
	}
	return d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
		b, err := tx.Branch(ctx, branch)
		if err != nil {
			return err
		}
		line, err := tx.DefaultLine(ctx)
		if err != nil {
			return err
		}
		return f(tx, line, hours.DateOf(d.Clock().In(b.Zone())))
	})
}

func siteOf(s postgres.PlacedSite) geo.Site {
	return geo.Site{ID: s.ID.String(), Point: geo.Point{Lat: s.Lat, Lon: s.Lon}, Workload: s.Workload}
}

// numberOf is a territory's number, geo.Free for none.
func numberOf(territory *uuid.UUID, number map[uuid.UUID]int) int {
	if territory != nil {
		if n, known := number[*territory]; known {
			return n
		}
	}
	return geo.Free
}
