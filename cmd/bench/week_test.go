package main

import (
	"testing"
	"time"

	"github.com/hexbeat/hexbeat/dispatch"
)

func TestAWeekLosesNothing(t *testing.T) {
	t.Parallel()
	w, err := newWeek(1, 300, 4, 4)
	if err != nil {
		t.Fatal(err)
	}
	all, promised := len(w.due), 0
	for _, day := range w.urgent {
		all += len(day)
		for _, call := range day {
			if call.Visit.Promised != nil {
				promised++
			}
		}
	}
	for _, p := range policies() {
		got := w.play(p.weights)
		if again := w.play(p.weights); again != got {
			t.Errorf("%s: played again it came to %+v, first to %+v", p.name, again, got)
		}
		if got.made+got.left != all {
			t.Errorf("%s: %d visits made and %d left of %d", p.name, got.made, got.left, all)
		}
		if got.promised != promised || got.broken > promised {
			t.Errorf("%s: %d promises, %d of them broken; %d were given", p.name, got.promised, got.broken, promised)
		}
		if spent := got.driving + got.idle; got.made == 0 || spent <= 0 || spent > time.Duration(4*weekDays)*9*time.Hour+got.overtime {
			t.Errorf("%s: %v driving and %v idle in %d days of 4 reps", p.name, got.driving, got.idle, weekDays)
		}
	}
	near, even := w.play(dispatch.Weights{Travel: 1}), w.play(dispatch.Weights{Travel: 1e-4, Load: 30})
	if near.driving >= even.driving || near.gini <= even.gini {
		t.Errorf("by distance %+v, by load %+v: want less driving of the one and more even work of the other", near, even)
	}
}

func TestGini(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []time.Duration
		want   float64
	}{
		{nil, 0},
		{[]time.Duration{0, 0}, 0},
		{[]time.Duration{5, 5, 5}, 0},
		{[]time.Duration{4, 0, 0, 0}, 0.75},
		{[]time.Duration{3, 1}, 0.25},
	} {
		if got := gini(c.values); got != c.want {
			t.Errorf("gini(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}
