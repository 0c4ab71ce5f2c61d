package scalar

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// ErrNoText is returned for what is not a text that PostgreSQL can keep: UTF-8 without the character NUL.
var ErrNoText = errors.New("a text without the character NUL is expected")

// MarshalString writes a text.
func MarshalString(s string) graphql.Marshaler { return graphql.MarshalString(s) }

// UnmarshalString reads a text.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok || strings.ContainsRune(s, 0) || !utf8.ValidString(s) {
		return "", ErrNoText
	}
	return s, nil
}
