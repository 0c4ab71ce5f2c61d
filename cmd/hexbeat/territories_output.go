package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/hexbeat/hexbeat/geo"
)

// design is what hexbeat territories has worked out.
type design struct {
	terms
	draft geo.Draft
	curve []geo.CurvePoint // with --what-if
	rows  []territoryRow
}

// territoryRow is what the report says of one territory.
type territoryRow struct {
	Territory string             `json:"territory"`
	Customers int                `json:"customers"`
	Workload  float64            `json:"workload"`
	Target    float64            `json:"target"`
	OffTarget *float64           `json:"off_target"` // workload ÷ target − 1; null without a target
	Measures  map[string]float64 `json:"measures,omitempty"`
	Locked    float64            `json:"locked,omitempty"`     // workload that had to be here
	MovedIn   float64            `json:"moved_in,omitempty"`   // workload that was elsewhere
	MovedAway float64            `json:"moved_away,omitempty"` // workload that was here
}

// review lists the territories and notes what a person should know before they take the design.
func (d *design) review(env environment) {
	b, of := d.brief, d.draft.Of(len(d.brief.Sites))
	d.rows = make([]territoryRow, b.Territories)
	shares := sharesOf(b)
	total := 0.0
	for i, s := range b.Sites {
		r := &d.rows[of[i]]
		r.Customers++
		r.Workload += s.Workload
		total += s.Workload
		for m, x := range s.Amounts {
			if r.Measures == nil {
				r.Measures = map[string]float64{}
			}
			r.Measures[b.Measures[m].Name] += x
		}
		if b.Held != nil && b.Held[i] >= 0 {
			r.Locked += s.Workload
		}
		if b.Current != nil && b.Current[i] >= 0 && b.Current[i] != of[i] {
			r.MovedIn += s.Workload
			d.rows[b.Current[i]].MovedAway += s.Workload
		}
	}
	for t := range d.rows {
		r := &d.rows[t]
		r.Territory, r.Target = d.names[t], total*shares[t]
		if r.Target > 0 {
			off := r.Workload/r.Target - 1
			r.OffTarget = &off
		}
	}
	d.noteFindings()
}

// sharesOf is each territory's part of the work, together 1.
func sharesOf(b geo.Brief) []float64 {
	shares := slices.Repeat([]float64{1}, b.Territories)
	if b.Capacity != nil {
		shares = slices.Clone(b.Capacity)
	}
	sum := 0.0
	for _, c := range shares {
		sum += c
	}
	for t := range shares {
		shares[t] /= sum
	}
	return shares
}

// sum prints the result in a line, and the curve under it.
func (d *design) sum(out io.Writer) error {
	m := d.draft.Measures
	least := ""
	switch {
	case d.outweighed():
		least = fmt.Sprintf(" (%.1f %% is the least: one place outweighs a territory)", 100*m.ImbalanceLeast)
	case m.ImbalanceLeast > d.brief.Tolerance:
		least = fmt.Sprintf(" (%.1f %% is the least: customers cannot be divided)", 100*m.ImbalanceLeast)
	}
	moved := ""
	if d.brief.Current != nil {
		moved = fmt.Sprintf(", %.1f %% of the work changes hands", 100*m.MovedShare)
	}
	if _, err := fmt.Fprintf(out, "%s in %s: imbalance %.1f %%%s, %.2f km from a customer to the middle%s, territories in pieces: %d\n",
		several(m.Customers, "customer", "customers"), several(m.Territories, "territory", "territories"), 100*m.Imbalance, least, m.MedoidKm, moved, m.Pieces); err != nil || d.curve == nil {
		return err
	}
	return printCurve(out, d.curve)
}

// printCurve prints what may change hands against how even the work would be.
func printCurve(out io.Writer, curve []geo.CurvePoint) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "may move\tmoves\timbalance\tkm\t\n")
	for _, p := range curve {
		fmt.Fprintf(table, "%.0f %%\t%.1f %%\t%.1f %%\t%.2f\t\n", 100*p.Budget, 100*p.MovedShare, 100*p.Imbalance, p.MedoidKm)
	}
	return table.Flush()
}

// write makes all files before it writes the first.
func (w territoriesWish) write(d *design) error {
	out := []struct {
		name string
		make func(territoriesWish) ([]byte, error)
		data []byte
	}{{name: w.out, make: d.csv}, {name: w.geojson, make: d.geojson}, {name: w.report, make: d.report}, {name: w.picture, make: d.picture}}
	for i, f := range out {
		if f.name == "" {
			continue
		}
		data, err := f.make(w)
		if err != nil {
			return err
		}
		out[i].data = data
	}
	for _, f := range out {
		if f.name == "" {
			continue
		}
		if err := os.WriteFile(f.name, f.data, 0o644); err != nil {
			return fmt.Errorf("write the design: %w", err)
		}
	}
	return nil
}

// csv has a line for each customer, in the order of the customer file. The column exempt is there when a unit is.
func (d *design) csv(territoriesWish) ([]byte, error) {
	unit := make([]int, len(d.brief.Sites))
	for u := range d.draft.Units {
		for _, i := range d.draft.Units[u].Sites {
			unit[i] = u
		}
	}
	exempt := slices.ContainsFunc(d.draft.Units, func(u geo.Unit) bool { return u.Exempt })
	header := []string{"customer_id", "territory", "unit", "unit_lat", "unit_lon"}
	if exempt {
		header = append(header, "exempt")
	}
	lines := [][]string{header}
	for i, s := range d.brief.Sites {
		u := d.draft.Units[unit[i]]
		line := []string{s.ID, d.names[d.draft.Territory[unit[i]]], u.Name(), degrees(u.Center.Lat), degrees(u.Center.Lon)}
		if exempt {
			line = append(line, map[bool]string{true: "1"}[u.Exempt])
		}
		lines = append(lines, line)
	}
	var out bytes.Buffer
	err := csv.NewWriter(&out).WriteAll(lines)
	return out.Bytes(), err
}

// degrees are written to the centimetre.
func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 7, 64) }

// geojson has a feature for each territory, the ground between its customers filled.
func (d *design) geojson(territoriesWish) ([]byte, error) {
	type properties struct {
		Territory string  `json:"territory"`
		Workload  float64 `json:"workload"`
		Customers int     `json:"customers"`
	}
	type feature struct {
		Type       string      `json:"type"`
		Properties properties  `json:"properties"`
		Geometry   geo.GeoJSON `json:"geometry"`
	}
	collection := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{Type: "FeatureCollection"}
	cells, err := geo.Cover(d.draft.Units, d.draft.Territory, geo.DefaultRings)
	if err != nil {
		return nil, err
	}
	borders, err := geo.Outlines(cells)
	if err != nil {
		return nil, err
	}
	for t, outline := range borders.Exact() {
		of := properties{d.rows[t].Territory, d.rows[t].Workload, d.rows[t].Customers}
		collection.Features = append(collection.Features, feature{"Feature", of, geo.GeoJSON(outline)})
	}
	return json.Marshal(collection)
}

// report has the measures, a row for each territory, and what was noted.
func (d *design) report(territoriesWish) ([]byte, error) {
	type finding struct {
		geo.Finding
		Territory string `json:"territory,omitempty"` // by name
	}
	findings := []finding{}
	for _, f := range d.draft.Findings {
		named := finding{Finding: f}
		if f.Territory >= 0 {
			named.Territory = d.names[f.Territory]
		}
		findings = append(findings, named)
	}
	report, err := json.MarshalIndent(struct {
		geo.Measures
		ByTerritory []territoryRow   `json:"by_territory"`
		Findings    []finding        `json:"findings"`
		Notes       []string         `json:"notes"`
		WhatIf      []geo.CurvePoint `json:"what_if,omitempty"`
	}{d.draft.Measures, d.rows, findings, append([]string{}, d.notes.list...), d.curve}, "", "  ")
	return append(report, '\n'), err
}
