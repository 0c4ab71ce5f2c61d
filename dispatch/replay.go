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
	var in input
	if err := json.Unmarshal(stored, &in); err != nil {
		return Decision{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if in.Engine != EngineVersion {
		return Decision{}, fmt.Errorf("input of version %.16q, this is %q: %w", in.Engine, EngineVersion, ErrEngine)
	}
	return in.decide(), nil
}
