package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/jackc/pgx/v5"
)

// parentCell is the coarser cell at g.resolution (0 to 9) that holds the site s, worked out on the bits of an H3 index:
// bits 52 to 55 are the resolution, and each of the fifteen digits below has three bits, all set where it is not used.
const parentCell = `(s.cell & ~(15::bigint << 52)) | (g.resolution::bigint << 52) | ((1::bigint << (3 * (15 - g.resolution))) - 1)`

// MapSum is what the sites of one cell come to.
type MapSum struct {
	Cell   geo.Cell  `db:"cell"`
	Sites  int       `db:"sites"`
	Visits int       `db:"visits"`  // of today or of a shift under way, still to do
	Load   float64   `db:"minutes"` // of those visits
	Only   uuid.UUID `db:"only"`    // a site of the cell; the only one where Sites is 1
}

// mapSites are the sites in a box with today's visits still to do at each; a box whose west is greater than its east
// crosses the antimeridian.
const mapSites = `
FROM   site AS s
JOIN   branch AS b ON b.organization_id = s.organization_id AND b.id = s.branch_id
CROSS  JOIN (SELECT @resolution::integer AS resolution) AS g
LEFT   JOIN LATERAL (
           SELECT count(*) AS visits, extract(epoch FROM sum(v.service)) / 60 AS minutes
           FROM   visit AS v
           WHERE  v.organization_id = s.organization_id AND v.site_id = s.id AND v.state IN ('ASSIGNED', 'UNDER_WAY')
           AND    (v.date = (@now::timestamptz AT TIME ZONE b.time_zone)::date OR EXISTS (
               SELECT FROM shift AS sh
               WHERE  sh.organization_id = v.organization_id AND sh.rep_id = v.rep_id AND sh.date = v.date
               AND    sh.starts_at <= @now AND sh.ends_at > @now)) AND ` + visitVisible + `) AS todo ON true
WHERE  s.organization_id = @organization AND s.status <> 'CLOSED' AND ` + siteVisible + `
AND    s.lat BETWEEN @south AND @north
AND    CASE WHEN @west::float8 <= @east::float8 THEN s.lon BETWEEN @west AND @east ELSE s.lon >= @west OR s.lon <= @east END`

const mapSums = `
SELECT ` + parentCell + ` AS cell, count(*)::integer AS sites, sum(todo.visits)::integer AS visits,
       coalesce(sum(todo.minutes), 0)::float8 AS minutes, (array_agg(s.id ORDER BY s.id))[1] AS only` + mapSites + `
GROUP  BY 1
ORDER  BY 1
LIMIT  @limit`

// MapSums adds up the sites in a box by cells of a resolution from 0 to geo.SiteResolution.
func (tx *Tx) MapSums(ctx context.Context, c auth.Caller, box geo.Bounds, resolution int, now time.Time, limit int) ([]MapSum, error) {
	return all[MapSum](ctx, tx, mapSums, mapArgs(tx, c, box, resolution, now, limit))
}

func mapArgs(tx *Tx, c auth.Caller, box geo.Bounds, resolution int, now time.Time, limit int) pgx.StrictNamedArgs {
	return scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "south": box.South, "west": box.West, "north": box.North, "east": box.East,
		"resolution": resolution, "now": now, "limit": limit,
	})
}

// MapPin is one site of the map with today's visits still to do.
type MapPin struct {
	Site    uuid.UUID `db:"id"`
	Point   geo.Point `db:"point"`
	Visits  int       `db:"visits"`
	Minutes float64   `db:"minutes"`
}

const mapPins = `
SELECT s.id, point(s.lat, s.lon) AS point, todo.visits::integer AS visits,
       coalesce(todo.minutes, 0)::float8 AS minutes` + mapSites + `
AND    g.resolution >= 0
ORDER  BY s.id
LIMIT  @limit`

// MapPins lists the sites in a box one by one, for cells finer than those sites are stored by.
func (tx *Tx) MapPins(ctx context.Context, c auth.Caller, box geo.Bounds, now time.Time, limit int) ([]MapPin, error) {
	return all[MapPin](ctx, tx, mapPins, mapArgs(tx, c, box, 0, now, limit))
}
