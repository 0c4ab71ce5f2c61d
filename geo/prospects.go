package geo

import (
	"errors"
	"slices"
)

// prospects are the designs that can be made from today's.
type prospects struct {
	b         Brief
	g         *ground
	reference clustering
	whole     int // the resolution from which on the ground is not divided for having several owners

	today  state
	rungs  []float64
	enough float64    // the workload that must move at least before the loads are even
	even   []state    // those that may move as much
	tight  []state    // those that may not, once a budget asked for them
	exact  *prospects // on ground divided as far as it goes, once a budget asked for that
}

// prospects are those on ground whose smallest places are not divided. Where that leaves too few for the
// territories, it is.
func (b Brief) prospects() (*prospects, error) {
	p, err := b.prospectsOn(mingled)
	if errors.Is(err, ErrTerritories) {
		return b.prospectsOn(parted)
	}
	return p, err
}

func (b Brief) prospectsOn(whole int) (*prospects, error) {
	g, err := survey(b, whole)
	if err != nil {
		return nil, err
	}
	p := &prospects{b: b, g: g, reference: g.reference(b.Seed), whole: whole}
	p.today = newSearch(g, g.today(), nil).state()
	p.rungs, p.enough = g.rungs(p.today.moved)
	first := slices.IndexFunc(p.rungs, func(r float64) bool { return r >= p.enough })
	p.even = g.ways(b.Seed, p.today, p.rungs[first:], p.enough)
	if first == 0 {
		p.even = append(p.even, p.today)
	}
	return p, nil
}

// within is the best design that keeps to a budget.
//
// A smaller budget never moves more. Each step below is taken only where all designs of those above it move more than
// the budget, and what it finds then does not.
func (p *prospects) within(budget *float64) (Draft, error) {
	limit := p.g.budget(budget)
	best := pick(p.even, limit)
	if best.moved > limit {
		if p.tight == nil {
			tight := slices.DeleteFunc(slices.Clone(p.rungs), func(r float64) bool { return r >= p.enough })
			p.tight = append(p.g.ways(p.b.Seed, p.today, tight, p.enough), p.today)
		}
		best = pick(p.tight, limit)
	}
	if best.moved > limit && p.divisible() {
		if p.exact == nil {
			var err error
			if p.exact, err = p.b.prospectsOn(parted); err != nil {
				return Draft{}, err
			}
		}
		return p.exact.within(budget)
	}
	return p.g.draft(p.b, best.owner, p.reference), nil
}

// divisible says whether units have customers of several territories of today.
func (p *prospects) divisible() bool {
	return p.whole < parted && slices.ContainsFunc(p.g.minor, func(h []holding) bool { return h != nil })
}
