package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

func alertPage(l *loaders, read []notify.Alert, first int, after *string) model.AlertConnection {
	nodes, cursors, info := page(read, first, after, func(a notify.Alert) string {
		return writeCursor("alerts", postgres.MadeKey{CreatedAt: a.CreatedAt, ID: a.ID})
	})
	l.expectAlerts(nodes...)
	edges := make([]model.AlertEdge, len(nodes))
	for i, node := range nodes {
		edges[i] = model.AlertEdge{Cursor: cursors[i], Node: node}
	}
	return model.AlertConnection{Edges: edges, Nodes: nodes, PageInfo: info}
}

// inRepsZone gives a moment the offset of the zone of a rep's branch.
func inRepsZone(ctx context.Context, rep uuid.UUID, t time.Time) (time.Time, error) {
	l := reading(ctx)
	r, err := must[roster.Rep](roster.ErrNoRep)(l.rep.load(ctx, rep))
	if err != nil {
		return t, err
	}
	zone, err := l.zone(ctx, r.BranchID)
	return t.In(zone), err
}
