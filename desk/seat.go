package desk

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// seat is a territory to be: one in force that goes on, or a new one, with the rep where that is known before it is drawn.
type seat struct {
	goesOn *geo.Territory
	rep    *roster.Rep
}

// seats are as many as the brief asks for. Of territories in force the vacant ones are given up first, then the lightest.
func (g ground) seats(brief DesignBrief) []seat {
	k := brief.Territories
	if k == 0 {
		k = len(g.reps)
	}
	var seats []seat
	if !brief.Afresh {
		kept := slices.Clone(g.current)
		slices.SortStableFunc(kept, func(a, b geo.Territory) int {
			if (a.RepID == nil) != (b.RepID == nil) {
				return map[bool]int{true: 1, false: -1}[a.RepID == nil]
			}
			return cmp.Compare(b.Workload, a.Workload)
		})
		kept = kept[:min(k, len(kept))]
		slices.SortFunc(kept, func(a, b geo.Territory) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
		})
		for i := range kept {
			seats = append(seats, seat{goesOn: &kept[i], rep: g.rep(kept[i].RepID)})
		}
	}
	for len(seats) < k {
		seats = append(seats, seat{})
	}
	g.invite(seats, brief.FromHomes)
	return seats
}

// invite seats reps whose territory must be known before it is drawn: who keeps accounts by name and, where territories are to lie around
// homes, who has one.
func (g ground) invite(seats []seat, fromHomes bool) {
	keepers := map[uuid.UUID]bool{}
	for _, s := range g.sites {
		if s.Account != nil {
			keepers[*s.Account] = true
		}
	}
	for i, rep := range g.reps {
		if !keepers[rep.ID] && !(fromHomes && rep.Start != nil) || seatOf(seats, rep.ID) >= 0 {
			continue
		}
		free := slices.IndexFunc(seats, func(s seat) bool { return s.goesOn == nil && s.rep == nil })
		if free < 0 {
			return
		}
		seats[free].rep = &g.reps[i]
	}
}

// seatOf is where a rep sits; -1: nowhere.
func seatOf(seats []seat, rep uuid.UUID) int {
	return slices.IndexFunc(seats, func(s seat) bool { return s.rep != nil && s.rep.ID == rep })
}

func (g ground) rep(id *uuid.UUID) *roster.Rep {
	for i := range g.reps {
		if id != nil && g.reps[i].ID == *id {
			return &g.reps[i]
		}
	}
	return nil
}

// brief is what the engine is asked for. The record knows no part-time reps: all territories are to be alike.
func (g ground) brief(wish DesignBrief, seats []seat) geo.Brief {
	b := geo.Brief{Territories: len(seats), Tolerance: wish.Tolerance, Seed: wish.Seed}
	number := map[uuid.UUID]int{}
	for i, s := range seats {
		if s.goesOn != nil {
			number[s.goesOn.ID] = i
		}
		if wish.FromHomes && s.rep != nil && s.rep.Start != nil {
			if b.Homes == nil {
				b.Homes = make([]*geo.Point, len(seats))
			}
			b.Homes[i] = s.rep.Start
		}
	}
	if len(number) > 0 {
		b.Current = make([]int, len(g.sites))
		b.Price, b.OpenSurcharge, b.Budget = StayPrice, openPrice, wish.Budget
		if wish.Price != nil {
			b.Price = *wish.Price
		}
	}
	for i, s := range g.sites {
		b.Sites = append(b.Sites, geo.Site{ID: s.ID.String(), Point: geo.Point{Lat: s.Lat, Lon: s.Lon}, Workload: s.Workload, Open: s.Open})
		if b.Current != nil {
			b.Current[i] = geo.Free
			if s.Territory != nil {
				if at, goesOn := number[*s.Territory]; goesOn {
					b.Current[i] = at
				}
			}
		}
		if s.Account == nil {
			continue
		}
		if at := seatOf(seats, *s.Account); at >= 0 {
			if b.Held == nil {
				b.Held = slices.Repeat([]int{geo.Free}, len(g.sites))
			}
			b.Held[i] = at
		}
	}
	return b
}

// take gives the territories drawn the identities of those that go on, and their reps; new ones get names of their own.
func take(territories []postgres.AlignedTerritory, seats []seat) {
	taken := map[string]bool{}
	for _, s := range seats {
		if s.goesOn != nil {
			taken[s.goesOn.Name] = true
		}
	}
	next := 1
	for i, s := range seats {
		t := &territories[i]
		if s.rep != nil {
			t.RepID = &s.rep.ID
		}
		if s.goesOn != nil {
			t.ID, t.Name = s.goesOn.ID, s.goesOn.Name
			continue
		}
		for t.Name = ""; t.Name == "" || taken[t.Name]; next++ {
			t.Name = fmt.Sprintf("%02d", next)
		}
		taken[t.Name] = true
	}
}
