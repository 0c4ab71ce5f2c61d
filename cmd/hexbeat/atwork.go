package main

import (
	"context"
	"fmt"
	"time"
)

// atWork does long work that can't say how far it has come: on a terminal it shows how long it has been going on. When the user
// interrupts, the work is abandoned where it is.
func atWork(ctx context.Context, env environment, what string, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	if !isTerminal(env.stderr) {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	begun := time.Now()
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	defer fmt.Fprint(env.stderr, "\r\033[K")
	for {
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			fmt.Fprintf(env.stderr, "\r%s … %.0f s\033[K", what, time.Since(begun).Seconds())
		}
	}
}
