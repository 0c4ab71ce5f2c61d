package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const userByID = `
SELECT p.id, coalesce(pd.name, '') AS name, coalesce(pe.email, '') AS email, coalesce(pd.locale, 'ru') AS locale
FROM   person AS p
LEFT   JOIN person_detail AS pd ON pd.organization_id = p.organization_id AND pd.person_id = p.id
LEFT   JOIN person_email AS pe ON pe.organization_id = p.organization_id AND pe.person_id = p.id AND pe.is_primary
WHERE  p.organization_id = @organization AND p.id = @id`

// User reads a person who signs in.
func (tx *Tx) User(ctx context.Context, id uuid.UUID) (roster.User, error) {
	return one[roster.User](ctx, tx, roster.ErrNoPerson, userByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

const ownOrganization = `
SELECT o.organization_id AS id, o.name
FROM   organization AS o
WHERE  o.organization_id = @organization`

// OwnOrganization reads the organization behind whose wall the transaction stands.
func (tx *Tx) OwnOrganization(ctx context.Context) (roster.Organization, error) {
	return one[roster.Organization](ctx, tx, roster.ErrNoOrganization, ownOrganization, pgx.StrictNamedArgs{"organization": tx.Organization})
}

const deviceByID = `
SELECT d.id, d.person_id, d.token, d.transport, d.platform, d.locale, d.app_version
FROM   device AS d
WHERE  d.organization_id = @organization AND d.id = @id AND d.forgotten_at IS NULL`

// DeviceByID reads a device that is sent alerts.
func (tx *Tx) DeviceByID(ctx context.Context, id uuid.UUID) (roster.Device, error) {
	return one[roster.Device](ctx, tx, roster.ErrNoDevice, deviceByID, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}
