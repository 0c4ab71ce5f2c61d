package dispatch

import (
	"time"

	"github.com/hexbeat/hexbeat/roster"
)

// FullLoad is the greatest ratio a load is said to have. Work without any time left for it (no shift,
// shift over) is this full, so that the number stays finite on every wire.
const FullLoad = 99.0

// LoadOf says how loaded the rep is from now on. Visits begun count with the service still ahead, ended ones
// not at all; travel is that to the stops ahead and the way home. The route must be timed (see Schedule).
// Without a shift nothing is available: the ratio is 0 when nothing is to do, FullLoad otherwise.
func LoadOf(day RepDay, now time.Time) Load {
	var service, past, available time.Duration
	var visits int
	calls := day.calls()
	begun, ahead := split(day, calls, now)
	for _, stop := range begun {
		past += stop.Travel
		if stop.VisitID == nil || calls[*stop.VisitID].Visit.State != UnderWay {
			continue
		}
		visits++
		length := max(0, calls[*stop.VisitID].Visit.Service)
		service += min(length, max(0, stop.Arrival.Add(length).Sub(now)))
	}
	for _, stop := range ahead {
		visits++
		if call, ok := calls[*stop.VisitID]; ok {
			service += max(0, call.Visit.Service)
		}
	}
	if day.Shift != nil && !day.Absent {
		available = roster.Available(*day.Shift, day.Engagements, now)
	}
	return newLoad(service, day.Route.Travel-past, available, visits)
}

func newLoad(service, travel, available time.Duration, visits int) Load {
	if visits == 0 {
		travel = 0 // the way home alone is no work
	}
	load := Load{
		ServiceMinutes:   service.Minutes(),
		TravelMinutes:    max(0, travel).Minutes(),
		AvailableMinutes: available.Minutes(),
		Visits:           visits,
	}
	switch work := load.ServiceMinutes + load.TravelMinutes; {
	case work == 0:
	case available <= 0:
		load.Ratio = FullLoad
	default:
		load.Ratio = min(FullLoad, work/load.AvailableMinutes)
	}
	return load
}
