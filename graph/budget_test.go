package graph_test

import (
	"context"
	"testing"

	"github.com/hexbeat/hexbeat/graph"
)

// TestDearOperationsWaitForTheirTurn: four of the dearest go at once, the fifth waits, and a phone's screen never does.
func TestDearOperationsWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	take := graph.Turns()
	const dearest, screen = 100_000, 1_500
	var first func()
	for range 4 {
		done, ok := take(t.Context(), dearest)
		if !ok {
			t.Fatal("one of the first four did not get its turn")
		}
		first = done
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := take(impatient, dearest); ok {
		t.Error("the fifth got its turn beside four others")
	}
	if _, ok := take(impatient, screen); !ok {
		t.Error("a phone's screen had to wait")
	}
	first()
	if _, ok := take(t.Context(), dearest); !ok {
		t.Error("the fifth did not get its turn when one of the others was done")
	}
}
