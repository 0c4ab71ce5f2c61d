package desk

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// ReassignVisits gives several visits to one rep, to whoever suits each of them best, or back to the queue: those of a list, or those of a
// date whose sites lie in an area. A visit that is to be spread and fits nobody stays where it is; one that begun or ended on a list refuses
// it whole.
type ReassignVisits struct {
	Visits []uuid.UUID
	Seen   []dispatch.Revision // the version the caller was looking at, of each; empty: whatever it is

	Area   *geo.Region
	Date   *hours.Date // of the area; nil: the day that counts for each rep now
	Branch *uuid.UUID  // of the area; nil: the rep's, or those of the caller

	To       *uuid.UUID // nil: spread
	ToQueue  bool       `json:",omitempty"` // to nobody: into the queue
	ForGood  bool       // whoever takes a visit answers for its site from that day on
	Unpinned bool       // the engine may give the visits to others again
	Reason   string
	Note     string
}

func (c ReassignVisits) run(ctx context.Context, tx *Tx) (Transferred, error) {
	if err := c.check(ctx, tx); err != nil {
		return Transferred{}, err
	}
	calls, err := c.load(ctx, tx)
	if err != nil {
		return Transferred{}, err
	}
	var moves []dispatch.Move
	var givers []uuid.UUID
	for i, call := range calls {
		v := call.Visit
		if len(c.Seen) > 0 && v.Version != c.Seen[i] {
			return Transferred{}, dispatch.MoveError{At: i, Visit: v.ID, Err: dispatch.ErrStale}
		}
		move := dispatch.Move{Call: call, Fate: dispatch.Spread, Else: dispatch.Stay}
		if v.RepID != nil && v.Date != nil {
			givers = append(givers, *v.RepID)
		}
		switch {
		case c.To != nil:
			move.Fate, move.To = dispatch.Give, *c.To
		case c.ToQueue && v.State == dispatch.Queued:
			move.Fate = dispatch.Stay
		case c.ToQueue:
			move.Fate, move.Why = dispatch.Enqueue, dispatch.Released
		}
		moves = append(moves, move)
	}
	if err := tx.dated(ctx, moves); err != nil {
		return Transferred{}, err
	}
	days, err := tx.lockMoves(ctx, moves)
	if err != nil {
		return Transferred{}, err
	}
	out, err := dispatch.Transfer{Moves: moves, Days: days, Away: givers, Reason: c.Reason, Pin: !c.Unpinned, Now: tx.Now}.Move()
	if err != nil {
		return Transferred{}, err
	}
	did := deed{Trace: out.Trace}
	if c.ForGood {
		if did.Owners, err = tx.newOwners(ctx, out.Visits); err != nil {
			return Transferred{}, err
		}
	}
	if err := tx.openTraced(ctx, "REASSIGN_MANY", c.Reason, c.Note, &did); err != nil {
		return Transferred{}, err
	}
	return tx.writeTransfer(ctx, c.Reason, out, did.Owners...)
}

func (c ReassignVisits) check(ctx context.Context, tx *Tx) error {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return err
	}
	if c.To != nil {
		taker, err := tx.Rep(ctx, *c.To)
		if err != nil {
			return err
		}
		if !tx.Caller.MaySeeBranch(taker.BranchID) {
			return roster.ErrNoRep
		}
	}
	if c.Branch != nil {
		if _, err := c.branches(ctx, tx); err != nil {
			return err
		}
	}
	switch {
	case len(c.Visits) == 0 && c.Area == nil:
		return Invalid{Path: []string{"visitIds"}, Code: "EMPTY"}
	case len(c.Visits) > 0 && c.Area != nil:
		return Invalid{Path: []string{"polygon"}, Code: "EXCLUDES"}
	case c.ToQueue && c.To != nil:
		return Invalid{Path: []string{"toRepId"}, Code: "EXCLUDES"}
	case c.ToQueue && c.ForGood:
		return Invalid{Path: []string{"scope"}, Code: "EXCLUDES"}
	case len(c.Visits) > MostVisits:
		return Invalid{Path: []string{"visitIds"}, Code: "TOO_MANY", Most: MostVisits}
	case len(c.Seen) > 0 && len(c.Seen) != len(c.Visits):
		return Invalid{Path: []string{"expectedVersions"}, Code: "NOT_AS_MANY"}
	case len(byID(c.Visits)) < len(c.Visits):
		return Invalid{Path: []string{"visitIds"}, Code: "TWICE"}
	}
	return tx.because(ctx, "REASSIGN", c.Reason, c.Note)
}

// load locks the visits. Where responsibility moves as well, their branches are locked first.
func (c ReassignVisits) load(ctx context.Context, tx *Tx) ([]dispatch.Call, error) {
	ids := c.Visits
	if c.Area != nil {
		var err error
		if ids, err = c.inArea(ctx, tx); err != nil {
			return nil, err
		}
	}
	if c.ForGood {
		if err := tx.lockBranchesOf(ctx, ids); err != nil {
			return nil, err
		}
	}
	calls, err := tx.lockCalls(ctx, ids)
	if err != nil || c.Area == nil {
		return calls, err
	}
	// What was begun or moved in the meantime is not in the area's work any more.
	calls = slices.DeleteFunc(calls, func(call dispatch.Call) bool {
		return call.Visit.State != dispatch.Assigned || c.To != nil && *call.Visit.RepID == *c.To
	})
	if len(calls) == 0 {
		return nil, dispatch.ErrNoMoves
	}
	return calls, nil
}

// inArea lists the visits of the date whose sites lie in the area.
func (c ReassignVisits) inArea(ctx context.Context, tx *Tx) ([]uuid.UUID, error) {
	branches, err := c.branches(ctx, tx)
	if err != nil {
		return nil, err
	}
	var days []postgres.DayOfRep
	for _, branch := range branches {
		crew, err := tx.crew(ctx, branch, c.Date)
		if err != nil {
			return nil, err
		}
		days = append(days, crew...)
	}
	all, err := tx.AssignedOn(ctx, days)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, v := range all {
		if c.Area.Contains(v.Point()) {
			ids = append(ids, v.ID)
		}
	}
	switch {
	case len(ids) == 0:
		return nil, dispatch.ErrNoMoves
	case len(ids) > MostVisits:
		return nil, Invalid{Path: []string{"polygon"}, Code: "TOO_MANY", Most: MostVisits}
	}
	return ids, nil
}

// branches are those whose work an area means.
func (c ReassignVisits) branches(ctx context.Context, tx *Tx) ([]uuid.UUID, error) {
	switch {
	case c.Branch != nil:
		if !tx.Caller.MaySeeBranch(*c.Branch) {
			return nil, roster.ErrNoBranch
		}
		if _, err := tx.Branch(ctx, *c.Branch); err != nil {
			return nil, err
		}
		return []uuid.UUID{*c.Branch}, nil
	case c.To != nil:
		return tx.BranchesOfReps(ctx, []uuid.UUID{*c.To})
	case len(tx.Caller.Branches) > 0:
		return tx.Caller.Branches, nil
	}
	all, err := tx.BranchIDs(ctx)
	if err == nil && (len(all) == 0 || !tx.Caller.Everywhere) {
		return nil, dispatch.ErrNoMoves
	}
	return all, err
}
