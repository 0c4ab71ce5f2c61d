package route

// How a search that is not grouped divides its iterations: first it anneals, for so many iterations a visit; then, if there
// is time for enough children, it breeds.
const (
	annealedEach   = 1000
	groupedEach    = 8000 // annealed where there are groups: that gains longer there
	leastChildren  = 600  // of all breeders
	breedingChains = chains
	fieldChildren  = 1000 // of each breeder of a field before the next division
)

// annealing is the part of the whole search that it anneals, given a step of it. It is the whole where it never breeds.
func (s *Solver) annealing(iterations int, from, to float64) float64 {
	if !s.breeds {
		return 1
	}
	all := float64(s.done) + float64(iterations)*(1-from)/max(1e-9, to-from)
	annealed := float64(annealedEach * s.m.n)
	if s.chains == nil {
		annealed = float64(groupedEach * s.m.n)
	}
	if all-annealed < float64(leastChildren*childCost*s.m.n) {
		return 1
	}
	return annealed / all
}

// beginBreeding makes two populations, each beginning with what the annealing found.
func (s *Solver) beginBreeding() {
	s.spare = newPlan(s.m, &s.version)
	for range breedingChains {
		s.breeders = append(s.breeders, newBreeder(s.m))
	}
	s.parallel(len(s.breeders), func(k int) {
		b := s.breeders[k]
		for i := range s.chains {
			b.enter(s.chains[(k+i)%len(s.chains)].best)
		}
	})
}

// stepBreeders lets each breeder make its children, and the best of one join the other.
func (s *Solver) stepBreeders(iterations int) {
	s.turn++
	s.parallel(len(s.breeders), func(k int) {
		b := s.breeders[k]
		b.rng = newRandom(s.options.Seed, uint64(k), s.turn)
		b.run((iterations + len(s.breeders) - 1) / len(s.breeders))
	})
	for k, b := range s.breeders {
		if b.best < b.told && b.leave(s.spare) {
			b.told = b.best
			if s.spare.beats(s.best) {
				s.best.copyAll(s.spare)
				for other := range s.breeders {
					if other != k {
						s.breeders[other].enter(s.spare)
					}
				}
			}
		}
	}
}

// field is a division of a large plan whose groups breed each by itself, for several steps.
type field struct {
	groups   []group
	breeders []*breeder // of each group; nil where it can't be expressed, which then goes on annealing
	visits   int
	left     int // iterations before the next division
}

// sow divides the best plan anew.
func (s *Solver) sow() {
	s.turn++
	rng := newRandom(s.options.Seed, s.turn)
	s.now.copyAll(s.best)
	f := &field{groups: s.now.divide(s.parts(), &rng), left: fieldChildren * childCost * s.m.n}
	f.breeders = make([]*breeder, len(f.groups))
	s.parallel(len(f.groups), func(k int) {
		g := &f.groups[k]
		g.cut(s.now, 0)
		if m := g.search.m; m.breedable() && ones(g.search.best.missing) == 0 {
			f.breeders[k] = newBreeder(m)
			f.breeders[k].enter(g.search.best)
		}
	})
	for i := range f.groups {
		f.visits += len(f.groups[i].visits)
	}
	s.field = f
}

// stepField lets each group make its children, and puts together the best of each.
func (s *Solver) stepField(iterations int) {
	if s.field == nil || s.field.left <= 0 {
		s.sow()
	}
	f := s.field
	f.left -= iterations
	s.turn++
	s.parallel(len(f.groups), func(k int) {
		g, b := &f.groups[k], f.breeders[k]
		n := iterations * len(g.visits) / max(1, f.visits)
		rng := newRandom(s.options.Seed, s.turn, uint64(k))
		if b == nil {
			g.search.rng = rng
			g.search.run(n, s.cold, s.cold)
			return
		}
		b.rng = rng
		b.run(n)
		if b.best < b.told && b.leave(g.search.trial) {
			b.told = b.best
			if g.search.trial.beats(g.search.best) {
				g.search.best.copyAll(g.search.trial)
			}
		}
	})
	for i := range f.groups {
		f.groups[i].paste(f.groups[i].search.best, s.now)
	}
	if s.now.beats(s.best) {
		s.best.copyAll(s.now)
	}
}
