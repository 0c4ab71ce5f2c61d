package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// branchColumns are roster.Branch's, of a branch called b.
const branchColumns = `b.id, b.parent_id, b.name, b.time_zone, b.hours, b.shift_from, b.shift_to, b.detour, b.speed`

const branchByID = `
SELECT ` + branchColumns + `
FROM   branch AS b
WHERE  b.organization_id = @organization AND b.id = @id`

// Branch reads a branch for a command, whoever asks.
func (tx *Tx) Branch(ctx context.Context, id uuid.UUID) (roster.Branch, error) {
	return one[roster.Branch](ctx, tx, roster.ErrNoBranch, branchByID, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id,
	})
}

const branches = `
SELECT ` + branchColumns + `
FROM   branch AS b
WHERE  b.organization_id = @organization
ORDER  BY b.name, b.id`

// Branches lists every branch by name.
func (tx *Tx) Branches(ctx context.Context) ([]roster.Branch, error) {
	return all[roster.Branch](ctx, tx, branches, pgx.StrictNamedArgs{"organization": tx.Organization})
}

const insertBranch = `
INSERT INTO branch (organization_id, id, parent_id, name, time_zone, hours, shift_from, shift_to, detour, speed)
VALUES (@organization, @id, @parent, @name, @time_zone, @hours, @shift_from, @shift_to, @detour, @speed)
ON CONFLICT (organization_id, name) DO NOTHING`

// AddBranch writes a new branch; one of the same name refuses with ErrBranchExists.
func (tx *Tx) AddBranch(ctx context.Context, b roster.Branch) error {
	tag, err := tx.Exec(ctx, insertBranch, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": b.ID, "parent": b.ParentID, "name": b.Name, "time_zone": b.TimeZone, "hours": b.Hours,
		"shift_from": b.ShiftFrom, "shift_to": b.ShiftTo, "detour": b.Detour, "speed": b.Speed,
	})
	if err == nil && tag.RowsAffected() == 0 {
		return roster.ErrBranchExists
	}
	return err
}

const lockBranch = `
SELECT b.id FROM branch AS b WHERE b.organization_id = @organization AND b.id = @branch FOR NO KEY UPDATE`

// LockBranch makes acts that concern a whole branch go one after the other.
func (tx *Tx) LockBranch(ctx context.Context, branch uuid.UUID) error {
	locked, err := values[uuid.UUID](ctx, tx, lockBranch, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	if err == nil && len(locked) == 0 {
		return roster.ErrNoBranch
	}
	return err
}

const zoneKnown = `SELECT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = @zone)`

// KnowsZone says whether the database knows a time zone by its IANA name.
func (tx *Tx) KnowsZone(ctx context.Context, zone string) (bool, error) {
	list, err := values[bool](ctx, tx, zoneKnown, pgx.StrictNamedArgs{"zone": zone})
	return err == nil && list[0], err
}
