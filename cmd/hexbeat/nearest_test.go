package main

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"c", "limit", "threads", "Север"}
	for word, want := range map[string]string{
		"limt": "limit", "thread": "threads", "Севр": "Север",
		"i": "", "x": "", "seed": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}
