package notify

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// Folded is what a new alert and the unread ones of its rep come to.
type Folded struct {
	New     Alert   // what remains to be said; Annulled when nothing does
	Changed []Alert // those of the unread that are not what they were
}

// Fold lays a new alert over the unread ones of the same rep, which come in the order of the inbox. About each visit only the newest
// word stays: the older item is struck, and an alert of which nothing is left has ended. It is superseded by the new one, or annulled
// where old and new undo each other and no channel can have the old one. Then the new one has nothing to say about the visit either,
// and is annulled too once that is true of all its items.
//
// What the rep never heard of is not spoken of as known: a visit gained and then moved, both unheard, is a visit gained at the later
// time. A plan of a day takes the place of the day's earlier plan and of nothing else, and nothing but that takes its place. So it is with
// offers: they tell of no change, and what they offer ends them by Withdraw.
func Fold(unread []Alert, fresh Alert, at time.Time) (Folded, error) {
	f := fold{fresh: fresh, at: at, older: slices.Clone(unread), touched: make([]bool, len(unread)), kept: make([]bool, len(unread))}
	f.fresh.Items = slices.Clone(fresh.Items)
	if fresh.Kind.apart() {
		f.replace()
	} else {
		for i := range f.fresh.Items {
			f.lay(&f.fresh.Items[i])
		}
	}
	return f.settle()
}

// fold is one Fold under way.
type fold struct {
	fresh   Alert
	at      time.Time
	older   []Alert
	touched []bool // an item was struck
	kept    []bool // an item was struck because the new alert speaks of its visit
}

// apart says whether alerts of the kind have nothing to do with those of changes.
func (k Kind) apart() bool { return k == DayPlanned || k == VisitsOffered }

// replace strikes every item of earlier plans of the same day, or of earlier offers.
func (f *fold) replace() {
	for n, old := range f.older {
		if old.Kind != f.fresh.Kind || old.Kind == DayPlanned && !old.ExpiresAt.Equal(f.fresh.ExpiresAt) {
			continue
		}
		f.older[n].Items = slices.Clone(old.Items)
		for i := range f.older[n].Items {
			f.older[n].Items[i].Struck = true
		}
		f.touched[n], f.kept[n] = true, true
	}
}

// lay lays one item of the new alert over what was said of its visit before.
func (f *fold) lay(item *Item) {
	for n := len(f.older) - 1; n >= 0 && !item.Struck; n-- {
		old := f.older[n]
		i := slices.IndexFunc(old.Items, func(o Item) bool { return o.VisitID == item.VisitID && !o.Struck })
		if old.Kind.apart() || i < 0 {
			continue
		}
		told := old.Items[i]
		unheard := old.Untouched() && !told.Heard
		effect := compose(told, effectOf(old, told), *item, effectOf(f.fresh, *item), unheard)
		switch effect {
		case "":
			item.Struck = true
		case f.fresh.Kind:
			item.Moved = false
		case VisitsChanged:
			item.Moved = true
		default:
			if f.fresh.Kind != VisitsChanged {
				continue // one alert has one kind: the older one goes on saying what this one can't
			}
			f.become(effect)
			item.Moved = false
		}
		if unheard && told.Told != nil {
			item.Told = told.Told
		}
		item.Heard = item.Heard || !unheard
		f.older[n].Items = slices.Clone(old.Items)
		f.older[n].Items[i].Struck = true
		f.touched[n], f.kept[n] = true, f.kept[n] || !item.Struck
	}
}

// become changes what the new alert is about; what it was about before moved on that account.
func (f *fold) become(kind Kind) {
	f.fresh.Kind = kind
	for i := range f.fresh.Items {
		f.fresh.Items[i].Moved = true
	}
}

// settle ends the alerts of which nothing is left, and lets the others be about what is left.
func (f *fold) settle() (Folded, error) {
	var changed []Alert
	for n, old := range f.older {
		if !f.touched[n] {
			continue
		}
		left, err := f.left(old, f.kept[n])
		if err != nil {
			return Folded{}, err
		}
		changed = append(changed, left)
	}
	fresh := f.fresh
	if live := fresh.remaining(); len(live) == 0 && len(fresh.Items) > 0 {
		annulled, err := fresh.end(Annulled, Undone, f.at)
		if err != nil {
			return Folded{}, err
		}
		annulled.Version = fresh.Version // nobody has seen an earlier one
		fresh = annulled
	}
	return Folded{New: fresh.refocus(), Changed: changed}, nil
}

func (f *fold) left(old Alert, kept bool) (Alert, error) {
	switch {
	case len(old.remaining()) > 0:
		old.Version++
		return old.refocus(), nil
	case old.Untouched() && !kept:
		return old.end(Annulled, Undone, f.at)
	}
	ended, err := old.end(Superseded, Newer, f.at)
	ended.SupersededBy = &f.fresh.ID
	return ended, err
}

// remaining are the items that are not struck.
func (a Alert) remaining() []Item {
	return slices.DeleteFunc(slices.Clone(a.Items), func(i Item) bool { return i.Struck })
}

// refocus makes an alert that is left with nothing but moved visits be about these.
func (a Alert) refocus() Alert {
	live := a.remaining()
	if len(live) == 0 || slices.ContainsFunc(live, func(i Item) bool { return !i.Moved }) {
		return a
	}
	a.Kind, a.Items = VisitsChanged, slices.Clone(a.Items)
	for i := range a.Items {
		a.Items[i].Moved = a.Items[i].Moved && a.Items[i].Struck
	}
	return a
}

// effectOf is what an item says of its visit.
func effectOf(a Alert, i Item) Kind {
	if i.Moved {
		return VisitsChanged
	}
	return a.Kind
}

// compose is what a rep must hear of a visit of which old was said and then fresh; "" is nothing. Unheard: the rep can't know the old.
func compose(was Item, old Kind, is Item, fresh Kind, unheard bool) Kind {
	gone := fresh == VisitsLost || is.Arrival == nil && fresh != VisitsGained
	switch {
	case !unheard:
		return fresh
	case was.cameBy(old) && gone:
		return ""
	case old == VisitsLost && fresh == VisitsGained && was.Told == nil && is.Arrival == nil:
		return "" // it waits with the rep again, as it did
	case old == VisitsGained:
		return VisitsGained
	case gone || is.Arrival == nil:
		return fresh
	case was.Told != nil && is.Arrival.Sub(*was.Told).Abs() <= dispatch.Tolerance:
		return "" // it is back where the rep believes it to be
	case old == VisitsLost && fresh == VisitsGained && was.Told != nil:
		return VisitsChanged
	}
	return fresh
}

// cameBy says whether the item tells of a visit that is new to its rep: one gained, or one that a changed day brought with a time while the rep
// knew of none.
func (i Item) cameBy(effect Kind) bool {
	return effect == VisitsGained || effect == VisitsChanged && i.Told == nil && i.Arrival != nil
}

// Speaks says whether the alert still tells of the visit.
func (a Alert) Speaks(visit uuid.UUID) bool {
	return slices.ContainsFunc(a.Items, func(i Item) bool { return i.VisitID == visit && !i.Struck })
}
