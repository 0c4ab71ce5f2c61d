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

// How much a board holds, and for how long.
const (
	mostDays  = 64               // branches' days: those asked about last
	forgotten = 10 * time.Minute // after which a day that nobody asked about is dropped
	reread    = 30 * time.Second // after which a whole day is read again: rules, traffic and shifts change without a word in the feed
)

// mostCandidates is how many reps are worth a look.
const mostCandidates = 8

// Board holds the days of branches that somebody asked about lately. It is safe for use by many at once, and none of them waits while
// another one's question has something read.
type Board struct {
	db    *postgres.DB
	clock func() time.Time

	mu   sync.Mutex
	days map[key]*day
}

type branch struct{ organization, id uuid.UUID }

type key struct {
	branch
	date hours.Date
}

// New makes an empty board. Tell it of changes (Changed).
func New(db *postgres.DB, clock func() time.Time) *Board {
	return &Board{db: db, clock: clock, days: map[key]*day{}}
}

// Candidates are the best reps on shift in the visit's branch who could take the call on that date, the best first. The rep who has the
// visit on that date is none of them.
func (b *Board) Candidates(ctx context.Context, organization uuid.UUID, call dispatch.Call, date hours.Date) ([]uuid.UUID, error) {
	now := b.clock()
	crew, err := b.Crew(ctx, organization, call.Visit.BranchID, date)
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

// Crew is a branch's reps on shift on a date, as far as the board has heard. What has changed since it was asked last, and the day nobody asked
// about, is read first.
func (b *Board) Crew(ctx context.Context, organization, id uuid.UUID, date hours.Date) (*dispatch.Crew, error) {
	now := b.clock()
	d := b.day(key{branch{organization, id}, date}, now)
	if err := d.freshen(ctx, b.db, now); err != nil {
		return nil, fmt.Errorf("read day of branch %s: %w", id, err)
	}
	return d.crew(now), nil
}

// day is the place of a branch's day, empty where nobody asked about it. Places of days that nobody asks about any more are given up.
func (b *Board) day(k key, now time.Time) *day {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.days[k]
	if d == nil {
		for old, held := range b.days {
			if now.Sub(held.asked) >= forgotten {
				delete(b.days, old)
			}
		}
		for len(b.days) >= mostDays {
			delete(b.days, b.oldest())
		}
		d = &day{key: k, due: due{whole: true}}
		b.days[k] = d
	}
	d.asked = now
	return d
}

// oldest is the day nobody has asked about for longest.
func (b *Board) oldest() (k key) {
	var asked time.Time
	for held, d := range b.days {
		if asked.IsZero() || d.asked.Before(asked) {
			k, asked = held, d.asked
		}
	}
	return k
}

// Changed takes note of what was committed: what it touches is read again when somebody asks.
func (b *Board) Changed(changes []postgres.FeedChange) {
	for _, d := range b.held() {
		d.heard(changes)
	}
}

func (b *Board) held() []*day {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]*day, 0, len(b.days))
	for _, d := range b.days {
		list = append(list, d)
	}
	return list
}
