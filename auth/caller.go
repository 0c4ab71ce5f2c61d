package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// What may be wrong with who is asking.
var (
	ErrUnauthenticated = errors.New("no valid token")
	ErrExpired         = errors.New("the token has expired")
	ErrForbidden       = errors.New("not allowed for this role")
)

// Role says what a person may do. Roles are granted with dates, for a branch and what lies below it.
type Role string

// The roles, from the narrowest. An admin may all.
const (
	Rep        Role = "REP"
	Dispatcher Role = "DISPATCHER"
	Manager    Role = "MANAGER"
	Admin      Role = "ADMIN"
)

// Roles in rising order of what they may do.
var Roles = []Role{Rep, Dispatcher, Manager, Admin}

// ParseRole reads a role in any case.
func ParseRole(s string) (Role, bool) {
	r := Role(strings.ToUpper(s))
	return r, slices.Contains(Roles, r)
}

// Door is the way a wish came in; every command, event and audit line names it.
type Door string

// The doors.
const (
	Phone  Door = "PHONE"
	Page   Door = "PAGE"
	API    Door = "API"
	Import Door = "IMPORT"
	Engine Door = "ENGINE"
)

// Caller is who is asking, as proven at the door. It lives for one request or one socket.
type Caller struct {
	Organization uuid.UUID
	Person       uuid.UUID
	Credential   uuid.UUID
	Rep          uuid.UUID // uuid.Nil for who is no rep
	RepBranch    uuid.UUID // where the rep works; uuid.Nil for who is no rep
	Roles        []Role
	Branches     []uuid.UUID // the branches of the roles above rep, with all below them
	Everywhere   bool        // a role above rep was granted for the whole organization
	Door         Door
	Locale       string // "ru" or "en"
	Expires      time.Time
}

// Has says whether the caller holds the role or a wider one.
func (c Caller) Has(min Role) bool {
	want := slices.Index(Roles, min)
	return slices.ContainsFunc(c.Roles, func(r Role) bool { return slices.Index(Roles, r) >= want })
}

// MaySeeBranch says whether the caller's wider roles cover the branch.
func (c Caller) MaySeeBranch(branch uuid.UUID) bool {
	return c.Has(Dispatcher) && (c.Everywhere || slices.Contains(c.Branches, branch))
}

// tokenPrefix makes a leaked token recognisable to secret scanners.
const tokenPrefix = "hb_"

// NewToken makes a bearer token of 256 random bits and the hash to keep. The token itself is
// shown once and stored nowhere.
func NewToken() (token string, hash []byte) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand since Go 1.24)
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	return token, HashToken(token)
}

// HashToken is what the record keeps of a token. A plain SHA-256 is enough: the token has 256 bits
// of its own, there is nothing to guess.
func HashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
