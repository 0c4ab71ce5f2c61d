package geo

import "math"

// Pace is how fast traffic flows, hour by hour. Moments are seconds since 1970, or from any common zero.
//
// A drive goes through the hours at the pace of each, rather than all the way at that of its departure: who leaves later never
// arrives earlier (Ichoua, Gendreau and Potvin, EJOR 2003).
type Pace struct {
	From  int64     `json:"from"`  // the first hour begins
	Times []float64 `json:"times"` // how many times as long driving takes in each hour; the first holds before it, the last after it
}

// Arrive is when who leaves then arrives, after a drive of so many seconds at an even pace.
func (p Pace) Arrive(leave, drive int64) int64 {
	at, left := float64(leave-p.From), float64(drive)
	for {
		times, _, end := p.hour(at)
		if room := (end - at) / times; left > room {
			at, left = end, left-room
			continue
		}
		return p.From + int64(math.Floor(at+left*times))
	}
}

// Leave is the latest moment to leave for who wants to arrive no later than that.
func (p Pace) Leave(arrive, drive int64) int64 {
	at, left := float64(arrive-p.From), float64(drive)
	for {
		times, begin, _ := p.hour(math.Nextafter(at, math.Inf(-1)))
		if room := (at - begin) / times; left > room {
			at, left = begin, left-room
			continue
		}
		at -= left * times
		break
	}
	leave := p.From + int64(math.Floor(at))
	for p.Arrive(leave, drive) > arrive {
		leave--
	}
	for p.Arrive(leave+1, drive) <= arrive {
		leave++
	}
	return leave
}

// Mean is how many times as long driving takes all in all from one moment to another.
func (p Pace) Mean(from, to int64) float64 {
	if to <= from {
		to = from + 1
	}
	at, until, even := float64(from-p.From), float64(to-p.From), 0.0
	for at < until {
		times, _, end := p.hour(at)
		end = min(end, until)
		even += (end - at) / times
		at = end
	}
	return float64(to-from) / even
}

// hour is the pace at a moment counted from the first hour, with the bounds of the hour it lies in.
func (p Pace) hour(at float64) (times, begin, end float64) {
	const length = 3600
	n := len(p.Times)
	if n == 0 {
		return 1, math.Inf(-1), math.Inf(1)
	}
	i := max(0, min(n-1, int(math.Floor(at/length))))
	begin, end = float64(i)*length, float64(i+1)*length
	if i == 0 {
		begin = math.Inf(-1)
	}
	if i == n-1 {
		end = math.Inf(1)
	}
	return p.Times[i], begin, end
}
