package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hexbeat/hexbeat/auth"
)

func TestACompanyIsSetUpByHand(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("branch", "add", "--name", "Север", "--parent", "Москва", "--time-zone", "Asia/Yekaterinburg", "--open", "08:00")
	first := p.does("user", "add", "--email", "Anna@Romashka.RU", "--name", "Анна", "--role", "rep", "--branch", "Север")
	again := p.does("user", "add", "--email", "anna@romashka.ru", "--role", "dispatcher", "--branch", "Москва")
	if first != again {
		t.Errorf("a second role made another person: %q and %q", first, again)
	}
	printed := p.does("token", "--email", "anna@romashka.ru", "--expires", "1h")
	token := strings.TrimSpace(printed)
	if printed != token+"\n" || !strings.HasPrefix(token, "hb_") {
		t.Errorf("token prints %q, want the token alone on its line", printed)
	}
	caller, err := p.db().SignIn(t.Context(), token, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(caller.Roles, []auth.Role{auth.Dispatcher, auth.Rep}); diff != "" {
		t.Errorf("roles (-got +want):\n%s", diff)
	}
	if len(caller.Branches) != 2 || caller.Everywhere || caller.Locale != "ru" {
		t.Errorf("caller = %+v, want Москва with what lies below it", caller)
	}
	if n := p.counts("SELECT count(*) FROM audit"); n != 6 {
		t.Errorf("%d audit lines, want one for each of 6 commands", n)
	}
}

func TestVariablesStandInForFlags(t *testing.T) {
	t.Parallel()
	p := aTerminal(t)
	p.variables["HEXBEAT_NAME"] = "Ромашка"
	p.does("organization", "add")
	if n := p.counts("SELECT count(*) FROM organization WHERE name = 'Ромашка'"); n != 1 {
		t.Errorf("%d organizations are called by HEXBEAT_NAME, want 1", n)
	}
	p.does("organization", "add", "--name=Лютик")
	if n := p.counts("SELECT count(*) FROM organization WHERE name = 'Лютик'"); n != 1 {
		t.Errorf("%d organizations are called by the flag, which goes first, want 1", n)
	}
}

func TestEachOrganizationHasWordsForItsVisits(t *testing.T) {
	t.Parallel()
	p := aTerminal(t)
	p.does("organization", "add", "--name", "Ромашка")
	p.does("organization", "add", "--name", "Лютик")
	for table, want := range map[string]int{"line": 2, "visit_kind": 12, "outcome": 14, "reason": 22} {
		if got := p.counts("SELECT count(*) FROM " + table); got != want {
			t.Errorf("%d rows of %s for two organizations, want %d", got, table, want)
		}
	}
}

func TestDoctorSaysWhatToMend(t *testing.T) {
	t.Parallel()
	p := aTerminal(t)
	if out := p.does("doctor"); strings.Contains(out, "MEND") || !strings.Contains(out, "up to date") {
		t.Errorf("doctor on a sound database says:\n%s", out)
	}
	code, out, errs := p.run("doctor", "--fcm-credentials", "/nowhere.json")
	if code != exitFailed || !strings.Contains(out, "MEND  push") || errs != "hexbeat: to be mended: 1 of 10\n" {
		t.Errorf("doctor without its push credentials = %d, %q:\n%s", code, errs, out)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	nobody := []string{"doctor", "--smtp", "smtp://127.0.0.1:1", "--smtp-from", "a@example.org", "--webhook", "http://127.0.0.1:1", "--webhook-secret-file", secret}
	if code, out, _ := p.run(nobody...); code != exitFailed || strings.Count(out, "it can't be reached: look at its address and port") != 2 {
		t.Errorf("doctor with a mail server and a gateway that are not there = %d:\n%s", code, out)
	}
	p.variables["DATABASE_URL"] = "postgres://localhost:1/none"
	if code, out, _ := p.run("doctor"); code != exitFailed || !strings.Contains(out, "MEND  database") {
		t.Errorf("doctor without a database = %d:\n%s", code, out)
	}
}

func TestAnOldSchemaIsMigratedWhenAsked(t *testing.T) {
	t.Parallel()
	p := anEmptyTerminal(t)
	code, _, errs := p.run("organization", "add", "--name", "Ромашка")
	if code != exitFailed || !strings.Contains(errs, "run hexbeat migrate") {
		t.Errorf("on an empty database: %d, %q, want the advice to migrate", code, errs)
	}
	code, out, errs := p.run("migrate")
	if code != exitDone || out != "the schema is up to date\n" || !strings.Contains(errs, "0001_people.sql") {
		t.Errorf("migrate = %d, %q, %q", code, out, errs)
	}
	if out := p.does("migrate"); out != "the schema was up to date already\n" {
		t.Errorf("a second migrate says %q", out)
	}
}

func TestARepBelongsToOneBranch(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("branch", "add", "--name", "Казань")
	p.does("user", "add", "--email", "a@b.ru", "--role", "rep", "--branch", "Москва")
	code, _, errs := p.run("user", "add", "--email", "a@b.ru", "--role", "rep", "--branch", "Казань")
	if code != exitFailed || errs != "hexbeat: the person is a rep of another branch\n" {
		t.Errorf("a rep of two branches: %d, %q", code, errs)
	}
	if n := p.counts("SELECT count(*) FROM role_grant"); n != 1 {
		t.Errorf("%d grants after the refusal, want 1", n)
	}
}

func TestRevokedTokensAreRefused(t *testing.T) {
	t.Parallel()
	p := aCompany(t)
	p.does("user", "add", "--email", "anna@romashka.ru", "--role", "dispatcher", "--branch", "Москва")
	first := strings.TrimSpace(p.does("token", "--email", "anna@romashka.ru"))
	second := strings.TrimSpace(p.does("token", "--email", "anna@romashka.ru"))
	if got := p.does("token", "revoke", "--email", "Anna@romashka.ru"); got != "tokens ended: 2\n" {
		t.Errorf("token revoke prints %q, want two ended", got)
	}
	for _, token := range []string{first, second} {
		if _, err := p.db().SignIn(t.Context(), token, time.Now()); !errors.Is(err, auth.ErrUnauthenticated) {
			t.Errorf("signing in with a revoked token = %v, want ErrUnauthenticated", err)
		}
	}
	if code, _, errs := p.run("token", "revoke", "--email", "nobody@romashka.ru"); code != exitFailed || !strings.Contains(errs, "nobody@romashka.ru") {
		t.Errorf("revoking a stranger's tokens = %d, %q, want one sentence", code, errs)
	}
}
