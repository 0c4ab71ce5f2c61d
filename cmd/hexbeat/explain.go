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
	return oneLine(err.Error())
}

// oneLine puts the lines of a text behind one another.
func oneLine(text string) string {
	var line strings.Builder
	for part := range strings.Lines(text) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		switch {
		case line.Len() == 0:
		case strings.HasSuffix(line.String(), ":"):
			line.WriteString(" ")
		default:
			line.WriteString("; ")
		}
		line.WriteString(part)
	}
	return line.String()
}
