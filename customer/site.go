package customer

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// ErrNoSite is returned for a site that does not exist or may not be seen.
var ErrNoSite = errors.New("no such site")

// Customer is the company we sell to.
type Customer struct {
	ID      uuid.UUID `db:"id"`
	Name    string    `db:"name"`
	Segment string    `db:"segment"`
}

// Status says where we stand with a site.
type Status string

// The states of a site. Only active ones are visited by cadence.
const (
	Prospect Status = "PROSPECT"
	Active   Status = "ACTIVE"
	Paused   Status = "PAUSED"
	Closed   Status = "CLOSED"
)

// Site is a place of a customer that is visited.
type Site struct {
	ID         uuid.UUID     `db:"id"`
	CustomerID uuid.UUID     `db:"customer_id"`
	BranchID   uuid.UUID     `db:"branch_id"`
	Name       string        `db:"name"`
	Address    string        `db:"address"`
	Status     Status        `db:"status"`
	Point      *geo.Point    `db:"point"` // nil: not located yet
	Cell       *geo.Cell     `db:"cell"`  // at geo.SiteResolution
	TimeZone   string        `db:"time_zone"`
	Hours      hours.Week    `db:"hours"`
	Category   string        `db:"category"`
	Service    time.Duration `db:"service"`  // length of one call
	Priority   int           `db:"priority"` // 0 to 100
	Workload   float64       `db:"workload"` // weight in territory design
	Version    int           `db:"version"`
}

// Cadence is how often a site is to be visited, for one line.
type Cadence struct {
	SiteID   uuid.UUID      `db:"site_id"`
	Every    int            `db:"every_days"`
	Weekdays []time.Weekday `db:"weekdays"` // empty: any
}

// Workload is a site's weight in territory design where its file names none: minutes of calls in four weeks.
func Workload(service time.Duration, every int) float64 {
	return service.Minutes() * 28 / float64(max(1, every))
}
