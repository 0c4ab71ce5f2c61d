package dispatch

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Say says in one sentence what would have had to differ, in Russian for a locale that begins with "ru", else in English. Names gives the
// name of a rep. It is empty where nobody else was weighed.
func (c Counterfactual) Say(names func(uuid.UUID) string, locale string) string {
	w := wordsOf(locale).counter
	switch {
	case c.RepID == uuid.Nil:
		return ""
	case len(c.Conditions) == 0:
		return fmt.Sprintf(w.never, names(c.RepID))
	}
	var parts []string
	for _, one := range c.Conditions {
		parts = append(parts, w.condition(one))
	}
	head := w.won
	if c.Chosen {
		head = w.best
	}
	return fmt.Sprintf(head, names(c.RepID)) + " " + strings.Join(parts, w.or) + "."
}

// counterWords are the pieces of a Counterfactual's sentence in one language.
type counterWords struct {
	won, best, never, or, length         string
	nearer, freer, longer, later, theirs string
}

var englishCounter = counterWords{
	won:    "%s would have won",
	best:   "%s would have been the best choice",
	never:  "%s would not have come first for being next door, or free, or for longer hours alone.",
	or:     ", or ",
	length: "%d h %02d min",
	nearer: "if %d min nearer",
	freer:  "with at most %s of work ahead instead of %s",
	longer: "if the shift were %d min longer",
	later:  "if the visit might begin %d min later",
	theirs: "if responsible for the site",
}

var russianCounter = counterWords{
	won:    "Вариант «%s» победил бы,",
	best:   "Вариант «%s» был бы лучшим,",
	never:  "Вариант «%s» не победил бы ни по соседству, ни без другой работы, ни с более длинной сменой.",
	or:     ", или ",
	length: "%d ч %02d мин",
	nearer: "если бы маршрут проходил на %d мин ближе",
	freer:  "если бы впереди было не больше %s работы вместо %s",
	longer: "если бы смена длилась на %d мин дольше",
	later:  "если бы визит мог начаться на %d мин позже",
	theirs: "если бы точка была закреплена за этим торговым",
}

func (w counterWords) condition(c Condition) string {
	switch c.Kind {
	case IfNearer:
		return fmt.Sprintf(w.nearer, c.Minutes)
	case IfFreer:
		return fmt.Sprintf(w.freer, w.clock(c.At), w.clock(c.Was))
	case IfLonger:
		return fmt.Sprintf(w.longer, c.Minutes)
	case IfLater:
		return fmt.Sprintf(w.later, c.Minutes)
	}
	return w.theirs
}

func (w counterWords) clock(d time.Duration) string {
	minutes := int(d / time.Minute)
	return fmt.Sprintf(w.length, minutes/60, minutes%60)
}
