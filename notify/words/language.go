package words

import (
	"fmt"
	"strings"

	"github.com/hexbeat/hexbeat/notify"
)

// language is everything an alert can say in one tongue.
type language struct {
	titles    map[notify.Kind][2]string // of one visit, of several
	counts    map[notify.Kind]func(n int) string
	reasons   map[string]string // by code
	because   string
	more      string // visits not named
	moved     string // visits whose time changed on account of the others
	nameless  string // a site without a name
	unknown   string // a kind that came after these words
	date      string // layout of a day
	open      string // asks to look
	plan      string // count
	datedPlan string // day, count, time, site
}

func languageOf(locale string) language {
	primary, _, _ := strings.Cut(strings.ReplaceAll(locale, "_", "-"), "-")
	if strings.EqualFold(primary, "en") {
		return english
	}
	return russian
}

var russian = language{
	titles: map[notify.Kind][2]string{
		notify.VisitsGained:  {"Новый визит", "Новые визиты"},
		notify.VisitsLost:    {"Визит передан", "Визиты переданы"},
		notify.VisitsChanged: {"Визит изменён", "Визиты изменены"},
		notify.DayPlanned:    {"План дня готов", "План дня готов"},
		notify.VisitsOffered: {"Свободный визит", "Свободные визиты"},
	},
	counts: map[notify.Kind]func(int) string{
		notify.VisitsGained:  inRussian("%d новый визит", "%d новых визита", "%d новых визитов"),
		notify.VisitsLost:    inRussian("%d визит передан", "%d визита переданы", "%d визитов передано"),
		notify.VisitsChanged: inRussian("%d визит изменён", "%d визита изменены", "%d визитов изменено"),
		notify.VisitsOffered: inRussian("Можно взять %d визит", "Можно взять %d визита", "Можно взять %d визитов"),
		notify.DayPlanned:    inRussian("%d визит", "%d визита", "%d визитов"),
	},
	reasons: map[string]string{
		"OVERLOAD":  "перегрузка",
		"ABSENCE":   "отсутствие сотрудника",
		"URGENT":    "срочный вызов",
		"CUSTOMER":  "просьба клиента",
		"ALIGNMENT": "новые границы территорий",
		"OTHER":     "решение диспетчера",
		"UNDO":      "изменение отменено",
		"SLOWDOWN":  "медленный проезд",
		"PROMISE":   "обещанное время под угрозой",

		"SLOWDOWN_OVER": "проезд снова обычный",
	},
	because:   "Причина: ",
	more:      " и ещё %d",
	moved:     "Сдвинулись по времени: %d",
	nameless:  "без названия",
	unknown:   "Изменения в вашем дне",
	date:      "02.01",
	open:      "Откройте свой день в Hexbeat.",
	plan:      "План дня готов: %s",
	datedPlan: "План на %s: %s, первый в %s: %s",
}

var english = language{
	titles: map[notify.Kind][2]string{
		notify.VisitsGained:  {"New visit", "New visits"},
		notify.VisitsLost:    {"Visit handed over", "Visits handed over"},
		notify.VisitsChanged: {"Visit changed", "Visits changed"},
		notify.DayPlanned:    {"Your day is planned", "Your day is planned"},
		notify.VisitsOffered: {"Open visit", "Open visits"},
	},
	counts: map[notify.Kind]func(int) string{
		notify.VisitsGained:  inEnglish("%d new visit", "%d new visits"),
		notify.VisitsLost:    inEnglish("%d visit handed over", "%d visits handed over"),
		notify.VisitsChanged: inEnglish("%d visit changed", "%d visits changed"),
		notify.VisitsOffered: inEnglish("%d visit you could take", "%d visits you could take"),
		notify.DayPlanned:    inEnglish("%d visit", "%d visits"),
	},
	reasons: map[string]string{
		"OVERLOAD":  "overload",
		"ABSENCE":   "a colleague is absent",
		"URGENT":    "urgent call",
		"CUSTOMER":  "customer's request",
		"ALIGNMENT": "new borders of territories",
		"OTHER":     "dispatcher's decision",
		"UNDO":      "a change was taken back",
		"SLOWDOWN":  "driving is slow",
		"PROMISE":   "a promised time is in danger",

		"SLOWDOWN_OVER": "driving is as usual again",
	},
	because:   "Reason: ",
	more:      " and %d more",
	moved:     "Moved in time: %d",
	nameless:  "no name",
	unknown:   "Your day has changed",
	date:      "2 Jan",
	open:      "Open your day in Hexbeat.",
	plan:      "Your day is planned: %s",
	datedPlan: "Plan for %s: %s, the first at %s: %s",
}

// inRussian counts as Russian does: 1, 21, 31 визит; 2–4, 22–24 визита; 0, 5–20, 25–30 визитов.
func inRussian(one, few, many string) func(int) string {
	return func(n int) string {
		form := many
		switch tens := n % 100; {
		case tens >= 11 && tens <= 14:
		case n%10 == 1:
			form = one
		case n%10 >= 2 && n%10 <= 4:
			form = few
		}
		return fmt.Sprintf(form, n)
	}
}

func inEnglish(one, many string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return fmt.Sprintf(one, n)
		}
		return fmt.Sprintf(many, n)
	}
}
