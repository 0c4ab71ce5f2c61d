package dispatch

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// How an idle rep is offered visits.
const (
	mostProposed = 3                // visits at once
	offerLasts   = 30 * time.Minute // then the rep stands elsewhere, and another may be nearer
)

// Offered is what a rep was offered before.
type Offered struct {
	Open  []uuid.UUID // visits of the offer that stands
	Heard []uuid.UUID // visits not to be offered again for now
}

// Proposal is what becomes of a rep's offers.
type Proposal struct {
	Gone  []uuid.UUID // of the open ones, those that are no longer to be had
	Offer []Offer     // to be made in place of the open one: what still stands of it and what is new, the smallest detour first; nil: nothing new
	Until time.Time   // when that offer ends
}

// Propose decides what to offer a rep from the queue, who is idle as Idle says: visits that can be reached before there is something else to do,
// none of them twice. A visit offered stands as long as it waits and the day has room for it, idle or not; a full offer is left alone, so that
// nobody is told anew because two visits changed places.
func Propose(day RepDay, queue []Call, was Offered, least time.Duration, now time.Time) Proposal {
	var p Proposal
	open := map[uuid.UUID]bool{}
	offers := Offers(day, queue, now, len(queue))
	for _, visit := range was.Open {
		if open[visit] = slices.ContainsFunc(offers, func(o Offer) bool { return o.Visit.ID == visit }); !open[visit] {
			p.Gone = append(p.Gone, visit)
		}
	}
	idle, is := Idle(day, nil, least, now)
	room := mostProposed - (len(was.Open) - len(p.Gone))
	if !is || room <= 0 {
		return p
	}
	var list []Offer
	fresh := 0
	for _, o := range offers {
		switch {
		case open[o.Visit.ID]:
			list = append(list, o)
		case fresh < room && o.Arrival.Before(idle.Until) && !slices.Contains(was.Heard, o.Visit.ID):
			list = append(list, o)
			fresh++
		}
	}
	if fresh == 0 {
		return p
	}
	p.Offer, p.Until = list, now.Add(offerLasts)
	if day.Shift.EndsAt.Before(p.Until) {
		p.Until = day.Shift.EndsAt
	}
	return p
}
