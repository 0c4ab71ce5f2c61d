package roster

import "github.com/google/uuid"

// Organization is the company; the outermost boundary of data.
type Organization struct {
	ID   uuid.UUID `db:"id"`
	Name string    `db:"name"`
}
