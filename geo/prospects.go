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
	states    []state
	whole     int        // the resolution from which on the ground is not divided for having several owners
	exact     *prospects // on ground divided as far as it goes, once that was asked for
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
	reference := g.reference(b.Seed)
	return &prospects{b: b, g: g, reference: reference, states: g.trajectories(b.Seed), whole: whole}, nil
}

// within is the best design that keeps to a budget. Where that is too small for single customers among another's to
// change hands, the ground is divided until they need not. Such a design moves less than any of the others, so that a
// smaller budget still never moves more.
func (p *prospects) within(budget *float64) (Draft, error) {
	limit := p.g.budget(budget)
	best := pick(p.states, limit)
	if best.moved > limit && p.whole < parted && slices.ContainsFunc(p.g.minor, func(h []holding) bool { return h != nil }) {
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
