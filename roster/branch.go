package roster

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// Branch is a part of the company with its own people and time zone. Branches form a tree.
type Branch struct {
	ID        uuid.UUID       `db:"id"`
	ParentID  *uuid.UUID      `db:"parent_id"`
	Name      string          `db:"name"`
	TimeZone  string          `db:"time_zone"`
	Hours     hours.Week      `db:"hours"` // the default opening hours of its sites
	ShiftFrom hours.TimeOfDay `db:"shift_from"`
	ShiftTo   hours.TimeOfDay `db:"shift_to"`
	Detour    float64         `db:"detour"` // see geo.Travel
	Speed     float64         `db:"speed"`
}

// Zone is the branch's time zone.
func (b Branch) Zone() *time.Location { return hours.Zone(b.TimeZone) }

// Travel is the branch's estimate of driving.
func (b Branch) Travel() geo.Travel { return geo.Travel{Detour: b.Detour, Speed: b.Speed} }
