package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
)

func branchAddCommand() command {
	return command{"branch add", "make a branch of an organization", branchAdd}
}

func branchAdd(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat branch add", "Makes a branch: a part of the company with its own people and time zone. Prints its id.")
	name := f.String("name", "", "the branch's `name`")
	zone := f.String("time-zone", "Europe/Moscow", "IANA `name` of its time zone")
	parent := f.String("parent", "", "`name` or id of the branch above it")
	opens, closes := hours.TimeOfDay(9*60), hours.TimeOfDay(18*60)
	f.TextVar(&opens, "open", opens, "`time` its sites open from Monday to Friday, where they say nothing else")
	f.TextVar(&closes, "close", closes, "`time` they close")
	from, to := hours.TimeOfDay(9*60), hours.TimeOfDay(18*60)
	f.TextVar(&from, "shift-from", from, "`time` its reps begin the day")
	f.TextVar(&to, "shift-to", to, "`time` they end it")
	which, where := f.organization(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	if *name == "" {
		return misuse("--name is missing: how is the branch called?")
	}
	if to <= from {
		return misuse("--shift-to must be later than --shift-from, but %s is not after %s", to, from)
	}
	rec, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer rec.close()
	organization, err := rec.organization(ctx, *which)
	if err != nil {
		return err
	}
	wish := desk.AddBranch{
		Name: *name, TimeZone: *zone, ShiftFrom: from, ShiftTo: to,
		Hours: hours.Every(opens, closes, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday),
	}
	if *parent != "" {
		above, err := rec.branch(ctx, organization.ID, *parent)
		if err != nil {
			return err
		}
		wish.Parent = &above.ID
	}
	d, err := rec.desk()
	if err != nil {
		return err
	}
	branch, err := desk.Do(asAdmin(ctx, organization.ID, auth.API), d, uuid.Nil, wish)
	switch {
	case errors.Is(err, roster.ErrNoZone):
		return fmt.Errorf("%w: take an IANA name such as Europe/Moscow or Asia/Yekaterinburg", err)
	case errors.Is(err, roster.ErrBranchExists):
		return fmt.Errorf("%w: %q", err, *name)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintln(env.stdout, branch.ID)
	return err
}
