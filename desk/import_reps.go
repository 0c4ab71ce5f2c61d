package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// ImportReps takes rows of a company's file of reps into the record: a person, the role, and the rep of a branch. A person is told by the email; the same
// rows change nothing when they come again. Shifts that are open already stay as they are.
type ImportReps struct {
	Run    uuid.UUID
	Source string
	Rows   []table.RepRow
	Branch uuid.UUID // of rows that name none; uuid.Nil: these are refused
}

// RepsImported says what came of the rows.
type RepsImported struct {
	Added, Changed, Unchanged int
	Rejected                  []table.Rejected
}

func (c ImportReps) run(ctx context.Context, tx *Tx) (RepsImported, error) {
	var done RepsImported
	if err := tx.mustBe(auth.Admin); err != nil {
		return done, err
	}
	if err := tx.LockImports(ctx); err != nil {
		return done, err
	}
	branches, err := tx.Branches(ctx)
	if err != nil {
		return done, err
	}
	locale, err := tx.Locale(ctx)
	if err != nil {
		return done, err
	}
	for _, row := range c.Rows {
		branch, refused := branchOfRow(branches, row.Branch, c.Branch, row)
		if refused != nil {
			done.Rejected = append(done.Rejected, *refused)
			continue
		}
		if row.Skills, err = skills("skills", row.Skills); err != nil {
			done.Rejected = append(done.Rejected, row.Refuse("skills", "", "TOO_LONG",
				fmt.Sprintf("навыков не больше %d, каждый не длиннее %d знаков", mostSkills, longestSkill),
				fmt.Sprintf("at most %d skills, each of at most %d characters", mostSkills, longestSkill)))
			continue
		}
		outcome, err := tx.importRep(ctx, row, branch, locale)
		if err != nil {
			return done, fmt.Errorf("line %d: %w", row.Line, err)
		}
		switch outcome {
		case repAdded:
			done.Added++
		case repChanged:
			done.Changed++
		default:
			done.Unchanged++
		}
	}
	tx.concerns(c.Run)
	return done, tx.CountImport(ctx, c.Run, "REPS", c.Source, postgres.ImportCount{
		Added: done.Added, Changed: done.Changed, Unchanged: done.Unchanged, Refused: len(done.Rejected),
	}, tx.Now)
}

type repOutcome int

const (
	repSame repOutcome = iota
	repChanged
	repAdded
)

// importRep makes or mends one rep. The locale is for who is new and says none.
func (tx *Tx) importRep(ctx context.Context, row table.RepRow, branch roster.Branch, locale string) (repOutcome, error) {
	outcome := repSame
	person, err := tx.PersonByEmail(ctx, row.Email)
	switch {
	case errors.Is(err, roster.ErrNoPerson):
		person = postgres.Person{
			User:   roster.User{ID: newID(), Name: row.Name, Email: row.Email, Locale: cmp.Or(row.Locale, locale)},
			Number: row.PersonnelNumber, Phone: row.Phone, Start: row.Start,
		}
		if err := tx.AddPerson(ctx, person, tx.Now); err != nil {
			return outcome, fmt.Errorf("add person: %w", err)
		}
		outcome = repAdded
	case err != nil:
		return outcome, err
	default:
		said := merge(person, row)
		if !samePerson(person, said) {
			if err := tx.ChangePerson(ctx, said); err != nil {
				return outcome, fmt.Errorf("change person: %w", err)
			}
			person, outcome = said, repChanged
		}
	}
	granted, err := tx.grant(ctx, person.ID, auth.Rep, &branch.ID)
	if err != nil {
		return outcome, err
	}
	rep, err := tx.employ(ctx, person, branch.ID)
	if err != nil {
		return outcome, err
	}
	if rep.BranchID != branch.ID {
		granted = true
		if err := tx.MoveRep(ctx, rep.ID, branch.ID); err != nil {
			return outcome, err
		}
	}
	if row.ShiftFrom != nil && row.ShiftTo != nil {
		news, err := tx.SaveOwnHours(ctx, rep.ID, *row.ShiftFrom, *row.ShiftTo)
		if err != nil {
			return outcome, err
		}
		granted = granted || news
	}
	if len(row.Skills) > 0 && !slices.Equal(row.Skills, rep.Skills) {
		if err := tx.SaveSkills(ctx, rep.ID, row.Skills); err != nil {
			return outcome, fmt.Errorf("save skills: %w", err)
		}
		granted = true
	}
	if granted && outcome == repSame {
		outcome = repChanged
	}
	return outcome, nil
}

// merge is the person as the row tells of them; what it doesn't say stays.
func merge(p postgres.Person, row table.RepRow) postgres.Person {
	p.Name, p.Locale = row.Name, cmp.Or(row.Locale, p.Locale)
	p.Number, p.Phone, p.Start = cmp.Or(row.PersonnelNumber, p.Number), cmp.Or(row.Phone, p.Phone), cmp.Or(row.Start, p.Start)
	return p
}

func samePerson(a, b postgres.Person) bool {
	sameStart := a.Start == nil && b.Start == nil || a.Start != nil && b.Start != nil && *a.Start == *b.Start
	a.Start, b.Start = nil, nil
	return sameStart && a == b
}
