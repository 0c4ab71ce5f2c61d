package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/hexbeat/hexbeat/geo"
)

// vec is a place on the judge's plane, in kilometres.
type vec struct{ x, y float64 }

func (a vec) distance2(b vec) float64 { return (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) }

// ground is customers and the units that hexbeat gathered them into. The others divide the same units.
type ground struct {
	places []place
	at     []vec // of each customer
	unit   []int // of each customer
	total  float64
	units  []unit
}

type unit struct {
	name     string
	center   geo.Point
	middle   vec // workload-weighted, of its customers
	workload float64
	exempt   string
}

// division is the territory of each unit, from 0.
type division []int

// readDesign reads what hexbeat territories wrote for these customers.
func readDesign(name string, places []place) (*ground, division, error) {
	rows, err := readCSV(name)
	if err != nil {
		return nil, nil, err
	}
	if len(rows) != len(places)+1 || len(rows[0]) < 5 {
		return nil, nil, fmt.Errorf("read design %s: %d lines for %d customers and a header", name, len(rows), len(places))
	}
	g := &ground{places: places, unit: make([]int, len(places)), at: flat(places)}
	var d division
	numbers, territories := map[string]int{}, map[string]int{}
	for i, row := range rows[1:] {
		if row[0] != places[i].id {
			return nil, nil, fmt.Errorf("read design %s: line %d is of %s, want %s", name, i+2, row[0], places[i].id)
		}
		u, known := numbers[row[2]]
		if !known {
			u = len(g.units)
			numbers[row[2]] = u
			one := unit{name: row[2]}
			one.center.Lat, _ = strconv.ParseFloat(row[3], 64) // the judge refuses a centre far from its customers
			one.center.Lon, _ = strconv.ParseFloat(row[4], 64)
			if len(row) > 5 {
				one.exempt = row[5]
			}
			if _, named := territories[row[1]]; !named {
				territories[row[1]] = len(territories)
			}
			g.units, d = append(g.units, one), append(d, territories[row[1]])
		}
		g.unit[i] = u
		w := places[i].workload
		g.units[u].workload += w
		g.total += w
	}
	weight := make([]float64, len(g.units))
	for i, u := range g.unit {
		w := places[i].workload + 1e-9*g.total // a customer without work still has a place
		weight[u] += w
		g.units[u].middle.x += w * g.at[i].x
		g.units[u].middle.y += w * g.at[i].y
	}
	for u := range g.units {
		g.units[u].middle.x /= weight[u]
		g.units[u].middle.y /= weight[u]
	}
	return g, d, nil
}

// flat lays customers on the judge's plane.
func flat(places []place) []vec {
	lat := 0.0
	for _, p := range places {
		lat += p.at.Lat / float64(len(places))
	}
	at := make([]vec, len(places))
	for i, p := range places {
		at[i] = vec{p.at.Lon * 111.32 * math.Cos(lat*math.Pi/180), p.at.Lat * 110.57}
	}
	return at
}

// write puts a division into a file as hexbeat territories writes one.
func (g *ground) write(name string, d division) error {
	rows := [][]string{{"customer_id", "territory", "unit", "unit_lat", "unit_lon", "exempt"}}
	for i, p := range g.places {
		u := g.units[g.unit[i]]
		rows = append(rows, []string{p.id, strconv.Itoa(d[g.unit[i]] + 1), u.name, decimal(u.center.Lat), decimal(u.center.Lon), u.exempt})
	}
	return writeCSV(name, rows)
}

// imbalance is the heaviest load over the mean, less 1; infinite where a territory of k is empty.
func (g *ground) imbalance(d division, k int) float64 {
	load, held := make([]float64, k), make([]bool, k)
	for u, t := range d {
		load[t] += g.units[u].workload
		held[t] = true
	}
	if slices.Contains(held, false) {
		return math.Inf(1)
	}
	return slices.Max(load)*float64(k)/g.total - 1
}

// medoidKm is the judge's measure of the same name, for choosing among many divisions.
func (g *ground) medoidKm(d division, k int) float64 {
	members := make([][]int, k)
	for i, u := range g.unit {
		members[d[u]] = append(members[d[u]], i)
	}
	sum := 0.0
	for _, at := range members {
		if len(at) > 0 {
			sum += g.toMedoid(at)
		}
	}
	return sum / g.total
}

// toMedoid is the least sum of workload × km from customers to one of the 200 nearest to their middle.
func (g *ground) toMedoid(at []int) float64 {
	var middle vec
	weight := 0.0
	for _, i := range at {
		w := g.places[i].workload + 1e-9*g.total
		middle = vec{middle.x + w*g.at[i].x, middle.y + w*g.at[i].y}
		weight += w
	}
	middle = vec{middle.x / weight, middle.y / weight}
	near := slices.Clone(at)
	slices.SortFunc(near, func(i, j int) int {
		return cmp.Or(cmp.Compare(g.at[i].distance2(middle), g.at[j].distance2(middle)), cmp.Compare(i, j))
	})
	least := math.Inf(1)
	for _, c := range near[:min(200, len(near))] {
		sum := 0.0
		for _, i := range at {
			sum += g.places[i].workload * math.Sqrt(g.at[i].distance2(g.at[c]))
		}
		least = min(least, sum)
	}
	return least
}
