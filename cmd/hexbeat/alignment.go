package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
)

func alignmentDraftCommand() command {
	return command{"alignment draft", "design a branch's territories", alignmentDraft}
}

func alignmentDraft(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat alignment draft", "Designs the territories of a branch from its located customers and keeps them as a draft.\n"+
		"From territories in force as many customers as can stay with their reps, those with open work above all.\n"+
		"Whoever a rep keeps by name stays for certain.")
	var wish desk.DesignBrief
	f.IntVar(&wish.Territories, "reps", 0, "how `many`; 0: one for each rep")
	f.Float64Var(&wish.Tolerance, "tolerance", geo.DefaultTolerance, "how far a territory may be above its share of the work")
	f.Uint64Var(&wish.Seed, "seed", 1, "same customers and seed, same territories")
	f.BoolVar(&wish.Afresh, "afresh", false, "forget the territories in force")
	f.BoolVar(&wish.FromHomes, "from-homes", false, "lay territories around where their reps start from")
	f.StringVar(&wish.Line, "line", "", "design for a sales line: its `name` or code; the default one without it")
	price := f.Float64("price", desk.StayPrice, "what a change of hands costs, against distance; 0 is nothing, 3 to 10 usual")
	budget := f.Float64("budget", 1, "the largest share of the work that may change hands; 0.08 is 8 %")
	whatIf := f.Bool("what-if", false, "keep nothing; say how even the work would be if 0, 2, 4, 8 or 15 % of it changed hands")
	which, part, where := f.organization(), f.branch(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	switch {
	case wish.Territories < 0:
		return misuse("--reps must be 0 or more: 0 is one for each rep")
	case !(wish.Tolerance > 0 && wish.Tolerance <= 1):
		return misuse("--tolerance must lie between 0 and 1: 0.03 is 3 %%")
	case !(*price >= 0 && *price <= 1e6):
		return misuse("--price must lie between 0 and a million: 3 to 10 are usual")
	case !(*budget >= 0 && *budget <= 1):
		return misuse("--budget must lie between 0 and 1: 0.08 lets 8 %% of the work change hands")
	case wish.Afresh && (*whatIf || *budget < 1):
		return misuse("--afresh forgets who has what today, and --budget and --what-if are about that: leave one out")
	}
	wish.Price = price
	if *budget < 1 {
		wish.Budget = budget
	}
	return where.atBranch(ctx, *which, *part, func(ctx context.Context, d *desk.Desk, branch uuid.UUID) error {
		wish.Branch = branch
		if *whatIf {
			return alignmentWhatIf(ctx, env, d, wish)
		}
		var draft desk.AlignmentDrafted
		if err := atWork(ctx, env, "designing territories", func() (err error) {
			draft, err = desk.DesignTerritories(ctx, d, wish)
			return err
		}); err != nil {
			return err
		}
		var m geo.Measures
		if err := json.Unmarshal(draft.Measures, &m); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(env.stdout, "draft %s: %s, %d without a rep, imbalance %.1f %%, %.2f km from customer to middle, %.1f %% of the work changes hands\n",
			draft.Alignment, several(draft.Territories, "territory", "territories"), draft.Vacant, m.Imbalance*100, m.MedoidKm, 100*m.MovedShare); err != nil {
			return err
		}
		for _, finding := range draft.Findings {
			if _, err := fmt.Fprintln(env.stdout, finding.Text(func(t int) string { return draft.Names[t] })); err != nil {
				return err
			}
		}
		return nil
	})
}

func alignmentWhatIf(ctx context.Context, env environment, d *desk.Desk, wish desk.DesignBrief) error {
	var curve []geo.CurvePoint
	err := atWork(ctx, env, "designing territories", func() (err error) {
		curve, err = desk.WhatIf(ctx, d, wish, geo.CurveBudgets)
		return err
	})
	if errors.Is(err, desk.ErrNoTerritoriesInForce) {
		return fmt.Errorf("%w: nothing can change hands yet", err)
	}
	if err != nil {
		return err
	}
	return printCurve(env.stdout, curve)
}

func alignmentPublishCommand() command {
	return command{"alignment publish", "put a draft of territories into force", alignmentPublish}
}

func alignmentPublish(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat alignment publish", "Puts a branch's draft of territories into force. Waiting visits follow their sites to the new reps.")
	draft := f.String("draft", "", "`id` of the draft; the newest without it")
	from := f.String("from", "", "first `day`, like 2026-11-23; today without it")
	which, part, where := f.organization(), f.branch(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	wish := desk.PublishAlignment{}
	if *draft != "" {
		id, err := uuid.Parse(*draft)
		if err != nil {
			return misuse("--draft %q is no id: hexbeat alignment draft prints it", *draft)
		}
		wish.Alignment = id
	}
	return where.atBranch(ctx, *which, *part, func(ctx context.Context, d *desk.Desk, branch uuid.UUID) error {
		day, err := dayAt(ctx, d, branch, *from)
		if err != nil {
			return err
		}
		wish.Branch, wish.From = branch, day
		done, err := desk.Do(ctx, d, uuid.Nil, wish)
		if errors.Is(err, postgres.ErrNoAlignment) {
			return fmt.Errorf("%w: make one with hexbeat alignment draft", err)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "published %s from %s: %d waiting visits changed hands\n", done.Alignment, done.From, done.Moved)
		return err
	})
}

// dayAt reads a day; an empty one is today in the branch's zone.
func dayAt(ctx context.Context, d *desk.Desk, branch uuid.UUID, text string) (hours.Date, error) {
	if text != "" {
		day, err := hours.ParseDate(text)
		if err != nil {
			return 0, misuse("%q is no day: write it like %s", text, hours.DateOf(time.Now()))
		}
		return day, nil
	}
	caller, err := auth.From(ctx)
	if err != nil {
		return 0, err
	}
	var today hours.Date
	err = d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) error {
		b, err := tx.Branch(ctx, branch)
		today = hours.DateOf(d.Clock().In(b.Zone()))
		return err
	})
	return today, err
}
