package board

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// day is one branch's day in memory.
type day struct {
	key   key
	asked time.Time // guarded by the board

	is atomic.Pointer[state] // nil: not read yet

	reading sync.Mutex // one reads at a time
	mu      sync.Mutex
	due     due
}

// state is a day as it was read. It is never written to.
type state struct {
	crew    *dispatch.Crew
	places  map[uuid.UUID]roster.Position // where reps' phones last said they were
	read    time.Time                     // when all of it was
	expires time.Time                     // when the first of the places gets too old to say where its rep is; zero: none does
}

// due is what is to be read again.
type due struct {
	whole bool
	reps  map[uuid.UUID]bool
	seen  map[uuid.UUID]bool // only where they are
	sites map[uuid.UUID]bool
}

func (d due) nothing() bool {
	return !d.whole && len(d.reps) == 0 && len(d.seen) == 0 && len(d.sites) == 0
}

// and is what either of two asks for.
func (d due) and(o due) due {
	d.whole = d.whole || o.whole
	for into, from := range map[*map[uuid.UUID]bool]map[uuid.UUID]bool{&d.reps: o.reps, &d.seen: o.seen, &d.sites: o.sites} {
		if *into == nil {
			*into = map[uuid.UUID]bool{}
		}
		maps.Copy(*into, from)
	}
	return d
}

// heard takes note of what changes of the day's branch ask for.
func (d *day) heard(changes []postgres.FeedChange) {
	more := due{reps: map[uuid.UUID]bool{}, seen: map[uuid.UUID]bool{}, sites: map[uuid.UUID]bool{}}
	for _, c := range changes {
		if c.Organization == d.key.organization && (is(c.BranchBefore, d.key.id) || is(c.BranchAfter, d.key.id)) {
			more.of(c)
		}
	}
	if more.nothing() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.due = d.due.and(more)
}

func is(id *uuid.UUID, that uuid.UUID) bool { return id != nil && *id == that }

// of adds what one change asks for. Of a kind it does not know it is safe to say: the reps it names, or else everything.
func (d *due) of(c postgres.FeedChange) {
	switch c.Kind {
	case "alert":
		return // changes nobody's day
	case "site":
		d.sites[c.ID] = true
		return
	}
	to := d.reps
	if c.Kind == "position" {
		to = d.seen
	}
	for _, rep := range []*uuid.UUID{c.RepBefore, c.RepAfter} {
		if rep != nil {
			to[*rep] = true
		}
	}
	if c.RepBefore == nil && c.RepAfter == nil && c.Kind != "visit" { // a visit of the queue is on nobody's day
		d.whole = true
	}
}

// freshen reads what is due. Who comes while another one reads waits for that, and then finds little or nothing left.
func (d *day) freshen(ctx context.Context, db *postgres.DB, now time.Time) error {
	if d.settled(now) {
		return nil
	}
	d.reading.Lock()
	defer d.reading.Unlock()
	if d.settled(now) {
		return nil
	}
	d.mu.Lock()
	todo := d.due
	d.due = due{} // what is heard of from now on is not in what is read
	d.mu.Unlock()
	was := d.is.Load()
	todo.whole = todo.whole || was == nil || now.Sub(was.read) >= reread
	next, err := d.read(ctx, db, was, todo, now)
	if errors.Is(err, roster.ErrNoRep) && !todo.whole { // one of them is gone
		todo.whole = true
		next, err = d.read(ctx, db, was, todo, now)
	}
	if err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.due = d.due.and(todo)
		return err
	}
	d.is.Store(next)
	return nil
}

// settled says whether nothing is to be read.
func (d *day) settled(now time.Time) bool {
	is := d.is.Load()
	if is == nil || now.Sub(is.read) >= reread {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.due.nothing()
}

// read is the state with what is due as the record has it, from one snapshot.
func (d *day) read(ctx context.Context, db *postgres.DB, was *state, todo due, now time.Time) (next *state, err error) {
	err = db.Read(ctx, d.key.organization, func(tx *postgres.Tx) error {
		if todo.whole {
			next, err = d.readAll(ctx, tx, now)
		} else {
			next, err = d.readSome(ctx, tx, was, todo, now)
		}
		return err
	})
	return next, err
}

func (d *day) readAll(ctx context.Context, tx *postgres.Tx, now time.Time) (*state, error) {
	next := &state{read: now, places: map[uuid.UUID]roster.Position{}, crew: dispatch.NewCrew(nil)}
	reps, err := tx.RepsOnShift(ctx, d.key.id, d.key.date)
	if err != nil || len(reps) == 0 {
		return next, err
	}
	if next.places, err = tx.Positions(ctx, reps); err != nil {
		return nil, err
	}
	days, err := tx.RepDays(ctx, d.key.date, now, reps...)
	if err != nil {
		return nil, err
	}
	next.placed(days, now)
	next.crew = dispatch.NewCrew(days)
	return next, nil
}

// readSome reads the days of reps that something touched, and where others are by now.
func (d *day) readSome(ctx context.Context, tx *postgres.Tx, was *state, todo due, now time.Time) (*state, error) {
	next := *was
	next.places = maps.Clone(was.places)
	if len(todo.sites) > 0 {
		for _, day := range was.crew.Days() {
			if slices.ContainsFunc(day.Calls, func(c dispatch.Call) bool { return todo.sites[c.Site.ID] }) {
				todo.reps = with(todo.reps, day.Rep.ID)
			}
		}
	}
	moved := slices.Collect(maps.Keys(todo.seen))
	moved = slices.AppendSeq(moved, maps.Keys(todo.reps))
	if len(moved) == 0 {
		return &next, nil
	}
	places, err := tx.Positions(ctx, moved)
	if err != nil {
		return nil, err
	}
	for _, rep := range moved {
		delete(next.places, rep)
	}
	maps.Copy(next.places, places)
	var days []dispatch.RepDay
	if reps := slices.Collect(maps.Keys(todo.reps)); len(reps) > 0 {
		if days, err = tx.RepDays(ctx, d.key.date, now, reps...); err != nil {
			return nil, err
		}
	}
	for rep := range todo.seen {
		day, works := was.crew.Day(rep)
		switch {
		case todo.reps[rep]:
		case works:
			days = append(days, day)
		default:
			delete(next.places, rep)
		}
	}
	next.expires = time.Time{}
	var gone []uuid.UUID
	days = slices.DeleteFunc(days, func(day dispatch.RepDay) bool {
		off := day.Shift == nil || day.Rep.BranchID != d.key.id
		if off {
			gone = append(gone, day.Rep.ID)
			delete(next.places, day.Rep.ID)
		}
		return off
	})
	next.placed(days, now)
	for rep := range next.places {
		next.expire(rep, now)
	}
	next.crew = was.crew.With(days...).Without(gone...)
	return &next, nil
}

func with(set map[uuid.UUID]bool, id uuid.UUID) map[uuid.UUID]bool {
	if set == nil {
		set = map[uuid.UUID]bool{}
	}
	set[id] = true
	return set
}

// placed says where the reps of days are, as far as that is known by now.
func (s *state) placed(days []dispatch.RepDay, now time.Time) {
	for i := range days {
		days[i].At = s.at(days[i].Rep.ID, now)
		s.expire(days[i].Rep.ID, now)
	}
}

// at is where a rep is; nil where the phone has said nothing lately.
func (s *state) at(rep uuid.UUID, now time.Time) *geo.Point {
	if p, known := s.places[rep]; known && !p.DeviceTime.Before(now.Add(-dispatch.PositionFresh)) {
		return &p.Point
	}
	return nil
}

// expire notes when a rep's place gets too old.
func (s *state) expire(rep uuid.UUID, now time.Time) {
	if s.at(rep, now) == nil {
		return
	}
	if old := s.places[rep].DeviceTime.Add(dispatch.PositionFresh); s.expires.IsZero() || old.Before(s.expires) {
		s.expires = old
	}
}

// crew is the day as known, reps where they were lately; nil where nothing is known.
func (d *day) crew(now time.Time) *dispatch.Crew {
	is := d.is.Load()
	if is == nil || is.expires.IsZero() || !now.After(is.expires) {
		return is.crewOrNone()
	}
	next := *is
	next.expires = time.Time{}
	var lost []dispatch.RepDay
	for rep := range is.places {
		if day, works := is.crew.Day(rep); works && day.At != nil && next.at(rep, now) == nil {
			day.At = nil
			lost = append(lost, day)
		}
		next.expire(rep, now)
	}
	next.crew = is.crew.With(lost...)
	d.is.CompareAndSwap(is, &next) // a reader's newer one stands
	return next.crew
}

func (s *state) crewOrNone() *dispatch.Crew {
	if s == nil {
		return nil
	}
	return s.crew
}
