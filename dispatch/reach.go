package dispatch

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/roster"
)

// reach is what can be said of the way a rep goes on a day, whatever the moment: what is begun, where the rep is by then and which lunch
// is over changes where the rest of the way begins, not how it goes on.
type reach struct {
	known  bool        // driving can be bounded; traffic by the hour, a meeting at a place or a slow area may change any of it
	starts []geo.Point // where the rest of the day may begin
	path   []geo.Point // from there on, to the end of the shift
	travel float64     // minutes of driving along the path
	// service is what is ahead in any case, in minutes.
	service float64

	middle     geo.Point
	high, wide float64 // half of the box around all that, in degrees
	cos        float64 // of the latitude in the box that is furthest from the equator
	longest    geo.Metres
}

func reachOf(day RepDay, calls map[uuid.UUID]Call) (r reach) {
	if day.Shift == nil || day.Traffic != nil || len(day.Slow) > 0 {
		return r
	}
	for _, s := range day.Route.Stops {
		if s.VisitID == nil {
			continue
		}
		c, known := calls[*s.VisitID]
		if known && (c.Visit.State == UnderWay || c.Visit.State.Ended()) {
			if c.Site.Point != nil {
				r.starts = append(r.starts, *c.Site.Point)
			}
			continue
		}
		if c.Site.Point != nil {
			r.path = append(r.path, *c.Site.Point)
		}
		if known {
			r.service += float64(max(0, c.Visit.Service)/time.Second) / 60
		}
	}
	for _, e := range day.Engagements {
		if e.Point != nil {
			return reach{}
		}
	}
	start := cmp.Or(day.Shift.Start, day.Rep.Start)
	if start == nil {
		return reach{} // a way that begins or ends anywhere is lengthened by less than a detour
	}
	r.starts = append(r.starts, *start)
	if day.At != nil {
		r.starts = append(r.starts, *day.At)
	}
	r.path = append(r.path, *cmp.Or(day.Shift.End, start))
	r.known = true
	travel := day.travel()
	for i, p := range r.path {
		if i > 0 {
			r.travel += travel.Time(r.path[i-1], p).Minutes()
			r.longest = max(r.longest, geo.Distance(r.path[i-1], p))
		}
	}
	low, high := r.path[0], r.path[0]
	for _, p := range slices.Concat(r.path, r.starts) {
		low = geo.Point{Lat: min(low.Lat, p.Lat), Lon: min(low.Lon, p.Lon)}
		high = geo.Point{Lat: max(high.Lat, p.Lat), Lon: max(high.Lon, p.Lon)}
	}
	for _, p := range r.starts {
		r.longest = max(r.longest, geo.Distance(p, r.path[0]))
	}
	r.middle = geo.Point{Lat: (low.Lat + high.Lat) / 2, Lon: (low.Lon + high.Lon) / 2}
	r.high, r.wide = (high.Lat-low.Lat)/2, (high.Lon-low.Lon)/2
	r.cos = math.Cos(max(math.Abs(low.Lat), math.Abs(high.Lat)) * math.Pi / 180)
	return r
}

// Distances are measured on a plane where a degree is a little shorter than on the ball, so that a bound stays one.
const (
	metresPerDegree = 110_000
	mostWide        = 90 // degrees; of a wider box nothing is said
)

// detour is how many minutes of driving the point adds at the least: roughly, by how far it lies outside the box, or by every leg.
func (r *reach) detour(travel geo.Travel, p geo.Point, closely bool) float64 {
	if !r.known {
		return 0
	}
	if !closely {
		north := max(0, math.Abs(p.Lat-r.middle.Lat)-r.high)
		east := max(0, math.Abs(p.Lon-r.middle.Lon)-r.wide)
		if east+2*r.wide > mostWide {
			return 0
		}
		east *= min(r.cos, math.Cos(p.Lat*math.Pi/180))
		// A leg of some length is lengthened least by a point beside its middle, and the less the longer it is.
		apart := 2 * metresPerDegree * math.Hypot(north, east)
		leg := float64(r.longest) * 1.01
		return max(0, (math.Hypot(leg, apart)-leg)/1000*travel.Detour/travel.Speed*60-rounded)
	}
	least, from := math.Inf(1), travel.Time(r.path[0], p).Minutes()
	for _, s := range r.starts {
		least = min(least, travel.Time(s, p).Minutes()+from-travel.Time(s, r.path[0]).Minutes())
	}
	for i, q := range r.path[1:] {
		on := travel.Time(p, q).Minutes()
		least = min(least, from+on-travel.Time(r.path[i], q).Minutes())
		from = on
	}
	return max(0, least-rounded)
}

// What rounding may take off a cost at the least, in minutes: every drive is rounded to whole seconds, every term to thousandths of a minute.
const (
	rounded      = 3.0 / 60
	roundedTerms = 0.01
)

// least is less than or the same as what the call costs on the member's day wherever it stands: of the terms, driving, load and those
// that are about the rep. Nothing is known in traffic by the hour, where a call may even shorten the driving: it moves what follows out
// of the rush.
func (m *member) least(in input, call Call, now time.Time, closely bool) float64 {
	if m.day.Traffic != nil {
		return math.Inf(-1)
	}
	detour := 0.0
	if call.Site.Point != nil {
		detour = m.reach.detour(m.day.travel(), *call.Site.Point, closely)
	}
	w := m.day.weights()
	least := w.Travel*detour - roundedTerms
	if available := roster.Available(*m.day.Shift, m.day.Engagements, now).Minutes(); available > 0 && m.reach.known {
		work := m.reach.service + max(0, call.Visit.Service).Minutes() + max(0, m.reach.travel-rounded) + detour
		ratio := min(FullLoad, work/available)
		least += w.Load * ratio * ratio
	}
	if in.OwnerID != nil && *in.OwnerID != m.day.Rep.ID {
		least += w.Territory
	}
	if in.ToldRepID != nil && *in.ToldRepID != m.day.Rep.ID {
		least += w.NewRep
	}
	return least
}
