package roster

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
)

// What may be missing among people.
var (
	ErrNoOrganization = errors.New("no such organization")
	ErrNoBranch       = errors.New("no such branch")
	ErrBranchExists   = errors.New("a branch of that name exists")
	ErrNoZone         = errors.New("no such time zone")
	ErrNoPerson       = errors.New("no such person")
	ErrNoRep          = errors.New("no such rep")
	ErrNoDevice       = errors.New("no such device")

	ErrOrganizationExists = errors.New("an organization of that name exists")
	ErrRepElsewhere       = errors.New("the person is a rep of another branch")
)

// User is a person who signs in.
type User struct {
	ID     uuid.UUID `db:"id"`
	Name   string    `db:"name"`
	Email  string    `db:"email"`
	Locale string    `db:"locale"` // "ru" or "en": the language of alerts and messages
}

// Rep is a field sales representative: a person who is given territories and makes visits.
type Rep struct {
	ID       uuid.UUID  `db:"id"`
	PersonID uuid.UUID  `db:"person_id"`
	BranchID uuid.UUID  `db:"branch_id"`
	Name     string     `db:"name"`
	Start    *geo.Point `db:"start"` // where the day begins by default
	Skills   []string   `db:"skills"`
}

// Can says whether the rep has every skill that is needed.
func (r Rep) Can(needs []string) bool {
	return !slices.ContainsFunc(needs, func(need string) bool { return !slices.Contains(r.Skills, need) })
}

// Position is where a rep's phone last said it was.
type Position struct {
	Point      geo.Point  `db:"point"`
	Accuracy   geo.Metres `db:"accuracy"`
	DeviceTime time.Time  `db:"device_time"`
	RecordedAt time.Time  `db:"recorded_at"`
	Mocked     bool       `db:"mocked"`
}
