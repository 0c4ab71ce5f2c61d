package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

const credentialByHash = `
SELECT c.organization_id, c.id, c.person_id, c.expires_at
FROM   credential AS c
JOIN   person AS p ON p.organization_id = c.organization_id AND p.id = c.person_id
WHERE  c.hash = @hash AND c.kind = 'TOKEN' AND c.revoked_at IS NULL AND p.disabled_at IS NULL`

// A grant counts by the calendar of its branch; one for the whole organization by that of its oldest root branch.
const callerOfPerson = `
WITH RECURSIVE held AS (
    SELECT g.role, g.branch_id
    FROM   role_grant AS g
    LEFT   JOIN branch AS b ON b.organization_id = g.organization_id AND b.id = coalesce(g.branch_id, (
               SELECT root.id FROM branch AS root
               WHERE  root.organization_id = g.organization_id AND root.parent_id IS NULL
               ORDER  BY root.id LIMIT 1))
    CROSS  JOIN LATERAL (SELECT (@now::timestamptz AT TIME ZONE coalesce(b.time_zone, 'UTC'))::date AS today) AS calendar
    WHERE  g.organization_id = @organization AND g.person_id = @person
    AND    g.valid_from <= calendar.today AND (g.valid_to IS NULL OR g.valid_to > calendar.today)
), below AS (
    SELECT h.branch_id AS id FROM held AS h WHERE h.role <> 'REP' AND h.branch_id IS NOT NULL
    UNION
    SELECT b.id FROM branch AS b JOIN below AS up ON b.parent_id = up.id WHERE b.organization_id = @organization
)
SELECT coalesce(pd.locale, o.locale) AS locale,
       ARRAY(SELECT DISTINCT h.role FROM held AS h ORDER BY h.role) AS roles,
       ARRAY(SELECT u.id FROM below AS u ORDER BY u.id) AS branches,
       EXISTS (SELECT FROM held AS h WHERE h.role <> 'REP' AND h.branch_id IS NULL) AS everywhere,
       r.id AS rep, r.branch_id AS rep_branch
FROM   person AS p
JOIN   organization AS o ON o.organization_id = p.organization_id
LEFT   JOIN person_detail AS pd ON pd.organization_id = p.organization_id AND pd.person_id = p.id
LEFT   JOIN rep AS r ON r.organization_id = p.organization_id AND r.person_id = p.id
                    AND EXISTS (SELECT FROM held AS h WHERE h.role = 'REP')
WHERE  p.organization_id = @organization AND p.id = @person AND p.disabled_at IS NULL`

// SignIn finds out who presents a bearer token. It refuses with auth.ErrUnauthenticated a token that is unknown or revoked and a
// person who is disabled or holds no role today, with auth.ErrExpired a token whose time is over. The door is the caller's to fill in.
func (db *DB) SignIn(ctx context.Context, token string, now time.Time) (auth.Caller, error) {
	var c auth.Caller
	err := db.watch(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, credentialByHash, pgx.StrictNamedArgs{"hash": auth.HashToken(token)}).
			Scan(&c.Organization, &c.Credential, &c.Person, &c.Expires)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return auth.Caller{}, auth.ErrUnauthenticated
	case err != nil:
		return auth.Caller{}, fmt.Errorf("look up token: %w", err)
	case !now.Before(c.Expires):
		return auth.Caller{}, auth.ErrExpired
	}
	if c, err = db.caller(ctx, c, now); err != nil {
		return auth.Caller{}, err
	}
	return c, nil
}

// caller fills in what the person may do today.
func (db *DB) caller(ctx context.Context, c auth.Caller, now time.Time) (auth.Caller, error) {
	var rights struct {
		Locale     string
		Roles      []auth.Role
		Branches   []uuid.UUID
		Everywhere bool
		Rep        *uuid.UUID
		RepBranch  *uuid.UUID
	}
	err := db.Read(ctx, c.Organization, func(tx *Tx) error {
		return tx.QueryRow(ctx, callerOfPerson, pgx.StrictNamedArgs{"organization": c.Organization, "person": c.Person, "now": now}).
			Scan(&rights.Locale, &rights.Roles, &rights.Branches, &rights.Everywhere, &rights.Rep, &rights.RepBranch)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return c, auth.ErrUnauthenticated
	case err != nil:
		return c, fmt.Errorf("read rights of person %s: %w", c.Person, err)
	case len(rights.Roles) == 0:
		return c, auth.ErrUnauthenticated
	}
	c.Locale, c.Roles, c.Branches, c.Everywhere = rights.Locale, rights.Roles, rights.Branches, rights.Everywhere
	if rights.Rep != nil {
		c.Rep, c.RepBranch = *rights.Rep, *rights.RepBranch
	}
	return c, nil
}

// remembered is how many callers SignIns holds at most.
const remembered = 10_000

// SignIns remembers for a moment who presented which token, so that a busy client doesn't cost two statements a request.
// What changes (a token revoked, a role withdrawn) takes effect when that moment is over. Refusals are not remembered.
type SignIns struct {
	db    *DB
	ttl   time.Duration
	clock func() time.Time

	mu    sync.Mutex
	known map[[32]byte]signedIn
}

type signedIn struct {
	caller auth.Caller
	until  time.Time
}

// NewSignIns remembers callers of the record for ttl.
func NewSignIns(db *DB, ttl time.Duration, clock func() time.Time) *SignIns {
	return &SignIns{db: db, ttl: ttl, clock: clock, known: map[[32]byte]signedIn{}}
}

// SignIn answers as DB.SignIn does. The slices of the caller are shared and not to be written to.
func (s *SignIns) SignIn(ctx context.Context, token string) (auth.Caller, error) {
	key, now := [32]byte(auth.HashToken(token)), s.clock()
	s.mu.Lock()
	found, ok := s.known[key]
	s.mu.Unlock()
	if ok && now.Before(found.until) {
		if !now.Before(found.caller.Expires) {
			return auth.Caller{}, auth.ErrExpired
		}
		return found.caller, nil
	}
	caller, err := s.db.SignIn(ctx, token, now)
	if err != nil {
		s.forget(key)
		return auth.Caller{}, err
	}
	s.remember(key, signedIn{caller: caller, until: now.Add(s.ttl)}, now)
	return caller, nil
}

func (s *SignIns) forget(key [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, key)
}

func (s *SignIns) remember(key [32]byte, in signedIn, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= remembered {
		for k, other := range s.known {
			if !now.Before(other.until) {
				delete(s.known, k)
			}
		}
	}
	for k := range s.known { // all of them fresh: any may go
		if len(s.known) < remembered {
			break
		}
		delete(s.known, k)
	}
	s.known[key] = in
}
