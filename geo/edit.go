package geo

import (
	"errors"
	"fmt"
	"slices"
)

// What a hand edit can be refused for. The error around it says what to do.
var (
	ErrNoSite = errors.New("no such site on the workbench")
	ErrEdit   = errors.New("impossible edit")
)

// Edit is a change of a design by hand: Paint, Draw, Move, Add, Remove, Hold, Release, Repair, or several Together.
type Edit interface{ apply(*Workbench) error }

// Effect says what an edit does, or would do.
type Effect struct {
	Territories []TerritoryChange // those an edit touches, in order
	Before      Overall
	After       Overall
	Sites       int     // that change hands; added and removed ones do not
	Workload    float64 // of these
	Held        int     // sites on the ground painted or drawn that a lock keeps where they are
	CutOff      []Piece // of the territories touched: what hangs together with the rest of its territory no more, or never did
}

// TerritoryChange is what an edit does to a territory.
type TerritoryChange struct {
	Territory     int
	Before, After Figures
}

// Piece is ground apart from the heaviest piece of its territory.
type Piece struct {
	Territory int
	Cells     []Cell // of its units
	Sites     int
	Workload  float64
}

// Try says what an edit would do, and changes nothing.
func (w *Workbench) Try(e Edit) (Effect, error) {
	effect, err := w.Apply(e)
	if err == nil {
		w.Undo()
	}
	return effect, err
}

// Apply carries out an edit. One that is refused, with ErrEdit, ErrNoSite, ErrNoPlace or ErrWorkload, changes nothing.
func (w *Workbench) Apply(e Edit) (Effect, error) {
	before := make([]Figures, len(w.figures))
	for t := range before {
		before[t] = w.Figures(t)
	}
	effect := Effect{Before: w.Overall()}
	w.begin()
	err := e.apply(w)
	if err == nil {
		w.recount(w.tape.touched)
		effect.Sites, effect.Workload = w.handed()
	}
	for _, i := range w.tape.moved {
		w.was[i] = untouched
	}
	w.tape.moved = nil
	if err != nil {
		w.rewind(w.tape)
		return Effect{}, err
	}
	effect.After, effect.Held, effect.CutOff = w.Overall(), w.tape.held, w.cutOff()
	for t, touched := range w.tape.touched {
		if touched {
			effect.Territories = append(effect.Territories, TerritoryChange{Territory: t, Before: before[t], After: w.Figures(t)})
		}
	}
	w.journal = append(w.journal, w.tape)
	return effect, nil
}

// Undo takes back the last edit applied; it says no where there is none.
func (w *Workbench) Undo() bool {
	last := len(w.journal) - 1
	if last < 0 {
		return false
	}
	w.rewind(w.journal[last])
	w.journal = w.journal[:last]
	return true
}

// handed counts the sites that are in other hands than before the edit.
func (w *Workbench) handed() (sites int, workload float64) {
	slices.Sort(w.tape.moved)
	for _, i := range w.tape.moved {
		if s := &w.sites[i]; !s.gone && w.ownerOf(i) != w.was[i] {
			sites++
			workload += s.load
		}
	}
	return sites, workload
}

func (w *Workbench) cutOff() []Piece {
	var all []Piece
	heaviest := map[int]int{} // place in all
	w.eachPiece(w.tape.touched, func(t int32, units []int32) {
		p := Piece{Territory: int(t)}
		for _, u := range units {
			p.Cells = append(p.Cells, w.units[u].cell)
			p.Sites += len(w.units[u].sites)
			p.Workload += w.units[u].load
		}
		if main, known := heaviest[p.Territory]; !known || p.Workload > all[main].Workload {
			heaviest[p.Territory] = len(all)
		}
		all = append(all, p)
	})
	var off []Piece
	for i, p := range all {
		if heaviest[p.Territory] != i {
			slices.Sort(p.Cells)
			off = append(off, p)
		}
	}
	slices.SortStableFunc(off, func(a, b Piece) int { return a.Territory - b.Territory })
	return off
}

// touch notes that a territory's sites or ground change.
func (w *Workbench) touch(territory int32) {
	if territory >= 0 {
		w.tape.touched[territory] = true
	}
}

// note remembers who has a site before the edit moves it for the first time.
func (w *Workbench) note(site int32) {
	if w.was[site] == untouched {
		w.was[site] = w.ownerOf(site)
		w.tape.moved = append(w.tape.moved, site)
	}
}

// give hands ground over.
func (w *Workbench) give(unit, to int32, byHand bool) {
	u := w.units[unit]
	for _, s := range u.sites {
		w.note(s)
	}
	w.touch(u.owner)
	w.touch(to)
	u.owner = to
	u.painted = u.painted || byHand
	w.tape.units.set(w.units, int(unit), u)
}

// settle puts sites on a unit's ground in place of those it has.
func (w *Workbench) settle(unit int32, sites []int32) {
	u := w.units[unit]
	wasBare, bare := len(u.sites) == 0, len(sites) == 0
	u.sites = sites
	w.weigh(&u)
	w.touch(u.owner)
	w.tape.units.set(w.units, int(unit), u)
	switch {
	case wasBare && !bare:
		w.join(unit)
	case !wasBare && bare:
		w.leave(unit)
	}
}

// with and without answer a sorted slice of their own.
func with(sorted []int32, x int32) []int32 {
	at, known := slices.BinarySearch(sorted, x)
	if known {
		return sorted
	}
	return slices.Insert(slices.Clone(sorted), at, x)
}

func without(sorted []int32, x int32) []int32 {
	at, known := slices.BinarySearch(sorted, x)
	if !known {
		return sorted
	}
	return slices.Delete(slices.Clone(sorted), at, at+1)
}

// stand lets a site stand apart with an owner.
func (w *Workbench) stand(site, owner int32, held bool) {
	s := w.sites[site]
	w.note(site)
	w.touch(w.ownerOf(site))
	w.touch(owner)
	unit, wasApart := s.unit, s.apart
	s.apart, s.owner, s.held = true, owner, held
	w.tape.sites.set(w.sites, int(site), s)
	if !wasApart {
		w.apart = with(w.apart, site)
		w.settle(unit, without(w.units[unit].sites, site))
	}
}

// rejoin puts a site that stood apart back on its ground.
func (w *Workbench) rejoin(site int32) {
	s := w.sites[site]
	w.note(site)
	w.touch(s.owner)
	s.apart, s.held = false, false
	w.tape.sites.set(w.sites, int(site), s)
	w.apart = without(w.apart, site)
	w.settle(s.unit, with(w.units[s.unit].sites, site))
}

func (w *Workbench) territory(t int) (int32, error) {
	if t < Free || t >= len(w.figures) {
		return 0, fmt.Errorf("%w: territory %d, but there are %d; give 0 or more, or -1 for nobody", ErrEdit, t, len(w.figures))
	}
	return int32(t), nil
}

func (w *Workbench) site(i int) (int32, error) {
	if i < 0 || i >= len(w.sites) || w.sites[i].gone {
		return 0, fmt.Errorf("%w: position %d", ErrNoSite, i)
	}
	return int32(i), nil
}

// Together is edits that are applied, and undone, as one.
type Together []Edit

func (e Together) apply(w *Workbench) error {
	for _, one := range e {
		if err := one.apply(w); err != nil {
			return err
		}
	}
	return nil
}
