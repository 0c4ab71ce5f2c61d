package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/customer/table"
	"github.com/hexbeat/hexbeat/geo"
)

// nameTerritories says what the territories are called. Those listed and those something is locked to come first, then today's,
// the heaviest first: where there were more than there will be, the lightest are dissolved. New ones get numbers as names.
func (w territoriesWish) nameTerritories(listed []table.TerritoryRow, locks []lock, before map[int]string, sites []geo.Site, n *notes) ([]string, error) {
	var names []string
	for _, t := range listed {
		names = append(names, t.Name)
	}
	load := loadOf(before, sites)
	today := byLoad(load)
	reps := cmp.Or(w.reps, len(listed), len(today))
	for _, l := range locks {
		if slices.Contains(names, l.territory) {
			continue
		}
		known := append(slices.Clone(names), today...)
		if len(listed)+len(today) > 0 && !slices.Contains(known, l.territory) {
			if guess := nearest(l.territory, known); guess != "" {
				return nil, fmt.Errorf("%s: there is no territory %q: did you mean %s?", l.where, l.territory, guess)
			}
			return nil, fmt.Errorf("%s: there is no territory %q: --territories and --current name them", l.where, l.territory)
		}
		names = append(names, l.territory)
	}
	if len(names) > reps {
		return nil, fmt.Errorf("%d territories are named by files (%s, …), more than the %d asked for: raise --reps", len(names), strings.Join(names[:2], ", "), reps)
	}
	if reps-len(names) > len(sites) {
		return nil, fmt.Errorf("%w: %d asked for, and there are fewer customers (%d); ask for %d fewer (--reps)", geo.ErrTerritories, reps, len(sites), reps-len(names)-len(sites))
	}
	var dissolved []string
	given := 0.0
	for _, name := range today {
		switch {
		case slices.Contains(names, name):
		case len(names) < reps:
			names = append(names, name)
		default:
			dissolved = append(dissolved, name)
			given += load[name]
		}
	}
	if len(dissolved) > 0 {
		slices.Sort(dissolved)
		n.say("territories of %s that are dissolved: %d: %s; their %.4g of work goes to others besides what is said to change hands",
			w.current, len(dissolved), inShort(dissolved), given)
	}
	taken := map[int]bool{}
	for _, name := range names {
		if i, err := strconv.Atoi(name); err == nil {
			taken[i] = true
		}
	}
	for next := 1; len(names) < reps; next++ {
		if !taken[next] {
			names = append(names, number(next, reps))
		}
	}
	slices.Sort(names)
	return names, nil
}

// loadOf sums the workload of sites by their territory.
func loadOf(of map[int]string, sites []geo.Site) map[string]float64 {
	load := map[string]float64{}
	for i, s := range sites { // in one order, so that sums are the same to the last bit
		if name := of[i]; name != "" {
			load[name] += s.Workload
		}
	}
	return load
}

// byLoad lists territories by their workload, the heaviest first.
func byLoad(load map[string]float64) []string {
	return slices.SortedFunc(maps.Keys(load), func(a, b string) int { return cmp.Or(cmp.Compare(load[b], load[a]), cmp.Compare(a, b)) })
}

// number is that of one among n, with zeros before it, so that names sort as numbers do.
func number(i, n int) string { return fmt.Sprintf("%0*d", len(strconv.Itoa(n)), i) }

// inShort lists the first few of names.
func inShort(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
