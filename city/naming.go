package city

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// streetKind decides what a street is called: the word before its name, and the names it may have.
type streetKind int

const (
	plain   streetKind = iota // ул.
	lane                      // пер.
	passage                   // проезд
	boulevard
	avenue
	highway
	embankment
	square
)

// nameStreets gives every street a name that no other street in town has. The order of words is
// that of address registers: the kind first, then the name (ул. Садовая, пр-кт Мира).
func nameStreets(r *rand.Rand, streets []street) {
	decks := map[streetKind]*deck{}
	for k := plain; k <= square; k++ {
		decks[k] = newDeck(r, k)
	}
	for i := range streets {
		s := &streets[i]
		if s.kind == plain {
			s.kind = christen(r, *s)
		}
		s.name = decks[s.kind].draw()
	}
}

// christen decides what kind of plain street a street is: short ones are often lanes.
func christen(r *rand.Rand, s street) streetKind {
	dice := r.Float64()
	switch {
	case s.class == medium && dice < 0.1:
		return avenue
	case s.class == medium && dice < 0.25:
		return boulevard
	case s.class == medium:
		return plain
	case s.axis.length() < 330 && dice < 0.5, dice < 0.1:
		return lane
	case s.axis.length() < 330 && dice < 0.7, dice < 0.16:
		return passage
	}
	return plain
}

// deck deals the names of one kind of street, each once. When all are dealt it goes on with
// 2-я Садовая, 3-я Садовая, as real towns do.
type deck struct {
	kind  streetKind
	names []string // the first time round
	again []string // those that take a number; empty: the same
	dealt int
}

func newDeck(r *rand.Rand, k streetKind) *deck {
	var names, again []string
	switch k {
	case plain:
		for _, q := range qualities {
			again = append(again, feminine(q))
		}
		names = slices.Concat(again, people, causes)
	case lane, passage:
		names = slices.Clone(qualities)
	case boulevard:
		names = slices.Clone(boulevards)
	case avenue:
		names = slices.Clone(avenues)
	case highway:
		names = slices.Clone(highways)
	case square:
		names = []string{"Соборная"}
	case embankment:
		names = slices.Clone(embankments)
	}
	shuffle(r, names)
	shuffle(r, again)
	return &deck{kind: k, names: names, again: again}
}

func (d *deck) draw() string {
	round := 1
	if d.dealt >= len(d.names) && len(d.again) > 0 {
		d.names, d.again, d.dealt = d.again, nil, len(d.again)
	}
	name := d.names[d.dealt%len(d.names)]
	round += d.dealt / len(d.names)
	d.dealt++
	numbered := func(ending string) string {
		if round > 1 {
			return fmt.Sprintf("%d-%s %s", round, ending, name)
		}
		return name
	}
	switch d.kind {
	case plain:
		return "ул. " + numbered("я")
	case lane:
		return "пер. " + numbered("й")
	case passage:
		return "проезд " + numbered("й")
	case boulevard:
		return "б-р " + numbered("й")
	case avenue:
		return "пр-кт " + numbered("й")
	case square:
		return "пл. " + numbered("я")
	case highway:
		return "ш. " + numbered("е")
	}
	return "наб. " + numbered("я")
}

func shuffle[T any](r *rand.Rand, all []T) {
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
}
