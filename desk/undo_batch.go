package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/postgres"
)

// What may stand against taking a batch back.
var (
	ErrUndone      = errors.New("the batch was taken back already")
	ErrNotUndoable = errors.New("a batch of this kind can't be taken back")
)

// undoReason is the code under which reps hear of an undo.
const undoReason = "UNDO"

// UndoBatch takes a batch back: what of it can be put back is, what can't is named. It is a batch itself and can be taken back in turn; a
// batch is taken back once.
type UndoBatch struct {
	Batch uuid.UUID
	Note  string
}

// BatchUndone is what came of it.
type BatchUndone struct {
	Transferred
	Undone uuid.UUID            // the batch that was taken back
	Kept   []dispatch.KeptVisit // what could not be put back, and why
}

func (c UndoBatch) run(ctx context.Context, tx *Tx) (BatchUndone, error) {
	if err := tx.mustBe(auth.Dispatcher); err != nil {
		return BatchUndone{}, err
	}
	if utf8.RuneCountInString(c.Note) > longestNote {
		return BatchUndone{}, Invalid{Path: []string{"note"}, Code: "TOO_LONG"}
	}
	did, err := c.lock(ctx, tx)
	if err != nil {
		return BatchUndone{}, err
	}
	// An absence that the batch recorded must not stand in the way of the visits that go back.
	back := deed{}
	for _, a := range did.Absences {
		if a.Removed {
			continue
		}
		if err := tx.removeAbsence(ctx, a.Absence); err != nil {
			return BatchUndone{}, err
		}
		back.Absences = append(back.Absences, absenceDeed{a.Absence, true})
	}
	for _, s := range did.Slow {
		until := &tx.Now
		if s.Withdrawn {
			until = nil
		}
		if err := tx.WithdrawSlowdown(ctx, s.Slowdown, until); err != nil {
			return BatchUndone{}, err
		}
		back.Slow = append(back.Slow, slowDeed{s.Slowdown, s.Branch, !s.Withdrawn})
	}
	calls, days, err := c.load(ctx, tx, did)
	if err != nil {
		return BatchUndone{}, err
	}
	out := dispatch.Undo(did.Trace, calls, days, tx.Now)
	back.Trace = out.Trace
	for _, o := range did.Owners {
		back.Owners = append(back.Owners, ownerDeed{Branch: o.Branch, Before: o.After, After: o.Before})
	}
	for _, a := range did.Absences {
		if a.Removed {
			if err := tx.addAbsence(ctx, a.Absence); err != nil {
				return BatchUndone{}, err
			}
			back.Absences = append(back.Absences, absenceDeed{a.Absence, false})
		}
	}
	if err := tx.openTraced(ctx, "UNDO", undoReason, c.Note, &back); err != nil {
		return BatchUndone{}, err
	}
	if err := tx.MarkUndone(ctx, c.Batch, tx.Batch); err != nil {
		return BatchUndone{}, err
	}
	tx.concerns(c.Batch)
	done, err := tx.writeTransfer(ctx, undoReason, out.Transferred, back.Owners...)
	return BatchUndone{Transferred: done, Undone: c.Batch, Kept: out.Kept}, err
}

// lock locks the batch and reads what it did. One of a branch that is not the caller's is missing.
func (c UndoBatch) lock(ctx context.Context, tx *Tx) (deed, error) {
	batch, err := tx.LockBatch(ctx, c.Batch)
	if err != nil {
		return deed{}, err
	}
	if batch.Trace == nil {
		if !tx.Caller.Everywhere && (batch.Actor == nil || *batch.Actor != tx.Caller.Person) {
			return deed{}, postgres.ErrNoBatch
		}
		return deed{}, ErrNotUndoable
	}
	var did deed
	if err := json.Unmarshal(batch.Trace, &did); err != nil {
		return deed{}, fmt.Errorf("read what batch %s did: %w", c.Batch, err)
	}
	visible, err := tx.maySeeDeed(ctx, did)
	switch {
	case err != nil:
		return deed{}, err
	case !visible:
		return deed{}, postgres.ErrNoBatch
	case batch.UndoneBy != nil:
		return deed{}, ErrUndone
	}
	return did, nil
}

// maySeeDeed says whether all that a batch did lies in branches of the caller.
func (tx *Tx) maySeeDeed(ctx context.Context, did deed) (bool, error) {
	var visits, reps []uuid.UUID
	for _, v := range did.Visits {
		visits = append(visits, v.Visit)
	}
	for _, a := range did.Absences {
		reps = append(reps, a.RepID)
	}
	seen, err := tx.Visits(ctx, tx.Caller, visits)
	if err != nil || len(seen) < len(visits) {
		return false, err
	}
	branches, err := tx.BranchesOfReps(ctx, reps)
	if err != nil {
		return false, err
	}
	for _, s := range did.Slow {
		branches = append(branches, s.Branch)
	}
	return !slices.ContainsFunc(branches, func(b uuid.UUID) bool { return !tx.Caller.MaySeeBranch(b) }), nil
}

// load locks the visits of a batch and every day that it or they concern now.
func (c UndoBatch) load(ctx context.Context, tx *Tx, did deed) ([]dispatch.Call, []dispatch.RepDay, error) {
	var ids, branches []uuid.UUID
	for _, v := range did.Visits {
		ids = append(ids, v.Visit)
	}
	for _, o := range did.Owners {
		branches = append(branches, o.Branch)
	}
	for _, branch := range byID(branches) {
		if err := tx.LockBranch(ctx, branch); err != nil {
			return nil, nil, err
		}
	}
	visits, err := tx.LockVisits(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	calls, err := tx.callsFor(ctx, visits)
	if err != nil {
		return nil, nil, err
	}
	wanted := repDates{}
	for date, reps := range did.Touched(visits) {
		wanted.add(date, reps...)
	}
	days, err := tx.lockDates(ctx, wanted)
	return calls, days, err
}
