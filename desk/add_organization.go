package desk

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// longestName is how many characters a name may have.
const longestName = 200

// AddOrganization makes an organization with its default line and its words for visits, outcomes and reasons. It is no command: there
// is no caller yet who could ask for it. A name that exists refuses with roster.ErrOrganizationExists.
func AddOrganization(ctx context.Context, d *Desk, name, locale string) (uuid.UUID, error) {
	name, err := cleanName(name)
	if err != nil {
		return uuid.Nil, err
	}
	if locale != "ru" && locale != "en" {
		return uuid.Nil, Invalid{Path: []string{"locale"}, Code: "UNKNOWN_LOCALE"}
	}
	others, err := d.DB.Organizations(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	for _, o := range others {
		if o.Name == name {
			return uuid.Nil, fmt.Errorf("%w: %q", roster.ErrOrganizationExists, name)
		}
	}
	id := newID()
	return id, d.DB.Write(ctx, id, func(ptx *postgres.Tx) error {
		tx := d.begin(ptx, auth.Caller{Organization: id, Door: auth.API}, uuid.Nil)
		if err := tx.AddOrganization(ctx, name, locale, newID(), tx.Now); err != nil {
			return fmt.Errorf("add organization: %w", err)
		}
		tx.concerns(id)
		return tx.audit(ctx, "AddOrganization", "")
	})
}

// cleanName takes the spaces off a name and refuses one that is empty or too long.
func cleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", Invalid{Path: []string{"name"}, Code: "EMPTY"}
	case utf8.RuneCountInString(name) > longestName:
		return "", Invalid{Path: []string{"name"}, Code: "TOO_LONG"}
	}
	return name, nil
}
