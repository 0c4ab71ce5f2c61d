package vroom

import "fmt"

// Error says what can't be solved as it is written, where it stands, and what to do: VROOM's input error.
type Error struct {
	Path string // like jobs[3].time_windows[0]; empty: the whole
	Say  string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Say
	}
	return e.Path + ": " + e.Say
}

// refuse makes an Error.
func refuse(path, format string, args ...any) error {
	return &Error{Path: path, Say: fmt.Sprintf(format, args...)}
}
