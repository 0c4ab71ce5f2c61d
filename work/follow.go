package work

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
)

// How often the feed is asked. A commit of this process wakes the follower at once; those of others are found by polling. A NOTIFY
// in each business transaction would be sooner, and would make all writers wait for one lock.
const (
	pollFeed  = 250 * time.Millisecond
	pollSoon  = 15 * time.Millisecond // after a wake: a transaction still under way may hold the horizon back
	soonTurns = 20
	feedPage  = 1000
)

// Follower is the one reader of the change feed in a process. It hands what was committed to the hub.
type Follower struct {
	// Heard, when set before Run, is told of every change before the hub's subscribers are.
	Heard func([]postgres.FeedChange)

	db   *postgres.DB
	hub  *live.Hub
	log  *slog.Logger
	wake chan struct{}
}

// NewFollower makes a follower; Run it.
func NewFollower(db *postgres.DB, hub *live.Hub, log *slog.Logger) *Follower {
	return &Follower{db: db, hub: hub, log: log, wake: make(chan struct{}, 1)}
}

// Wake says that something was committed. It never waits.
func (f *Follower) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run follows the feed until the context ends. While the record can't be reached it keeps asking; nothing is lost, since it goes
// on from where it was.
func (f *Follower) Run(ctx context.Context) {
	var at postgres.Cursor
	soon := 0
	for ctx.Err() == nil {
		changes, next, err := f.db.Follow(ctx, at, feedPage)
		if err != nil {
			if ctx.Err() == nil {
				f.log.Warn("change feed can't be read", "error", err)
			}
			soon = 0
		} else if at = next; len(changes) > 0 {
			if f.Heard != nil {
				f.Heard(changes)
			}
			f.hub.Publish(translate(changes), at.String())
			soon = 0
			if len(changes) == feedPage {
				continue
			}
		}
		pause := pollFeed
		if soon > 0 {
			soon--
			pause = pollSoon
		}
		select {
		case <-ctx.Done():
		case <-f.wake:
			soon = soonTurns
		case <-time.After(pause):
		}
	}
}

func translate(rows []postgres.FeedChange) []live.Change {
	changes := make([]live.Change, 0, len(rows))
	for _, r := range rows {
		changes = append(changes, live.Change{
			Organization: r.Organization, Kind: r.Kind, ID: r.ID,
			Reps:     [2]uuid.UUID{orNil(r.RepBefore), orNil(r.RepAfter)},
			Branches: [2]uuid.UUID{orNil(r.BranchBefore), orNil(r.BranchAfter)},
		})
	}
	return changes
}

func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}
