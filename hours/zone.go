package hours

import (
	"sync"
	"time"
)

// zones are those looked up so far. There are no more than the tz database has: a name it does not know is not kept.
var zones sync.Map // name: *time.Location

// LoadZone is time.LoadLocation, which reads and parses a file each time; here that is done once for each name.
func LoadZone(name string) (*time.Location, error) {
	if zone, known := zones.Load(name); known {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zones.Store(name, zone)
	return zone, nil
}

// Zone is the time zone of an IANA name. Names are checked where they come in, and the program carries the zones with it; one
// that is unknown all the same is read as UTC, so that a screen shows odd times and not nothing.
func Zone(name string) *time.Location {
	if zone, err := LoadZone(name); err == nil {
		return zone
	}
	return time.UTC
}
