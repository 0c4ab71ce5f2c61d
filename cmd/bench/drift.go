package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/hexbeat/hexbeat/geo"
)

// drift is a year in which the work of each territory grew or shrank, customers closed and
// others opened. It answers with the customers of today and each one's territory.
func drift(seed uint64, places []place, territory []string) ([]place, []string) {
	const (
		swing = 0.3  // a territory's work is multiplied by 0.7 to 1.3
		churn = 0.05 // part of the customers that closed, and of those that opened
		next  = 0.3  // usual km from one that opened to an old one
	)
	r := rand.New(rand.NewPCG(seed, 2))
	factor := map[string]float64{}
	for _, t := range territory { // in the order of the file: a map has none
		if factor[t] == 0 {
			factor[t] = 1 + swing*(2*r.Float64()-1)
		}
	}
	var today []place
	var of []string
	for i, p := range places {
		if r.Float64() < churn {
			continue
		}
		p.workload *= factor[territory[i]]
		today, of = append(today, p), append(of, territory[i])
	}
	for n := range int(churn * float64(len(places))) {
		i := r.IntN(len(places)) // what opens is on the ground of its neighbour's territory
		p := place{id: fmt.Sprintf("new-%d", n+1), workload: places[r.IntN(len(places))].workload}
		const km = 1 / 111.2 // degrees
		p.at = geo.Point{
			Lat: places[i].at.Lat + next*km*r.NormFloat64(),
			Lon: places[i].at.Lon + next*km*r.NormFloat64()/math.Cos(places[i].at.Lat*math.Pi/180),
		}
		today, of = append(today, p), append(of, territory[i])
	}
	return today, of
}
