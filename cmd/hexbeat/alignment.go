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
	f := newFlags(env, "hexbeat alignment draft", "Designs the territories of a branch from its located customers and keeps them as a draft. "+
		"From territories in force as many customers as can stay with their reps.")
	count := f.Int("territories", 0, "how `many`; 0: one for each rep")
	tolerance := f.Float64("tolerance", geo.DefaultTolerance, "how far a territory may be above its share of the work")
	seed := f.Uint64("seed", 1, "same customers and seed, same territories")
	afresh := f.Bool("afresh", false, "forget the territories in force")
	which, part, where := f.organization(), f.branch(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	return where.atBranch(ctx, *which, *part, func(ctx context.Context, d *desk.Desk, branch uuid.UUID) error {
		draft, err := desk.DesignTerritories(ctx, d, desk.DesignBrief{
			Branch: branch, Territories: *count, Tolerance: *tolerance, Seed: *seed, Afresh: *afresh,
		})
		if err != nil {
			return err
		}
		var m geo.Measures
		if err := json.Unmarshal(draft.Measures, &m); err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "draft %s: %d territories, %d without a rep, imbalance %.1f %%, %.2f km from customer to middle\n",
			draft.Alignment, draft.Territories, draft.Vacant, m.Imbalance*100, m.MedoidKm)
		return err
	})
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
