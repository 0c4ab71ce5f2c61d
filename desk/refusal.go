package desk

import (
	"errors"
	"fmt"

	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/roster"
)

// ErrInvalid is what every Invalid is.
var ErrInvalid = errors.New("invalid input")

// Invalid says which part of a wish is wrong by itself, whatever the state of the record.
type Invalid struct {
	Path []string // the input's field
	Code string   // what is wrong: TOO_LONG, OUT_OF_RANGE, EMPTY, ORDER, …
	Most int      // of TOO_MANY: the limit
}

func (e Invalid) Error() string { return fmt.Sprintf("%v is %s", e.Path, e.Code) }

// Is makes every Invalid an ErrInvalid.
func (e Invalid) Is(target error) bool { return target == ErrInvalid }

// refusals are the answers by which a rule of the trade stands against a wish, with the codes they are remembered under.
// Anything else (a fault, an unreachable database, bad input) is not an answer: the same request may be tried again.
var refusals = map[string]error{
	"STALE":           dispatch.ErrStale,
	"OFF_SHIFT":       dispatch.ErrOffShift,
	"ABSENT":          dispatch.ErrAbsent,
	"BEGUN":           dispatch.ErrBegun,
	"ENDED":           dispatch.ErrEnded,
	"SAME_REP":        dispatch.ErrSameRep,
	"OTHER_BRANCH":    dispatch.ErrOtherBranch,
	"UNKNOWN_REASON":  dispatch.ErrReason,
	"UNKNOWN_OUTCOME": dispatch.ErrOutcome,
	"NO_VISIT":        dispatch.ErrNoVisit,
	"TAKEN":           dispatch.ErrTaken,
	"LACKS_SKILL":     dispatch.ErrSkills,
	"SHIFT_OVER":      dispatch.ErrShiftOver,
	"NOT_THEIRS":      dispatch.ErrNotTheirs,
	"THERE":           dispatch.ErrThere,
	"NO_OWNER":        dispatch.ErrNoOwner,
	"NO_REP":          roster.ErrNoRep,
	"NO_DEVICE":       roster.ErrNoDevice,
	"NO_BRANCH":       roster.ErrNoBranch,
	"NO_SITE":         customer.ErrNoSite,
	"NO_ALERT":        notify.ErrNoAlert,
	"ALERT_ENDED":     notify.ErrEnded,
	"NO_TERRITORY":    geo.ErrNoTerritory,
	"FORBIDDEN":       auth.ErrForbidden,
	"NOT_A_REP":       ErrNotARep,
	"NO_ALIGNMENT":    postgres.ErrNoAlignment,
	"DRAFT_CHANGED":   ErrDraftChanged,
	"DRAFT_KEPT":      ErrDraftKept,
	"NO_EARLIER":      ErrNoEarlierAlignment,
	"NO_VISITS":       dispatch.ErrNoMoves,
	"NO_BATCH":        postgres.ErrNoBatch,
	"UNDONE":          ErrUndone,
	"NO_SLOWDOWN":     postgres.ErrNoSlowdown,
	"LIFTED":          ErrLifted,
	"NOT_UNDOABLE":    ErrNotUndoable,
	"RULES_CHANGED":   ErrRulesChanged,
}

// ErrNotARep refuses a rep's act to a caller who is none.
var ErrNotARep = errors.New("the caller is no rep")

// refusalCode is the code of a refusal, empty for anything else.
func refusalCode(err error) string {
	if err == nil {
		return ""
	}
	for code, refusal := range refusals {
		if errors.Is(err, refusal) {
			return code
		}
	}
	return ""
}

// refusal is the error a code was remembered for.
func refusal(code string) error {
	if err, known := refusals[code]; known {
		return err
	}
	return fmt.Errorf("refused earlier: %s", code)
}
