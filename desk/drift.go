package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// Drifted is the drift of a branch's territories since their publication.
type Drifted struct {
	geo.Drift
	Alignment   uuid.UUID
	PublishedAt time.Time
	Numbered    []geo.Territory // by number
}

// Drift compares a branch's territories as published, on its default line, with what they are today. Loads of the day of publication are
// those written down then; distances of that day are between the sites of then with the weights of now.
func Drift(ctx context.Context, d *Desk, branch uuid.UUID, limits geo.Thresholds) (Drifted, error) {
	var out Drifted
	var then, now geo.Standing
	err := d.readBranch(ctx, branch, func(tx *postgres.Tx, line uuid.UUID, today hours.Date) error {
		alignment, err := tx.InForce(ctx, branch, line, today)
		if errors.Is(err, postgres.ErrNoAlignment) {
			return ErrNoTerritoriesInForce
		}
		if err != nil {
			return err
		}
		out.Alignment, out.PublishedAt = alignment.ID, *alignment.PublishedAt
		if out.Numbered, err = tx.AlignedTerritories(ctx, alignment.ID); err != nil {
			return fmt.Errorf("read territories: %w", err)
		}
		number := map[uuid.UUID]int{}
		for i, t := range out.Numbered {
			number[t.ID] = i
			then.Load = append(then.Load, t.Workload)
		}
		then.Of, now.Of = len(out.Numbered), len(out.Numbered)
		past, err := tx.SitesAtPublication(ctx, alignment.ID)
		if err != nil {
			return fmt.Errorf("read sites of then: %w", err)
		}
		for _, s := range past {
			then.Sites = append(then.Sites, geo.Site{ID: s.ID.String(), Point: geo.Point{Lat: s.Lat, Lon: s.Lon}, Workload: s.Workload})
			then.Territory = append(then.Territory, numberOf(&s.Territory, number))
		}
		sites, err := tx.PlacedSites(ctx, branch, line, today)
		if err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		for _, s := range sites {
			now.Sites = append(now.Sites, siteOf(s))
			now.Territory = append(now.Territory, numberOf(s.Territory, number))
		}
		return nil
	})
	if err != nil {
		return Drifted{}, err
	}
	out.Drift, err = geo.DriftSince(then, now, limits)
	return out, err
}
