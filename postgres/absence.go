package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const insertAbsence = `
INSERT INTO absence (organization_id, id, rep_id, kind, from_date, to_date)
VALUES (@organization, @id, @rep, @kind, @from, @to)`

// AddAbsence writes days on which a rep does not work.
func (tx *Tx) AddAbsence(ctx context.Context, a roster.Absence) error {
	return tx.exec(ctx, -1, insertAbsence, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "rep": a.RepID, "kind": a.Kind, "from": a.From, "to": a.To,
	})
}

const deleteAbsence = `
DELETE FROM absence WHERE organization_id = @organization AND id = @id`

// RemoveAbsence takes an absence out of the record; one that is gone already is no fault.
func (tx *Tx) RemoveAbsence(ctx context.Context, id uuid.UUID) error {
	return tx.exec(ctx, -1, deleteAbsence, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

const assignedBetween = `
SELECT count(*)::integer
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = @rep AND v.state = 'ASSIGNED' AND v.date BETWEEN @from AND @to`

// AssignedBetween counts the visits a rep has on some days and has not begun.
func (tx *Tx) AssignedBetween(ctx context.Context, rep uuid.UUID, from, to hours.Date) (int, error) {
	return count(ctx, tx, assignedBetween, pgx.StrictNamedArgs{"organization": tx.Organization, "rep": rep, "from": from, "to": to})
}
