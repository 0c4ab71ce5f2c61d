package desk

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
)

// decide is one of dispatch's four pure transitions for facts.
type decide func(dispatch.Call, *dispatch.RepDay, dispatch.Attempt, time.Time) dispatch.Recorded

// fact is what the four commands about attempts share: a rep reports, it is always kept, and the visit follows.
type fact struct {
	visit   uuid.UUID
	report  FactReport
	outcome *string
	note    string
	event   dispatch.EventType
	decide  decide
}

func (f fact) record(ctx context.Context, tx *Tx) (FactRecorded, error) {
	if err := f.check(tx); err != nil {
		return FactRecorded{}, err
	}
	call, day, err := f.load(ctx, tx)
	if err != nil {
		return FactRecorded{}, err
	}
	outcome := f.decide(call, day, f.attempt(tx), tx.Now)
	event := f.happened(tx, call, outcome.Attempt)
	if outcome.Visit.State == dispatch.Done && outcome.Visit.Date == nil {
		outcome.Visit.Date = &event.Date // planned for no day, it was made on this one: the next is due from here
	}
	if err := tx.AddAttempt(ctx, outcome.Attempt); err != nil {
		return FactRecorded{}, fmt.Errorf("add attempt: %w", err)
	}
	if outcome.Changed {
		if err := tx.SaveVisit(ctx, outcome.Visit); err != nil {
			return FactRecorded{}, fmt.Errorf("save visit %s: %w", f.visit, err)
		}
		if err := tx.changed(ctx, call.Visit, outcome.Visit); err != nil {
			return FactRecorded{}, err
		}
	}
	if outcome.Day != nil {
		tx.late(day, outcome.Day)
		if err := tx.saveDays(ctx, outcome.Day); err != nil {
			return FactRecorded{}, err
		}
	}
	if err := tx.happened(ctx, event); err != nil {
		return FactRecorded{}, err
	}
	if len(outcome.Notices) > 0 {
		if err := tx.open(ctx, "FACT", "", ""); err != nil {
			return FactRecorded{}, err
		}
		if _, err := tx.tell(ctx, "", calls(call).and(outcome.Day), outcome.Notices); err != nil {
			return FactRecorded{}, err
		}
	}
	return FactRecorded{Visit: outcome.Visit, Credited: outcome.Attempt.Credited}, nil
}

func (f fact) check(tx *Tx) error {
	if tx.Caller.Rep == uuid.Nil {
		return ErrNotARep
	}
	if utf8.RuneCountInString(f.note) > longestNote {
		return Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	if p := f.report.Point; p != nil && p.Check() != nil {
		return Invalid{Path: []string{"fact", "point"}, Code: "NO_PLACE"}
	}
	if a := f.report.Accuracy; a != nil && (*a < 0 || *a > 1e6) {
		return Invalid{Path: []string{"fact", "accuracy"}, Code: "OUT_OF_RANGE"}
	}
	return nil
}

// load locks the visit and the day it is on. A rep may report about a visit that has left the own hands meanwhile: the phone was
// offline, and work that was done is done.
func (f fact) load(ctx context.Context, tx *Tx) (dispatch.Call, *dispatch.RepDay, error) {
	visit, err := tx.LockVisit(ctx, f.visit)
	if err != nil {
		return dispatch.Call{}, nil, err
	}
	if !tx.maySee(visit) {
		had, err := tx.EverAssigned(ctx, f.visit, tx.Caller.Rep)
		if err != nil {
			return dispatch.Call{}, nil, err
		}
		if !had {
			return dispatch.Call{}, nil, dispatch.ErrNoVisit
		}
	}
	if f.outcome != nil {
		known, err := tx.KnowsOutcome(ctx, *f.outcome, f.event == dispatch.AttemptCompleted)
		if err != nil {
			return dispatch.Call{}, nil, err
		}
		if !known {
			return dispatch.Call{}, nil, dispatch.ErrOutcome
		}
	}
	tx.concerns(visit.ID)
	call, err := tx.callOf(ctx, visit)
	if err != nil {
		return dispatch.Call{}, nil, err
	}
	if visit.Date == nil && visit.RepID != nil && *visit.RepID == tx.Caller.Rep {
		day, err := tx.todayOf(ctx, tx.Caller.Rep)
		return call, day, err
	}
	day, err := tx.dayOf(ctx, visit)
	return call, day, err
}

// todayOf locks and reads the day that a backlog visit made in passing joins; nil for a rep who has no shift: such a day can be neither
// locked nor timed.
func (tx *Tx) todayOf(ctx context.Context, rep uuid.UUID) (*dispatch.RepDay, error) {
	duty, err := tx.duty(ctx, rep)
	if err != nil {
		return nil, err
	}
	days, err := tx.lockDays(ctx, duty.Date, rep)
	if err != nil || days[0].Shift == nil {
		return nil, err
	}
	return &days[0], nil
}

// dayOf locks and reads the day a visit is on; nil where it is on none.
func (tx *Tx) dayOf(ctx context.Context, v dispatch.Visit) (*dispatch.RepDay, error) {
	if v.RepID == nil || v.Date == nil {
		return nil, nil
	}
	days, err := tx.lockDays(ctx, *v.Date, *v.RepID)
	if err != nil {
		return nil, err
	}
	return &days[0], nil
}

func (f fact) attempt(tx *Tx) dispatch.Attempt {
	a := dispatch.Attempt{
		ID: newID(), RepID: tx.Caller.Rep, DeviceTime: tx.Now, RecordedAt: tx.Now, Offset: f.report.Offset, Accuracy: f.report.Accuracy,
		Mocked: f.report.Mocked, Outcome: f.outcome, Note: f.note, Door: tx.Caller.Door,
	}
	if f.report.DeviceTime != nil {
		a.DeviceTime = *f.report.DeviceTime
	}
	if p := f.report.Point; p != nil {
		a.Lat, a.Lon = &p.Lat, &p.Lon
	}
	return a
}

func (f fact) happened(tx *Tx, call dispatch.Call, a dispatch.Attempt) dispatch.Event {
	event := tx.event(f.event, call, call.Visit.RepID)
	event.HappenedAt, event.Date, event.Doubtful = dispatch.BusinessTime(a.DeviceTime, a.Offset, tx.Now, hours.Zone(call.Site.TimeZone))
	event.Performed = &a.RepID
	if f.outcome != nil {
		event.Code = *f.outcome
	}
	return event
}
