package roster

import "github.com/google/uuid"

// Device is a phone or browser that can be sent alerts.
type Device struct {
	ID         uuid.UUID `db:"id"`
	PersonID   uuid.UUID `db:"person_id"`
	Token      string    `db:"token" json:"-"` // a secret of the device: kept in one place
	Transport  string    `db:"transport"`      // FCM, WEBPUSH, …: open
	Platform   string    `db:"platform"`
	Locale     string    `db:"locale"`
	AppVersion string    `db:"app_version"`
}
