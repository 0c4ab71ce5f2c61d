package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// ErrNoNode is returned for an id that names nothing, or nothing the caller may see.
var ErrNoNode = errors.New("nothing has this id")

const kindOf = `
SELECT 'visit' FROM visit AS v WHERE v.organization_id = @organization AND v.id = @id AND ` + visitVisible + `
UNION ALL
SELECT 'rep' FROM rep AS r WHERE r.organization_id = @organization AND r.id = @id AND ` + repVisible + `
UNION ALL
SELECT 'site' FROM site AS s WHERE s.organization_id = @organization AND s.id = @id AND ` + siteVisible + `
UNION ALL
SELECT 'customer' FROM customer AS cu WHERE cu.organization_id = @organization AND cu.id = @id AND EXISTS (
    SELECT FROM site AS s WHERE s.organization_id = cu.organization_id AND s.customer_id = cu.id AND ` + siteVisible + `)
UNION ALL
SELECT 'branch' FROM branch AS b WHERE b.organization_id = @organization AND b.id = @id AND ` + branchVisible + `
UNION ALL
SELECT 'territory' FROM territory AS t JOIN branch AS b ON b.organization_id = t.organization_id AND b.id = t.branch_id
WHERE  t.organization_id = @organization AND t.id = @id AND ` + branchVisible + `
UNION ALL
SELECT 'alignment' FROM alignment AS al WHERE al.organization_id = @organization AND al.id = @id AND (@everywhere OR al.branch_id = ANY(@branches))
UNION ALL
SELECT 'route' FROM route AS ro JOIN rep AS r ON r.organization_id = ro.organization_id AND r.id = ro.rep_id
WHERE  ro.organization_id = @organization AND ro.id = @id AND ` + repVisible + `
UNION ALL
SELECT 'shift' FROM shift AS sh JOIN rep AS r ON r.organization_id = sh.organization_id AND r.id = sh.rep_id
WHERE  sh.organization_id = @organization AND sh.id = @id AND ` + repVisible + `
UNION ALL
SELECT 'engagement' FROM engagement AS e JOIN rep AS r ON r.organization_id = e.organization_id AND r.id = e.rep_id
WHERE  e.organization_id = @organization AND e.id = @id AND ` + repVisible + `
UNION ALL
SELECT 'alert' FROM alert AS al JOIN rep AS r ON r.organization_id = al.organization_id AND r.id = al.rep_id
WHERE  al.organization_id = @organization AND al.id = @id AND ` + repVisible + `
UNION ALL
SELECT 'decision' FROM decision AS d JOIN visit AS v ON v.organization_id = d.organization_id AND v.id = d.visit_id
WHERE  d.organization_id = @organization AND d.id = @id AND (@everywhere OR v.branch_id = ANY(@branches))
UNION ALL
SELECT 'device' FROM device AS d WHERE d.organization_id = @organization AND d.id = @id AND d.person_id = @person AND d.forgotten_at IS NULL
UNION ALL
SELECT 'user' FROM person AS p WHERE p.organization_id = @organization AND p.id = @id AND p.id = @person
UNION ALL
SELECT 'organization' FROM organization AS o WHERE o.organization_id = @organization AND o.organization_id = @id
LIMIT  1`

// KindOf names the kind of thing an id stands for; ErrNoNode for what the caller may not see.
func (tx *Tx) KindOf(ctx context.Context, c auth.Caller, id uuid.UUID) (string, error) {
	var kind string
	err := tx.QueryRow(ctx, kindOf, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id, "person": c.Person,
	})).Scan(&kind)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", ErrNoNode
	}
	return kind, err
}
