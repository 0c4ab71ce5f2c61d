package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/hexbeat/hexbeat/geo"
)

// fewFindings of a kind are told one by one; a hundred lines on a terminal are read by nobody.
const fewFindings = 3

// noteFindings tells what could not be as it was asked for, and why, kind by kind.
func (d *design) noteFindings() {
	type kind struct {
		of      geo.FindingKind
		measure string
	}
	var kinds []kind
	of := map[kind][]geo.Finding{}
	for _, f := range d.draft.Findings {
		k := kind{f.Kind, f.Measure}
		if of[k] == nil {
			kinds = append(kinds, k)
		}
		of[k] = append(of[k], f)
	}
	for _, k := range kinds {
		if k.of == geo.OffTarget {
			d.notes.say("%s", d.offTarget(of[k]))
			continue
		}
		told := min(fewFindings, len(of[k]))
		for _, f := range of[k][:told] {
			d.notes.say("%s", d.sentence(f))
		}
		if more := len(of[k]) - told; more > 0 {
			d.notes.say("and %d more like this; --report lists them", more)
		}
	}
}

// offTarget tells of all territories off their target in one sentence.
func (d *design) offTarget(found []geo.Finding) string {
	off := func(f geo.Finding) float64 { return f.Load/f.Target - 1 }
	by := func(a, b geo.Finding) int { return cmp.Compare(off(a), off(b)) }
	text := fmt.Sprintf("territories off their target of %s by more than the tolerance: %d", found[0].Measure, len(found))
	if most := slices.MaxFunc(found, by); off(most) > 0 {
		text += fmt.Sprintf(", the heaviest is %s with %+.1f %%", d.names[most.Territory], 100*off(most))
	}
	if least := slices.MinFunc(found, by); off(least) < 0 {
		text += fmt.Sprintf(", the lightest is %s with %+.1f %%", d.names[least.Territory], 100*off(least))
	}
	return text
}

// sentence is a finding in words. Where the engine knows places, people know customers.
func (d *design) sentence(f geo.Finding) string {
	if f.Kind == geo.HeavyUnit {
		if u := slices.IndexFunc(d.draft.Units, func(u geo.Unit) bool { return u.Name() == f.Unit }); u >= 0 {
			return fmt.Sprintf("%s weighs %.4g, and a territory should weigh %.4g: no design can be even; "+
				"give its rep more capacity, or the customer less workload", d.heaviest(d.draft.Units[u]), f.Load, f.Target)
		}
	}
	return f.Text(func(t int) string { return d.names[t] })
}

// heaviest names a place by the customer who weighs most there.
func (d *design) heaviest(u geo.Unit) string {
	most := slices.MaxFunc(u.Sites, func(a, b int) int {
		return cmp.Or(cmp.Compare(d.brief.Sites[a].Workload, d.brief.Sites[b].Workload), cmp.Compare(b, a))
	})
	if n := len(u.Sites); n > 1 {
		return fmt.Sprintf("the address of customer %s and %d more", d.brief.Sites[most].ID, n-1)
	}
	return "customer " + d.brief.Sites[most].ID
}

// outweighed says whether one place weighs more than any territory should.
func (d *design) outweighed() bool {
	return slices.ContainsFunc(d.draft.Findings, func(f geo.Finding) bool { return f.Kind == geo.HeavyUnit })
}
