package work_test

import (
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/work"
)

// TestALongJobIsTakenOverSoonAndFinishedInTheEnd: the first try is short, the others have as long as it takes.
func TestALongJobIsTakenOverSoonAndFinishedInTheEnd(t *testing.T) {
	t.Parallel()
	if got := work.Patience(1); got > 30*time.Second {
		t.Errorf("a killed process's job is left alone for %v, too long to be taken over within 75 s", got)
	}
	for attempt := 2; attempt < 25; attempt++ {
		if got, before := work.Patience(attempt), work.Patience(attempt-1); got < before || got > 5*time.Minute || got == before && got < 5*time.Minute {
			t.Errorf("try %d may take %v after %v", attempt, got, before)
		}
	}
}
