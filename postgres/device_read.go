package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const deviceByID = `
SELECT ` + deviceColumns + `
FROM   device AS d
WHERE  d.organization_id = @organization AND d.id = @id AND d.forgotten_at IS NULL`

// DeviceByID reads a device that is sent alerts.
func (tx *Tx) DeviceByID(ctx context.Context, id uuid.UUID) (roster.Device, error) {
	return one[roster.Device](ctx, tx, roster.ErrNoDevice, deviceByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}
