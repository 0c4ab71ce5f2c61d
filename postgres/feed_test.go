package postgres_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
)

func TestCursorsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []postgres.Cursor{{}, {Tx: 1, N: 2}, {Tx: 1<<63 - 1, N: 1<<31 - 1}} {
		if got, err := postgres.ParseCursor(c.String()); err != nil || got != c {
			t.Errorf("ParseCursor(%q) = %v, %v", c, got, err)
		}
	}
	for _, forged := range []string{"", "x", "1", "1-", "-1", "1-2-3", "01-2", "1-80000000", "8000000000000000-0", "1 -2", "1--2", "A-1"} {
		if _, err := postgres.ParseCursor(forged); !errors.Is(err, postgres.ErrCursor) {
			t.Errorf("ParseCursor(%q): %v, want ErrCursor", forged, err)
		}
	}
}

// Page by page everybody reads the own part of the feed, all of it, once.
func TestChangesAreReadPageByPage(t *testing.T) {
	t.Parallel()
	w := aLivedDay(t)
	rep := w.Branches[0].Reps[1]
	everywhere := w.Admin
	for name, c := range map[string]struct {
		caller auth.Caller
		want   string
	}{
		"an admin":                {everywhere, "SELECT count(*) FROM feed"},
		"the branch's dispatcher": {w.Dispatcher, "SELECT count(*) FROM feed WHERE branch_before = $1 OR branch_after = $1"},
		"a rep":                   {w.Caller(0, 1), "SELECT count(*) FROM feed WHERE rep_before = $2 OR rep_after = $2 OR rep_after IS NULL AND branch_after = $1"},
		"another branch's rep":    {w.Caller(1, 0), "SELECT count(*) FROM feed WHERE branch_after = $3"},
	} {
		args := []any{rep.BranchID, rep.ID, w.Branches[1].ID}[:map[string]int{"an admin": 0, "the branch's dispatcher": 1, "a rep": 2, "another branch's rep": 3}[name]]
		if name == "another branch's rep" {
			args, c.want = args[2:], "SELECT count(*) FROM feed WHERE branch_after = $1"
		}
		want := w.Count(t, c.want, args...)
		var got []postgres.FeedChange
		var at postgres.Cursor
		// Another test's open transaction may hold back the end of the feed.
		for len(got) < want && t.Context().Err() == nil {
			err := w.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
				page, next, more, err := tx.Changes(t.Context(), c.caller, at, 7)
				if more != (len(page) == 7) || at.After(next) {
					t.Errorf("%s: %d changes, more %v, from %s to %s", name, len(page), more, at, next)
				}
				got, at = append(got, page...), next
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		key := func(f postgres.FeedChange) postgres.Cursor { return postgres.Cursor{Tx: f.Tx, N: f.N} }
		if len(got) != want || !slices.IsSortedFunc(got, func(a, b postgres.FeedChange) int {
			if key(b).After(key(a)) {
				return -1
			}
			return 1
		}) {
			t.Errorf("%s: %d changes, want %d in order", name, len(got), want)
		}
	}
	err := w.DB.Read(t.Context(), w.Organization, func(tx *postgres.Tx) error {
		if now, err := tx.FeedCursor(t.Context()); err != nil || !now.After(postgres.Cursor{}) {
			t.Errorf("FeedCursor = %v, %v, want it after the start", now, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stranger := desktest.NewID()
	if err := w.DB.Read(t.Context(), stranger, func(tx *postgres.Tx) error {
		page, _, _, err := tx.Changes(t.Context(), auth.Caller{Organization: stranger, Roles: []auth.Role{auth.Admin}, Everywhere: true}, postgres.Cursor{}, 10)
		if len(page) != 0 {
			t.Errorf("another organization reads %d changes", len(page))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
