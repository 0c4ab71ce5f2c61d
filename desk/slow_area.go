package desk

import (
	"context"
	"hash/fnv"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

// The codes under which reps hear of slow driving, and of its end.
const (
	slowReason = "SLOWDOWN"
	slowOver   = "SLOWDOWN_OVER"
)

// slowest is how many times as long driving may be said to take.
const slowest = 10

// SlowArea says that driving in an area takes longer for some hours, and times the branch's day anew with that in view: a snowstorm. Which days these are the shifts say: one that began the evening before is slowed too. What a
// day can't keep any more goes to the backlog of its rep, the less important first; what was promised or has begun stays.
type SlowArea struct {
	Branch uuid.UUID
	Area   geo.Region
	Window hours.Window
	Factor float64 // over 1
	Keep   bool    // give up nothing, however late it gets
	Note   string
}

// AreaSlowed is what came of it.
type AreaSlowed struct {
	Transferred
	Slowdown dispatch.Slowdown
}

func (c SlowArea) run(ctx context.Context, tx *Tx) (AreaSlowed, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return AreaSlowed{}, err
	}
	if !tx.Caller.MaySeeBranch(c.Branch) {
		return AreaSlowed{}, roster.ErrNoBranch
	}
	branch, err := tx.Branch(ctx, c.Branch)
	if err != nil {
		return AreaSlowed{}, err
	}
	if err := c.check(tx); err != nil {
		return AreaSlowed{}, err
	}
	slowdown := dispatch.Slowdown{
		ID: newID(), BranchID: branch.ID, Date: hours.DateOf(c.Window.From.In(branch.Zone())), Area: c.Area, Window: c.Window, Factor: c.Factor,
		Version: 1,
	}
	days, err := tx.lockSlowed(ctx, slowdown)
	if err != nil {
		return AreaSlowed{}, err
	}
	out := dispatch.SlowDay{Slowdown: slowdown, Days: days, Keep: c.Keep, Now: tx.Now, Seed: seedOf(branch.ID)}.Slow()
	did := deed{Trace: out.Trace, Slow: []slowDeed{{Slowdown: slowdown.ID, Branch: branch.ID}}}
	if err := tx.openTraced(ctx, "SLOWDOWN", slowReason, c.Note, &did); err != nil {
		return AreaSlowed{}, err
	}
	if err := tx.AddSlowdown(ctx, slowdown, tx.Now); err != nil {
		return AreaSlowed{}, err
	}
	if err := tx.slowdownChanged(ctx, slowdown); err != nil {
		return AreaSlowed{}, err
	}
	done, err := tx.writeTransfer(ctx, slowReason, out)
	return AreaSlowed{done, slowdown}, err
}

// lockSlowed locks and reads the days whose shifts a slowdown falls into, of whatever date.
func (tx *Tx) lockSlowed(ctx context.Context, s dispatch.Slowdown) ([]dispatch.RepDay, error) {
	list, err := tx.CrewDuring(ctx, s.BranchID, s.Window)
	if err != nil {
		return nil, err
	}
	return tx.lockWhole(ctx, list)
}

func (c SlowArea) check(tx *Tx) error {
	switch {
	case !c.Window.To.After(c.Window.From):
		return Invalid{Path: []string{"to"}, Code: "ORDER"}
	case !c.Window.To.After(tx.Now):
		return Invalid{Path: []string{"to"}, Code: "PAST"}
	case c.Window.Length().Hours() > 24:
		return Invalid{Path: []string{"to"}, Code: "OUT_OF_RANGE"}
	case !(c.Factor > 1 && c.Factor <= slowest):
		return Invalid{Path: []string{"factor"}, Code: "OUT_OF_RANGE"}
	case utf8.RuneCountInString(c.Note) > longestNote:
		return Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	return nil
}

// seedOf is a branch's seed: what a dry run shows is what happens.
func seedOf(branch uuid.UUID) uint64 {
	h := fnv.New64a()
	h.Write(branch[:])
	return h.Sum64()
}
