package main

import (
	"fmt"
	"strings"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/picture"
)

// picture draws the territories with their loads; where they started from others, those before and these after.
func (d *design) picture(w territoriesWish) ([]byte, error) {
	language := picture.Language(w.language)
	russian := language == picture.Russian
	words := func(en, ru string) string {
		if russian {
			return ru
		}
		return en
	}
	figure := func(format string, args ...any) string {
		text := fmt.Sprintf(format, args...)
		if russian {
			return strings.ReplaceAll(text, ".", ",")
		}
		return text
	}
	b, of := d.brief, d.draft.Of(len(d.brief.Sites))
	title := words("Territories", "Территории")
	m := d.draft.Measures
	figures := []string{figure(words("imbalance %.1f %%, %.2f km to the middle", "перекос %.1f %%, %.2f км до середины"), 100*m.Imbalance, m.MedoidKm)}
	var panels []picture.Panel
	if b.Current != nil {
		before, err := d.panel(b.Current)
		if err != nil {
			return nil, err
		}
		before.Title = words("Before", "Было")
		worst := 0.0
		for _, t := range before.Territories {
			if !t.Vacant {
				worst = max(worst, t.Load)
			}
		}
		before.Figures = []string{figure(words("imbalance %.1f %%", "перекос %.1f %%"), 100*worst)}
		panels = append(panels, before)
		title = words("After", "Стало")
		figures = append(figures, figure(words("%.1f %% of the work changes hands", "%.1f %% работы меняет хозяина"), 100*m.MovedShare))
	}
	after, err := d.panel(of)
	if err != nil {
		return nil, err
	}
	after.Title, after.Figures = title, figures
	if b.Current != nil {
		for i, t := range b.Current {
			if t >= 0 && t != of[i] { // who is new had nobody to leave
				after.Moved = append(after.Moved, b.Sites[i].Point)
			}
		}
	}
	return picture.Draw(append(panels, after), language), nil
}

// panel is the map of an assignment of the sites.
func (d *design) panel(of []int) (picture.Panel, error) {
	var p picture.Panel
	load := make([]float64, d.brief.Territories)
	total := 0.0
	for i, s := range d.brief.Sites {
		p.Sites = append(p.Sites, s.Point)
		total += s.Workload
		if of[i] >= 0 {
			load[of[i]] += s.Workload
		}
	}
	units, territory := ground(d.draft.Units, d.brief.Sites, of)
	areas, err := picture.Areas(units, territory)
	if err != nil {
		return p, err
	}
	shares := sharesOf(d.brief)
	for t, name := range d.names {
		one := picture.Territory{Name: name, Vacant: shares[t] == 0}
		if t < len(areas) {
			one.Outline = areas[t]
		}
		if !one.Vacant {
			one.Load = load[t]/(total*shares[t]) - 1
		}
		p.Territories = append(p.Territories, one)
	}
	return p, nil
}

// ground gives each unit to the territory that has most of its work. Units that nobody has are left out, and so are those that
// need not hang together with their territory: a key account is no area.
func ground(units []geo.Unit, sites []geo.Site, of []int) (kept []geo.Unit, territory []int) {
	for _, u := range units {
		if u.Exempt {
			continue
		}
		load := map[int]float64{}
		most := geo.Free
		for _, i := range u.Sites {
			t := of[i]
			if t < 0 {
				continue
			}
			load[t] += sites[i].Workload + 1e-9
			if most < 0 || load[t] > load[most] {
				most = t
			}
		}
		if most >= 0 {
			kept, territory = append(kept, u), append(territory, most)
		}
	}
	return kept, territory
}
