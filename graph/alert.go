package graph

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

func alertPage(l *loaders, list string, read []notify.Alert, first int, after *string) model.AlertConnection {
	nodes, cursors, info := page(read, first, after, func(a notify.Alert) string {
		return writeCursor(list, postgres.MadeKey{CreatedAt: a.CreatedAt, ID: a.ID})
	})
	l.expectAlerts(nodes...)
	edges := make([]model.AlertEdge, len(nodes))
	for i, node := range nodes {
		edges[i] = model.AlertEdge{Cursor: cursors[i], Node: node}
	}
	return model.AlertConnection{Edges: edges, Nodes: nodes, PageInfo: info}
}

func deadLetterPage(l *loaders, read []postgres.DeadLetter, alerts []notify.Alert, first int, after *string) model.DeadLetterConnection {
	letters, cursors, info := page(read, first, after, func(d postgres.DeadLetter) string {
		return writeCursor("deadLetters", postgres.MadeKey{CreatedAt: d.TriedAt, ID: d.ID})
	})
	l.expectAlerts(alerts...)
	about := map[uuid.UUID]notify.Alert{}
	for _, a := range alerts {
		about[a.ID] = a
	}
	nodes, edges := make([]model.DeadLetter, len(letters)), make([]model.DeadLetterEdge, len(letters))
	for i, d := range letters {
		nodes[i] = model.DeadLetter{ID: d.ID, Alert: about[d.Alert], Transport: d.Transport, Reason: d.Reason, Tries: d.Tries, TriedAt: d.TriedAt}
		edges[i] = model.DeadLetterEdge{Cursor: cursors[i], Node: nodes[i]}
	}
	return model.DeadLetterConnection{Edges: edges, Nodes: nodes, PageInfo: info}
}

// alertRules are the rules as the schema says them.
func alertRules(r notify.Rules) model.AlertRules {
	digest := make([]string, len(r.Digest))
	for i, t := range r.Digest {
		digest[i] = t.String()
	}
	channels := r.Channels
	if channels == nil {
		channels = []string{}
	}
	return model.AlertRules{
		Channels: channels, PatienceMinutes: r.Patience.Minutes(), UrgentPatienceMinutes: r.UrgentPatience.Minutes(),
		QuietFrom: r.QuietFrom.String(), QuietTo: r.QuietTo.String(), Digest: digest, ShiftOnly: r.ShiftOnly, VisitQuiet: r.VisitQuiet,
	}
}

// readRules reads rules out of the input.
func readRules(in model.AlertRulesSetInput) (notify.Rules, error) {
	r := notify.Rules{
		Channels: in.Channels, Patience: patience(in.PatienceMinutes), UrgentPatience: patience(in.UrgentPatienceMinutes),
		ShiftOnly: in.ShiftOnly != nil && *in.ShiftOnly, VisitQuiet: in.VisitQuiet != nil && *in.VisitQuiet,
	}
	var err error
	if r.QuietFrom, err = timeOfDay("quietFrom", text(in.QuietFrom)); err != nil {
		return r, err
	}
	if r.QuietTo, err = timeOfDay("quietTo", text(in.QuietTo)); err != nil {
		return r, err
	}
	for _, at := range in.Digest {
		t, err := timeOfDay("digest", at)
		if err != nil {
			return r, err
		}
		r.Digest = append(r.Digest, t)
	}
	return r, nil
}

func timeOfDay(field, text string) (hours.TimeOfDay, error) {
	if text == "" {
		return 0, nil
	}
	t, err := hours.ParseTimeOfDay(text)
	if err != nil || t >= 24*60 {
		return 0, desk.Invalid{Path: []string{field}, Code: "NO_TIME"}
	}
	return t, nil
}

// patience is a length of time; what no time.Duration holds becomes one that is refused as out of range.
func patience(n *float64) time.Duration {
	if n == nil {
		return 0
	}
	return time.Duration(min(max(*n, -1), 1e6) * float64(time.Minute))
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
