package board

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

// keep bounds how long a day serves without being read again: it is what a board without a follower may be behind.
const keep = 30 * time.Second

// mostCandidates is how many reps are worth a look.
const mostCandidates = 8

// Board holds the days of branches that somebody asked about lately. It is safe for use by many at once.
type Board struct {
	db    *postgres.DB
	clock func() time.Time

	mu    sync.Mutex
	days  map[key]day
	turns map[branch]uint64 // counts the changes heard of
}

type branch struct{ organization, id uuid.UUID }

type key struct {
	branch
	date hours.Date
}

type day struct {
	crew *dispatch.Crew
	read time.Time
	turn uint64 // of the branch, when reading began
}

// New makes an empty board.
func New(db *postgres.DB, clock func() time.Time) *Board {
	return &Board{db: db, clock: clock, days: map[key]day{}, turns: map[branch]uint64{}}
}

// Candidates are the best reps on shift in the visit's branch who could take the call on that date, the best first. The rep who has the
// visit on that date is none of them.
func (b *Board) Candidates(ctx context.Context, organization uuid.UUID, call dispatch.Call, date hours.Date) ([]uuid.UUID, error) {
	now := b.clock()
	crew, err := b.day(ctx, key{branch{organization, call.Visit.BranchID}, date}, now)
	if err != nil {
		return nil, err
	}
	options := crew.Best(call, now, mostCandidates)
	reps := make([]uuid.UUID, 0, len(options))
	for _, o := range options {
		reps = append(reps, o.RepID)
	}
	return reps, nil
}

// Changed forgets the days of branches in which something was committed.
func (b *Board) Changed(changes []postgres.FeedChange) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range changes {
		if c.Kind == "alert" {
			continue // changes nobody's day
		}
		for _, id := range []*uuid.UUID{c.BranchBefore, c.BranchAfter} {
			if id != nil {
				b.turns[branch{c.Organization, *id}]++
			}
		}
	}
}

// day answers from memory, or reads the branch's day.
func (b *Board) day(ctx context.Context, k key, now time.Time) (*dispatch.Crew, error) {
	b.mu.Lock()
	kept, known := b.days[k]
	turn := b.turns[k.branch]
	b.mu.Unlock()
	if known && kept.turn == turn && now.Sub(kept.read) < keep {
		return kept.crew, nil
	}

	reps, err := b.read(ctx, k, now)
	if err != nil {
		return nil, fmt.Errorf("read day of branch %s: %w", k.id, err)
	}
	crew := dispatch.NewCrew(reps)
	b.mu.Lock()
	defer b.mu.Unlock()
	for old, d := range b.days {
		if now.Sub(d.read) >= keep {
			delete(b.days, old)
		}
	}
	b.days[k] = day{crew, now, turn}
	return crew, nil
}

func (b *Board) read(ctx context.Context, k key, now time.Time) (reps []dispatch.RepDay, err error) {
	err = b.db.Read(ctx, k.organization, func(tx *postgres.Tx) error {
		ids, err := tx.RepsOnShift(ctx, k.id, k.date)
		if err != nil || len(ids) == 0 {
			return err
		}
		reps, err = tx.RepDays(ctx, k.date, now.Add(-dispatch.PositionFresh), ids...)
		return err
	})
	return reps, err
}
