package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hexbeat/hexbeat/desk"
)

// explain is an error as one line. What desk calls by a code for machines gets words.
func explain(err error) string {
	var invalid desk.Invalid
	if errors.As(err, &invalid) {
		words := map[string]string{
			"EMPTY":        "must not be empty",
			"TOO_LONG":     "is too long",
			"OUT_OF_RANGE": "is out of range",
			"NO_EMAIL":     "is not an address like name@company.com",
		}[invalid.Code]
		if words != "" {
			return strings.ReplaceAll(err.Error(), invalid.Error(), fmt.Sprintf("%s %s", strings.Join(invalid.Path, "."), words))
		}
	}
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ")
}
