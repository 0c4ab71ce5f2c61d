package scalar

import (
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
)

// ErrNoID is returned for what is not a UUID in its usual form.
var ErrNoID = errors.New("an id is a UUID such as 019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b")

// MarshalID writes the canonical form.
func MarshalID(id uuid.UUID) graphql.Marshaler { return graphql.MarshalString(id.String()) }

// UnmarshalID reads the usual form with dashes and nothing else.
func UnmarshalID(v any) (uuid.UUID, error) {
	s, ok := v.(string)
	if !ok || len(s) != len(uuid.Nil.String()) {
		return uuid.Nil, ErrNoID
	}
	id, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil, ErrNoID
	}
	return id, nil
}

// MarshalUUID writes the canonical form.
func MarshalUUID(id uuid.UUID) graphql.Marshaler { return MarshalID(id) }

// UnmarshalUUID reads the usual form. The nil UUID names nothing and is refused.
func UnmarshalUUID(v any) (uuid.UUID, error) {
	id, err := UnmarshalID(v)
	if err == nil && id == uuid.Nil {
		return id, ErrNoID
	}
	return id, err
}
