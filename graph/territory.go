package graph

import (
	"context"
	"encoding/json"
	"math"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// The resolutions a territory's cells may have.
const (
	coarsestGround = 0
	finestGround   = 15
)

func territories(ctx context.Context, at *hours.Date, line *uuid.UUID) (list []geo.Territory, err error) {
	l := reading(ctx)
	err = l.read(ctx, func(tx *postgres.Tx) error {
		list, err = tx.Territories(ctx, l.caller, line, at, l.now)
		return err
	})
	l.expectTerritories(list...)
	return list, err
}

func (l *loaders) expectTerritories(list ...geo.Territory) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range list {
		l.cells.expect(groundKey{t.ID, t.Alignment})
		l.grounds[groundKey{t.ID, t.Alignment}] = true
		if t.RepID != nil {
			l.rep.expect(*t.RepID)
		}
	}
}

// outlineOf is a territory's outline for a zoom, the exact one when none is given. Those of the territories shown beside it are
// read along.
func outlineOf(ctx context.Context, t geo.Territory, zoom *float64) (json.RawMessage, error) {
	l := reading(ctx)
	near := math.Inf(1)
	if zoom != nil {
		near = *zoom
	}
	l.mu.Lock()
	for ground := range l.grounds {
		l.outline.expect(postgres.OutlineKey{Territory: ground.territory, Alignment: ground.alignment, Zoom: near})
	}
	l.mu.Unlock()
	drawn, found, err := l.outline.load(ctx, postgres.OutlineKey{Territory: t.ID, Alignment: t.Alignment, Zoom: near})
	if err == nil && !found {
		err = geo.ErrNoTerritory
	}
	return drawn, err
}

func territoryAt(ctx context.Context, point geo.Point, at *hours.Date, line *uuid.UUID) (*geo.Territory, error) {
	if err := point.Check(); err != nil {
		return nil, noPlace("point")
	}
	cells, err := geo.Ancestors(point, coarsestGround, finestGround)
	if err != nil {
		return nil, err
	}
	l := reading(ctx)
	var holding []postgres.TerritoryOfCell
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		holding, err = tx.TerritoriesOf(ctx, l.caller, cells, line, at, l.now)
		return err
	})
	if err != nil || len(holding) == 0 {
		return nil, err
	}
	l.expectTerritories(holding[0].Territory)
	return &holding[0].Territory, nil
}

func noPlace(path string) badInput {
	said := invalidWords["NO_PLACE"]
	return badInput{path: path, words: words{"Поле " + path + ": " + said.ru, "Field " + path + ": " + said.en}}
}
