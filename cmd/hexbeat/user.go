package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
)

func userAddCommand() command {
	return command{"user add", "make a user, or give one another role", userAdd}
}

func userAdd(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat user add", "Makes a user with a role. Somebody who has that email already gets the role besides. Prints the user's id.")
	email := f.String("email", "", "the user's `address`")
	name := f.String("name", "", "the user's `name`; without it what stands before the @")
	role := f.String("role", "", "`role`: rep, dispatcher, manager or admin")
	locale := f.String("locale", "", "`language` of messages: ru or en; without it the organization's")
	in, which, where := f.branch(), f.organization(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	if *email == "" {
		return misuse("--email is missing: hexbeat user add --email NAME@COMPANY --role rep|dispatcher|manager|admin")
	}
	asked, known := auth.ParseRole(*role)
	switch {
	case *role == "":
		return misuse("--role is missing: rep, dispatcher, manager or admin")
	case !known:
		return misuse("there is no role %q: take rep, dispatcher, manager or admin", *role)
	case *locale != "" && *locale != "ru" && *locale != "en":
		return misuse("--locale is ru or en, not %q", *locale)
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
	wish := desk.AddUser{Email: *email, Name: *name, Role: asked, Locale: *locale}
	// A rep works somewhere; the other roles are for the whole organization unless a branch is named.
	if *in != "" || asked == auth.Rep {
		branch, err := rec.branch(ctx, organization.ID, *in)
		if err != nil {
			return err
		}
		wish.Branch = &branch.ID
	}
	d, err := rec.desk()
	if err != nil {
		return err
	}
	done, err := desk.Do(asAdmin(ctx, organization.ID, auth.API), d, uuid.Nil, wish)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, done.User.ID)
	return err
}
