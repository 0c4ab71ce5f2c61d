package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

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
