package desk

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// AbsenceKinds are the codes of why a rep does not work.
var AbsenceKinds = []string{"SICK", "VACATION", "CAR", "TRAINING", "OTHER"}

// longestAbsence is how many days an absence may last; longer ones are reported in parts.
const longestAbsence = 366

// ReportAbsence says that a rep does not work on some days. Reps report their own, dispatchers those of their branches. What was planned
// for these days stays until somebody reassigns it; taking the batch back takes the absence out again.
type ReportAbsence struct {
	Rep  *uuid.UUID // nil: the caller
	Kind string
	From *hours.Date // nil: the service day that counts for the rep now
	To   *hours.Date // the last day; nil: the first
	Note string
}

// AbsenceReported is what came of it.
type AbsenceReported struct {
	Absence roster.Absence
	Batch   uuid.UUID
	Left    int // visits that are planned for these days and not begun
}

func (c ReportAbsence) run(ctx context.Context, tx *Tx) (AbsenceReported, error) {
	switch {
	case !slices.Contains(AbsenceKinds, c.Kind):
		return AbsenceReported{}, Invalid{Path: []string{"kind"}, Code: "UNKNOWN_ABSENCE"}
	case utf8.RuneCountInString(c.Note) > longestNote:
		return AbsenceReported{}, Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	id := tx.Caller.Rep
	if c.Rep != nil {
		id = *c.Rep
	}
	if id == uuid.Nil {
		return AbsenceReported{}, ErrNotARep
	}
	rep, err := tx.Rep(ctx, id)
	if err != nil {
		return AbsenceReported{}, err
	}
	if rep.ID != tx.Caller.Rep && !tx.Caller.MaySeeBranch(rep.BranchID) {
		return AbsenceReported{}, roster.ErrNoRep
	}
	absence := roster.Absence{ID: newID(), RepID: rep.ID, Kind: c.Kind}
	if absence.From, absence.To, err = c.days(ctx, tx, rep.ID); err != nil {
		return AbsenceReported{}, err
	}
	did := deed{Absences: []absenceDeed{{Absence: absence}}}
	if err := tx.openTraced(ctx, "ABSENCE", c.Kind, c.Note, &did); err != nil {
		return AbsenceReported{}, err
	}
	if err := tx.addAbsence(ctx, absence); err != nil {
		return AbsenceReported{}, err
	}
	left, err := tx.AssignedBetween(ctx, rep.ID, absence.From, absence.To)
	return AbsenceReported{Absence: absence, Batch: tx.Batch, Left: left}, err
}

// days are the first and the last of them.
func (c ReportAbsence) days(ctx context.Context, tx *Tx, rep uuid.UUID) (from, to hours.Date, err error) {
	if c.From != nil {
		from = *c.From
	} else {
		duty, err := tx.duty(ctx, rep)
		if err != nil {
			return 0, 0, err
		}
		from = duty.Date
	}
	if to = from; c.To != nil {
		to = *c.To
	}
	switch {
	case to < from:
		return from, to, Invalid{Path: []string{"to"}, Code: "ORDER"}
	case to-from >= longestAbsence:
		return from, to, Invalid{Path: []string{"to"}, Code: "TOO_LONG"}
	}
	return from, to, nil
}

// addAbsence writes an absence, with a line in the feed: the rep is somebody else to plan with now.
func (tx *Tx) addAbsence(ctx context.Context, a roster.Absence) error {
	if err := tx.AddAbsence(ctx, a); err != nil {
		return err
	}
	return tx.repChanged(ctx, a.RepID)
}

// removeAbsence takes an absence out again.
func (tx *Tx) removeAbsence(ctx context.Context, a roster.Absence) error {
	if err := tx.RemoveAbsence(ctx, a.ID); err != nil {
		return err
	}
	return tx.repChanged(ctx, a.RepID)
}

func (tx *Tx) repChanged(ctx context.Context, id uuid.UUID) error {
	rep, err := tx.Rep(ctx, id)
	if err != nil {
		return err
	}
	tx.concerns(rep.ID)
	return tx.AddChanges(ctx, tx.Now, postgres.FeedChange{
		Kind: "rep", ID: rep.ID, Version: 1, RepBefore: &rep.ID, RepAfter: &rep.ID, BranchBefore: &rep.BranchID, BranchAfter: &rep.BranchID,
	})
}
