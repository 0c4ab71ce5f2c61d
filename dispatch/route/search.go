package route

import (
	"math"
	"slices"
)

// search improves a plan by ruin and recreate: slack induction by string removals (Christiaens and Vanden Berghe,
// Transportation Science 2020) under simulated annealing. It has everything it needs from the start, so that its loop
// allocates nothing.
type search struct {
	m       *model
	rng     random
	now     *plan // where the annealing stands
	trial   *plan // the same but for the trips of `dirty`, while an iteration runs
	best    *plan
	version uint32

	cache []entry // n×m: the best place of a visit in a trip, as long as the trip is the same

	dirty   []int32 // trips changed in this iteration
	touched []int32 // visits taken out or put in
	stamp   uint32
	isDirty []uint32 // the stamp of the iteration that changed the trip
	isOut   []uint32
	stale   []uint64 // bits of the trips that differ from best's

	out     []int32 // visits to insert
	waiting []int32 // of them, while they are chosen from
	keys    []int64 // to sort them by
	spots   []spot
	mates   []spot
	serves  int // visits served now
	tail    []slot
	aboard  []int64 // behind each slot of the trip looked at: dims each
	bold    bool    // this iteration takes whole trips out
	careful bool    // this iteration keeps the promises that it can
}

type entry struct {
	cost    int64
	version uint32
	k       int32
}

const (
	ruined        = 15   // visits that strings have in all, about
	longestString = 10   // visits that a string has at most
	bold          = 0.05 // of the iterations take whole trips out
	proposals     = 2    // of exchanged tails, per iteration
)

func newSearch(m *model) *search {
	s := &search{m: m}
	s.now, s.trial, s.best = newPlan(m, &s.version), newPlan(m, &s.version), newPlan(m, &s.version)
	s.trial.copyAll(s.now)
	s.best.copyAll(s.now)
	s.cache = make([]entry, m.n*m.m)
	s.isDirty, s.isOut = make([]uint32, m.m), make([]uint32, m.n)
	s.stale = make([]uint64, (m.m+63)/64)
	return s
}

// touch says that trip r is about to change.
func (s *search) touch(r int32) {
	if s.isDirty[r] != s.stamp {
		s.isDirty[r] = s.stamp
		s.dirty = append(s.dirty, r)
	}
}

// handle says that visit c is taken out or put in.
func (s *search) handle(c int32) {
	if s.isOut[c] != s.stamp {
		s.isOut[c] = s.stamp
		s.touched = append(s.touched, c)
	}
}

// open begins an iteration.
func (s *search) open() {
	s.stamp++
	s.dirty, s.touched, s.out = s.dirty[:0], s.touched[:0], s.out[:0]
}

// keep makes the trial the plan to go on from.
func (s *search) keep() {
	s.follow(s.now, s.trial)
	for _, r := range s.dirty {
		s.stale[r>>6] |= 1 << (r & 63)
	}
	if s.now.beats(s.best) {
		s.best.copyStale(s.now, s.stale)
		clear(s.stale)
	}
}

// undo makes the trial again what it was.
func (s *search) undo() { s.follow(s.trial, s.now) }

func (s *search) follow(to, from *plan) {
	for _, r := range s.dirty {
		to.copyTrip(from, r)
	}
	for _, c := range s.touched {
		to.copyVisit(from, c)
	}
	to.copySums(from)
}

// copyStale makes this plan another one that differs in the given trips.
func (pl *plan) copyStale(from *plan, trips []uint64) {
	each(trips, func(r int32) { pl.copyTrip(from, r) })
	copy(pl.missing, from.missing)
	each(pl.missing, func(c int32) { pl.at[c], pl.pos[c] = -1, from.pos[c] })
	pl.copySums(from)
}

// run does so many iterations while the temperature falls from one value to another.
func (s *search) run(iterations int, hot, cold float64) {
	const stretch = 64 // iterations of one temperature
	if s.m.n == 0 || s.m.m == 0 {
		return
	}
	if s.version > 1<<31 {
		s.renumber()
	}
	ratio := 1.0
	if hot > 0 {
		ratio = math.Pow(cold/hot, 1/max(1, float64(iterations-1)/stretch))
	}
	heat := hot
	for i := range iterations {
		if i%stretch == 0 {
			if i > 0 {
				heat *= ratio
			}
			s.serves = s.m.n - ones(s.now.missing)
		}
		if s.m.plain {
			for range proposals {
				s.swapTails(heat)
			}
		}
		s.open()
		s.careful = s.m.told != nil && s.rng.next()&3 != 0
		s.ruin()
		s.recreate()
		if further := s.trial.over() - s.now.over(); further < 0 ||
			further == 0 && float64(s.trial.cost-s.now.cost) < -heat*math.Log(s.rng.unit()) {
			s.keep()
		} else {
			s.undo()
		}
	}
}

// renumber gives versions from the beginning again, before they run out.
func (s *search) renumber() {
	s.version = 0
	clear(s.cache)
	for r := range s.now.trips {
		s.version++
		s.now.trips[r].version = s.version
	}
	s.trial.copyAll(s.now)
	for r := range s.best.trips {
		s.version++
		s.best.trips[r].version = s.version
	}
}

// fill inserts all that is missing, as far as it fits.
func (s *search) fill() {
	s.open()
	each(s.trial.missing, func(c int32) {
		if s.m.loose[c] {
			s.handle(c)
			s.out = append(s.out, c)
		}
	})
	s.careful = true
	s.recreate()
	if s.trial.over() > s.now.over() {
		s.undo()
		s.fillWithin()
		return
	}
	s.keep()
}

// takeOut removes visit c, and what can't stay without it.
func (s *search) takeOut(c int32) {
	r := s.trial.at[c]
	if r < 0 || !s.m.loose[c] {
		return
	}
	if s.m.linked && !s.separable(c) {
		return
	}
	s.remove(c)
}

func (s *search) remove(c int32) {
	r := s.trial.at[c]
	if r < 0 {
		return
	}
	s.touch(r)
	s.handle(c)
	s.trial.drop(c)
	s.out = append(s.out, c)
	if s.m.linked {
		if mate := s.m.partner[c]; mate >= 0 {
			s.remove(mate)
		}
		for _, f := range s.m.followers[c] {
			s.remove(f)
		}
	}
}

// ruin takes strings of visits out of trips near a random visit.
func (s *search) ruin() {
	m, pl := s.m, s.trial
	trips := ones(pl.active)
	seed := int32(s.rng.below(m.n))
	if trips > 0 {
		average := float64(s.serves) / float64(trips)
		longest := min(longestString, average)
		strings := 1 + int((4*ruined/(1+longest)-1)*s.rng.unit())
		if s.bold = s.rng.unit() < bold; s.bold {
			longest, strings = 2*average, 1+s.rng.below(3)
		}
		s.ruinAt(seed, longest, &strings)
		for _, c := range m.neighbours(seed) {
			if strings <= 0 {
				break
			}
			s.ruinAt(c, longest, &strings)
		}
	}
	for i := 0; i < len(s.dirty); i++ { // what is taken out below may touch more
		r := s.dirty[i]
		pl.compact(r)
		if pl.broken(r) {
			s.clear(r)
		}
	}
	if m.linked {
		s.release()
	}
	s.invite(seed)
}

// broken says whether a trip can't be made although nothing was added to it: where the way past a visit that is gone
// is longer than the way over it, or there is none.
func (pl *plan) broken(r int32) bool {
	t, car := &pl.trips[r], &pl.m.car[r]
	return t.visits > 0 && (car.opens > t.slots[0].latest || t.travel > car.mostTravel || t.metres > car.mostMetres)
}

// clear takes everything out of a trip that may be taken out.
func (s *search) clear(r int32) {
	t := &s.trial.trips[r]
	for k := len(t.slots) - 1; k > 0; k-- {
		if c := t.slots[k].node; c >= 0 && s.trial.at[c] == r {
			s.takeOut(c)
		}
	}
	for _, other := range s.dirty {
		s.trial.compact(other)
	}
}

// ruinAt takes a string with visit c in it out of its trip, unless that has lost one already.
func (s *search) ruinAt(c int32, longest float64, strings *int) {
	pl := s.trial
	r := pl.at[c]
	if r < 0 || s.isDirty[r] == s.stamp || !s.m.loose[c] {
		return
	}
	t := &pl.trips[r]
	*strings--
	first := pl.first[r] + 1
	last := len(t.slots) - 2
	movable := last - first + 1
	length := 1 + int((min(float64(movable), longest))*s.rng.unit()*0.999999)
	length = min(length, movable)
	// Some strings are split: a few visits in their middle stay.
	spare := 0
	if length > 1 && length < movable && s.rng.next()&1 == 0 {
		spare = 1
		for length+spare < movable && s.rng.unit() > 0.01 && s.rng.next()&1 == 0 {
			spare++
		}
	}
	window := length + spare
	p := int(pl.pos[c])
	from := max(first, p-window+1)
	to := min(p, last-window+1)
	from += s.rng.below(to - from + 1)
	skip := from + window
	if spare > 0 {
		skip = from + 1 + s.rng.below(length-1)
	}
	for k := from; k < from+window; k++ {
		if k >= skip && k < skip+spare {
			continue
		}
		if node := t.slots[k].node; node >= 0 {
			s.takeOut(node)
		}
	}
	s.touch(r)
}

// invite adds visits that nobody serves to those to be inserted: all if they are few, otherwise some near the seed
// and some from anywhere.
func (s *search) invite(seed int32) {
	const few, nearby, anywhere = 12, 8, 4
	pl := s.trial
	call := func(c int32) {
		if s.isOut[c] != s.stamp && pl.at[c] < 0 && s.m.loose[c] {
			s.handle(c)
			s.out = append(s.out, c)
		}
	}
	missing := ones(pl.missing) - len(s.out)
	if missing <= 0 {
		return
	}
	if missing <= few {
		for w, word := range pl.missing {
			for ; word != 0; word &= word - 1 {
				call(int32(w<<6 + trailing(word)))
			}
		}
		return
	}
	begun := len(s.out)
	call(seed)
	for _, c := range s.m.neighbours(seed) {
		if len(s.out)-begun >= nearby {
			break
		}
		call(c)
	}
	for range anywhere {
		c := s.rng.below(s.m.n)
		for range 64 {
			if pl.missing[c>>6]&(1<<(c&63)) != 0 {
				call(int32(c))
				break
			}
			if c++; c == s.m.n {
				c = 0
			}
		}
	}
}

// recreate inserts what is out, one after another, each where it costs least.
func (s *search) recreate() {
	if s.m.prized && s.rng.next()&3 != 0 {
		s.recreateWorthy()
		return
	}
	s.sort()
	if s.m.linked {
		s.recreateLinked()
		return
	}
	if s.bold && len(s.out) > 0 && s.rng.next()&1 == 0 {
		s.openTrip(s.out[s.rng.below(len(s.out))])
	}
	for _, c := range s.out {
		if s.trial.at[c] >= 0 {
			continue
		}
		if at, hull := s.place(c); at.k >= 0 && at.cost < s.m.penalty[c] {
			s.touch(at.r)
			s.trial.insertWithin(c, at.r, int(at.k), hull)
		}
	}
}

// openTrip gives visit c an unused vehicle, if there is one that can take it.
func (s *search) openTrip(c int32) {
	m, pl := s.m, s.trial
	best := spot{infinite, -1, -1}
	for i := range m.kinds {
		if r := pl.unused(&m.kinds[i]); r >= 0 {
			if at := pl.scan(c, r, -1, nil); at.cost < best.cost {
				best = at
			}
		}
	}
	if best.k >= 0 && best.cost < m.penalty[c] {
		s.touch(best.r)
		pl.insert(c, best.r, int(best.k))
	}
}

// recreateWorthy inserts what is out by worth: next comes what gains most for the time it takes. Where there is more to
// do than time for it, as on a day with a backlog, that chooses better than any order fixed before.
func (s *search) recreateWorthy() {
	m, pl := s.m, s.trial
	s.waiting = append(s.waiting[:0], s.out...)
	for len(s.waiting) > 0 {
		best, within, chosen, rate := spot{k: -1}, span{}, -1, 0.0
		kept := s.waiting[:0]
		for _, c := range s.waiting {
			at, hull := s.place(c)
			if at.k < 0 || at.cost >= m.penalty[c] {
				continue // there is no room, and there will be none
			}
			kept = append(kept, c)
			class := m.class[at.r]
			spent := float64(at.cost + int64(class.service[c])*class.second + 1)
			if got := float64(m.penalty[c]-at.cost) / spent; got > rate && !s.rng.overlooks() {
				best, within, chosen, rate = at, hull, len(kept)-1, got
			}
		}
		s.waiting = kept
		if chosen < 0 {
			break
		}
		s.touch(best.r)
		pl.insertWithin(s.waiting[chosen], best.r, int(best.k), within)
		s.waiting[chosen] = s.waiting[len(s.waiting)-1]
		s.waiting = s.waiting[:len(s.waiting)-1]
	}
}

// cheapest is the best place for visit c. Now and then it overlooks the best place of a trip (a blink).
func (s *search) cheapest(c int32) spot {
	m, pl := s.m, s.trial
	best := spot{infinite, -1, -1}
	row := s.cache[int(c)*m.m : (int(c)+1)*m.m]
	can := m.can[int(c)*m.m : (int(c)+1)*m.m]
	for w, word := range pl.active {
		for ; word != 0; word &= word - 1 {
			r := w<<6 + trailing(word)
			if can[r] {
				s.consider(c, int32(r), &row[r], &best)
			}
		}
	}
	for i := range m.kinds {
		if r := pl.unused(&m.kinds[i]); r >= 0 && can[r] {
			s.consider(c, r, &row[r], &best)
		}
	}
	return best
}

func (s *search) consider(c, r int32, e *entry, best *spot) {
	pl := s.trial
	if t := &pl.trips[r]; e.version != t.version {
		found := pl.scan(c, r, -1, nil)
		*e = entry{found.cost, t.version, found.k}
	}
	if e.cost >= best.cost {
		return
	}
	if s.rng.blinks() {
		if found := pl.scan(c, r, e.k, &s.rng); found.cost < best.cost {
			*best = found
		}
		return
	}
	*best = spot{e.cost, r, e.k}
}

// unused is the first vehicle of a kind that has no visits; -1 where all have.
func (pl *plan) unused(k *kind) int32 {
	for _, r := range k.vehicles {
		if pl.active[r>>6]&(1<<(r&63)) == 0 {
			return r
		}
	}
	return -1
}

// sort brings what is out into one of several orders, by chance: at random, the largest first, the farthest or the
// nearest first, the shortest or earliest or latest window first, the least replaceable first.
func (s *search) sort() {
	m := s.m
	s.keys = s.keys[:0]
	way := s.rng.below(18)
	important := m.mixed && s.rng.next()&1 == 0
	for i, c := range s.out {
		var key int64
		switch {
		case way < 4:
			key = int64(s.rng.next() >> 24)
		case way < 8:
			key = -m.bulk[c]
		case way < 10:
			key = -m.remote(c)
		case way < 11:
			key = m.remote(c)
		case way < 13:
			key = int64(m.hull[c].close - m.hull[c].open)
		case way < 15:
			key = int64(m.hull[c].open)
		case way < 17:
			key = -int64(m.hull[c].close)
		default:
			key = int64(m.choices[c])
		}
		j := i
		for ; j > 0 && s.later(j-1, key, c, important); j-- {
			s.out[j] = s.out[j-1]
		}
		s.out[j] = c
		s.keys = slices.Insert(s.keys, j, key)
	}
}

func (s *search) later(j int, key int64, c int32, important bool) bool {
	if a, b := s.m.penalty[s.out[j]], s.m.penalty[c]; important && a != b {
		return a < b
	}
	return s.keys[j] > key
}

// remote is how far a visit is from where the first vehicle starts.
func (m *model) remote(c int32) int64 {
	start := m.car[0].start
	return int64(m.class[0].drive(start, m.place[c]))
}
