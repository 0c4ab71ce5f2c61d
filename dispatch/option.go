package dispatch

import "time"

// Weights says what a choice costs, in minutes of driving.
type Weights struct {
	Travel    float64 `json:"travel"`    // per minute of driving added
	Load      float64 `json:"load"`      // times the square of the load after
	Window    float64 `json:"window"`    // per minute later than a promise or closing time, added
	Overtime  float64 `json:"overtime"`  // per minute after the end of the shift, added
	Territory float64 `json:"territory"` // for a rep who is not responsible for the site
	NewRep    float64 `json:"newRep"`    // churn: the visit was told to another rep
	Moved     float64 `json:"moved"`     // churn: per stop moved beyond Tolerance from what was told
}

// StandardWeights are the weights of a branch without its own.
var StandardWeights = Weights{Travel: 1, Load: 30, Window: 2, Overtime: 2, Territory: 10, NewRep: 5, Moved: 2}

// Why a rep is no option. The first three are refusals of Reassign as well.
const (
	OffShift    = "OFF_SHIFT"
	Absent      = "ABSENT"
	OtherBranch = "OTHER_BRANCH"
	SameRep     = "SAME_REP"
	ShiftOver   = "SHIFT_OVER"
)

// Options ranks the reps who could take the call, best first, each at the best place in its route, and says why
// the others could not. Overtime and lateness cost, but exclude nobody.
func Options(call Call, days []RepDay, now time.Time) ([]Option, []Refusal) { return nil, nil }
