package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5/pgxpool"
)

// morning is the 24th in all of Russia (01:30 in Moscow, 08:30 in Vladivostok) and still the 23rd by UTC.
var morning = time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC)

// staff is an organization with a tree of branches: Москва, below it Север, below that Порт; and Владивосток beside them.
type staff struct {
	*testing.T
	pool         *pgxpool.Pool
	db           *postgres.DB
	organization uuid.UUID
	branch       map[string]uuid.UUID
	line         uuid.UUID
}

func aStaff(t *testing.T) staff {
	t.Helper()
	s := staff{t, pgtest.New(t), nil, newID(), map[string]uuid.UUID{}, newID()}
	s.db = postgres.New(s.pool)
	s.write(func(tx *postgres.Tx) error {
		if err := tx.AddOrganization(t.Context(), "Ромашка "+s.organization.String(), "ru", s.line, morning); err != nil {
			return err
		}
		for _, b := range []struct{ name, zone, above string }{
			{"Москва", "Europe/Moscow", ""}, {"Север", "Europe/Moscow", "Москва"}, {"Порт", "Europe/Moscow", "Север"}, {"Владивосток", "Asia/Vladivostok", ""},
		} {
			branch := roster.Branch{ID: newID(), Name: b.name, TimeZone: b.zone, ShiftTo: 1080, Detour: 1.3, Speed: 24}
			if above, ok := s.branch[b.above]; ok {
				branch.ParentID = &above
			}
			s.branch[b.name] = branch.ID
			if err := tx.AddBranch(t.Context(), branch); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func (s staff) write(f func(*postgres.Tx) error) {
	s.Helper()
	if err := s.db.Write(s.Context(), s.organization, f); err != nil {
		s.Fatal(err)
	}
}

// hires makes a person and a token that is good for an hour.
func (s staff) hires(locale string) (person uuid.UUID, token string) {
	s.Helper()
	person = newID()
	token, hash := auth.NewToken()
	s.write(func(tx *postgres.Tx) error {
		return errors.Join(
			tx.AddPerson(s.Context(), postgres.Person{User: roster.User{ID: person, Name: "Анна", Email: person.String() + "@romashka.ru", Locale: locale}}, morning),
			tx.AddCredential(s.Context(), postgres.Credential{ID: newID(), Person: person, Hash: hash, At: morning, Expires: morning.Add(time.Hour)}))
	})
	return person, token
}

func (s staff) grants(person uuid.UUID, role auth.Role, branch, from string) {
	s.Helper()
	day, err := hours.ParseDate(from)
	if err != nil {
		s.Fatal(err)
	}
	g := postgres.Grant{ID: newID(), Person: person, Role: role, From: day}
	if id, ok := s.branch[branch]; ok {
		g.Branch = &id
	}
	s.write(func(tx *postgres.Tx) error {
		_, err := tx.AddGrant(s.Context(), g)
		return err
	})
}

func (s staff) does(sql string, args ...any) {
	s.Helper()
	if _, err := s.pool.Exec(s.Context(), sql, args...); err != nil {
		s.Fatal(err)
	}
}

func TestACallerIsWhoTheTokenWasGivenTo(t *testing.T) {
	t.Parallel()
	s := aStaff(t)
	person, token := s.hires("en")
	s.grants(person, auth.Rep, "Порт", "2026-01-01")
	s.grants(person, auth.Dispatcher, "Север", "2026-01-01")
	rep := roster.Rep{ID: newID(), PersonID: person, BranchID: s.branch["Порт"]}
	s.write(func(tx *postgres.Tx) error { return tx.AddRep(t.Context(), rep, s.line, morning) })

	got, err := s.db.SignIn(t.Context(), token, morning)
	if err != nil {
		t.Fatal(err)
	}
	want := auth.Caller{
		Organization: s.organization, Person: person, Rep: rep.ID, RepBranch: rep.BranchID, Roles: []auth.Role{auth.Dispatcher, auth.Rep},
		Branches: []uuid.UUID{s.branch["Север"], s.branch["Порт"]}, Locale: "en", Expires: morning.Add(time.Hour),
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(auth.Caller{}, "Credential"), cmpopts.EquateApproxTime(0)); diff != "" {
		t.Errorf("caller (-got +want):\n%s", diff)
	}
	for _, refusal := range []struct {
		name, token string
		at          time.Time
		want        error
	}{
		{"none", "", morning, auth.ErrUnauthenticated},
		{"unknown", "hb_unknown", morning, auth.ErrUnauthenticated},
		{"another's beginning", token[:len(token)-1], morning, auth.ErrUnauthenticated},
		{"expired", token, morning.Add(time.Hour), auth.ErrExpired},
	} {
		if _, err := s.db.SignIn(t.Context(), refusal.token, refusal.at); !errors.Is(err, refusal.want) {
			t.Errorf("SignIn with a token that is %s = %v, want %v", refusal.name, err, refusal.want)
		}
	}
}

// A role begins and ends with the day of the place it is for.
func TestRolesCountByTheCalendarOfTheirBranch(t *testing.T) {
	t.Parallel()
	s := aStaff(t)
	for _, c := range []struct {
		branch, from string
		want         error
	}{
		{"Москва", "2026-11-24", nil},
		{"Москва", "2026-11-25", auth.ErrUnauthenticated},
		{"Владивосток", "2026-11-24", nil},
		{"", "2026-11-24", nil}, // the whole organization: by its oldest branch
	} {
		person, token := s.hires("ru")
		s.grants(person, auth.Manager, c.branch, c.from)
		if _, err := s.db.SignIn(t.Context(), token, morning); !errors.Is(err, c.want) {
			t.Errorf("a role in %q from %s: SignIn = %v, want %v", c.branch, c.from, err, c.want)
		}
		if _, err := s.db.SignIn(t.Context(), token, morning.Add(-24*time.Hour)); !errors.Is(err, auth.ErrUnauthenticated) {
			t.Errorf("a role in %q from %s, a day before: SignIn = %v, want none", c.branch, c.from, err)
		}
		s.does("UPDATE role_grant SET valid_from = '2020-01-01', valid_to = '2026-11-24' WHERE person_id = $1", person)
		if _, err := s.db.SignIn(t.Context(), token, morning); !errors.Is(err, auth.ErrUnauthenticated) {
			t.Errorf("a role in %q that ended: SignIn = %v, want none", c.branch, err)
		}
	}
}

func TestARoleForTheOrganizationIsEverywhere(t *testing.T) {
	t.Parallel()
	s := aStaff(t)
	person, token := s.hires("ru")
	s.grants(person, auth.Admin, "", "2026-01-01")
	got, err := s.db.SignIn(t.Context(), token, morning)
	if err != nil || !got.Everywhere || len(got.Branches) != 0 || got.Rep != uuid.Nil {
		t.Errorf("SignIn = %+v, %v, want everywhere and no rep", got, err)
	}
}

func TestWhatEndsASignIn(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"revoked":  "UPDATE credential SET revoked_at = now() WHERE person_id = $1",
		"disabled": "UPDATE person SET disabled_at = now() WHERE id = $1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := aStaff(t)
			person, token := s.hires("ru")
			s.grants(person, auth.Manager, "", "2026-01-01")
			before, err := s.db.SignIn(t.Context(), token, morning)
			if err != nil {
				t.Fatal(err)
			}
			valid := func(now time.Time) bool {
				ok, err := s.db.CredentialValid(t.Context(), s.organization, before.Credential, now)
				if err != nil {
					t.Fatal(err)
				}
				return ok
			}
			if !valid(morning) || valid(morning.Add(time.Hour)) {
				t.Error("a credential is not valid for its hour")
			}
			s.does(sql, person)
			if _, err := s.db.SignIn(t.Context(), token, morning); !errors.Is(err, auth.ErrUnauthenticated) {
				t.Errorf("SignIn = %v, want %v", err, auth.ErrUnauthenticated)
			}
			if valid(morning) {
				t.Error("the credential is still valid")
			}
		})
	}
}

func TestABusyClientIsRememberedForAMoment(t *testing.T) {
	t.Parallel()
	s := aStaff(t)
	person, token := s.hires("ru")
	s.grants(person, auth.Manager, "", "2026-01-01")
	now := morning
	signIns := postgres.NewSignIns(s.db, 3*time.Second, func() time.Time { return now })
	first, err := signIns.SignIn(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	s.does("UPDATE credential SET revoked_at = now() WHERE person_id = $1", person)
	now = morning.Add(3*time.Second - 1)
	if again, err := signIns.SignIn(t.Context(), token); err != nil || again.Credential != first.Credential {
		t.Errorf("within the moment: %v, want the caller remembered", err)
	}
	now = morning.Add(3 * time.Second)
	if _, err := signIns.SignIn(t.Context(), token); !errors.Is(err, auth.ErrUnauthenticated) {
		t.Errorf("after the moment: %v, want %v", err, auth.ErrUnauthenticated)
	}
	now = morning
	if _, err := signIns.SignIn(t.Context(), token); !errors.Is(err, auth.ErrUnauthenticated) {
		t.Errorf("after a refusal: %v, want nothing remembered", err)
	}
}

func TestARememberedTokenStillExpires(t *testing.T) {
	t.Parallel()
	s := aStaff(t)
	person, token := s.hires("ru")
	s.grants(person, auth.Manager, "", "2026-01-01")
	now := morning.Add(time.Hour - time.Second)
	signIns := postgres.NewSignIns(s.db, 3*time.Second, func() time.Time { return now })
	if _, err := signIns.SignIn(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	now = morning.Add(time.Hour)
	if _, err := signIns.SignIn(t.Context(), token); !errors.Is(err, auth.ErrExpired) {
		t.Errorf("SignIn = %v, want %v", err, auth.ErrExpired)
	}
}

// What must be known before an organization is, and no more.
func TestSignInSeesNoOtherTable(t *testing.T) {
	t.Parallel()
	s := aStaff(t)
	for sql, allowed := range map[string]bool{
		"SELECT organization_id, person_id, expires_at FROM credential": true,
		"SELECT id, disabled_at FROM person":                            true,
		"SELECT scope FROM credential":                                  false,
		"SELECT personnel_number FROM person":                           false,
		"SELECT name FROM person_detail":                                false,
		"SELECT email FROM person_email":                                false,
		"SELECT role FROM role_grant":                                   false,
		"UPDATE credential SET revoked_at = now()":                      false,
	} {
		tx, err := s.pool.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), "SET LOCAL ROLE hexbeat_watch"); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), sql); (err == nil) != allowed {
			t.Errorf("hexbeat_watch: %s: %v, want allowed %v", sql, err, allowed)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneOrganizationDoesNotSeeAnothersPeople(t *testing.T) {
	t.Parallel()
	ours := aStaff(t)
	person, _ := ours.hires("ru")
	theirs := newID()
	err := ours.db.Write(t.Context(), theirs, func(tx *postgres.Tx) error {
		if err := tx.AddOrganization(t.Context(), "Лютик", "en", newID(), morning); err != nil {
			return err
		}
		_, err := tx.User(t.Context(), person)
		return err
	})
	if !errors.Is(err, roster.ErrNoPerson) {
		t.Errorf("User of another organization = %v, want %v", err, roster.ErrNoPerson)
	}
}
