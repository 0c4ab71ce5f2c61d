package dispatch

import (
	"cmp"
	"container/heap"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Crew is the reps of a branch on one day, ready to be asked who could take a call. What can be said of each of their days at any moment is
// worked out once, so that a question looks closely at a few days only, however many there are. A crew never changes: With makes another one,
// and shares with it what did not change. It may be asked by many at once.
type Crew struct{ list []*member }

// member is a rep's day, with what is known of it at any moment.
type member struct {
	day    RepDay
	calls  map[uuid.UUID]Call
	starts map[uuid.UUID]starts // of each visit
	reach  reach
}

func newMember(day RepDay, z zones) *member {
	m := &member{day: day, calls: day.calls(), starts: make(map[uuid.UUID]starts, len(day.Calls))}
	if day.Shift != nil {
		for _, c := range day.Calls {
			m.starts[c.Visit.ID] = day.starts(c, z)
		}
	}
	m.reach = reachOf(day, m.calls)
	return m
}

// sheet is the rest of the day, with the head of its route.
func (m *member) sheet(now time.Time, z zones) (sheet, []Stop) {
	return newSheetOf(m.day, m.calls, func(c Call) starts { return m.starts[c.Visit.ID] }, now, z)
}

// NewCrew makes a crew of days, no two of one rep.
func NewCrew(days []RepDay) *Crew {
	c, z := &Crew{list: make([]*member, len(days))}, zones{}
	for i, day := range days {
		c.list[i] = newMember(day, z)
	}
	return c
}

// With is the crew with these days in place of what it knew of their reps; reps who are new come in the order of their ids, as long as the
// others do.
func (c *Crew) With(days ...RepDay) *Crew {
	list, z := slices.Clone(c.list), zones{}
	for _, day := range days {
		m := newMember(day, z)
		if i := indexOfRep(list, day.Rep.ID); i >= 0 {
			list[i] = m
			continue
		}
		at := slices.IndexFunc(list, func(o *member) bool { return slices.Compare(o.day.Rep.ID[:], day.Rep.ID[:]) > 0 })
		if at < 0 {
			at = len(list)
		}
		list = slices.Insert(list, at, m)
	}
	return &Crew{list}
}

// Without is the crew without some reps.
func (c *Crew) Without(reps ...uuid.UUID) *Crew {
	return &Crew{slices.DeleteFunc(slices.Clone(c.list), func(m *member) bool { return slices.Contains(reps, m.day.Rep.ID) })}
}

func indexOfRep(list []*member, rep uuid.UUID) int {
	return slices.IndexFunc(list, func(m *member) bool { return m.day.Rep.ID == rep })
}

// Days are the reps' days. What they point to belongs to the crew and must not be written to.
func (c *Crew) Days() []RepDay {
	days := make([]RepDay, len(c.list))
	for i, m := range c.list {
		days[i] = m.day
	}
	return days
}

// Day is a rep's day.
func (c *Crew) Day(rep uuid.UUID) (RepDay, bool) {
	if i := indexOfRep(c.list, rep); i >= 0 {
		return c.list[i].day, true
	}
	return RepDay{}, false
}

// Best is the first of Options, no more than that many.
func (c *Crew) Best(call Call, now time.Time, most int) []Option {
	var best []Option
	for _, k := range c.cheapest(call, now, most, false).found {
		best = append(best, k.placed.option)
	}
	return best
}

// Fitting are the reps of the first of Options that break nothing, no more than that many.
func (c *Crew) Fitting(call Call, now time.Time, most int) []uuid.UUID {
	var reps []uuid.UUID
	for _, k := range c.cheapest(call, now, most, true).found {
		reps = append(reps, k.placed.option.RepID)
	}
	return reps
}

// taker is a rep who could take a call.
type taker struct {
	day    RepDay
	placed placed
}

// takers are the best of a crew.
type takers struct {
	found   []taker   // the best first
	refused []Refusal // those who could not, as far as one has looked: the nearest first, after those who could take nothing now
}

// cheapest finds the days for which the call costs least, no more than that many; of those that break something none where it must fit.
//
// Of each day it is known what the call costs there at the least, first roughly, then by every leg of the way: the day that promises most
// is looked at next, and what costs more at the least than the worst of the best found is never looked at (best first, as in A*).
func (c *Crew) cheapest(call Call, now time.Time, most int, fit bool) (all takers) {
	if most <= 0 {
		return all
	}
	z := zones{}
	queue := make(prospects, 0, len(c.list))
	in := newInput(call, RepDay{}, now)
	for _, m := range c.list {
		if code := refusal(call, m.day, now); code != "" {
			all.refused = append(all.refused, Refusal{RepID: m.day.Rep.ID, Code: code})
			continue
		}
		queue = append(queue, prospect{m: m, least: m.least(in, call, now, false)})
	}
	heap.Init(&queue)
	var nearest []Refusal
	for len(queue) > 0 {
		next := &queue[0]
		if len(all.found) == most && next.least > all.found[most-1].placed.option.Total {
			break
		}
		if !next.close {
			next.least, next.close = next.m.least(in, call, now, true), true
			heap.Fix(&queue, 0)
			continue
		}
		m := next.m
		heap.Pop(&queue)
		s, _ := m.sheet(now, z)
		p := newInput(call, m.day, now).placeIn(s.ready(), m.day.task(call, now, z))
		if fit && !p.fits {
			nearest = append(nearest, Refusal{RepID: m.day.Rep.ID, Code: NoRoom})
			continue
		}
		at, _ := slices.BinarySearchFunc(all.found, p.option, func(k taker, o Option) int { return byTotal(k.placed.option, o) })
		all.found = slices.Insert(all.found, at, taker{m.day, p})
		all.found = all.found[:min(most, len(all.found))]
	}
	all.refused = append(all.refused, nearest...)
	return all
}

// prospect is a day that may turn out to be among the best.
type prospect struct {
	m     *member
	least float64 // what the call costs there at the least
	close bool    // by every leg of the way
}

// prospects is a heap: the day that may cost least is on top.
type prospects []prospect

func (p prospects) Len() int { return len(p) }
func (p prospects) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(p[i].least, p[j].least), slices.Compare(p[i].m.day.Rep.ID[:], p[j].m.day.Rep.ID[:])) < 0
}
func (p prospects) Swap(i, j int) { p[i], p[j] = p[j], p[i] }
func (p *prospects) Push(x any)   { *p = append(*p, x.(prospect)) } //nolint:forcetypeassert // a heap of nothing else
func (p *prospects) Pop() any {
	old := *p
	last := old[len(old)-1]
	*p = old[:len(old)-1]
	return last
}
