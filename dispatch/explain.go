package dispatch

import (
	"fmt"
	"math"
	"strings"

	"github.com/google/uuid"
)

// Explain says a decision in one sentence, in Russian for a locale that begins with "ru", else in English.
// Names gives the name of a rep. Terms below half a minute are not worth a word.
func Explain(d Decision, names func(uuid.UUID) string, locale string) string {
	w := wordsOf(locale)
	var b strings.Builder
	fmt.Fprintf(&b, w.chosen, names(d.Chosen.RepID))
	if parts := w.parts(d.Chosen.Terms); parts != "" {
		fmt.Fprintf(&b, w.cost, whole(d.Chosen.Total), parts)
	} else {
		b.WriteString(w.free)
	}
	if up := d.RunnerUp; up != nil {
		switch more := whole(up.Total) - whole(d.Chosen.Total); {
		case more > 0:
			fmt.Fprintf(&b, w.dearer, names(up.RepID), more)
		case more < 0:
			fmt.Fprintf(&b, w.cheaper, names(up.RepID), -more)
		default:
			fmt.Fprintf(&b, w.same, names(up.RepID))
		}
	}
	return b.String() + "."
}

// TermName is what a term of a score is called.
func TermName(term, locale string) string { return wordsOf(locale).term(term) }

// words are the pieces of the sentences in one language.
type words struct {
	chosen, cost, free, dearer, cheaper, same string
	terms                                     map[string]string
	counter                                   counterWords
}

func wordsOf(locale string) words {
	if strings.HasPrefix(strings.ToLower(locale), "ru") {
		return russian
	}
	return english
}

func (w words) term(name string) string {
	if said, known := w.terms[name]; known {
		return said
	}
	return name
}

var english = words{
	chosen:  "%s makes the visit",
	cost:    " at a cost of %d min (%s)",
	free:    " at no cost",
	dearer:  "; the next best, %s, would cost %d min more",
	cheaper: "; %s would have cost %d min less",
	same:    "; %s would have cost the same",
	terms: map[string]string{
		TravelTerm: "driving", LoadTerm: "load", WindowTerm: "lateness", OvertimeTerm: "overtime",
		TerritoryTerm: "foreign territory", ChurnTerm: "changed plans", ReserveTerm: "little to spare",
	},
	counter: englishCounter,
}

var russian = words{
	chosen:  "Визит выполнит %s",
	cost:    ", цена %d мин (%s)",
	free:    ", без дополнительных затрат",
	dearer:  "; следующий вариант, %s, дороже на %d мин",
	cheaper: "; вариант %s был бы дешевле на %d мин",
	same:    "; вариант %s стоил бы столько же",
	terms: map[string]string{
		TravelTerm: "дорога", LoadTerm: "загрузка", WindowTerm: "опоздание", OvertimeTerm: "сверхурочно",
		TerritoryTerm: "чужая территория", ChurnTerm: "изменения плана", ReserveTerm: "малый запас",
	},
	counter: russianCounter,
}

func (w words) parts(terms []Term) string {
	var parts []string
	for _, t := range terms {
		if n := whole(t.Minutes); n != 0 {
			parts = append(parts, fmt.Sprintf("%s %d", w.term(t.Name), n))
		}
	}
	return strings.Join(parts, ", ")
}

func whole(minutes float64) int { return int(math.Round(minutes)) }
