package dispatch

import (
	"hash/fnv"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/hours"
)

// FirstDue is the day the first call on a site falls due: sites that begin together are spread evenly over the
// cadence's days by a stable hash of the site, so that a new organization does not owe everything on its first
// day. Only weekdays the cadence allows are chosen; the day lies in [from, from + cadence.Every), or on the
// first allowed weekday after from where that stretch has none.
func FirstDue(site uuid.UUID, cadence customer.Cadence, from hours.Date) hours.Date {
	var days []hours.Date
	for d := from; d < from+hours.Date(max(1, cadence.Every)); d++ {
		if allowed(cadence, d) {
			days = append(days, d)
		}
	}
	if len(days) == 0 {
		return nextAllowed(cadence, from)
	}
	h := fnv.New64a()
	h.Write(site[:])
	return days[mix(h.Sum64())%uint64(len(days))]
}

// NextDue is the day the next call falls due after one made on the last: the cadence's days later, moved on to
// the next weekday it allows.
func NextDue(last hours.Date, cadence customer.Cadence) hours.Date {
	return nextAllowed(cadence, last+hours.Date(max(1, cadence.Every)))
}

func allowed(c customer.Cadence, d hours.Date) bool {
	return len(c.Weekdays) == 0 || slices.Contains(c.Weekdays, d.Weekday())
}

// nextAllowed is the first allowed day from d on; d itself where the weekdays are no weekdays.
func nextAllowed(c customer.Cadence, d hours.Date) hours.Date {
	for next := d; next < d+7; next++ {
		if allowed(c, next) {
			return next
		}
	}
	return d
}

// mix spreads a hash over all bits (the finisher of splitmix64), for the low ones alone choose the day.
func mix(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
