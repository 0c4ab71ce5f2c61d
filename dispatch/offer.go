package dispatch

import (
	"cmp"
	"slices"
	"time"
)

// Offer is a visit of the queue that a rep could take.
type Offer struct {
	Visit         Visit
	Arrival       time.Time // when the rep would get there
	Position      int       // in the route, from 1
	DetourMinutes float64   // driving added to the day
	CostMinutes   float64   // what a decision for it would weigh: driving, load, a foreign territory, changed plans
}

// Offers are the calls of the queue that the rep's day has room for, the smallest detour first, at most so many. What the rep lacks a
// skill for or has given back is not offered, nor what would break a window or go on after the shift.
func Offers(day RepDay, queue []Call, now time.Time, most int) []Offer {
	if day.Shift == nil {
		return nil
	}
	day = Schedule(day, now)
	z := zones{}
	s, _ := newSheet(day, now, z)
	r := s.ready()
	var offers []Offer
	for _, call := range queue {
		if call.Visit.State != Queued || call.Site.Point == nil || refusal(call, day, now) != "" {
			continue
		}
		p := newInput(call, day, now).placeIn(r, day.task(call, now, z))
		if !p.fits {
			continue
		}
		offers = append(offers, Offer{
			Visit: call.Visit, Arrival: p.option.Arrival, Position: p.option.Position,
			DetourMinutes: round(p.detour), CostMinutes: p.option.Total,
		})
	}
	slices.SortFunc(offers, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(a.DetourMinutes, b.DetourMinutes), cmp.Compare(b.Visit.Priority, a.Visit.Priority),
			slices.Compare(a.Visit.ID[:], b.Visit.ID[:]))
	})
	return offers[:min(max(0, most), len(offers))]
}
