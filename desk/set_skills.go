package desk

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/roster"
)

// How much a list of skills may hold.
const (
	mostSkills   = 50
	longestSkill = 64
)

// SetSkills says what a rep can do that not everybody can.
type SetSkills struct {
	Rep    uuid.UUID
	Skills []string
}

func (c SetSkills) run(ctx context.Context, tx *Tx) (roster.Rep, error) {
	if err := tx.mustBe(auth.Manager); err != nil {
		return roster.Rep{}, err
	}
	rep, err := tx.Rep(ctx, c.Rep)
	if err != nil {
		return roster.Rep{}, err
	}
	if !tx.Caller.MaySeeBranch(rep.BranchID) {
		return roster.Rep{}, roster.ErrNoRep
	}
	if rep.Skills, err = skills("skills", c.Skills); err != nil {
		return roster.Rep{}, err
	}
	tx.concerns(rep.ID)
	return rep, tx.SaveSkills(ctx, rep.ID, rep.Skills)
}

// skills are codes as they are kept: in order, each once, without spaces around them.
func skills(field string, codes []string) ([]string, error) {
	if len(codes) > mostSkills {
		return nil, Invalid{Path: []string{field}, Code: "TOO_MANY"}
	}
	kept := []string{}
	for _, code := range codes {
		code = strings.TrimSpace(code)
		switch {
		case code == "":
			return nil, Invalid{Path: []string{field}, Code: "EMPTY"}
		case utf8.RuneCountInString(code) > longestSkill:
			return nil, Invalid{Path: []string{field}, Code: "TOO_LONG"}
		}
		kept = append(kept, code)
	}
	slices.Sort(kept)
	return slices.Compact(kept), nil
}
