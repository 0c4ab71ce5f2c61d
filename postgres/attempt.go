package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

const insertAttempt = `
INSERT INTO attempt (organization_id, id, visit_id, rep_id, fact, device_time, recorded_at, clock_offset, lat, lon, accuracy, mocked,
       outcome, note, credited, door)
VALUES (@organization, @id, @visit, @rep, @fact, @device_time, @recorded_at, @clock_offset, @lat, @lon, @accuracy, @mocked,
       @outcome, @note, @credited, @door)`

// AddAttempt appends a fact about a visit.
func (tx *Tx) AddAttempt(ctx context.Context, a dispatch.Attempt) error {
	return tx.exec(ctx, 1, insertAttempt, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "visit": a.VisitID, "rep": a.RepID, "fact": a.Fact, "device_time": a.DeviceTime,
		"recorded_at": a.RecordedAt, "clock_offset": a.Offset, "lat": a.Lat, "lon": a.Lon, "accuracy": a.Accuracy, "mocked": a.Mocked,
		"outcome": a.Outcome, "note": a.Note, "credited": a.Credited, "door": a.Door,
	})
}

// Assignment is who had a visit from one moment on.
type Assignment struct {
	Visit    uuid.UUID
	Epoch    int
	Rep      *uuid.UUID // nil: nobody, it waits in the queue
	Batch    uuid.UUID
	Decision *uuid.UUID
	At       time.Time
}

// AddAssignments appends to the visits' history.
func (tx *Tx) AddAssignments(ctx context.Context, assignments ...Assignment) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"assignment"}, []string{
		"organization_id", "visit_id", "epoch", "rep_id", "batch_id", "decision_id", "assigned_at",
	}, pgx.CopyFromSlice(len(assignments), func(i int) ([]any, error) {
		a := assignments[i]
		return []any{tx.Organization, a.Visit, a.Epoch, a.Rep, a.Batch, a.Decision, a.At}, nil
	}))
	return err
}

const knownCode = `
SELECT EXISTS (SELECT FROM outcome AS o WHERE o.organization_id = @organization AND o.code = @code AND o.success = @success)`

// KnowsOutcome says whether the organization has an outcome of that code, among the successes or among the failures.
func (tx *Tx) KnowsOutcome(ctx context.Context, code string, success bool) (bool, error) {
	found, err := values[bool](ctx, tx, knownCode, pgx.StrictNamedArgs{
		"organization": tx.Organization, "code": code, "success": success,
	})
	return err == nil && found[0], err
}

const knownReason = `
SELECT EXISTS (SELECT FROM reason AS q WHERE q.organization_id = @organization AND q.act = @act AND q.code = @code)`

// KnowsReason says whether the organization has a reason of that code for an act: REASSIGN, CANCEL, SKIP.
func (tx *Tx) KnowsReason(ctx context.Context, act, code string) (bool, error) {
	found, err := values[bool](ctx, tx, knownReason, pgx.StrictNamedArgs{
		"organization": tx.Organization, "act": act, "code": code,
	})
	return err == nil && found[0], err
}

const everAssigned = `
SELECT EXISTS (SELECT FROM assignment AS a
               WHERE a.organization_id = @organization AND a.visit_id = @visit AND a.rep_id = @rep)`

// EverAssigned says whether the visit was ever the rep's.
func (tx *Tx) EverAssigned(ctx context.Context, visit, rep uuid.UUID) (bool, error) {
	found, err := values[bool](ctx, tx, everAssigned, pgx.StrictNamedArgs{
		"organization": tx.Organization, "visit": visit, "rep": rep,
	})
	return err == nil && found[0], err
}
