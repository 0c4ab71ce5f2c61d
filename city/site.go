package city

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
)

// Site is a place of business, with the fields of a row of a customer file.
type Site struct {
	ID, Name, Address string
	Point             geo.Point
	CustomerID        string // of the company, which may have several sites
	Company           string
	INN, Phone        string
	Segment           string   // KEY, RETAIL, HORECA or PHARMACY
	Tags              []string // A, B or C by turnover; «сеть» for a place of a chain
	Category          string
	Branch, District  string
	Service           time.Duration // length of one call
	Every             int           // days between calls
	Weekdays          []time.Weekday
	Opens, Closes     hours.TimeOfDay
	Priority          int     // 0 to 100
	Workload          float64 // minutes of calls in 28 days
}

// openSites settles businesses at addresses.
func openSites(r *rand.Rand, b board, c *plan, streets []street, doors []house, companies *register) []Site {
	sites := make([]Site, 0, len(doors))
	floor := 0
	for i, h := range doors {
		floor++
		if i == 0 || doors[i-1].street != h.street || doors[i-1].number != h.number {
			floor = 0
		}
		t := pickTrade(r, c, h)
		company := companies.owner(r, t)
		number := fmt.Sprint(h.number)
		at := h.at
		if floor > 0 { // more businesses than houses: buildings in the yard
			number += fmt.Sprintf("к%d", floor+1)
			at = at.add(h.along.times(2.5 * float64(min(floor, 4))))
		}
		district := c.quarters[c.quarterOf(at)]
		s := Site{
			ID:         fmt.Sprintf("T-%05d", i+1),
			Name:       company.signboard(r, t),
			Address:    fmt.Sprintf("г. %s, %s, д. %s", cityName, streets[h.street].name, number),
			Point:      b.point(at),
			CustomerID: company.id,
			Company:    company.name,
			INN:        company.inn,
			Phone:      fmt.Sprintf("+7 000 %03d-%02d-%02d", r.IntN(1000), r.IntN(100), r.IntN(100)),
			Segment:    t.segment,
			Category:   t.code,
			Branch:     branchName(district.left),
			District:   district.name,
		}
		s.keepHours(r, t)
		s.planCalls(r, t, company.chain)
		sites = append(sites, s)
	}
	return sites
}

// pickTrade draws what fits the place.
func pickTrade(r *rand.Rand, c *plan, h house) trade {
	works := c.inWorks(h.at)
	share := func(t trade) float64 {
		if works {
			return t.works
		}
		return t.busy*h.busy + t.quiet*(1-h.busy)
	}
	total := 0.0
	for _, t := range trades {
		total += share(t)
	}
	dice := r.Float64() * total
	for _, t := range trades {
		if dice -= share(t); dice < 0 {
			return t
		}
	}
	return trades[0]
}

// keepHours gives opening hours: the trade's, give or take.
func (s *Site) keepHours(r *rand.Rand, t trade) {
	const hour, half = hours.TimeOfDay(60), hours.TimeOfDay(30)
	s.Opens = hours.TimeOfDay(t.opens)*hour + half*hours.TimeOfDay(r.IntN(3)-1)
	s.Closes = min(24*hour, hours.TimeOfDay(t.closes)*hour+hour*hours.TimeOfDay(r.IntN(3)-1))
}

// planCalls says how often and how long we call: often on large places, seldom on small ones.
func (s *Site) planCalls(r *rand.Rand, t trade, chain bool) {
	rank := 2
	switch dice := r.Float64(); {
	case t.segment == "KEY" && dice < 0.5, dice < 0.07:
		rank = 0
	case t.segment == "KEY", chain && dice < 0.6, dice < 0.34:
		rank = 1
	}
	s.Tags = []string{string("ABC"[rank])}
	if chain {
		s.Tags = append(s.Tags, "сеть")
	}
	s.Every = []int{7, 14, 28}[rank]
	minutes := min(40, max(10, t.minutes+[]int{6, 1, -2}[rank]+r.IntN(5)-2))
	s.Service = time.Duration(minutes) * time.Minute
	s.Priority = []int{80, 55, 35}[rank] + 5*(r.IntN(5)-2)
	s.Workload = float64(minutes) * 28 / float64(s.Every)
	switch dice := r.Float64(); { // some take goods on certain days only
	case dice < 0.06:
		s.Weekdays = []time.Weekday{time.Monday, time.Wednesday, time.Friday}
	case dice < 0.12:
		s.Weekdays = []time.Weekday{time.Tuesday, time.Thursday, time.Saturday}
	case dice < 0.25:
		s.Weekdays = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	}
}

var dayWords = [7]string{"вс", "пн", "вт", "ср", "чт", "пт", "сб"}

func weekdays(days []time.Weekday) string {
	var said []string
	for _, d := range days {
		said = append(said, dayWords[d])
	}
	return strings.Join(said, ",")
}
