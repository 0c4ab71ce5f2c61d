package desk

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// DayChange is what a command did to one rep's day.
type DayChange struct {
	Rep    uuid.UUID
	Before dispatch.Load
	After  dispatch.Load
	Was    dispatch.Route // timed as of now
	Route  dispatch.Route
}

// MarshalJSON is what is kept under a request id. Two routes, before and after, would be most of an answer: their stops are packed.
func (d DayChange) MarshalJSON() ([]byte, error) {
	return json.Marshal(keptDay{d.Rep, d.Before, d.After, keep(d.Was), keep(d.Route)})
}

// UnmarshalJSON reads what was kept.
func (d *DayChange) UnmarshalJSON(data []byte) error {
	var kept keptDay
	err := json.Unmarshal(data, &kept)
	*d = DayChange{kept.Rep, kept.Before, kept.After, kept.Was.route(), kept.Route.route()}
	return err
}

// keptDay is a DayChange in an answer.
type keptDay struct {
	Rep    uuid.UUID
	Before dispatch.Load
	After  dispatch.Load
	Was    keptRoute
	Route  keptRoute
}

// keptRoute is a route in an answer.
type keptRoute struct {
	ID       uuid.UUID
	RepID    uuid.UUID
	Date     hours.Date
	Version  int
	Stops    keptStops
	Travel   time.Duration
	Distance geo.Metres
}

func keep(r dispatch.Route) keptRoute {
	return keptRoute{r.ID, r.RepID, r.Date, r.Version, keptStops(r.Stops), r.Travel, r.Distance}
}

func (r keptRoute) route() dispatch.Route {
	return dispatch.Route{ID: r.ID, RepID: r.RepID, Date: r.Date, Version: r.Version, Stops: r.Stops, Travel: r.Travel, Distance: r.Distance}
}

// keptStops are stops in order, one after another: whose it is and whether it was told, the id, and times to the microsecond, each
// counted from the one before it.
type keptStops []dispatch.Stop

// What a packed stop begins with.
const (
	ofEngagement = 1 << iota
	wasTold
)

// MarshalJSON packs the stops into a text.
func (stops keptStops) MarshalJSON() ([]byte, error) {
	var b []byte
	for _, s := range stops {
		var kind byte
		id := s.VisitID
		if id == nil {
			kind, id = ofEngagement, s.EngagementID
		}
		if s.Told != nil {
			kind |= wasTold
		}
		b = append(append(b, kind), id[:]...)
		b = binary.AppendVarint(b, int64(s.Position))
		b = binary.AppendVarint(b, int64(s.Travel))
		b = binary.AppendVarint(b, s.Arrival.UnixMicro())
		b = binary.AppendVarint(b, s.Departure.UnixMicro()-s.Arrival.UnixMicro())
		if s.Told != nil {
			b = binary.AppendVarint(b, s.Told.UnixMicro()-s.Arrival.UnixMicro())
		}
	}
	return json.Marshal(base64.RawStdEncoding.EncodeToString(b))
}

// errPacked is returned for stops that no program packed.
var errPacked = errors.New("packed stops break off")

// UnmarshalJSON unpacks stops, and reads those that older programs wrote out.
func (stops *keptStops) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '"' {
		return json.Unmarshal(data, (*[]dispatch.Stop)(stops))
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("unpack stops: %w", err)
	}
	*stops = nil
	number := func() (n int64) {
		n, size := binary.Varint(b)
		if size <= 0 {
			b, err = nil, errPacked
			return 0
		}
		b = b[size:]
		return n
	}
	for len(b) > 0 && err == nil {
		if len(b) < 1+len(uuid.UUID{}) {
			return errPacked
		}
		kind, id := b[0], uuid.UUID(b[1:1+len(uuid.UUID{})])
		b = b[1+len(id):]
		s := dispatch.Stop{Position: int(number()), Travel: time.Duration(number())}
		arrival := number()
		s.Arrival, s.Departure = moment(arrival), moment(arrival+number())
		if s.VisitID = &id; kind&ofEngagement != 0 {
			s.VisitID, s.EngagementID = nil, &id
		}
		if kind&wasTold != 0 {
			told := moment(arrival + number())
			s.Told = &told
		}
		*stops = append(*stops, s)
	}
	return err
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// AlertPreview is an alert that a command makes.
type AlertPreview struct {
	Rep  uuid.UUID
	Kind string
}

// FactReport is when and where a phone says that something happened.
type FactReport struct {
	DeviceTime *time.Time // by the phone's clock; nil: now
	Offset     time.Duration
	Point      *geo.Point
	Accuracy   *float64 // metres
	Mocked     bool
}

// FactRecorded is a fact that is kept.
type FactRecorded struct {
	Visit    dispatch.Visit
	Credited bool
}
