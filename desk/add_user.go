package desk

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// AddUser gives a role to a person, who is made if nobody has that email. A rep needs a branch; without one the other roles are for the whole
// organization.
type AddUser struct {
	Email  string
	Name   string // empty: what stands before the @; kept as it is for a person who exists
	Role   auth.Role
	Branch *uuid.UUID
	Locale string // "ru", "en"; empty: the organization's
	Number string
	Phone  string
	Start  *geo.Point // where a rep's day begins
}

// UserAdded says what was new.
type UserAdded struct {
	User    roster.User
	Rep     *roster.Rep // nil for who is no rep
	Created bool        // there was no such person before
	Granted bool        // the person did not hold the role yet
}

func (c AddUser) run(ctx context.Context, tx *Tx) (UserAdded, error) {
	if err := tx.mustBe(auth.Admin); err != nil {
		return UserAdded{}, err
	}
	email, err := cleanEmail(c.Email)
	if err != nil {
		return UserAdded{}, err
	}
	if _, known := auth.ParseRole(string(c.Role)); !known {
		return UserAdded{}, Invalid{Path: []string{"role"}, Code: "UNKNOWN_ROLE"}
	}
	if c.Role == auth.Rep && c.Branch == nil {
		return UserAdded{}, Invalid{Path: []string{"branch"}, Code: "EMPTY"}
	}
	person, created, err := c.person(ctx, tx, email)
	if err != nil {
		return UserAdded{}, err
	}
	done := UserAdded{User: person.User, Created: created}
	tx.concerns(person.ID)
	if done.Granted, err = tx.grant(ctx, person.ID, c.Role, c.Branch); err != nil {
		return done, err
	}
	if c.Role == auth.Rep {
		rep, err := tx.employ(ctx, person, *c.Branch)
		if err != nil {
			return done, err
		}
		if rep.BranchID != *c.Branch {
			return done, roster.ErrRepElsewhere
		}
		done.Rep = &rep
	}
	return done, nil
}

func (c AddUser) person(ctx context.Context, tx *Tx, email string) (person postgres.Person, created bool, err error) {
	person, err = tx.PersonByEmail(ctx, email)
	if !errors.Is(err, roster.ErrNoPerson) {
		return person, false, err
	}
	if c.Name == "" {
		c.Name, _, _ = strings.Cut(email, "@")
	}
	name, err := cleanName(c.Name)
	if err != nil {
		return person, false, err
	}
	if c.Locale == "" {
		if c.Locale, err = tx.Locale(ctx); err != nil {
			return person, false, err
		}
	}
	person = postgres.Person{
		User: roster.User{ID: newID(), Name: name, Email: email, Locale: c.Locale}, Number: c.Number, Phone: c.Phone, Start: c.Start,
	}
	return person, true, tx.AddPerson(ctx, person, tx.Now)
}

// grant gives a role from today on and says whether that was new.
func (tx *Tx) grant(ctx context.Context, person uuid.UUID, role auth.Role, branch *uuid.UUID) (bool, error) {
	// A day that has begun in every zone: a role for the whole organization must not wait for its easternmost morning.
	from := hours.DateOf(tx.Now.UTC().Add(-12 * time.Hour))
	if branch != nil {
		b, err := tx.Branch(ctx, *branch)
		if err != nil {
			return false, err
		}
		from = hours.DateOf(tx.Now.In(b.Zone()))
	}
	return tx.AddGrant(ctx, postgres.Grant{ID: newID(), Person: person, Role: role, Branch: branch, From: from})
}

// employ makes a person a rep of a branch, or finds the rep that the person is already.
func (tx *Tx) employ(ctx context.Context, person postgres.Person, branch uuid.UUID) (roster.Rep, error) {
	rep, err := tx.RepOf(ctx, person.ID)
	if !errors.Is(err, roster.ErrNoRep) {
		return rep, err
	}
	line, err := tx.DefaultLine(ctx)
	if err != nil {
		return rep, err
	}
	rep = roster.Rep{ID: newID(), PersonID: person.ID, BranchID: branch, Name: person.Name, Start: person.Start}
	tx.concerns(rep.ID)
	return rep, tx.AddRep(ctx, rep, line, tx.Now)
}

// cleanEmail is an address in small letters.
func cleanEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	if address, err := mail.ParseAddress(email); err != nil || address.Address != email {
		return "", fmt.Errorf("email %q: %w", email, Invalid{Path: []string{"email"}, Code: "NO_EMAIL"})
	}
	return email, nil
}
