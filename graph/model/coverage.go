package model

import (
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/geo"
)

// TerritoryCoverage is what falls between territories and what they fight about.
type TerritoryCoverage struct{ desk.Covered }

// Vacancy is a territory without a rep.
type Vacancy struct {
	Territory geo.Territory
	Sites     int
	Workload  float64
}
