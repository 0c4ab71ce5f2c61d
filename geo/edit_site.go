package geo

import (
	"fmt"
	"math"
)

// Move gives single sites to a territory without their ground: they stand apart. One that comes home to the territory of its
// ground stands apart no more.
type Move struct {
	Sites []int
	To    int // Free: nobody
}

func (e Move) apply(w *Workbench) error {
	to, err := w.territory(e.To)
	if err != nil {
		return err
	}
	for _, i := range e.Sites {
		site, err := w.site(i)
		if err != nil {
			return err
		}
		s := &w.sites[site]
		ground := &w.units[s.unit]
		switch {
		case s.held && s.owner != to:
			return fmt.Errorf("%w: site %s is locked to territory %d; release it first", ErrEdit, s.name, s.owner)
		case s.held || w.ownerOf(site) == to:
		case ground.held:
			return fmt.Errorf("%w: site %s stands on ground locked to territory %d", ErrEdit, s.name, ground.owner)
		case s.apart && ground.owner == to:
			w.rejoin(site)
		default:
			w.stand(site, to, false)
		}
	}
	return nil
}

// Hold locks a site to a territory: it stands apart and stays there whatever ground is painted or repaired.
type Hold struct{ Site, To int }

func (e Hold) apply(w *Workbench) error {
	to, err := w.territory(e.To)
	if err != nil {
		return err
	}
	site, err := w.site(e.Site)
	if err != nil {
		return err
	}
	if to == Free {
		return fmt.Errorf("%w: site %s can't be locked to nobody; release it", ErrEdit, w.sites[site].name)
	}
	w.stand(site, to, true)
	return nil
}

// Release unlocks a site. It goes back to the territory of the ground it stands on.
type Release struct{ Site int }

func (e Release) apply(w *Workbench) error {
	site, err := w.site(e.Site)
	if err != nil {
		return err
	}
	if !w.sites[site].held {
		return fmt.Errorf("%w: site %s is not locked", ErrEdit, w.sites[site].name)
	}
	w.rejoin(site)
	return nil
}

// Ground is, for the territory of an added site, that of the ground it stands on, or of the nearest unit where it is on none.
const Ground = -2

// Add brings a new site.
type Add struct {
	Site   Site
	Visits float64 // in a week; 0: one in four weeks
	To     int     // Ground, Free or a territory, in which it stands apart if the ground is another's
}

func (e Add) apply(w *Workbench) error {
	if err := e.check(w); err != nil {
		return err
	}
	unit, err := w.unitAt(e.Site.Point)
	if err != nil {
		return err
	}
	to := int32(e.To)
	fresh := unit < 0
	if fresh {
		nearest, err := w.nearestUnit(e.Site.Point)
		if err != nil {
			return err
		}
		if to == Ground {
			to = w.units[nearest].owner
		}
		if unit, err = w.unitFor(e.Site.Point, to); err != nil {
			return err
		}
	}
	if to == Ground {
		to = w.units[unit].owner
	}
	site := benchSite{
		name: e.Site.ID, point: e.Site.Point, at: w.flat.at(e.Site.Point), load: e.Site.Workload, amounts: e.Site.Amounts,
		visits: e.Visits, unit: unit, owner: to, apart: to != w.units[unit].owner,
	}
	if site.visits == 0 {
		site.visits = seldom
	}
	w.sites = append(w.sites, site)
	w.was = append(w.was, untouched)
	w.total += site.load
	w.touch(to)
	if i := int32(len(w.sites) - 1); site.apart {
		w.apart = with(w.apart, i)
	} else {
		w.settle(unit, with(w.units[unit].sites, i))
	}
	return nil
}

func (e Add) check(w *Workbench) error {
	if e.To != Ground {
		if _, err := w.territory(e.To); err != nil {
			return err
		}
	}
	if err := e.Site.Point.Check(); err != nil {
		return fmt.Errorf("site %s: %w", e.Site.ID, err)
	}
	if !(e.Site.Workload >= 0) || math.IsInf(e.Site.Workload, 0) {
		return fmt.Errorf("%w: site %s has %v; it must be 0 or more", ErrWorkload, e.Site.ID, e.Site.Workload)
	}
	if !(e.Visits >= 0) || math.IsInf(e.Visits, 0) {
		return fmt.Errorf("%w: site %s is visited %v times a week; give 0 or more", ErrEdit, e.Site.ID, e.Visits)
	}
	return nil
}

// Remove takes a site away. Its position stays empty.
type Remove struct{ Site int }

func (e Remove) apply(w *Workbench) error {
	site, err := w.site(e.Site)
	if err != nil {
		return err
	}
	s := w.sites[site]
	if w.total-s.load <= 0 {
		return fmt.Errorf("%w: site %s has all the work there is; it can't be removed", ErrEdit, s.name)
	}
	w.touch(w.ownerOf(site))
	wasApart := s.apart
	s.gone, s.apart, s.held = true, false, false
	w.tape.sites.set(w.sites, int(site), s)
	w.total -= s.load
	if wasApart {
		w.apart = without(w.apart, site)
	} else {
		w.settle(s.unit, without(w.units[s.unit].sites, site))
	}
	return nil
}

// unitAt is the unit whose ground holds a point, bare or not; -1 for none.
func (w *Workbench) unitAt(p Point) (int32, error) {
	cells, err := Ancestors(p, w.resolution, FinestResolution)
	if err != nil {
		return 0, err
	}
	for i := range w.units {
		u := &w.units[i]
		if level := u.cell.level(); !u.divided && u.cell == cells[level-w.resolution] {
			return int32(i), nil
		}
	}
	return -1, nil
}

// nearestUnit is the one with sites whose middle is nearest.
func (w *Workbench) nearestUnit(p Point) (int32, error) {
	at, best, least := w.flat.at(p), int32(-1), math.Inf(1)
	for i := range w.units {
		if d := w.units[i].middle.distance2(at); len(w.units[i].sites) > 0 && d < least {
			best, least = int32(i), d
		}
	}
	if best < 0 {
		return 0, fmt.Errorf("%w: nobody has any ground yet; name a territory", ErrEdit)
	}
	return best, nil
}

// unitFor lays the largest unit at a point that holds no other.
func (w *Workbench) unitFor(p Point, owner int32) (int32, error) {
	cells, err := Ancestors(p, w.resolution, FinestResolution)
	if err != nil {
		return 0, err
	}
	level := w.resolution
	for i := range w.units {
		u := &w.units[i]
		for !u.divided && level < FinestResolution && u.cell.level() >= level && u.cell.above(level) == cells[level-w.resolution] {
			level++
		}
	}
	return w.newUnit(cells[level-w.resolution], owner)
}
