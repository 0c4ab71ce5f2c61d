package route

// How a search that is not grouped divides its iterations: first it anneals, for so many iterations a visit; then, if there
// is time for enough children, it breeds.
const (
	annealedEach   = 1000
	leastChildren  = 600 // of both breeders
	breedableUpTo  = 700 // visits
	breedingChains = chains
)

// annealing is the part of the whole search that it anneals, given a step of it. It is the whole where it never breeds.
func (s *Solver) annealing(iterations int, from, to float64) float64 {
	if !s.breeds {
		return 1
	}
	all := float64(s.done) + float64(iterations)*(1-from)/max(1e-9, to-from)
	annealed := float64(annealedEach * s.m.n)
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
