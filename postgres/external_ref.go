package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Reference ties a thing's name in somebody else's system to ours, with what it looked like when last read.
type Reference struct {
	External string    `db:"external_id"`
	Target   uuid.UUID `db:"target_id"`
	Hash     []byte    `db:"hash"`
}

const references = `
SELECT x.external_id, x.target_id, x.hash
FROM   external_ref AS x
WHERE  x.organization_id = @organization AND x.source = @source AND x.kind = @kind AND x.external_id = ANY(@ids)
ORDER  BY x.external_id`

// References finds what a source's names of a kind (SITE, CUSTOMER) stand for. Names never seen are absent.
func (tx *Tx) References(ctx context.Context, source, kind string, names []string) (map[string]Reference, error) {
	list, err := all[Reference](ctx, tx, references, pgx.StrictNamedArgs{
		"organization": tx.Organization, "source": source, "kind": kind, "ids": names,
	})
	found := make(map[string]Reference, len(list))
	for _, r := range list {
		found[r.External] = r
	}
	return found, err
}

const saveReferences = `
INSERT INTO external_ref (organization_id, source, kind, external_id, target_id, hash)
SELECT @organization, @source, @kind, t.name, t.target, t.hash
FROM   unnest(@names::text[], @targets::uuid[], @hashes::bytea[]) AS t (name, target, hash)
ON CONFLICT (organization_id, source, kind, external_id) DO UPDATE SET target_id = excluded.target_id, hash = excluded.hash`

// SaveReferences keeps what a source's names stand for, and what they look like now.
func (tx *Tx) SaveReferences(ctx context.Context, source, kind string, refs []Reference) error {
	if len(refs) == 0 {
		return nil
	}
	names, targets, hashes := make([]string, len(refs)), make([]uuid.UUID, len(refs)), make([][]byte, len(refs))
	for i, r := range refs {
		names[i], targets[i], hashes[i] = r.External, r.Target, r.Hash
		if hashes[i] == nil {
			hashes[i] = []byte{}
		}
	}
	return tx.exec(ctx, len(refs), saveReferences, pgx.StrictNamedArgs{
		"organization": tx.Organization, "source": source, "kind": kind, "names": names, "targets": targets, "hashes": hashes,
	})
}
