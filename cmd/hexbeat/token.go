package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
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
	return where.atOrganization(ctx, *which, func(ctx context.Context, d *desk.Desk) error {
		issued, err := desk.Do(ctx, d, uuid.Nil, desk.IssueToken{Email: *email, For: *expires})
		if err != nil {
			return noUser(err, *email)
		}
		_, err = fmt.Fprintln(env.stdout, issued.Token)
		return err
	})
}

func tokenRevokeCommand() command {
	return command{"token revoke", "end all tokens of a user", tokenRevoke}
}

func tokenRevoke(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat token revoke", "Ends every token of a user at once: a phone was lost, somebody left. Open connections close within seconds.")
	email := f.String("email", "", "the user's `address`")
	which, where := f.organization(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	if *email == "" {
		return misuse("--email is missing: whose tokens shall end?")
	}
	return where.atOrganization(ctx, *which, func(ctx context.Context, d *desk.Desk) error {
		ended, err := desk.Do(ctx, d, uuid.Nil, desk.RevokeTokens{Email: *email})
		if err != nil {
			return noUser(err, *email)
		}
		_, err = fmt.Fprintf(env.stdout, "tokens ended: %d\n", ended)
		return err
	})
}

// noUser says what to do about an email that nobody has.
func noUser(err error, email string) error {
	if errors.Is(err, roster.ErrNoPerson) {
		return fmt.Errorf("%w with email %q: make one with hexbeat user add", err, email)
	}
	return err
}
