package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
)

func planCommand() command {
	return command{"plan", "plan a day of a branch", plan}
}

func plan(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat plan", "Plans a day of a branch: gives shifts to reps who have none, makes the visits that fall due, and orders each rep's day. "+
		"What is planned already stays.")
	date := f.String("date", "", "the `day`, like 2026-11-23; today without it")
	which, part, where := f.organization(), f.branch(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	return where.atBranch(ctx, *which, *part, func(ctx context.Context, d *desk.Desk, branch uuid.UUID) error {
		day, err := dayAt(ctx, d, branch, *date)
		if err != nil {
			return err
		}
		began := time.Now()
		bar := newProgress(env, "planning")
		done, err := desk.PlanBranch(ctx, d, branch, day, nil, bar.at)
		bar.end()
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(env.stdout, "planned %s in %.1f s: %d reps, %d visits on routes, %d more waiting, %d without an owner\n",
			day, time.Since(began).Seconds(), done.Reps, done.Placed, max(0, done.Carried+done.Owed.Backlog-done.Placed), done.Owed.Queued)
		return err
	})
}
