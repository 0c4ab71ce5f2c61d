package graph

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// today reads the calling rep's first screen at once, so that its fields need no statement of their own.
func today(ctx context.Context, date *hours.Date) (*model.Day, error) {
	l := reading(ctx)
	if l.caller.Rep == uuid.Nil {
		return nil, nil
	}
	var t postgres.Today
	err := l.read(ctx, func(tx *postgres.Tx) (err error) {
		t, err = tx.Today(ctx, l.caller.Rep, date, l.now, dispatch.PositionFresh, longestPage)
		return err
	})
	if err != nil {
		return nil, err
	}
	l.branch.know(t.Branch.ID, t.Branch)
	l.duty.know(l.caller.Rep, t.Duty)
	l.knowReps(t.Day.Rep)
	for _, k := range t.Kinds {
		l.kind.know(k.Code, k)
	}
	for _, c := range t.Customers {
		l.customer.know(c.ID, c)
	}
	day := inZone(t.Day, t.Branch.Zone())
	l.knowDay(day)
	l.dayLoader(t.Date).know(day.Rep.ID, t.Day)
	l.expectAlerts(t.Alerts...)
	return &model.Day{RepDay: day, Date: t.Date, BacklogCount: t.Backlog, SyncCursor: t.Cursor.String(), Unread: t.Alerts}, nil
}
