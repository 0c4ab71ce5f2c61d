package hours

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Interval is one stretch of opening on a day. Closes before Opens means: open past midnight.
type Interval struct {
	Opens  TimeOfDay `json:"opens"`
	Closes TimeOfDay `json:"closes"`
}

// Week is when a place is open: any number of intervals per weekday (0 is Sunday), and
// dates that differ. The zero Week says nothing is known, which is read as always open.
type Week struct {
	Days       [7][]Interval       `json:"days"`
	Exceptions map[Date][]Interval `json:"exceptions,omitempty"`
	Known      bool                `json:"known"`
}

// Every is a week with the same interval on the given weekdays.
func Every(opens, closes TimeOfDay, days ...time.Weekday) Week {
	w := Week{Known: true}
	for _, d := range days {
		w.Days[d] = []Interval{{opens, closes}}
	}
	return w
}

// On is the list of windows open on a day, in a zone.
func (w Week) On(d Date, zone *time.Location) []Window {
	if !w.Known {
		return []Window{d.In(zone)}
	}
	intervals, special := w.Exceptions[d]
	if !special {
		intervals = w.Days[d.Weekday()]
	}
	var open []Window
	for _, i := range intervals {
		end := d
		if i.Closes <= i.Opens {
			end++
		}
		open = append(open, Window{d.At(i.Opens, zone), end.At(i.Closes, zone)})
	}
	return open
}

// Value stores the week as a JSON document.
func (w Week) Value() (driver.Value, error) {
	b, err := json.Marshal(w)
	return string(b), err
}

// Scan reads a JSON document.
func (w *Week) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*w = Week{}
		return nil
	case string:
		return json.Unmarshal([]byte(v), w)
	case []byte:
		return json.Unmarshal(v, w)
	}
	return fmt.Errorf("scan %T as opening hours", src)
}
