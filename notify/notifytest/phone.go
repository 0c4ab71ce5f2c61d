package notifytest

import (
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
)

// Phone is an app as it should be. Pushes may come late, twice and in any order: it asks for the words, shows each alert once, and keeps
// on the screen what is true now.
type Phone struct {
	// Fetch is the phone's way to us: the alert as it is now; false where there is none.
	Fetch func(id uuid.UUID) (notify.Alert, bool)

	mu     sync.Mutex
	shown  map[uuid.UUID]int
	screen map[uuid.UUID]notify.Alert
}

// Push is a push that arrives.
func (p *Phone) Push(data map[string]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown == nil {
		p.shown, p.screen = map[uuid.UUID]int{}, map[uuid.UUID]notify.Alert{}
	}
	// What is on the screen may have been superseded by what this push is about.
	for id := range p.screen {
		p.refresh(id)
	}
	id, err := uuid.Parse(data["alertId"])
	version, noNumber := strconv.Atoi(data["version"])
	if err != nil || noNumber != nil {
		return
	}
	if known, on := p.screen[id]; on && known.Version >= version {
		return
	}
	a, found := p.Fetch(id)
	if !found || !a.State.Open() && a.State != notify.Escalated || p.shown[id] > 0 {
		return
	}
	p.shown[id]++
	p.screen[id] = a
}

// refresh brings what is shown up to date, or takes it away.
func (p *Phone) refresh(id uuid.UUID) {
	a, found := p.Fetch(id)
	switch {
	case !found || !a.State.Open() && a.State != notify.Escalated:
		delete(p.screen, id)
	case a.Version > p.screen[id].Version:
		p.screen[id] = a
	}
}

// Shown is how often each alert made the phone ring.
func (p *Phone) Shown() map[uuid.UUID]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.shown)
}

// Screen is what the rep sees, in the order of the inbox.
func (p *Phone) Screen() []notify.Alert {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.SortedFunc(maps.Values(p.screen), func(a, b notify.Alert) int { return a.Seq - b.Seq })
}
