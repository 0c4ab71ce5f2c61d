package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// node finds out what kind of thing the id stands for, in one statement that knows what the caller may see, and reads it.
func node(ctx context.Context, id uuid.UUID) (model.Node, error) {
	l := reading(ctx)
	var kind string
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		kind, err = tx.KindOf(ctx, l.caller, id)
		return err
	})
	if err == nil {
		var thing model.Node
		if thing, err = l.nodeOf(ctx, kind, id); err == nil {
			return thing, nil
		}
	}
	for _, missing := range []error{postgres.ErrNoNode, geo.ErrNoTerritory, dispatch.ErrNoDecision, roster.ErrNoDevice, roster.ErrNoPerson, postgres.ErrNoAlignment} {
		if errors.Is(err, missing) {
			return nil, nil
		}
	}
	return nil, err
}

func (l *loaders) nodeOf(ctx context.Context, kind string, id uuid.UUID) (thing model.Node, err error) {
	switch kind {
	case "visit":
		return loaded(l.visit.load(ctx, id))
	case "rep":
		return loaded(l.rep.load(ctx, id))
	case "site":
		return loaded(l.site.load(ctx, id))
	case "customer":
		return loaded(l.customer.load(ctx, id))
	case "branch":
		return loaded(l.branch.load(ctx, id))
	case "engagement":
		return loaded(l.engagement.load(ctx, id))
	}
	err = l.read(ctx, func(tx *postgres.Tx) error {
		thing, err = l.nodeIn(ctx, tx, kind, id)
		return err
	})
	if of, isRoute := thing.(postgres.RouteDay); isRoute && err == nil {
		return loaded(l.route(ctx, of))
	}
	return thing, err
}

func (l *loaders) nodeIn(ctx context.Context, tx *postgres.Tx, kind string, id uuid.UUID) (model.Node, error) {
	switch kind {
	case "shift":
		return tx.Shift(ctx, id)
	case "territory":
		return tx.Territory(ctx, l.caller, id, l.now)
	case "alignment":
		return tx.Alignment(ctx, l.caller, id)
	case "decision":
		return tx.DecisionFor(ctx, l.caller, id)
	case "device":
		return tx.DeviceByID(ctx, id)
	case "user":
		return tx.User(ctx, id)
	case "organization":
		return tx.OwnOrganization(ctx)
	case "alert":
		return only(tx.Alerts(ctx, l.caller, []uuid.UUID{id}))
	case "route":
		return only(tx.RouteDays(ctx, l.caller, []uuid.UUID{id}))
	}
	return nil, postgres.ErrNoNode
}

func loaded[V any](value V, found bool, err error) (model.Node, error) {
	if err == nil && !found {
		err = postgres.ErrNoNode
	}
	return value, err
}

func only[V any](list []V, err error) (model.Node, error) {
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, postgres.ErrNoNode
	}
	return list[0], nil
}
