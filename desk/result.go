package desk

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
)

// DayChange is what a command did to one rep's day.
type DayChange struct {
	Rep    uuid.UUID
	Before dispatch.Load
	After  dispatch.Load
	Was    dispatch.Route // timed as of now
	Route  dispatch.Route
}

// AlertPreview is an alert that a command makes.
type AlertPreview struct {
	Rep  uuid.UUID
	Kind string
}

// FactReport is when and where a phone says that something happened.
type FactReport struct {
	DeviceTime *time.Time // by the phone's clock; nil: now
	Offset     time.Duration
	Point      *geo.Point
	Accuracy   *float64 // metres
	Mocked     bool
}

// FactRecorded is a fact that is kept.
type FactRecorded struct {
	Visit    dispatch.Visit
	Credited bool
}
