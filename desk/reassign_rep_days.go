package desk

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// ReassignRepDays clears days of reps who can't make them: sick, a broken car, weeks of absence. All reps are handled at once, so that none
// of them inherits another's work. Visits begun stay.
type ReassignRepDays struct {
	Reps  []uuid.UUID
	Dates []hours.Date // nil: of each rep the service day that counts now
	// Policy is Spread (what fits nobody waits in the queue, with the reason), Defer (into the backlog of the rep, the less important
	// first; what was promised for the day is spread) or Enqueue.
	Policy   dispatch.Fate
	Absence  string // kind of an absence to be recorded for these days; empty: none
	Unpinned bool   // the engine may give the visits to others again
	Reason   string
	Note     string
}

// RepDaysReassigned is what came of it.
type RepDaysReassigned struct {
	Transferred
	Absences []roster.Absence
}

func (c ReassignRepDays) run(ctx context.Context, tx *Tx) (RepDaysReassigned, error) {
	if err := c.check(ctx, tx); err != nil {
		return RepDaysReassigned{}, err
	}
	cleared, err := c.days(ctx, tx)
	if err != nil {
		return RepDaysReassigned{}, err
	}
	visits, err := tx.LockAssignedOn(ctx, cleared)
	if err != nil {
		return RepDaysReassigned{}, err
	}
	calls, err := tx.callsFor(ctx, visits)
	if err != nil {
		return RepDaysReassigned{}, err
	}
	if len(calls) == 0 && c.Absence == "" {
		return RepDaysReassigned{}, dispatch.ErrNoMoves
	}
	moves := c.moves(calls)
	if err := tx.dated(ctx, moves); err != nil {
		return RepDaysReassigned{}, err
	}
	days, err := c.lock(ctx, tx, cleared, moves)
	if err != nil {
		return RepDaysReassigned{}, err
	}
	var out dispatch.Transferred
	if len(moves) > 0 {
		out, err = dispatch.Transfer{Moves: moves, Days: days, Away: c.Reps, Reason: c.Reason, Pin: !c.Unpinned, Now: tx.Now}.Move()
		if err != nil {
			return RepDaysReassigned{}, err
		}
	}
	did := deed{Trace: out.Trace}
	for _, a := range c.absences(cleared, days) {
		did.Absences = append(did.Absences, absenceDeed{Absence: a})
	}
	if err := tx.openTraced(ctx, "REP_DAY", c.Reason, c.Note, &did); err != nil {
		return RepDaysReassigned{}, err
	}
	var result RepDaysReassigned
	for _, a := range did.Absences {
		if err := tx.addAbsence(ctx, a.Absence); err != nil {
			return RepDaysReassigned{}, err
		}
		result.Absences = append(result.Absences, a.Absence)
	}
	result.Transferred, err = tx.writeTransfer(ctx, c.Reason, out)
	return result, err
}

func (c ReassignRepDays) check(ctx context.Context, tx *Tx) error {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return err
	}
	switch {
	case len(c.Reps) == 0:
		return Invalid{Path: []string{"repIds"}, Code: "EMPTY"}
	case len(c.Reps) > mostReps:
		return Invalid{Path: []string{"repIds"}, Code: "TOO_MANY", Most: mostReps}
	case len(c.Dates) > mostDates:
		return Invalid{Path: []string{"dates"}, Code: "TOO_MANY", Most: mostDates}
	case c.Dates != nil && len(c.Dates) == 0:
		return Invalid{Path: []string{"dates"}, Code: "EMPTY"}
	case c.Absence != "" && !slices.Contains(AbsenceKinds, c.Absence):
		return Invalid{Path: []string{"absence"}, Code: "UNKNOWN_ABSENCE"}
	}
	branches, err := tx.BranchesOfReps(ctx, c.Reps)
	if err != nil {
		return err
	}
	if len(branches) < len(c.Reps) || slices.ContainsFunc(branches, func(b uuid.UUID) bool { return !tx.Caller.MaySeeBranch(b) }) {
		return roster.ErrNoRep
	}
	return tx.because(ctx, "REASSIGN", c.Reason, c.Note)
}

// days are those to be cleared.
func (c ReassignRepDays) days(ctx context.Context, tx *Tx) (days []postgres.DayOfRep, err error) {
	reps, dates := byID(c.Reps), slices.Clone(c.Dates)
	if dates == nil {
		return tx.dutiesOf(ctx, reps...)
	}
	slices.Sort(dates)
	for _, date := range slices.Compact(dates) {
		for _, rep := range reps {
			days = append(days, postgres.DayOfRep{Rep: rep, Date: date})
		}
	}
	return days, nil
}

// moves say what becomes of each visit. Those deferred come in the order in which they are given up, the less important first and of these
// what is due later.
func (c ReassignRepDays) moves(calls []dispatch.Call) []dispatch.Move {
	moves := make([]dispatch.Move, len(calls))
	for i, call := range calls {
		moves[i] = dispatch.Move{Call: call, Date: *call.Visit.Date, Fate: c.Policy, Else: dispatch.Enqueue, Why: dispatch.NobodyFits}
		switch {
		case c.Policy == dispatch.Enqueue:
			moves[i].Why = dispatch.RepAway
		case c.Policy == dispatch.Defer && call.Visit.Promised != nil:
			moves[i].Fate = dispatch.Spread
		}
	}
	if c.Policy == dispatch.Defer {
		slices.SortStableFunc(moves, func(a, b dispatch.Move) int {
			return cmp.Or(cmp.Compare(a.Call.Visit.Priority, b.Call.Visit.Priority), b.Call.Visit.DueTo.Compare(a.Call.Visit.DueTo))
		})
	}
	return moves
}

// lock locks and reads the days. Visits that joined them while the others were being locked ask for another try.
func (c ReassignRepDays) lock(ctx context.Context, tx *Tx, cleared []postgres.DayOfRep, moves []dispatch.Move) ([]dispatch.RepDay, error) {
	wanted, err := tx.concerned(ctx, moves)
	if err != nil {
		return nil, err
	}
	for _, day := range cleared {
		wanted.add(day.Date, day.Rep)
	}
	days, err := tx.lockDates(ctx, wanted)
	if err != nil {
		return nil, err
	}
	locked := map[uuid.UUID]bool{}
	for _, m := range moves {
		locked[m.Call.Visit.ID] = true
	}
	for _, day := range days {
		if !slices.Contains(cleared, postgres.DayOfRep{Rep: day.Rep.ID, Date: day.Route.Date}) {
			continue
		}
		for _, call := range day.Calls {
			if call.Visit.State == dispatch.Assigned && !locked[call.Visit.ID] {
				return nil, postgres.ErrAgain
			}
		}
	}
	return days, nil
}

// absences are the days, each rep's in as few stretches as may be, on which nobody knew yet that the rep is absent.
func (c ReassignRepDays) absences(cleared []postgres.DayOfRep, days []dispatch.RepDay) (list []roster.Absence) {
	if c.Absence == "" {
		return nil
	}
	known := map[postgres.DayOfRep]bool{}
	for _, day := range days {
		known[postgres.DayOfRep{Rep: day.Rep.ID, Date: day.Route.Date}] = day.Absent
	}
	cleared = slices.Clone(cleared)
	slices.SortFunc(cleared, func(a, b postgres.DayOfRep) int {
		return cmp.Or(slices.Compare(a.Rep[:], b.Rep[:]), cmp.Compare(a.Date, b.Date))
	})
	for _, day := range cleared {
		last := len(list) - 1
		switch {
		case known[day]:
		case last >= 0 && list[last].RepID == day.Rep && list[last].To == day.Date-1:
			list[last].To = day.Date
		default:
			list = append(list, roster.Absence{ID: newID(), RepID: day.Rep, Kind: c.Absence, From: day.Date, To: day.Date})
		}
	}
	return list
}
