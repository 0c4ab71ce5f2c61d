package auth_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
)

func TestARoleIncludesTheNarrowerOnes(t *testing.T) {
	t.Parallel()
	for held, wide := range auth.Roles {
		caller := auth.Caller{Roles: []auth.Role{wide}}
		for asked, least := range auth.Roles {
			if got, want := caller.Has(least), held >= asked; got != want {
				t.Errorf("%s.Has(%s) = %v, want %v", wide, least, got, want)
			}
		}
	}
	if (auth.Caller{}).Has(auth.Rep) {
		t.Error("a caller without roles has one")
	}
	if (auth.Caller{Roles: []auth.Role{"OWNER"}}).Has(auth.Rep) {
		t.Error("an unknown role lets its holder do something")
	}
}

func TestBranchesAreForWiderRoles(t *testing.T) {
	t.Parallel()
	mine, other := uuid.New(), uuid.New()
	for _, c := range []struct {
		name        string
		caller      auth.Caller
		mine, other bool
	}{
		{"a rep", auth.Caller{Roles: []auth.Role{auth.Rep}, Branches: []uuid.UUID{mine}, RepBranch: mine}, false, false},
		{"a branch's dispatcher", auth.Caller{Roles: []auth.Role{auth.Dispatcher}, Branches: []uuid.UUID{mine}}, true, false},
		{"an admin of everything", auth.Caller{Roles: []auth.Role{auth.Admin}, Everywhere: true}, true, true},
		{"nobody", auth.Caller{Everywhere: true}, false, false},
	} {
		if got := c.caller.MaySeeBranch(mine); got != c.mine {
			t.Errorf("%s sees the own branch: %v, want %v", c.name, got, c.mine)
		}
		if got := c.caller.MaySeeBranch(other); got != c.other {
			t.Errorf("%s sees another branch: %v, want %v", c.name, got, c.other)
		}
	}
}

func TestParseRole(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]auth.Role{"rep": auth.Rep, "Dispatcher": auth.Dispatcher, "MANAGER": auth.Manager, "admin": auth.Admin} {
		if got, known := auth.ParseRole(text); got != want || !known {
			t.Errorf("ParseRole(%q) = %s, %v, want %s", text, got, known, want)
		}
	}
	for _, text := range []string{"", "boss", "rep "} {
		if got, known := auth.ParseRole(text); known {
			t.Errorf("ParseRole(%q) = %s, want it unknown", text, got)
		}
	}
}

func TestTokensAreNeverAlikeAndKnownByTheirHash(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		token, hash := auth.NewToken()
		if seen[token] || !strings.HasPrefix(token, "hb_") || len(token) != len("hb_")+43 {
			t.Fatalf("NewToken() = %q, want a new one of 256 bits", token)
		}
		if !bytes.Equal(auth.HashToken(token), hash) {
			t.Fatalf("HashToken(%q) is not the hash that came with it", token)
		}
		seen[token] = true
	}
}

func TestTheCallerTravelsWithTheContext(t *testing.T) {
	t.Parallel()
	if _, err := auth.From(context.Background()); !errors.Is(err, auth.ErrUnauthenticated) {
		t.Errorf("From without a caller = %v, want ErrUnauthenticated", err)
	}
	want := uuid.New()
	got, err := auth.From(auth.With(context.Background(), auth.Caller{Person: want}))
	if err != nil || got.Person != want {
		t.Errorf("From = %v, %v, want %s", got.Person, err, want)
	}
}
