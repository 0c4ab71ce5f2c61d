// Package live tells subscribers that something in their scope was committed. It carries ids and a
// topic, never content: who hears a hint reads again under the own rights, and who misses one loses
// nothing, since the change feed is the truth.
//
//	hints := hub.Subscribe(ctx, organization, func(c live.Change) bool { return c.Concerns(rep, branches) })
package live

import (
	"context"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// Resync is the kind of a hint that stands for hints lost: read everything on the screen again.
const Resync = "RESYNC"

// waiting is how many hints a subscriber may leave unread before they are folded into one Resync.
const waiting = 64

// maxIDs is how many ids a hint names; more are told by an empty list.
const maxIDs = 100

// Change is a row of the change feed, as far as choosing its hearers goes.
type Change struct {
	Organization uuid.UUID
	Kind         string
	ID           uuid.UUID
	Reps         [2]uuid.UUID // before and after; uuid.Nil for none
	Branches     [2]uuid.UUID // before and after; uuid.Nil for none
}

// Concerns says whether the change touches the rep or one of the branches.
func (c Change) Concerns(rep uuid.UUID, branches []uuid.UUID) bool {
	if rep != uuid.Nil && (c.Reps[0] == rep || c.Reps[1] == rep) {
		return true
	}
	return slices.Contains(branches, c.Branches[0]) || slices.Contains(branches, c.Branches[1])
}

// Hint says that things of a kind changed, and where the feed stands now.
type Hint struct {
	Kind   string
	IDs    []uuid.UUID
	Cursor string
}

// Hub hands hints to subscribers. A slow one never holds up the others: its queue is bounded, and what does not
// fit becomes one Resync.
type Hub struct {
	mu   sync.Mutex
	subs map[*subscription]struct{}
}

type subscription struct {
	organization uuid.UUID
	hears        func(Change) bool
	out          chan Hint
	lost         bool // the newest of the queue is a Resync
}

// NewHub makes a hub without subscribers.
func NewHub() *Hub { return &Hub{subs: map[*subscription]struct{}{}} }

// Subscribe hears of the organization's changes that hears lets through, until the context ends; then the channel is closed.
func (h *Hub) Subscribe(ctx context.Context, organization uuid.UUID, hears func(Change) bool) <-chan Hint {
	s := &subscription{organization: organization, hears: hears, out: make(chan Hint, waiting)}
	h.mu.Lock()
	h.subs[s] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subs, s)
		close(s.out)
	})
	return s.out
}

// Subscribers is how many listen now.
func (h *Hub) Subscribers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs)
}

// Publish hands committed changes, in the feed's order, to those who hear them: one hint per kind.
func (h *Hub) Publish(changes []Change, cursor string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.subs {
		for _, hint := range s.hints(changes, cursor) {
			s.send(hint)
		}
	}
}

func (s *subscription) hints(changes []Change, cursor string) []Hint {
	var hints []Hint
	for _, c := range changes {
		if c.Organization != s.organization || !s.hears(c) {
			continue
		}
		i := slices.IndexFunc(hints, func(h Hint) bool { return h.Kind == c.Kind })
		if i < 0 {
			hints = append(hints, Hint{Kind: c.Kind, Cursor: cursor})
			i = len(hints) - 1
		}
		if !slices.Contains(hints[i].IDs, c.ID) {
			hints[i].IDs = append(hints[i].IDs, c.ID)
		}
	}
	for i := range hints {
		if len(hints[i].IDs) > maxIDs {
			hints[i].IDs = nil
		}
	}
	return hints
}

// send never waits. The last place of a queue is kept for a Resync: as long as that is unread it stands for everything after it too,
// since who reads it reads everything again.
func (s *subscription) send(hint Hint) {
	if s.lost && len(s.out) > 0 {
		return
	}
	s.lost = len(s.out) == cap(s.out)-1
	if s.lost {
		hint = Hint{Kind: Resync, Cursor: hint.Cursor}
	}
	s.out <- hint // there is room: nobody else sends, and the lock is ours
}
