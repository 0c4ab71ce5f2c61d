package main

import (
	"context"
	"fmt"
	"os/exec"
)

// reassignCommand measures whole reassignments beside pgbench's small transactions.
func reassignCommand() command {
	return command{"reassign", "reassignments by desk.Do and through HTTP with fsync on, as a ratio to pgbench -N beside it", reassign}
}

func reassign(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "reassign", `Reassigns visits on a PostgreSQL of its own that syncs to disk, by 1, 4 and 16 clients, by desk.Do and then
through HTTP, and runs pgbench -N by as many on the same server right after.`)
	if err := parse(f, args); err != nil {
		return err
	}
	run := exec.CommandContext(ctx, "go", "test", "./graph", "-run", "^$", "-bench", "ReassignBesidePgbench", "-benchtime", "1x")
	run.Stdout, run.Stderr = env.stdout, env.stderr
	if err := run.Run(); err != nil {
		return fmt.Errorf("reassign beside pgbench: %w", err)
	}
	return nil
}
