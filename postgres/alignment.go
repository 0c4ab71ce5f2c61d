package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// ErrNoAlignment is returned for an alignment that does not exist or is no draft any more.
var ErrNoAlignment = errors.New("no such draft of territories")

// Alignment is a dated version of all territories of a branch and line.
type Alignment struct {
	ID        uuid.UUID       `db:"id"`
	BranchID  uuid.UUID       `db:"branch_id"`
	LineID    uuid.UUID       `db:"line_id"`
	State     string          `db:"state"`  // DRAFT, APPROVED, PUBLISHED
	Origin    string          `db:"origin"` // DESIGN, IMPORT, REVERT
	Measures  json.RawMessage `db:"measures"`
	CreatedAt time.Time       `db:"created_at"`

	Version     int         `db:"version"`    // grows with every edit of a draft
	From        *hours.Date `db:"valid_from"` // first day in force; nil for a draft
	To          *hours.Date `db:"valid_to"`   // first day no longer in force; nil: none is known
	PublishedAt *time.Time  `db:"published_at"`
	Replaces    *uuid.UUID  `db:"replaces"` // what was in force when it was published
	Editable    bool        `db:"editable"` // a draft that no published alignment could be taken back to
}

const alignmentColumns = `al.id, al.branch_id, al.line_id, al.state, al.origin, al.measures, al.created_at, al.version, al.valid_from, al.valid_to,
       al.published_at, al.replaces,
       al.state = 'DRAFT' AND NOT EXISTS (SELECT FROM alignment AS ne
                                          WHERE  ne.organization_id = al.organization_id AND ne.replaces = al.id AND ne.state = 'PUBLISHED') AS editable`

// AlignedTerritory is one territory of an alignment with everything that belongs to it.
type AlignedTerritory struct {
	geo.Territory
	Outline json.RawMessage  // a GeoJSON geometry, exact
	Simpler []SimplerOutline // by zoom
	Cells   []geo.Cell
	Sites   []uuid.UUID
}

const (
	insertAlignment = `
INSERT INTO alignment (organization_id, id, branch_id, line_id, state, origin, measures, created_at)
VALUES (@organization, @id, @branch, @line, @state, @origin, @measures, @created_at)`

	insertTerritory = `
INSERT INTO territory (organization_id, id, branch_id, line_id, name, colour, created_at)
VALUES (@organization, @id, @branch, @line, @name, @colour, @created_at)
ON CONFLICT (organization_id, id) DO UPDATE SET colour = excluded.colour`
)

// AddAlignment writes a draft with its territories, cells and sites.
func (tx *Tx) AddAlignment(ctx context.Context, a Alignment, territories []AlignedTerritory) error {
	if err := tx.exec(ctx, -1, insertAlignment, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "branch": a.BranchID, "line": a.LineID, "state": a.State, "origin": a.Origin,
		"measures": a.Measures, "created_at": a.CreatedAt,
	}); err != nil {
		return err
	}
	for _, t := range territories {
		if err := tx.exec(ctx, 1, insertTerritory, pgx.StrictNamedArgs{
			"organization": tx.Organization, "id": t.ID, "branch": a.BranchID, "line": a.LineID, "name": t.Name, "colour": t.Colour,
			"created_at": a.CreatedAt,
		}); err != nil {
			return err
		}
	}
	return tx.addTerritories(ctx, a.ID, territories)
}

var outlineColumns = []string{"organization_id", "alignment_id", "territory_id", "zoom", "outline"}

// addTerritories writes what an alignment gives to territories that exist.
func (tx *Tx) addTerritories(ctx context.Context, alignment uuid.UUID, territories []AlignedTerritory) error {
	var aligned, simpler, cells, sites [][]any
	for _, t := range territories {
		aligned = append(aligned, []any{
			tx.Organization, alignment, t.ID, t.RepID, len(t.Sites), t.Workload, t.Imbalance, t.Outline,
		})
		for _, o := range t.Simpler {
			simpler = append(simpler, []any{tx.Organization, alignment, t.ID, o.Zoom, o.Outline})
		}
		for _, c := range t.Cells {
			cells = append(cells, []any{tx.Organization, alignment, int64(c), t.ID})
		}
		for _, s := range t.Sites {
			sites = append(sites, []any{tx.Organization, alignment, s, t.ID})
		}
	}
	for _, bulk := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"alignment_territory", []string{"organization_id", "alignment_id", "territory_id", "rep_id", "sites", "workload", "imbalance", "outline"}, aligned},
		{"territory_outline", outlineColumns, simpler},
		{"territory_cell", []string{"organization_id", "alignment_id", "cell", "territory_id"}, cells},
		{"alignment_site", []string{"organization_id", "alignment_id", "site_id", "territory_id"}, sites},
	} {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{bulk.table}, bulk.columns, pgx.CopyFromRows(bulk.rows)); err != nil {
			return err
		}
	}
	return nil
}

const lockAlignment = `
SELECT ` + alignmentColumns + `
FROM   alignment AS al
WHERE  al.organization_id = @organization AND al.id = @id
FOR NO KEY UPDATE`

// LockAlignment reads an alignment that nobody else can publish until the transaction ends.
func (tx *Tx) LockAlignment(ctx context.Context, id uuid.UUID) (Alignment, error) {
	return one[Alignment](ctx, tx, ErrNoAlignment, lockAlignment, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

const newestDraft = `
SELECT al.id
FROM   alignment AS al
WHERE  al.organization_id = @organization AND al.branch_id = @branch AND al.state = 'DRAFT'
ORDER  BY al.created_at DESC, al.id DESC
LIMIT  1`

// NewestDraft is the branch's last draft.
func (tx *Tx) NewestDraft(ctx context.Context, branch uuid.UUID) (uuid.UUID, error) {
	ids, err := values[uuid.UUID](ctx, tx, newestDraft, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	if err == nil && len(ids) == 0 {
		return uuid.Nil, ErrNoAlignment
	}
	if err != nil {
		return uuid.Nil, err
	}
	return ids[0], nil
}

const publishedAlignments = `
SELECT count(*)
FROM   alignment AS al
WHERE  al.organization_id = @organization AND al.branch_id = @branch AND al.state = 'PUBLISHED'`

// HasPublished says whether the branch ever had territories.
func (tx *Tx) HasPublished(ctx context.Context, branch uuid.UUID) (bool, error) {
	n, err := values[int](ctx, tx, publishedAlignments, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	return err == nil && n[0] > 0, err
}

const currentTerritories = `
SELECT t.id, t.branch_id, t.name, t.colour, at.alignment_id, at.sites, at.workload, at.imbalance,
       (SELECT r.rep_id FROM responsibility AS r
        WHERE  r.organization_id = t.organization_id AND r.territory_id = t.id AND r.line_id = t.line_id AND r.role = 'OWNER'
        AND    r.valid_from <= @date AND (r.valid_to IS NULL OR r.valid_to > @date)) AS rep_id
FROM   alignment AS al
JOIN   alignment_territory AS at ON at.organization_id = al.organization_id AND at.alignment_id = al.id
JOIN   territory AS t ON t.organization_id = at.organization_id AND t.id = at.territory_id
WHERE  al.organization_id = @organization AND al.branch_id = @branch AND al.line_id = @line
AND    al.state = 'PUBLISHED' AND al.valid_from <= @date AND (al.valid_to IS NULL OR al.valid_to > @date)
ORDER  BY t.name, t.id`

// CurrentTerritories lists the territories of a branch and line in force on a day.
func (tx *Tx) CurrentTerritories(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]geo.Territory, error) {
	return all[geo.Territory](ctx, tx, currentTerritories, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}

const (
	// One that began the same day was never in force for a whole one: it becomes a draft again.
	withdrawSameDay = `
UPDATE alignment SET state = 'DRAFT', valid_from = NULL, valid_to = NULL, published_at = NULL
WHERE  organization_id = @organization AND branch_id = @branch AND line_id = @line AND state = 'PUBLISHED' AND valid_from >= @date`

	endEarlier = `
UPDATE alignment SET valid_to = @date
WHERE  organization_id = @organization AND branch_id = @branch AND line_id = @line AND state = 'PUBLISHED'
AND    valid_from < @date AND (valid_to IS NULL OR valid_to > @date)`

	publishAlignment = `
UPDATE alignment SET state = 'PUBLISHED', valid_from = @date, published_at = @at, replaces = @replaces
WHERE  organization_id = @organization AND id = @id AND state IN ('DRAFT', 'APPROVED')`

	dropSameDay = `
DELETE FROM responsibility AS r
USING  territory AS t
WHERE  r.organization_id = @organization AND t.organization_id = r.organization_id AND t.id = r.territory_id
AND    t.branch_id = @branch AND r.line_id = @line AND r.role = 'OWNER' AND r.valid_from >= @date`

	// Whoever keeps the territory keeps the row: since when a rep has it is a fact of its own.
	endOwners = `
UPDATE responsibility AS r
SET    valid_to = @date
FROM   territory AS t
WHERE  r.organization_id = @organization AND t.organization_id = r.organization_id AND t.id = r.territory_id
AND    t.branch_id = @branch AND r.line_id = @line AND r.role = 'OWNER'
AND    r.valid_from < @date AND (r.valid_to IS NULL OR r.valid_to > @date)
AND    NOT EXISTS (SELECT FROM alignment_territory AS at
                   WHERE at.organization_id = r.organization_id AND at.alignment_id = @alignment AND at.territory_id = r.territory_id
                   AND   at.rep_id IS NOT DISTINCT FROM r.rep_id)`

	// An end that a later publication, now withdrawn, had given to a row does not stand any more.
	keepOwners = `
UPDATE responsibility AS r
SET    valid_to = NULL
FROM   alignment_territory AS at
WHERE  r.organization_id = @organization AND at.organization_id = r.organization_id AND at.alignment_id = @alignment
AND    at.territory_id = r.territory_id AND at.rep_id IS NOT DISTINCT FROM r.rep_id AND r.line_id = @line AND r.role = 'OWNER'
AND    r.valid_from < @date AND r.valid_to > @date`

	insertOwners = `
INSERT INTO responsibility (organization_id, id, line_id, role, territory_id, rep_id, valid_from)
SELECT @organization, given.id, @line, 'OWNER', at.territory_id, at.rep_id, @date
FROM   unnest(@ids::uuid[], @territories::uuid[]) AS given (id, territory_id)
JOIN   alignment_territory AS at ON at.organization_id = @organization AND at.alignment_id = @alignment AND at.territory_id = given.territory_id
WHERE  NOT EXISTS (SELECT FROM responsibility AS r
                   WHERE r.organization_id = @organization AND r.territory_id = at.territory_id AND r.line_id = @line AND r.role = 'OWNER'
                   AND   r.valid_from < @date AND (r.valid_to IS NULL OR r.valid_to > @date))`

	territoriesOf = `
SELECT at.territory_id
FROM   alignment_territory AS at
WHERE  at.organization_id = @organization AND at.alignment_id = @alignment
ORDER  BY at.territory_id`
)

// PublishAlignment puts a locked draft into force from a day on, in place of what was in force. The branch must be locked:
// that lock keeps two owners of one territory from overlapping.
func (tx *Tx) PublishAlignment(ctx context.Context, a Alignment, date hours.Date, at time.Time, newID func() uuid.UUID) error {
	branch := pgx.StrictNamedArgs{"organization": tx.Organization, "branch": a.BranchID, "line": a.LineID, "date": date}
	var replaces *uuid.UUID
	switch was, err := tx.InForce(ctx, a.BranchID, a.LineID, date); {
	case err == nil:
		replaces = &was.ID
	case !errors.Is(err, ErrNoAlignment):
		return err
	}
	for _, statement := range []string{withdrawSameDay, endEarlier} {
		if err := tx.exec(ctx, -1, statement, branch); err != nil {
			return err
		}
	}
	tag, err := tx.Exec(ctx, publishAlignment, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "date": date, "at": at, "replaces": replaces,
	})
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return ErrNoAlignment
	}
	if err := tx.exec(ctx, -1, dropSameDay, branch); err != nil {
		return err
	}
	if err := tx.exec(ctx, -1, endOwners, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": a.BranchID, "line": a.LineID, "date": date, "alignment": a.ID,
	}); err != nil {
		return err
	}
	if err := tx.exec(ctx, -1, keepOwners, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": a.LineID, "date": date, "alignment": a.ID,
	}); err != nil {
		return err
	}
	territories, err := values[uuid.UUID](ctx, tx, territoriesOf, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alignment": a.ID,
	})
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(territories))
	for i := range ids {
		ids[i] = newID()
	}
	return tx.exec(ctx, -1, insertOwners, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": a.LineID, "date": date, "alignment": a.ID, "ids": ids, "territories": territories,
	})
}

// Rehomed is a waiting visit whose site is in other hands now.
type Rehomed struct {
	dispatch.Visit
	Owner *uuid.UUID `db:"owner"`
}

const lockRehomed = `
SELECT ` + visitColumns + `, owner.rep_id AS owner
FROM   visit AS v
JOIN   site AS s ON s.organization_id = v.organization_id AND s.id = v.site_id` + ownerOf + `
WHERE  v.organization_id = @organization AND v.branch_id = @branch AND v.line_id = @line AND NOT v.rep_pinned
AND    (v.state = 'BACKLOG' OR v.state = 'QUEUED' AND v.queue_reason = 'NO_OWNER') AND v.rep_id IS DISTINCT FROM owner.rep_id
ORDER  BY v.id
FOR NO KEY UPDATE OF v`

// LockRehomed lists the visits on no day yet that are not with who answers for their site on a day. Visits a person gave to a
// rep stay there.
func (tx *Tx) LockRehomed(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]Rehomed, error) {
	return all[Rehomed](ctx, tx, lockRehomed, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}
