package words_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/words"
	"pgregory.net/rapid"
)

var moscow = time.FixedZone("", 3*3600)

func at(day, hour, minute int) *time.Time {
	t := time.Date(2026, time.November, day, hour, minute, 0, 0, moscow)
	return &t
}

// anAlert was made in Moscow on 4 November 2026 at 12:00, and is written as the record keeps it: in UTC.
func anAlert(kind notify.Kind, items ...notify.Item) notify.Alert {
	return notify.Alert{Kind: kind, CreatedAt: time.Date(2026, time.November, 4, 9, 0, 0, 0, time.UTC), Items: items}
}

func ExampleText() {
	alert := anAlert(notify.VisitsGained,
		notify.Item{Site: "Пекарня на Садовой", Arrival: at(4, 14, 30), Reason: "ABSENCE"},
		notify.Item{Site: "Аптека № 7", Arrival: at(4, 13, 5), Reason: "ABSENCE"},
		notify.Item{Site: "Продукты", Reason: "ABSENCE"})

	fmt.Println(words.Title(alert, "ru-RU"))
	fmt.Println(words.Text(alert, "ru-RU"))
	fmt.Println(words.Text(alert, "en_GB"))
	// Output:
	// Новые визиты
	// 3 новых визита: 13:05 Аптека № 7; 14:30 Пекарня на Садовой и ещё 1. Причина: отсутствие сотрудника.
	// 3 new visits: 13:05 Аптека № 7; 14:30 Пекарня на Садовой and 1 more. Reason: a colleague is absent.
}

func TestText(t *testing.T) {
	t.Parallel()
	bakery := notify.Item{Site: "Пекарня", Arrival: at(4, 14, 30), Reason: "OVERLOAD"}
	pharmacy := notify.Item{Site: "Аптека", Arrival: at(4, 16, 0), Reason: "URGENT"}
	timeless := notify.Item{Site: "Продукты"}
	tomorrow := notify.Item{Site: "Пекарня", Arrival: at(5, 0, 15)}
	quietZone := notify.Item{Site: "Рыба", Arrival: ptr(time.Date(2026, time.November, 4, 20, 0, 0, 0, time.FixedZone("", 10*3600)))}

	for name, c := range map[string]struct {
		alert  notify.Alert
		ru, en string
	}{
		"one gained":               {anAlert(notify.VisitsGained, bakery), "1 новый визит: 14:30 Пекарня. Причина: перегрузка.", "1 new visit: 14:30 Пекарня. Reason: overload."},
		"two reasons are not said": {anAlert(notify.VisitsLost, bakery, pharmacy), "2 визита переданы: 14:30 Пекарня; 16:00 Аптека.", "2 visits handed over: 14:30 Пекарня; 16:00 Аптека."},
		"one gained, two moved":    {anAlert(notify.VisitsGained, bakery, notify.Item{Site: "Аптека", Moved: true}, notify.Item{Site: "Рыба", Arrival: at(4, 9, 0), Moved: true}), "1 новый визит: 14:30 Пекарня. Причина: перегрузка. Сдвинулись по времени: 2.", "1 new visit: 14:30 Пекарня. Reason: overload. Moved in time: 2."},
		"two lost, one moved":      {anAlert(notify.VisitsLost, bakery, pharmacy, notify.Item{Site: "Рыба", Moved: true}), "2 визита переданы: 14:30 Пекарня и ещё 1. Сдвинулись по времени: 1.", "2 visits handed over: 14:30 Пекарня and 1 more. Moved in time: 1."},
		"no time":                  {anAlert(notify.VisitsChanged, timeless), "1 визит изменён: Продукты.", "1 visit changed: Продукты."},
		"another day":              {anAlert(notify.VisitsGained, tomorrow), "1 новый визит: 05.11 00:15 Пекарня.", "1 new visit: 5 Nov 00:15 Пекарня."},
		"the site's own clock":     {anAlert(notify.VisitsGained, quietZone), "1 новый визит: 20:00 Рыба.", "1 new visit: 20:00 Рыба."},
		"a day":                    {anAlert(notify.DayPlanned, timeless, pharmacy, tomorrow), "План на 04.11: 3 визита, первый в 16:00: Аптека.", "Plan for 4 Nov: 3 visits, the first at 16:00: Аптека."},
		"one offered":              {anAlert(notify.VisitsOffered, notify.Item{Site: "Пекарня", Arrival: at(4, 14, 30)}), "Можно взять 1 визит: 14:30 Пекарня.", "1 visit you could take: 14:30 Пекарня."},
		"several offered":          {anAlert(notify.VisitsOffered, quietZone, timeless, tomorrow), "Можно взять 3 визита: 20:00 Рыба; 05.11 00:15 Пекарня и ещё 1.", "3 visits you could take: 20:00 Рыба; 5 Nov 00:15 Пекарня and 1 more."},
		"an empty day":             {anAlert(notify.DayPlanned), "План дня готов: 0 визитов.", "Your day is planned: 0 visits."},
		"nothing named":            {anAlert(notify.VisitsGained), "0 новых визитов.", "0 new visits."},
		"a kind of tomorrow":       {anAlert("COFFEE", bakery), "Изменения в вашем дне.", "Your day has changed."},
		"a reason of tomorrow":     {anAlert(notify.VisitsGained, notify.Item{Site: "Пекарня", Reason: "WEATHER"}), "1 новый визит: Пекарня.", "1 new visit: Пекарня."},
		"no name":                  {anAlert(notify.VisitsGained, notify.Item{Site: " \u200b\n"}), "1 новый визит: без названия.", "1 new visit: no name."},
		"a name with a full stop":  {anAlert(notify.VisitsGained, notify.Item{Site: "Чай и Ко.", Reason: "OTHER"}), "1 новый визит: Чай и Ко. Причина: решение диспетчера.", "1 new visit: Чай и Ко. Reason: dispatcher's decision."},
		"a name that turns text":   {anAlert(notify.VisitsGained, notify.Item{Site: "Чай\u202e\n оптом"}), "1 новый визит: Чай оптом.", "1 new visit: Чай оптом."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for locale, want := range map[string]string{"ru": c.ru, "EN-us": c.en, "": c.ru, "fr": c.ru, "english": c.ru} {
				if got := words.Text(c.alert, locale); got != want {
					t.Errorf("Text(%q) = %q, want %q", locale, got, want)
				}
			}
		})
	}
}

func TestRussianCountsVisits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    int
		want string
	}{
		{0, "0 визитов передано"}, {1, "1 визит передан"}, {2, "2 визита переданы"}, {4, "4 визита переданы"}, {5, "5 визитов передано"},
		{11, "11 визитов передано"}, {12, "12 визитов передано"}, {14, "14 визитов передано"}, {20, "20 визитов передано"}, {21, "21 визит передан"},
		{22, "22 визита переданы"}, {25, "25 визитов передано"}, {101, "101 визит передан"}, {111, "111 визитов передано"}, {112, "112 визитов передано"}, {122, "122 визита переданы"},
	} {
		got, _, _ := strings.Cut(words.Text(anAlert(notify.VisitsLost, make([]notify.Item, c.n)...), "ru"), ":")
		if got = strings.TrimSuffix(got, "."); got != c.want {
			t.Errorf("%d visits: %q, want %q", c.n, got, c.want)
		}
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	one, storm := make([]notify.Item, 1), make([]notify.Item, 40)
	pushing := append(make([]notify.Item, 1), notify.Item{Moved: true}, notify.Item{Moved: true})
	for _, c := range []struct {
		kind   notify.Kind
		items  []notify.Item
		ru, en string
	}{
		{notify.VisitsGained, one, "Новый визит", "New visit"},
		{notify.VisitsGained, storm, "Новые визиты", "New visits"},
		{notify.VisitsGained, pushing, "Новый визит", "New visit"},
		{notify.VisitsLost, one, "Визит передан", "Visit handed over"},
		{notify.VisitsChanged, storm, "Визиты изменены", "Visits changed"},
		{notify.DayPlanned, one, "План дня готов", "Your day is planned"},
		{notify.VisitsOffered, one, "Свободный визит", "Open visit"},
		{notify.VisitsOffered, storm, "Свободные визиты", "Open visits"},
		{"COFFEE", one, "Изменения в вашем дне", "Your day has changed"},
	} {
		for locale, want := range map[string]string{"ru": c.ru, "en": c.en} {
			if got := words.Title(anAlert(c.kind, c.items...), locale); got != want {
				t.Errorf("Title(%s, %d items, %q) = %q, want %q", c.kind, len(c.items), locale, got, want)
			}
		}
	}
}

func TestReasonIsSaidInWords(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"OVERLOAD", "ABSENCE", "URGENT", "CUSTOMER", "OTHER"} {
		for _, locale := range []string{"ru", "en"} {
			if got := words.Reason(code, locale); got == "" || got == code {
				t.Errorf("Reason(%s, %s) = %q, want words", code, locale, got)
			}
		}
	}
	if got := words.Reason("WEATHER", "ru"); got != "" {
		t.Errorf("Reason of an unknown code = %q, want nothing", got)
	}
}

// Whatever sites are called and however many, a lock screen can show the text, and asking leaves the alert as it was.
func TestTextFitsALockScreen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.String(), 0, 60).Draw(t, "names")
		kind := rapid.SampledFrom([]notify.Kind{notify.VisitsGained, notify.VisitsLost, notify.VisitsChanged, notify.DayPlanned, notify.VisitsOffered, "COFFEE"}).Draw(t, "kind")
		var items []notify.Item
		for i, name := range names {
			items = append(items, notify.Item{Site: name, Arrival: at(5, 23-i%24, i), Reason: "ABSENCE", Moved: i%5 == 4})
		}
		for _, locale := range []string{"ru", "en"} {
			text := words.Text(anAlert(kind, items...), locale)
			if n := utf8.RuneCountInString(text); n > 178 || strings.ContainsAny(text, "\n\r\t") || !utf8.ValidString(text) {
				t.Fatalf("%d characters: %q", n, text)
			}
		}
		for i, name := range names {
			if items[i].Site != name {
				t.Fatalf("item %d was moved", i)
			}
		}
	})
}

func ptr[T any](v T) *T { return &v }
