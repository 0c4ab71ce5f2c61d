package graph

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// visibleRep is the rep, null for none and for one whom the caller may not see.
func visibleRep(ctx context.Context, id *uuid.UUID) (*roster.Rep, error) {
	if id == nil {
		return nil, nil
	}
	l := reading(ctx)
	rep, found, err := l.rep.load(ctx, *id)
	return maybe(rep, found && l.mayFollow(rep), err)
}

// dayOf is a rep's day. Of a colleague, whom the caller sees only by name in a decision, it is empty.
func dayOf(ctx context.Context, rep *roster.Rep, date *hours.Date) (dispatch.RepDay, error) {
	l := reading(ctx)
	if !l.mayFollow(*rep) {
		return dispatch.RepDay{}, nil
	}
	return l.day(ctx, *rep, date)
}

func positionOf(ctx context.Context, rep *roster.Rep) (*roster.Position, error) {
	l := reading(ctx)
	if !l.mayFollow(*rep) {
		return nil, nil
	}
	at, found, err := l.position.load(ctx, rep.ID)
	if err != nil || !found {
		return nil, err
	}
	zone, err := l.zone(ctx, rep.BranchID)
	at.DeviceTime, at.RecordedAt = at.DeviceTime.In(zone), at.RecordedAt.In(zone)
	return &at, err
}

func repPage(ctx context.Context, first int, after *string, branch *uuid.UUID) (model.RepConnection, error) {
	l := reading(ctx)
	key, limit, err := paged[postgres.NameKey]("reps", first, after)
	if err != nil {
		return model.RepConnection{}, err
	}
	var reps []roster.Rep
	err = l.read(ctx, func(tx *postgres.Tx) (err error) {
		reps, err = tx.RepPage(ctx, l.caller, branch, key, limit)
		return err
	})
	nodes, cursors, info := page(reps, first, after, func(r roster.Rep) string {
		return writeCursor("reps", postgres.NameKey{Name: r.Name, ID: r.ID})
	})
	l.knowReps(nodes...)
	edges := make([]model.RepEdge, len(nodes))
	for i, node := range nodes {
		edges[i] = model.RepEdge{Cursor: cursors[i], Node: node}
	}
	return model.RepConnection{Edges: edges, Nodes: nodes, PageInfo: info}, err
}

func positions(inputs []model.PositionInput) []roster.Position {
	list := make([]roster.Position, len(inputs))
	for i, in := range inputs {
		list[i] = roster.Position{Point: in.Point, DeviceTime: in.DeviceTime, Mocked: in.Mocked != nil && *in.Mocked}
		if in.Accuracy != nil {
			list[i].Accuracy = geo.Metres(*in.Accuracy)
		}
	}
	return list
}
