package graph

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

func (r *Resolver) reassignMany(ctx context.Context, input model.VisitsReassignInput) (model.VisitsReassigned, error) {
	wish := desk.ReassignVisits{
		Visits: input.VisitIds, Date: input.Date, Branch: input.BranchID, To: input.ToRepID,
		ForGood: input.Scope != nil && *input.Scope == model.ReassignScopeForGood, Unpinned: unpinned(input.Pin),
		ToQueue: said(input.ToQueue), Reason: input.Reason, Note: text(input.Note),
	}
	for _, version := range input.ExpectedVersions {
		wish.Seen = append(wish.Seen, dispatch.Revision(version))
	}
	if input.Polygon != nil {
		wish.Area = new(geo.Region)
		if err := json.Unmarshal(input.Polygon, wish.Area); err != nil {
			return model.VisitsReassigned{}, err
		}
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.VisitsReassigned{BatchID: done.Batch, Moves: done.Moves, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts}, err
}

func (r *Resolver) reassignDays(ctx context.Context, input model.RepDayReassignInput) (model.RepDayReassigned, error) {
	wish := desk.ReassignRepDays{
		Reps: input.RepIds, Dates: input.Dates, Policy: input.Policy, Absence: text(input.Absence), Unpinned: unpinned(input.Pin),
		Reason: "ABSENCE", Note: text(input.Note),
	}
	if input.Reason != nil {
		wish.Reason = *input.Reason
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.RepDayReassigned{
		BatchID: done.Batch, Moves: done.Moves, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts, Absences: done.Absences,
	}, err
}

func (r *Resolver) reschedule(ctx context.Context, input model.VisitRescheduleInput) (model.VisitRescheduled, error) {
	wish := desk.RescheduleVisit{
		Visit: input.VisitID, Seen: dispatch.Revision(input.ExpectedVersion), Date: input.Date, Promised: input.Promised,
		Unpinned: unpinned(input.Pin), Reason: input.Reason, Note: text(input.Note),
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	if err != nil {
		return model.VisitRescheduled{}, err
	}
	return model.VisitRescheduled{
		Visit: done.Moves[0].Visit, BatchID: done.Batch, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts,
	}, nil
}

func (r *Resolver) undo(ctx context.Context, input model.BatchUndoInput) (model.BatchUndone, error) {
	wish := desk.UndoBatch{Batch: input.BatchID, Note: text(input.Note)}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.BatchUndone{
		BatchID: done.Batch, Moves: done.Moves, Kept: done.Kept, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts,
	}, err
}

func (r *Resolver) slowArea(ctx context.Context, input model.AreaSlowdownInput) (model.AreaSlowed, error) {
	wish := desk.SlowArea{
		Branch: input.BranchID, Window: hours.Window{From: input.From, To: input.To}, Factor: input.Factor,
		Keep: input.Defer != nil && !*input.Defer, Note: text(input.Note),
	}
	if err := json.Unmarshal(input.Polygon, &wish.Area); err != nil {
		return model.AreaSlowed{}, err
	}
	done, err := desk.DoOrTry(ctx, r.desk, input.RequestID, said(input.DryRun), wish)
	return model.AreaSlowed{
		BatchID: done.Batch, Slowdown: done.Slowdown, Moves: done.Moves, Days: done.Days, Promises: done.Promises, Alerts: done.Alerts,
	}, err
}

// said is a flag that is off unless it is given.
func said(flag *bool) bool { return flag != nil && *flag }

// unpinned turns the flag that is on unless it is given around.
func unpinned(pin *bool) bool { return pin != nil && !*pin }

// expectBatch announces what the fields of a batch's success ask for.
func (l *loaders) expectBatch(moves []desk.VisitMove, days []desk.DayChange, promises []dispatch.PromiseTouched) {
	for _, m := range moves {
		l.expectVisits(m.Visit)
		if m.From != nil {
			l.rep.expect(*m.From)
		}
		if m.Decision != nil {
			l.rep.expect(repsOf(*m.Decision)...)
		}
	}
	for _, p := range promises {
		l.visit.expect(p.VisitID)
	}
	for _, day := range days {
		l.rep.expect(day.Rep)
		for _, s := range day.Route.Stops {
			if s.VisitID != nil {
				l.visit.expect(*s.VisitID)
			}
			if s.EngagementID != nil {
				l.engagement.expect(*s.EngagementID)
			}
		}
	}
}

// atVisit is a moment with the offset of the visit's branch.
func atVisit(ctx context.Context, visit uuid.UUID, at *time.Time) (*time.Time, error) {
	if at == nil {
		return nil, nil
	}
	v, err := mustVisit(ctx, visit)
	if err != nil {
		return nil, err
	}
	zone, err := reading(ctx).zone(ctx, v.BranchID)
	local := at.In(zone)
	return &local, err
}

// mustVisit is a visit that an answer speaks of. Nothing is answered about visits that the caller may not see.
func mustVisit(ctx context.Context, id uuid.UUID) (dispatch.Visit, error) {
	return must[dispatch.Visit](dispatch.ErrNoVisit)(reading(ctx).visit.load(ctx, id))
}

// keptWords say why an undo leaves a visit where it is, by dispatch.KeptVisit's code.
var keptWords = map[string]words{
	string(dispatch.Done):      {"визит уже выполнен", "the visit has been made"},
	string(dispatch.Missed):    {"время визита прошло", "the visit's time has passed"},
	string(dispatch.Cancelled): {"визит отменён", "the visit was called off"},
	dispatch.BegunSince:        {"визит уже начат", "the visit has begun"},
	dispatch.MovedSince:        {"с тех пор визит изменили", "the visit was changed since"},
	dispatch.GoneSince:         {"визита больше нет", "the visit is gone"},
	dispatch.OffShift:          {"у прежнего исполнителя нет смены", "the rep it was with has no shift"},
	dispatch.Absent:            {"прежний исполнитель отсутствует", "the rep it was with is absent"},
	dispatch.ShiftOver:         {"смена прежнего исполнителя закончилась", "the shift of the rep it was with is over"},
	dispatch.OtherBranch:       {"прежний исполнитель теперь в другом филиале", "the rep it was with works for another branch now"},
}

// lastChange is what happened to a visit last; nil where the record does not know.
func lastChange(ctx context.Context, visit dispatch.Visit) (*postgres.LastChange, error) {
	l := reading(ctx)
	var change postgres.LastChange
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		change, err = tx.LastChange(ctx, visit.ID)
		return err
	})
	if errors.Is(err, postgres.ErrNoChange) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	zone, err := l.zone(ctx, visit.BranchID)
	change.At = change.At.In(zone)
	return &change, err
}

// userOf is a person by id; nil for nobody.
func userOf(ctx context.Context, id *uuid.UUID) (*roster.User, error) {
	if id == nil {
		return nil, nil
	}
	return maybe(reading(ctx).user.load(ctx, *id))
}

// batchPage is a page of the list of batches.
func batchPage(l *loaders, read []postgres.ListedBatch, first int, after *string) model.BatchConnection {
	nodes, cursors, info := page(read, first, after, func(b postgres.ListedBatch) string { return writeCursor("batches", b.ID) })
	edges := make([]model.BatchEdge, len(nodes))
	for i, node := range nodes {
		edges[i] = model.BatchEdge{Cursor: cursors[i], Node: node}
		if node.Actor != nil {
			l.user.expect(*node.Actor)
		}
	}
	return model.BatchConnection{Edges: edges, Nodes: nodes, PageInfo: info}
}

// staleOf is the first visit of a list whose version is not the one expected.
func staleOf(ctx context.Context, input model.VisitsReassignInput) (now dispatch.Visit, visible bool, err error) {
	l := reading(ctx)
	l.visit.expect(input.VisitIds...)
	for i, id := range input.VisitIds {
		if now, visible, err = l.visit.load(ctx, id); err != nil || !visible {
			return now, visible, err
		}
		if i < len(input.ExpectedVersions) && int(now.Version) != input.ExpectedVersions[i] {
			return now, true, nil
		}
	}
	return now, false, nil
}

// inList says which entry of the input's list is meant, where a wish named several visits.
func inList(err error, path []string) []string {
	if one := (dispatch.MoveError{}); errors.As(err, &one) && len(path) == 1 && path[0] == "visitIds" {
		return append(path, strconv.Itoa(one.At))
	}
	return path
}
