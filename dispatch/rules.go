package dispatch

import "time"

// Rules are how a branch's visits find their reps.
type Rules struct {
	Version int // 0: nobody has set them
	Weights Weights
	Auto    bool          // the engine gives out the queue by itself
	Idle    time.Duration // a rep with nothing to do for so long is idle
}

// StandardRules are those of a branch that has set none.
var StandardRules = Rules{Weights: StandardWeights, Idle: 20 * time.Minute}
