package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/roster"
)

func tokenCommand() command {
	return command{"token", "print a bearer token for a user", token}
}

func token(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat token", "Prints a bearer token for a user and nothing else. It is shown this once: the record keeps only a hash.")
	email := f.String("email", "", "the user's `address`")
	expires := f.Duration("expires", 30*24*time.Hour, "how `long` it is good")
	which, where := f.organization(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	switch {
	case *email == "":
		return misuse("--email is missing: whose token shall it be?")
	case *expires <= 0:
		return misuse("--expires must be longer than nothing, like 12h or 720h")
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
	d, err := rec.desk()
	if err != nil {
		return err
	}
	issued, err := desk.Do(asAdmin(ctx, organization.ID, auth.API), d, uuid.Nil, desk.IssueToken{Email: *email, For: *expires})
	if errors.Is(err, roster.ErrNoPerson) {
		return fmt.Errorf("%w with email %q: make one with hexbeat user add", err, *email)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, issued.Token)
	return err
}
