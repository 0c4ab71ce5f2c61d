package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

const updateWaiting = `
UPDATE visit AS v
SET    kind = t.kind, due_from = t.due_from, due_to = t.due_to, promised_from = t.promised_from, promised_to = t.promised_to,
       priority = t.priority, service = make_interval(secs => t.service), needs = t.needs, version = t.version
FROM   jsonb_to_recordset(@rows) AS t (id uuid, kind text, due_from timestamptz, due_to timestamptz, promised_from timestamptz,
              promised_to timestamptz, priority integer, service double precision, needs text[], version integer)
WHERE  v.organization_id = @organization AND v.id = t.id AND v.state = 'QUEUED' AND v.version = t.version - 1`

// ChangeWaiting writes what is asked of visits that wait in the queue, each over the version before it. They must be locked by this transaction.
func (tx *Tx) ChangeWaiting(ctx context.Context, visits []dispatch.Visit) error {
	if len(visits) == 0 {
		return nil
	}
	type waiting struct {
		ID           uuid.UUID         `json:"id"`
		Kind         string            `json:"kind"`
		DueFrom      time.Time         `json:"due_from"`
		DueTo        time.Time         `json:"due_to"`
		PromisedFrom *time.Time        `json:"promised_from"`
		PromisedTo   *time.Time        `json:"promised_to"`
		Priority     int               `json:"priority"`
		Service      float64           `json:"service"` // seconds
		Needs        []string          `json:"needs"`
		Version      dispatch.Revision `json:"version"`
	}
	rows := make([]waiting, len(visits))
	for i, v := range visits {
		from, to := ends(v.Promised)
		rows[i] = waiting{v.ID, v.Kind, v.DueFrom, v.DueTo, from, to, v.Priority, v.Service.Seconds(), orNone(v.Needs), v.Version}
	}
	return tx.exec(ctx, len(rows), updateWaiting, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": rows})
}
