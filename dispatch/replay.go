package dispatch

import (
	"encoding/json"
	"errors"
	"fmt"
)

// What may be wrong with a stored input.
var (
	ErrInput  = errors.New("input of the decision can't be read")
	ErrEngine = errors.New("decision was made by another engine version")
)

// Replay makes a decision again from the input it was made from. The result equals the stored decision in
// everything but its id. It refuses with ErrInput, and with ErrEngine for an input of another version.
func Replay(stored json.RawMessage) (Decision, error) {
	in, err := readInput(stored)
	if err != nil {
		return Decision{}, err
	}
	return in.decide(), nil
}

func readInput(stored json.RawMessage) (in input, err error) {
	if err := json.Unmarshal(stored, &in); err != nil {
		return input{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if in.Engine != EngineVersion {
		return input{}, fmt.Errorf("%w: by version %.16q, this is %q", ErrEngine, in.Engine, EngineVersion)
	}
	return in, nil
}
