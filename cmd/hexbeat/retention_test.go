package main

import (
	"strings"
	"testing"
)

func TestRetentionIsSetAndPrinted(t *testing.T) {
	t.Parallel()
	p := aTerminal(t)
	const before = "alert     400 days\nfeed      45 days\nposition  for ever\nrequest   30 days\n"
	if got := p.does("retention"); got != before {
		t.Errorf("in the beginning:\n%s\nwant\n%s", got, before)
	}
	const after = "alert     for ever\nfeed      45 days\nposition  7 days\nrequest   30 days\n"
	if got := p.does("retention", "--position", "7", "--alert", "ever"); got != after {
		t.Errorf("after a wish:\n%s\nwant\n%s", got, after)
	}
	for _, c := range []struct {
		flag, value, says string
		code              int
	}{
		{"--feed", "29", "30 days at least", exitFailed}, {"--position", "0", "positions for 1", exitFailed},
		{"--feed", "-1", "a number of days", exitMisuse}, {"--feed", "99999", "a number of days", exitMisuse}, {"--alert", "never", "or ever", exitMisuse},
	} {
		if code, _, errs := p.run("retention", c.flag, c.value); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s %s = %d, %q, want %d with %q", c.flag, c.value, code, errs, c.code, c.says)
		}
	}
	if got := p.does("retention"); got != after {
		t.Errorf("after refused wishes:\n%s\nwant\n%s", got, after)
	}
}
