package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// Owed is a site that a cadence asks to visit and that has no open visit from it.
type Owed struct {
	Site      uuid.UUID     `db:"site_id"`
	Customer  uuid.UUID     `db:"customer_id"`
	Line      uuid.UUID     `db:"line_id"`
	Kind      string        `db:"kind"`
	Every     int           `db:"every_days"`
	Weekdays  []int         `db:"weekdays"`
	Since     hours.Date    `db:"since"` // when the cadence began
	Last      *hours.Date   `db:"last"`  // the last call that counts
	Service   time.Duration `db:"service"`
	Priority  int           `db:"priority"`
	TimeZone  string        `db:"time_zone"`
	Located   bool          `db:"located"`
	Rep       *uuid.UUID    `db:"rep_id"` // who answers for it; nil: nobody
	Territory *uuid.UUID    `db:"territory_id"`
	Segment   string        `db:"segment"` // of its customer
}

// Cadence is the site's rhythm as the domain knows it.
func (o Owed) Cadence() customer.Cadence {
	c := customer.Cadence{SiteID: o.Site, Every: o.Every}
	for _, d := range o.Weekdays {
		c.Weekdays = append(c.Weekdays, time.Weekday(d))
	}
	return c
}

const owedVisits = `
SELECT s.id AS site_id, s.customer_id, c.line_id, c.kind, c.every_days, c.weekdays, c.valid_from AS since, done.last, s.service, s.priority,
       s.time_zone, s.lat IS NOT NULL AS located, owner.rep_id, placed.territory_id, cu.segment
FROM   site AS s
JOIN   customer AS cu ON cu.organization_id = s.organization_id AND cu.id = s.customer_id
JOIN   cadence AS c ON c.organization_id = s.organization_id AND c.site_id = s.id AND c.line_id = @line
       AND c.valid_from <= @date AND (c.valid_to IS NULL OR c.valid_to > @date)
CROSS  JOIN LATERAL (SELECT max(v.date) AS last
                     FROM   visit AS v
                     WHERE  v.organization_id = s.organization_id AND v.site_id = s.id AND v.line_id = c.line_id AND v.kind = c.kind
                     AND    v.state = 'DONE') AS done` + ownerOf + `
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.status = 'ACTIVE'
AND    NOT EXISTS (SELECT FROM visit AS open
                   WHERE open.organization_id = s.organization_id AND open.site_id = s.id AND open.line_id = c.line_id AND open.kind = c.kind
                   AND   open.origin = 'CADENCE' AND open.state NOT IN ('DONE', 'MISSED', 'CANCELLED'))
ORDER  BY s.id, c.kind`

// OwedVisits lists what the cadences of a branch and line ask for and nobody has planned yet.
func (tx *Tx) OwedVisits(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]Owed, error) {
	return all[Owed](ctx, tx, owedVisits, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}
