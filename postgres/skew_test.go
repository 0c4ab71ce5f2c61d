package postgres

import (
	"testing"
	"time"
)

func TestSkewAllowsForASlowAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		skew, took time.Duration
		want       bool
	}{
		{0, 0, false},
		{5 * time.Second, 0, false},
		{6 * time.Second, 0, true},
		{-6 * time.Second, 0, true},
		{6 * time.Second, 4 * time.Second, false}, // may be as little as four
		{-time.Hour, time.Second, true},
	}
	for _, test := range tests {
		if got := skewed(test.skew, test.took); got != test.want {
			t.Errorf("skewed(%v, %v) = %t, want %t", test.skew, test.took, got, test.want)
		}
	}
}
