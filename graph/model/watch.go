package model

import (
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// IdleRep is a rep who has nothing to do for a while.
type IdleRep struct {
	RepID   uuid.UUID
	Until   time.Time
	Minutes float64
	Offer   *dispatch.Offer
}
