package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"pgregory.net/rapid"
)

var endOfDay = time.Date(2026, time.November, 5, 0, 0, 0, 0, time.UTC)

func visit(n byte) uuid.UUID { return uuid.UUID{15: n} }

// word is an alert in short: "GAINED a10 moved b11". A letter is a visit, a number the hour it arrives at, "-" nowhere; a star is unheard
// no longer.
func word(t testing.TB, id byte, text string, more ...func(*notify.Alert)) notify.Alert {
	t.Helper()
	a := notify.Alert{ID: uuid.UUID{0: id}, State: notify.Queued, Version: 1, Seq: int(id), ExpiresAt: endOfDay}
	moved := false
	for i, w := range strings.Fields(text) {
		switch {
		case i == 0:
			a.Kind = notify.Kind(map[string]string{"GAINED": "VISITS_GAINED", "LOST": "VISITS_LOST", "CHANGED": "VISITS_CHANGED", "DAY": "DAY_PLANNED"}[w])
		case w == "moved":
			moved = true
		default:
			item := notify.Item{VisitID: visit(w[0]), Moved: moved}
			var hour, told int
			if n, _ := fmt.Sscanf(w[1:], "%d/%d", &hour, &told); n > 0 && hour > 0 {
				arrival := endOfDay.Add(time.Duration(hour-24) * time.Hour)
				item.Arrival = &arrival
			}
			if told > 0 {
				known := endOfDay.Add(time.Duration(told-24) * time.Hour)
				item.Told = &known
			}
			a.Items = append(a.Items, item)
		}
	}
	for _, m := range more {
		m(&a)
	}
	return a
}

func sent(a *notify.Alert) { a.State, a.SentAt, a.TryingAt = notify.Sent, &noon, &noon }

func trying(a *notify.Alert) { a.TryingAt = &noon }

// short is the alert as word takes it, with its state where it has ended.
func short(a notify.Alert) string {
	kind := strings.TrimPrefix(string(a.Kind), "VISITS_")
	if a.Kind == notify.DayPlanned {
		kind = "DAY"
	}
	if a.State != notify.Queued && a.State != notify.Sent {
		return string(a.State)
	}
	text := kind
	for _, m := range []bool{false, true} {
		for _, i := range a.Items {
			if i.Struck || i.Moved != m {
				continue
			}
			if m && !strings.Contains(text, "moved") {
				text += " moved"
			}
			hour := 0
			if i.Arrival != nil {
				hour = i.Arrival.Hour()
			}
			text += fmt.Sprintf(" %c%d", i.VisitID[15], hour)
		}
	}
	return text
}

func TestANewAlertIsLaidOverTheUnread(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		unread []notify.Alert
		fresh  string
		want   string   // of the new one
		left   []string // of the unread that changed
	}{
		"nothing unread":                   {nil, "GAINED a10", "GAINED a10", nil},
		"another visit":                    {[]notify.Alert{word(t, 1, "GAINED a10")}, "LOST b0", "LOST b0", nil},
		"there and back, unheard":          {[]notify.Alert{word(t, 1, "GAINED a10")}, "LOST a0/10", "ANNULLED", []string{"ANNULLED"}},
		"back where it was, unheard":       {[]notify.Alert{word(t, 1, "LOST a0/10")}, "GAINED a10", "ANNULLED", []string{"ANNULLED"}},
		"back at another time, unheard":    {[]notify.Alert{word(t, 1, "LOST a0/10")}, "GAINED a15", "CHANGED a15", []string{"SUPERSEDED"}},
		"back, time unknown":               {[]notify.Alert{word(t, 1, "LOST a0")}, "GAINED a15", "GAINED a15", []string{"SUPERSEDED"}},
		"there and back, sent":             {[]notify.Alert{word(t, 1, "GAINED a10", sent)}, "LOST a0/10", "LOST a0", []string{"SUPERSEDED"}},
		"there and back, on its way":       {[]notify.Alert{word(t, 1, "GAINED a10", trying)}, "LOST a0/10", "LOST a0", []string{"SUPERSEDED"}},
		"gained, then moved":               {[]notify.Alert{word(t, 1, "GAINED a10")}, "CHANGED a12", "GAINED a12", []string{"SUPERSEDED"}},
		"gained, moved by another gain":    {[]notify.Alert{word(t, 1, "GAINED a10")}, "GAINED b9 moved a12", "GAINED b9 a12", []string{"SUPERSEDED"}},
		"gained, moved by a loss":          {[]notify.Alert{word(t, 1, "GAINED a10")}, "LOST b0 moved a12", "LOST b0 moved a12", nil},
		"gained and cancelled, unheard":    {[]notify.Alert{word(t, 1, "GAINED a10")}, "CHANGED a0", "ANNULLED", []string{"ANNULLED"}},
		"moved and back, unheard":          {[]notify.Alert{word(t, 1, "CHANGED a12/10")}, "CHANGED a10/12", "ANNULLED", []string{"ANNULLED"}},
		"moved, then lost":                 {[]notify.Alert{word(t, 1, "CHANGED a12/10")}, "LOST a0/12", "LOST a0", []string{"SUPERSEDED"}},
		"one of two undone":                {[]notify.Alert{word(t, 1, "GAINED a10 b11")}, "LOST a0/10", "ANNULLED", []string{"GAINED b11"}},
		"what was moved on account stays":  {[]notify.Alert{word(t, 1, "GAINED a10 moved b11")}, "LOST a0/10", "ANNULLED", []string{"CHANGED b11"}},
		"undone, and others moved by that": {[]notify.Alert{word(t, 1, "GAINED a10")}, "LOST a0/10 moved c9", "CHANGED c9", []string{"ANNULLED"}},
		"two older of one visit": {[]notify.Alert{word(t, 1, "GAINED a10", sent), word(t, 2, "CHANGED a11 b12", sent)}, "CHANGED a13",
			"CHANGED a13", []string{"SUPERSEDED", "CHANGED b12"}},
		"a plan replaces the day's plan":      {[]notify.Alert{word(t, 1, "DAY a10 b11"), word(t, 2, "GAINED c9")}, "DAY a10", "DAY a10", []string{"SUPERSEDED"}},
		"another day's plan stays":            {[]notify.Alert{word(t, 1, "DAY a10", func(a *notify.Alert) { a.ExpiresAt = a.ExpiresAt.AddDate(0, 0, 1) })}, "DAY b10", "DAY b10", nil},
		"nothing but a plan replaces a plan":  {[]notify.Alert{word(t, 1, "DAY a10")}, "LOST a0/10", "LOST a0", nil},
		"an escalated alert is replaced":      {[]notify.Alert{word(t, 1, "GAINED a10", sent, func(a *notify.Alert) { a.State = notify.Escalated })}, "CHANGED a12", "CHANGED a12", []string{"SUPERSEDED"}},
		"what went out before is not undone":  {[]notify.Alert{word(t, 1, "GAINED a10", func(a *notify.Alert) { a.Items[0].Heard = true })}, "LOST a0/10", "LOST a0", []string{"SUPERSEDED"}},
		"a changed day undone, unheard":       {[]notify.Alert{word(t, 1, "CHANGED a10 b0/11")}, "CHANGED a0/10 b11", "ANNULLED", []string{"ANNULLED"}},
		"a changed day undone, sent":          {[]notify.Alert{word(t, 1, "CHANGED a10 b0/11", sent)}, "CHANGED a0/10 b11", "CHANGED a0 b11", []string{"SUPERSEDED"}},
		"waiting work there and back":         {[]notify.Alert{word(t, 1, "GAINED a0")}, "LOST a0", "ANNULLED", []string{"ANNULLED"}},
		"waiting work back again":             {[]notify.Alert{word(t, 1, "LOST a0")}, "GAINED a0", "ANNULLED", []string{"ANNULLED"}},
		"waiting work gained, then planned":   {[]notify.Alert{word(t, 1, "GAINED a0")}, "GAINED a10", "GAINED a10", []string{"SUPERSEDED"}},
		"a day's cancelled visit comes again": {[]notify.Alert{word(t, 1, "CHANGED a0")}, "GAINED a10", "GAINED a10", []string{"SUPERSEDED"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := fmt.Sprintf("%+v", c.unread)
			got, err := notify.Fold(c.unread, word(t, 9, c.fresh), noon)
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, a := range got.Changed {
				left = append(left, short(a))
				if a.State == notify.Superseded && *a.SupersededBy != got.New.ID {
					t.Errorf("superseded by %v, want the new alert", a.SupersededBy)
				}
				if !a.State.Open() && a.State != notify.Escalated && (a.EndedAt == nil || a.Reason == "") {
					t.Errorf("%s without its time or reason", a.State)
				}
			}
			if short(got.New) != c.want || !slices.Equal(left, c.left) {
				t.Errorf("new %q, left %q; want %q, %q", short(got.New), left, c.want, c.left)
			}
			if after := fmt.Sprintf("%+v", c.unread); after != before {
				t.Error("the unread alerts given were written to")
			}
		})
	}
}

// Whatever comes, no visit is told of by two unread alerts unless the newer can't say it, nothing that went out is annulled, and what
// the rep believes at the end of all that is unread is true.
func TestAnInboxTellsTheTruth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		truth := map[byte]int{}  // hour of each visit the rep has; as dispatch knows
		belief := map[byte]int{} // as the rep does, after everything that went out
		for v := byte('a'); v <= 'c'; v++ {
			if h := rapid.IntRange(0, 1).Draw(t, "has"); h > 0 {
				truth[v], belief[v] = 10, 10
			}
		}
		var inbox []notify.Alert
		hear := func(a notify.Alert) {
			for _, i := range a.Items {
				if i.Struck {
					continue
				}
				if i.Arrival == nil {
					delete(belief, i.VisitID[15])
				} else {
					belief[i.VisitID[15]] = i.Arrival.Hour()
				}
			}
		}
		for n := range rapid.IntRange(1, 12).Draw(t, "changes") {
			v := byte('a' + rapid.IntRange(0, 2).Draw(t, "visit"))
			was, has := truth[v]
			hour := rapid.IntRange(8, 12).Draw(t, "hour")
			var text string
			switch {
			case !has:
				truth[v], text = hour, fmt.Sprintf("GAINED %c%d", v, hour)
			case rapid.Bool().Draw(t, "lost"):
				delete(truth, v)
				text = fmt.Sprintf("LOST %c0/%d", v, was)
			case hour == was:
				continue
			default:
				truth[v], text = hour, fmt.Sprintf("CHANGED %c%d/%d", v, hour, was)
			}
			folded, err := notify.Fold(inbox, word(helped{}, byte(n+1), text), noon)
			if err != nil {
				t.Fatal(err)
			}
			for _, changed := range folded.Changed {
				i := slices.IndexFunc(inbox, func(a notify.Alert) bool { return a.ID == changed.ID })
				if changed.State == notify.Annulled && inbox[i].SentAt != nil {
					t.Fatalf("annulled %s although it went out", short(inbox[i]))
				}
				inbox[i] = changed
			}
			inbox = append(inbox, folded.New)
			inbox = slices.DeleteFunc(inbox, func(a notify.Alert) bool { return !a.State.Open() })
			if len(inbox) > 0 && rapid.Bool().Draw(t, "goes out") {
				i := rapid.IntRange(0, len(inbox)-1).Draw(t, "which")
				if inbox[i].SentAt == nil {
					sent(&inbox[i])
					inbox[i].Version++
				}
			}
		}
		slices.SortFunc(inbox, func(a, b notify.Alert) int { return a.Seq - b.Seq })
		seen := map[uuid.UUID]bool{}
		for _, a := range inbox {
			hear(a)
			for _, i := range a.Items {
				if !i.Struck && seen[i.VisitID] {
					t.Fatalf("two unread alerts tell of one visit: %v", inbox)
				}
				seen[i.VisitID] = seen[i.VisitID] || !i.Struck
			}
		}
		for v := byte('a'); v <= 'c'; v++ {
			if belief[v] != truth[v] {
				t.Fatalf("the rep believes %v, true is %v", belief, truth)
			}
		}
	})
}

// helped lets word be called under rapid, which has a T of its own.
type helped struct{ testing.TB }

func (helped) Helper() {}
