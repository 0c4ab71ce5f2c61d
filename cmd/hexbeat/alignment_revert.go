package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
)

func alignmentRevertCommand() command {
	return command{"alignment revert", "put the territories before the last publication back into force", alignmentRevert}
}

func alignmentRevert(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat alignment revert", "Takes a branch's last publication back: the territories it took the place of are in force again, with the reps of their last day. "+
		"Waiting visits follow their sites. Reverting twice leads to where one began.")
	from := f.String("from", "", "first `day`, like 2026-11-23; today without it")
	which, part, where := f.organization(), f.branch(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	return where.atBranch(ctx, *which, *part, func(ctx context.Context, d *desk.Desk, branch uuid.UUID) error {
		day, err := dayAt(ctx, d, branch, *from)
		if err != nil {
			return err
		}
		done, err := desk.Do(ctx, d, uuid.Nil, desk.RevertAlignment{Branch: branch, From: day})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "in force again from %s as %s: %d waiting visits changed hands\n", done.From, done.Alignment, done.Moved)
		return err
	})
}
