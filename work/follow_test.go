package work_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/hexbeat/hexbeat/work"
)

// follow runs a follower until the test ends, and gives what its hub hears of one company.
func follow(t *testing.T, db *postgres.DB, company uuid.UUID) (*work.Follower, <-chan live.Hint) {
	t.Helper()
	hub := live.NewHub()
	f := work.NewFollower(db, hub, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return f, hub.Subscribe(ctx, company, func(live.Change) bool { return true })
}

// started waits until the follower follows: what was committed before it began is not its business.
func started(t *testing.T, db *postgres.DB, company uuid.UUID, f *work.Follower, hints <-chan live.Hint) {
	t.Helper()
	for {
		add(t, db, company, "start", uuid.New())
		f.Wake()
		select {
		case <-hints:
			return
		case <-t.Context().Done():
			t.Fatal("the follower does not start")
		default:
		}
	}
}

func add(t *testing.T, db *postgres.DB, company uuid.UUID, kind string, id uuid.UUID) {
	t.Helper()
	if err := db.Write(t.Context(), company, func(tx *postgres.Tx) error {
		return tx.AddChanges(t.Context(), now, postgres.FeedChange{Kind: kind, ID: id, Version: 1})
	}); err != nil {
		t.Fatal(err)
	}
}

// next is the next hint of the kind.
func next(t *testing.T, hints <-chan live.Hint, kind string) live.Hint {
	t.Helper()
	for {
		select {
		case hint, open := <-hints:
			if !open {
				t.Fatalf("the hints ended before one of kind %s", kind)
			}
			if hint.Kind == kind {
				return hint
			}
		case <-t.Context().Done():
			t.Fatalf("no hint of kind %s", kind)
		}
	}
}

func TestFollowerMissesNoLateCommit(t *testing.T) {
	t.Parallel()
	db, company := postgres.New(pgtest.New(t)), uuid.Must(uuid.NewV7())
	f, hints := follow(t, db, company)
	started(t, db, company, f, hints)

	// The first to take its number is the last to commit.
	late, early := uuid.New(), uuid.New()
	written, commit, committed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		committed <- db.Write(t.Context(), company, func(tx *postgres.Tx) error {
			err := tx.AddChanges(t.Context(), now, postgres.FeedChange{Kind: "late", ID: late, Version: 1})
			close(written)
			<-commit
			return err
		})
	}()
	<-written
	add(t, db, company, "early", early)
	f.Wake()
	close(commit)
	if err := <-committed; err != nil {
		t.Fatal(err)
	}
	f.Wake()
	seen := map[string]uuid.UUID{}
	for len(seen) < 2 {
		select {
		case hint := <-hints:
			for _, id := range hint.IDs {
				if hint.Kind != "start" {
					seen[hint.Kind] = id
				}
			}
		case <-t.Context().Done():
			t.Fatalf("only %v", seen)
		}
	}
	if seen["late"] != late || seen["early"] != early {
		t.Errorf("heard %v, want %s and %s", seen, late, early)
	}
}

func TestFollowerHearsOfOtherProcesses(t *testing.T) {
	t.Parallel()
	db, company := postgres.New(pgtest.New(t)), uuid.Must(uuid.NewV7())
	f, hints := follow(t, db, company)
	started(t, db, company, f, hints)
	id := uuid.New()
	add(t, db, company, "elsewhere", id) // without a wake
	if hint := next(t, hints, "elsewhere"); hint.IDs[0] != id {
		t.Errorf("hint %+v, want %s", hint, id)
	}
}
