package notify

import (
	"time"

	"github.com/hexbeat/hexbeat/hours"
)

// Priority says how soon an alert must be known.
type Priority string

// The priorities.
const (
	Urgent Priority = "URGENT" // breaks into a visit, the quiet hours and the time off
	Normal Priority = "NORMAL"
	Low    Priority = "LOW" // may wait for the digest
)

// soon is how near a visit is that makes its alert urgent: the rep may be on the way there, or has to set out.
const soon = time.Hour

// PriorityOf judges a new alert: urgent where the reason is, or where a visit gained, lost or moved is near, by the time it has now or
// by the time the rep knows; low where it is about another day than the one it is made on, about none, or is a plan or an offer.
func PriorityOf(a Alert) Priority {
	if a.Kind.apart() {
		return Low
	}
	dated := false
	for _, item := range a.Live() {
		dated = dated || item.Arrival != nil || item.Told != nil
		if item.Reason == "URGENT" || near(item.Arrival, a.CreatedAt) || near(item.Told, a.CreatedAt) {
			return Urgent
		}
	}
	if !dated || a.ExpiresAt.Sub(a.CreatedAt) > 24*time.Hour {
		return Low
	}
	return Normal
}

func near(t *time.Time, now time.Time) bool {
	return t != nil && t.After(now.Add(-soon)) && t.Before(now.Add(soon))
}

// ExpiryOf is when an alert has nothing to tell any more: the end of the last day its visits are on, by the clock of each site;
// where none has a time, the end of the day it is made on. Nothing is told for less than shortest.
func ExpiryOf(items []Item, zone *time.Location, now time.Time) time.Time {
	end := dayEnd(now, zone)
	for _, item := range items {
		for _, t := range []*time.Time{item.Arrival, item.Told} {
			if t == nil {
				continue
			}
			local := zone
			if known, err := hours.LoadZone(item.TimeZone); err == nil && item.TimeZone != "" {
				local = known
			}
			if over := dayEnd(*t, local); over.After(end) {
				end = over
			}
		}
	}
	if least := now.Add(shortest); end.Before(least) {
		return least
	}
	return end
}

// shortest is the least time an alert is told for: a change of five minutes to midnight is still worth a word.
const shortest = time.Hour

// dayEnd is the midnight after the moment.
func dayEnd(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
