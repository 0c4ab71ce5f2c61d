// Package words says alerts in Russian and English, in what a lock screen has room for. It names sites and times, never people,
// addresses or phones.
//
//	title, text := words.Title(alert, device.Locale), words.Text(alert, device.Locale)
package words

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/hexbeat/hexbeat/notify"
)

// A lock screen has room for about four lines: two visits with their sites, and how many more.
const (
	namedVisits = 2
	siteRunes   = 40
)

// Title is the headline of the alert, two or three words. Locale is as in [Text].
func Title(a notify.Alert, locale string) string {
	title := languageOf(locale).titles[a.Kind]
	switch {
	case title == [2]string{}:
		return languageOf(locale).unknown
	case len(about(a)) == 1:
		return title[0]
	}
	return title[1]
}

// Text says the alert in one line that is complete without its title: how many visits, which come first and
// when, why if all have one reason, and how many others moved on their account. Times are as the item's zone offset shows them, with the date
// when it is another day than the alert's. It names sites, never people, addresses or phones.
//
// Locale is a tag such as ru-RU or en_GB. Russian and English are spoken; whoever asks for another gets
// Russian, as an organization does that chose nothing.
func Text(a notify.Alert, locale string) string {
	l := languageOf(locale)
	items := slices.SortedStableFunc(slices.Values(about(a)), byArrival)
	moved := len(a.Live()) - len(items)
	count, known := l.counts[a.Kind]
	switch {
	case !known:
		return sentence(l.unknown)
	case a.Kind == notify.DayPlanned:
		return l.dayPlanned(items)
	}
	text := count(len(items))
	if len(items) > 0 {
		named := namedVisits
		if moved > 0 {
			named-- // makes room for the sentence about the others
		}
		text += ": " + l.list(items, named, a.CreatedAt)
	}
	text = sentence(text)
	if why := l.reasons[commonReason(items)]; why != "" {
		text += " " + sentence(l.because+why)
	}
	if moved > 0 {
		text += " " + sentence(fmt.Sprintf(l.moved, moved))
	}
	return text
}

// about is the visits that the alert is made for, without those that moved on their account.
func about(a notify.Alert) []notify.Item {
	return slices.DeleteFunc(slices.Clone(a.Live()), func(i notify.Item) bool { return i.Moved })
}

// sentence ends the text with one full stop, also where a name brings its own.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}

// Reason is the code in words, "" for one that has none. Locale is as in [Text].
func Reason(code, locale string) string { return languageOf(locale).reasons[code] }

// byArrival puts the first to come first, and what has no time last.
func byArrival(a, b notify.Item) int {
	switch {
	case a.Arrival != nil && b.Arrival != nil:
		return a.Arrival.Compare(*b.Arrival)
	case a.Arrival != nil:
		return -1
	case b.Arrival != nil:
		return +1
	}
	return 0
}

func commonReason(items []notify.Item) string {
	for _, item := range items {
		if item.Reason != items[0].Reason {
			return ""
		}
	}
	if len(items) == 0 {
		return ""
	}
	return items[0].Reason
}

// list names the first few.
func (l language) list(items []notify.Item, most int, today time.Time) string {
	var named []string
	for _, item := range items[:min(len(items), most)] {
		named = append(named, l.when(item.At(), today)+l.site(item.Site))
	}
	list := strings.Join(named, "; ")
	if more := len(items) - len(named); more > 0 {
		list += fmt.Sprintf(l.more, more)
	}
	return list
}

// when is the time with a space after it, or nothing.
func (l language) when(at *time.Time, today time.Time) string {
	if at == nil {
		return ""
	}
	if at.Format(time.DateOnly) == today.In(at.Location()).Format(time.DateOnly) {
		return at.Format("15:04 ")
	}
	return at.Format(l.date + " 15:04 ")
}

// site makes a name safe to stand inside a line: no line breaks, no invisible marks that turn text around.
func (l language) site(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if name == "" {
		return l.nameless
	}
	if runes := []rune(name); len(runes) > siteRunes {
		return strings.TrimSpace(string(runes[:siteRunes-1])) + "…"
	}
	return name
}

func (l language) dayPlanned(items []notify.Item) string {
	count := l.counts[notify.DayPlanned](len(items))
	if len(items) == 0 || items[0].Arrival == nil {
		return sentence(fmt.Sprintf(l.plan, count))
	}
	first := *items[0].At()
	return sentence(fmt.Sprintf(l.datedPlan, first.Format(l.date), count, first.Format("15:04"), l.site(items[0].Site)))
}

// TitleOf is the headline of a kind of alert, for those who are told no more than that. Locale is as in [Text].
func TitleOf(kind notify.Kind, locale string) string {
	l := languageOf(locale)
	if title, known := l.titles[kind]; known {
		return title[1]
	}
	return l.unknown
}

// OpenTheDay asks the rep to look. Locale is as in [Text].
func OpenTheDay(locale string) string { return languageOf(locale).open }
