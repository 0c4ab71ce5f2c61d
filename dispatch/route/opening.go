package route

import "slices"

// span is a stretch of rebased moments, both ends included.
type span struct{ open, close int32 }

// moment is a moment of the problem as the search counts: anything before the base is the base, anything after the
// horizon its end.
func (m *model) moment(t int64) int32 {
	return int32(min(max(t, m.base)-m.base, mostSpan))
}

// window is a window as the search counts. One that closed before the base can't be kept.
func (m *model) window(w Window) span {
	if w.Close < m.base {
		return span{0, -1}
	}
	if w.Open > m.base+mostSpan {
		return span{int32(mostSpan), -1}
	}
	return span{m.moment(w.Open), m.moment(w.Close)}
}

func (m *model) spans(windows []Window, release int64) (hull span, several []span) {
	hull = span{0, int32(mostSpan)}
	for _, w := range windows {
		if s := m.window(w); s.close >= s.open {
			several = append(several, s)
		}
	}
	if release != 0 {
		if len(windows) == 0 {
			several = []span{hull}
		}
		r := m.moment(release)
		if release > m.base+mostSpan {
			several = several[:0]
		}
		several = slices.DeleteFunc(several, func(s span) bool { return s.close < r })
		if len(several) > 0 {
			several[0].open = max(several[0].open, r)
		}
	} else if len(windows) == 0 {
		return hull, nil
	}
	if len(several) == 0 {
		return span{0, -1}, nil
	}
	hull = span{several[0].open, several[len(several)-1].close}
	if len(several) == 1 {
		several = nil
	}
	return hull, several
}

// begin is the earliest moment from t on at which service may begin inside hull and windows; late where there is none.
func begin(t int32, hull span, windows []span) (start int32, ok bool) {
	t = max(t, hull.open)
	if t > hull.close {
		return t, false
	}
	for _, w := range windows {
		if t <= w.close {
			t = max(t, w.open)
			return t, t <= hull.close
		}
	}
	return t, windows == nil
}

// latest is the latest moment up to t at which service may begin; a negative one where there is none.
func latest(t int32, hull span, windows []span) int32 {
	t = min(t, hull.close)
	if windows == nil {
		if t < hull.open {
			return -1
		}
		return t
	}
	for i := len(windows) - 1; i >= 0; i-- {
		if w := windows[i]; w.open <= t {
			if t = min(t, w.close); t < hull.open {
				return -1
			}
			return t
		}
	}
	return -1
}
