package main

import (
	"context"
	"fmt"

	"github.com/hexbeat/hexbeat/desk"
)

func organizationAddCommand() command {
	return command{"organization add", "make an organization", organizationAdd}
}

func organizationAdd(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat organization add", "Makes an organization, with words for kinds of visits, outcomes and reasons. Prints its id.")
	name := f.String("name", "", "the organization's `name`")
	locale := f.String("locale", "ru", "`language` of its messages: ru or en")
	where := f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	if *name == "" {
		return misuse("--name is missing: how is the organization called?")
	}
	if *locale != "ru" && *locale != "en" {
		return misuse("--locale is ru or en, not %q", *locale)
	}
	rec, err := where.open(ctx)
	if err != nil {
		return err
	}
	defer rec.close()
	d, err := rec.desk()
	if err != nil {
		return err
	}
	id, err := desk.AddOrganization(ctx, d, *name, *locale)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(env.stdout, id)
	return err
}
