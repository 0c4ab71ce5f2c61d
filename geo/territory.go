package geo

import (
	"errors"

	"github.com/google/uuid"
)

// ErrNoTerritory is returned for a territory that does not exist or may not be seen.
var ErrNoTerritory = errors.New("no such territory")

// Territory is a set of cells in one rep's care, as published for a day. It keeps its identity through re-designs.
type Territory struct {
	ID        uuid.UUID  `db:"id"`
	BranchID  uuid.UUID  `db:"branch_id"`
	Name      string     `db:"name"`
	Colour    int        `db:"colour"` // place in the page's palette; neighbours differ
	RepID     *uuid.UUID `db:"rep_id"` // nil: a vacancy
	Alignment uuid.UUID  `db:"alignment_id"`
	Sites     int        `db:"sites"`
	Workload  float64    `db:"workload"`
	Imbalance float64    `db:"imbalance"` // workload ÷ mean of the alignment − 1
}
