package dispatch

import (
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/hours"
)

// FirstDue is the day the first call on a site falls due: sites that begin together are spread evenly over the
// cadence's days by a stable hash of the site, so that a new organization does not owe everything on its first
// day. Only weekdays the cadence allows are chosen; the day lies in [from, from + cadence.Every), or on the
// first allowed weekday after from where that stretch has none.
func FirstDue(site uuid.UUID, cadence customer.Cadence, from hours.Date) hours.Date { return from }

// NextDue is the day the next call falls due after one made on the last: the cadence's days later, moved on to
// the next weekday it allows.
func NextDue(last hours.Date, cadence customer.Cadence) hours.Date { return last }
