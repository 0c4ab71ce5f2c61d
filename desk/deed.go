package desk

import (
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// deed is what a batch did, as it is kept with it: visits and days, and whatever else an undo has to take back.
type deed struct {
	dispatch.Trace
	Absences []absenceDeed `json:"absences,omitempty"`
	Owners   []ownerDeed   `json:"owners,omitempty"`
	Slow     []slowDeed    `json:"slow,omitempty"`
}

// didTo is what a batch did that moved one visit; days are those it left or joined, as they were, nil for none.
func didTo(before dispatch.Call, after dispatch.Visit, days ...*dispatch.RepDay) *deed {
	var was []dispatch.RepDay
	for _, day := range days {
		if day != nil {
			was = append(was, *day)
		}
	}
	return &deed{Trace: dispatch.TraceOf([]dispatch.Moved{{Before: before, After: after}}, was...)}
}

// made is what a batch did that made a visit; joined is the day it was put on, as it was, nil for none.
func made(visit dispatch.Visit, joined *dispatch.RepDay) *deed {
	if joined == nil {
		return &deed{Trace: dispatch.TraceOfNew(visit)}
	}
	return &deed{Trace: dispatch.TraceOfNew(visit, *joined)}
}

// slowDeed is a slowdown that a batch put into force or, undoing one, withdrew.
type slowDeed struct {
	Slowdown  uuid.UUID `json:"slowdown"`
	Branch    uuid.UUID `json:"branch"`
	Withdrawn bool      `json:"withdrawn,omitempty"`
}

// absenceDeed is an absence that a batch recorded or, undoing one, removed.
type absenceDeed struct {
	roster.Absence
	Removed bool `json:"removed,omitempty"`
}

// ownerDeed is a change of who answers for a site.
type ownerDeed struct {
	Branch uuid.UUID          `json:"branch"`
	Before postgres.SiteOwner `json:"before"`
	After  postgres.SiteOwner `json:"after"`
}
