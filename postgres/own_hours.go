package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const ownHoursOf = `
SELECT r.id AS rep_id, r.shift_from, r.shift_to
FROM   rep AS r
WHERE  r.organization_id = @organization AND r.branch_id = @branch AND r.shift_from IS NOT NULL
ORDER  BY r.id`

// OwnHoursOf reads the hours of a branch's reps that are not its usual ones, by rep.
func (tx *Tx) OwnHoursOf(ctx context.Context, branch uuid.UUID) (map[uuid.UUID]*roster.OwnHours, error) {
	list, err := all[roster.OwnHours](ctx, tx, ownHoursOf, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	byRep := make(map[uuid.UUID]*roster.OwnHours, len(list))
	for i := range list {
		byRep[list[i].RepID] = &list[i]
	}
	return byRep, err
}

const saveOwnHours = `
UPDATE rep SET shift_from = @from, shift_to = @to
WHERE  organization_id = @organization AND id = @id AND (shift_from, shift_to) IS DISTINCT FROM (@from::integer, @to::integer)`

// SaveOwnHours says when a rep works, and answers whether that is news.
func (tx *Tx) SaveOwnHours(ctx context.Context, rep uuid.UUID, from, to hours.TimeOfDay) (bool, error) {
	tag, err := tx.Exec(ctx, saveOwnHours, pgx.StrictNamedArgs{"organization": tx.Organization, "id": rep, "from": int(from), "to": int(to)})
	return err == nil && tag.RowsAffected() > 0, err
}
