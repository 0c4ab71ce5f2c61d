package hours

import "time"

// Zone is the time zone of an IANA name. Names are checked where they come in, and the program carries the zones with it; one
// that is unknown all the same is read as UTC, so that a screen shows odd times and not nothing.
func Zone(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
