package desk

import (
	"context"

	"github.com/hexbeat/hexbeat/auth"
)

// RevokeTokens ends every token of a person: a phone was lost, somebody left. Open sockets close within seconds.
type RevokeTokens struct {
	Email string
}

func (c RevokeTokens) run(ctx context.Context, tx *Tx) (int, error) {
	if err := tx.mustBe(auth.Admin); err != nil {
		return 0, err
	}
	email, err := cleanEmail(c.Email)
	if err != nil {
		return 0, err
	}
	person, err := tx.PersonByEmail(ctx, email)
	if err != nil {
		return 0, err
	}
	tx.concerns(person.ID)
	return tx.RevokeCredentials(ctx, person.ID, tx.Now)
}
