package postgres

import (
	"context"

	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

const knownKind = `
SELECT EXISTS (SELECT FROM visit_kind AS k WHERE k.organization_id = @organization AND k.code = @code)`

// KnowsKind says whether the organization has a kind of visit of that code.
func (tx *Tx) KnowsKind(ctx context.Context, code string) (bool, error) {
	found, err := values[bool](ctx, tx, knownKind, pgx.StrictNamedArgs{"organization": tx.Organization, "code": code})
	return err == nil && found[0], err
}

const knownCode = `
SELECT EXISTS (SELECT FROM outcome AS o WHERE o.organization_id = @organization AND o.code = @code AND o.success = @success)`

// KnowsOutcome says whether the organization has an outcome of that code, among the successes or among the failures.
func (tx *Tx) KnowsOutcome(ctx context.Context, code string, success bool) (bool, error) {
	found, err := values[bool](ctx, tx, knownCode, pgx.StrictNamedArgs{
		"organization": tx.Organization, "code": code, "success": success,
	})
	return err == nil && found[0], err
}

const knownReason = `
SELECT EXISTS (SELECT FROM reason AS q WHERE q.organization_id = @organization AND q.act = @act AND q.code = @code)`

// KnowsReason says whether the organization has a reason of that code for an act: REASSIGN, CANCEL, SKIP.
func (tx *Tx) KnowsReason(ctx context.Context, act, code string) (bool, error) {
	found, err := values[bool](ctx, tx, knownReason, pgx.StrictNamedArgs{
		"organization": tx.Organization, "act": act, "code": code,
	})
	return err == nil && found[0], err
}

const kindsByCode = `
SELECT k.code, k.name_ru, k.name_en
FROM   visit_kind AS k
WHERE  k.organization_id = @organization AND k.code = ANY(@codes)
ORDER  BY k.code`

// VisitKinds reads kinds by their codes.
func (tx *Tx) VisitKinds(ctx context.Context, codes []string) ([]dispatch.VisitKind, error) {
	return all[dispatch.VisitKind](ctx, tx, kindsByCode, pgx.StrictNamedArgs{"organization": tx.Organization, "codes": codes})
}
