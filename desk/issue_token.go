package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/postgres"
)

// IssueToken makes a bearer token for a person. Where an email does not exist it refuses with roster.ErrNoPerson.
type IssueToken struct {
	Email string
	For   time.Duration // how long it is good
}

// TokenIssued holds the one copy of the token there is.
type TokenIssued struct {
	Token      string `json:"-"` // never kept, not even as the answer to a request
	Credential uuid.UUID
	Expires    time.Time
}

func (c IssueToken) run(ctx context.Context, tx *Tx) (TokenIssued, error) {
	if err := tx.mustBe(auth.Admin); err != nil {
		return TokenIssued{}, err
	}
	if c.For <= 0 {
		return TokenIssued{}, Invalid{Path: []string{"for"}, Code: "OUT_OF_RANGE"}
	}
	email, err := cleanEmail(c.Email)
	if err != nil {
		return TokenIssued{}, err
	}
	person, err := tx.PersonByEmail(ctx, email)
	if err != nil {
		return TokenIssued{}, err
	}
	token, hash := auth.NewToken()
	issued := TokenIssued{Token: token, Credential: newID(), Expires: tx.Now.Add(c.For)}
	tx.concerns(person.ID, issued.Credential)
	return issued, tx.AddCredential(ctx, postgres.Credential{
		ID: issued.Credential, Person: person.ID, Hash: hash, At: tx.Now, Expires: issued.Expires,
	})
}
