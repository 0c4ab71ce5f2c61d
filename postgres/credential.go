package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Credential proves who is asking. Only the hash of its secret is kept.
type Credential struct {
	ID      uuid.UUID
	Person  uuid.UUID
	Hash    []byte
	At      time.Time
	Expires time.Time
}

const insertCredential = `
INSERT INTO credential (organization_id, id, person_id, kind, hash, created_at, expires_at)
VALUES (@organization, @id, @person, 'TOKEN', @hash, @at, @expires)`

// AddCredential keeps a bearer token's hash.
func (tx *Tx) AddCredential(ctx context.Context, c Credential) error {
	return tx.exec(ctx, -1, insertCredential, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": c.ID, "person": c.Person, "hash": c.Hash, "at": c.At, "expires": c.Expires,
	})
}

const revokeCredentials = `
UPDATE credential SET revoked_at = @at
WHERE  organization_id = @organization AND person_id = @person AND revoked_at IS NULL AND expires_at > @at`

// RevokeCredentials ends everything a person signs in with, and says how many there were.
func (tx *Tx) RevokeCredentials(ctx context.Context, person uuid.UUID, at time.Time) (int, error) {
	tag, err := tx.Exec(ctx, revokeCredentials, pgx.StrictNamedArgs{"organization": tx.Organization, "person": person, "at": at})
	return int(tag.RowsAffected()), err
}

const credentialValid = `
SELECT EXISTS (
    SELECT FROM credential AS c
    JOIN   person AS p ON p.organization_id = c.organization_id AND p.id = c.person_id
    WHERE  c.organization_id = @organization AND c.id = @id AND c.revoked_at IS NULL AND c.expires_at > @now AND p.disabled_at IS NULL)`

// CredentialValid says whether a credential that was good once still is: an open socket must not outlive it.
func (db *DB) CredentialValid(ctx context.Context, organization, credential uuid.UUID, now time.Time) (valid bool, err error) {
	err = db.watch(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, credentialValid, pgx.StrictNamedArgs{"organization": organization, "id": credential, "now": now}).Scan(&valid)
	})
	return valid, err
}
