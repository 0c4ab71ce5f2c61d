package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// repColumns are roster.Rep's, of a rep called r joined with person_detail called pd.
const repColumns = `r.id, r.person_id, r.branch_id, pd.name, r.skills,
    point(pd.home_lat, pd.home_lon) AS start`

const repFrom = `
FROM   rep AS r
JOIN   person_detail AS pd ON pd.organization_id = r.organization_id AND pd.person_id = r.person_id`

const repByID = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.id = @id`

// Rep reads a rep for a command, whoever asks.
func (tx *Tx) Rep(ctx context.Context, id uuid.UUID) (roster.Rep, error) {
	return one[roster.Rep](ctx, tx, roster.ErrNoRep, repByID, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id,
	})
}

const repsOfBranch = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.branch_id = @branch
ORDER  BY pd.name, r.id`

// RepsOf lists a branch's reps by name.
func (tx *Tx) RepsOf(ctx context.Context, branch uuid.UUID) ([]roster.Rep, error) {
	return all[roster.Rep](ctx, tx, repsOfBranch, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
}

const repsOfLine = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.branch_id = @branch AND r.line_id = @line
ORDER  BY pd.name, r.id`

// RepsOfLine lists the reps of a branch who sell a line, by name.
func (tx *Tx) RepsOfLine(ctx context.Context, branch, line uuid.UUID) ([]roster.Rep, error) {
	return all[roster.Rep](ctx, tx, repsOfLine, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch, "line": line})
}

const repOfPerson = `
SELECT ` + repColumns + repFrom + `
WHERE  r.organization_id = @organization AND r.person_id = @person`

// RepOf reads the rep a person is; ErrNoRep for who is none.
func (tx *Tx) RepOf(ctx context.Context, person uuid.UUID) (roster.Rep, error) {
	return one[roster.Rep](ctx, tx, roster.ErrNoRep, repOfPerson, pgx.StrictNamedArgs{"organization": tx.Organization, "person": person})
}

const (
	insertRep = `
INSERT INTO rep (organization_id, id, person_id, branch_id, line_id, created_at)
VALUES (@organization, @id, @person, @branch, @line, @at)`

	moveRep = `
UPDATE rep SET branch_id = @branch
WHERE  organization_id = @organization AND id = @id`
)

// AddRep makes a person a rep of a branch and line.
func (tx *Tx) AddRep(ctx context.Context, r roster.Rep, line uuid.UUID, at time.Time) error {
	return tx.exec(ctx, -1, insertRep, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": r.ID, "person": r.PersonID, "branch": r.BranchID, "line": line, "at": at,
	})
}

// MoveRep puts a rep into another branch.
func (tx *Tx) MoveRep(ctx context.Context, rep, branch uuid.UUID) error {
	return tx.exec(ctx, 1, moveRep, pgx.StrictNamedArgs{"organization": tx.Organization, "id": rep, "branch": branch})
}

const saveSkills = `
UPDATE rep SET skills = @skills
WHERE  organization_id = @organization AND id = @id`

// SaveSkills says what a rep can do.
func (tx *Tx) SaveSkills(ctx context.Context, rep uuid.UUID, skills []string) error {
	return tx.exec(ctx, 1, saveSkills, pgx.StrictNamedArgs{"organization": tx.Organization, "id": rep, "skills": orNone(skills)})
}

// RepName is all that a company's file may call a rep by.
type RepName struct {
	ID     uuid.UUID `db:"id"`
	Branch uuid.UUID `db:"branch_id"`
	Name   string    `db:"name"`
	Number string    `db:"number"`
	Emails []string  `db:"emails"`
}

const repNames = `
SELECT r.id, r.branch_id, coalesce(pd.name, '') AS name, coalesce(p.personnel_number, '') AS number,
       ARRAY(SELECT pe.email FROM person_email AS pe
             WHERE pe.organization_id = r.organization_id AND pe.person_id = r.person_id ORDER BY pe.email) AS emails
FROM   rep AS r
JOIN   person AS p ON p.organization_id = r.organization_id AND p.id = r.person_id
LEFT   JOIN person_detail AS pd ON pd.organization_id = r.organization_id AND pd.person_id = r.person_id
WHERE  r.organization_id = @organization AND p.disabled_at IS NULL
ORDER  BY r.id`

// RepNames lists every rep by what a file may call them.
func (tx *Tx) RepNames(ctx context.Context) ([]RepName, error) {
	return all[RepName](ctx, tx, repNames, pgx.StrictNamedArgs{"organization": tx.Organization})
}
