package notify_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/notifytest"
	"pgregory.net/rapid"
)

// Pushes shuffled, doubled and late: a phone rings once for each alert at most, never for one that has ended, and shows of each visit the
// newest word.
func TestAPhoneShowsTheNewestWordOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inbox := map[uuid.UUID]notify.Alert{}
		phone := notifytest.Phone{Fetch: func(id uuid.UUID) (notify.Alert, bool) { a, found := inbox[id]; return a, found }}
		var air []map[string]string // pushes on their way
		arrive := func() {
			i := rapid.IntRange(0, len(air)-1).Draw(t, "which")
			phone.Push(air[i])
			if rapid.IntRange(0, 2).Draw(t, "again") > 0 {
				air = append(air[:i], air[i+1:]...)
			}
		}
		newest := map[uuid.UUID]uuid.UUID{}
		for n := range rapid.IntRange(1, 10).Draw(t, "alerts") {
			v := byte('a' + rapid.IntRange(0, 2).Draw(t, "visit"))
			fresh := word(helped{}, byte(n+1), fmt.Sprintf("CHANGED %c%d", v, 1+n))
			var unread []notify.Alert
			for seq := 1; seq <= n; seq++ {
				if a, found := inbox[uuid.UUID{0: byte(seq)}]; found && a.State.Open() {
					unread = append(unread, a)
				}
			}
			folded, err := notify.Fold(unread, fresh, noon)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range folded.Changed {
				inbox[a.ID] = a
			}
			handed := folded.New.Handed(noon)
			inbox[handed.ID] = handed
			newest[visit(v)] = handed.ID
			air = append(air, notify.NewPush(folded.New, "").Data())
			for range rapid.IntRange(0, 3).Draw(t, "arrive now") {
				if len(air) > 0 {
					arrive()
				}
			}
		}
		for len(air) > 0 {
			arrive()
		}
		for id, n := range phone.Shown() {
			if n > 1 {
				t.Fatalf("it rang %d times for %s", n, id)
			}
		}
		seen := map[uuid.UUID]bool{}
		for _, a := range phone.Screen() {
			for _, item := range a.Items {
				if newest[item.VisitID] != a.ID || seen[item.VisitID] {
					t.Fatalf("the screen shows an old word of %s", item.VisitID)
				}
				seen[item.VisitID] = true
			}
		}
		if len(seen) != len(newest) {
			t.Fatalf("the screen speaks of %d visits, want %d", len(seen), len(newest))
		}
	})
}
