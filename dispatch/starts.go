package dispatch

import (
	"slices"
	"time"

	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch/route"
	"github.com/hexbeat/hexbeat/hours"
)

// starts says when a call may begin during a shift: early enough for the service to end before the site closes, and
// within what was promised. No windows and not closed: at any time.
type starts struct {
	windows  []route.Window
	closed   bool // all through the shift, or never open as long as the service takes
	conflict bool // the site is closed at the time promised; windows is the promise then
}

func startsOf(call Call, shift hours.Window, zone *time.Location) starts {
	var s starts
	service := int64(max(0, call.Visit.Service) / time.Second)
	if call.Site.Hours.Known {
		for _, w := range opening(call.Site, shift, zone) {
			if last := w.To.Unix() - service; last >= w.From.Unix() {
				s.windows = append(s.windows, route.Window{Open: w.From.Unix(), Close: last})
			}
		}
		s.closed = len(s.windows) == 0
	}
	promised := call.Visit.Promised
	if promised == nil || promised.To.Before(promised.From) || !promised.To.After(shift.From) {
		return s // of another day: it was broken then
	}
	told := route.Window{Open: ceil(promised.From), Close: promised.To.Unix()}
	told.Close = max(told.Open, told.Close)
	if s.windows == nil && !s.closed {
		s.windows = []route.Window{told}
		return s
	}
	var both []route.Window
	for _, w := range s.windows {
		if w := (route.Window{Open: max(w.Open, told.Open), Close: min(w.Close, told.Close)}); w.Open <= w.Close {
			both = append(both, w)
		}
	}
	if len(both) == 0 {
		return starts{windows: []route.Window{told}, closed: s.closed, conflict: true}
	}
	s.windows = both
	return s
}

// opening is when the site is open during the shift, windows that touch made one. The day before is asked as well: a
// bar may be open past midnight, and so may a shift.
func opening(site customer.Site, shift hours.Window, zone *time.Location) []hours.Window {
	var open []hours.Window
	last := hours.DateOf(shift.To.In(zone))
	for d := hours.DateOf(shift.From.In(zone)) - 1; d <= last; d++ {
		open = append(open, site.Hours.On(d, zone)...)
	}
	slices.SortFunc(open, func(a, b hours.Window) int { return a.From.Compare(b.From) })
	var joined []hours.Window
	for _, w := range open {
		if n := len(joined); n > 0 && !w.From.After(joined[n-1].To) {
			if w.To.After(joined[n-1].To) {
				joined[n-1].To = w.To
			}
			continue
		}
		joined = append(joined, w)
	}
	return slices.DeleteFunc(joined, func(w hours.Window) bool {
		return !w.To.After(shift.From) || !w.From.Before(shift.To)
	})
}

// ceil is the first whole second at or after the moment, in seconds since 1970.
func ceil(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
