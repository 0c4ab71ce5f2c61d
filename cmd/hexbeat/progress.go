package main

import (
	"fmt"
	"io"
	"time"
)

// progress shows on a terminal how far long work has come; elsewhere it is silent.
type progress struct {
	out   io.Writer // nil: nobody looks
	what  string
	shown time.Time
}

// redraw is how often the line changes at most.
const redraw = 100 * time.Millisecond

func newProgress(env environment, what string) *progress {
	p := &progress{what: what}
	if isTerminal(env.stderr) {
		p.out = env.stderr
	}
	return p
}

func (p *progress) at(done, of int) {
	if p.out == nil || done < of && time.Since(p.shown) < redraw {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.out, "\r%s %d of %d\033[K", p.what, done, of)
}

// say shows words in place of a count.
func (p *progress) say(format string, args ...any) {
	if p.out == nil || time.Since(p.shown) < redraw {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.out, "\r%s "+format+"\033[K", append([]any{p.what}, args...)...)
}

func (p *progress) end() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\033[K")
	}
}
