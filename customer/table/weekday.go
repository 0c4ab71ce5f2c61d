package table

import (
	"strings"
	"time"
)

var badWeekday = fault{CodeWeekday, "«%s» не день недели: нужно пн,вт или mon,tue или числа от 1 (понедельник) до 7",
	"%q is not a weekday: write mon,tue or пн,вт or numbers from 1 (Monday) to 7"}

// week from Monday, as people write its days. A longer word counts by its first letters.
var week = [7]struct {
	day    time.Weekday
	number string
	starts []string
}{
	{time.Monday, "1", []string{"пн", "пон", "mon", "mo"}},
	{time.Tuesday, "2", []string{"вт", "вто", "tue", "tu"}},
	{time.Wednesday, "3", []string{"ср", "сре", "wed", "we"}},
	{time.Thursday, "4", []string{"чт", "чет", "thu", "th"}},
	{time.Friday, "5", []string{"пт", "пят", "fri", "fr"}},
	{time.Saturday, "6", []string{"сб", "суб", "sat", "sa"}},
	{time.Sunday, "7", []string{"вс", "вос", "sun", "su"}},
}

var dashes = strings.NewReplacer(" - ", "-", " – ", "-", " — ", "-", "–", "-", "—", "-", "..", "-")

func (r *row) weekdays(f field) []time.Weekday {
	s := r.text(f)
	if s == "" {
		return nil
	}
	days, ok := parseWeekdays(s)
	if !ok {
		r.refuse(f, s, badWeekday.with(short(s)))
	}
	return days
}

// parseWeekdays reads lists and ranges (пн-пт, 1-5, sat-mon), each day once, from Monday on.
func parseWeekdays(s string) ([]time.Weekday, bool) {
	s = dashes.Replace(strings.ToLower(s))
	var on [7]bool
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",;/|+. ", r) }) {
		switch part {
		case "ежедневно", "daily", "every", "все":
			part = "1-7"
		case "будни", "weekdays":
			part = "1-5"
		case "выходные", "weekend":
			part = "6-7"
		}
		first, last, ranged := strings.Cut(part, "-")
		i, ok := weekday(first)
		j := i
		if ranged && ok {
			j, ok = weekday(last)
		}
		if !ok {
			return nil, false
		}
		for ; i != j; i = (i + 1) % 7 {
			on[i] = true
		}
		on[j] = true
	}
	var days []time.Weekday
	for i, yes := range on {
		if yes {
			days = append(days, week[i].day)
		}
	}
	return days, len(days) > 0
}

// weekday is the place in the week, Monday is 0.
func weekday(s string) (int, bool) {
	for i, d := range week {
		if s == d.number || s == d.starts[0] || s == d.starts[3] {
			return i, true
		}
		for _, start := range d.starts[1:3] {
			if strings.HasPrefix(s, start) {
				return i, true
			}
		}
	}
	return 0, false
}
