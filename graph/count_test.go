package graph_test

import (
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/postgres/pgtest"
)

// TestHeavyScreensCostTheSameForMore: statements don't grow with the number of things shown.
func TestHeavyScreensCostTheSameForMore(t *testing.T) {
	t.Parallel()
	screens := map[string]struct {
		who, query string
		most       int
	}{
		"board":       {"dispatcher", `{reps(first:100){nodes{name branch{name} shift{startsAt} position{accuracy} load{ratio} route{stops{arrival visit{state kind{name} site{name customer{name}} due{from}} engagement{kind}}}}}}`, 15},
		"visits":      {"dispatcher", `{visits(first:100){totalCount nodes{state kind{name} site{name customer{name}} rep{name branch{name}} due{from} stop{arrival}}}}`, 8},
		"queue":       {"dispatcher", `{queue(first:100){totalCount nodes{queueReason site{name customer{name}} due{to}}}}`, 6},
		"alerts":      {"rep", `{alerts(first:100){nodes{text createdAt visits{state site{name} stop{arrival}}}}}`, 6},
		"territories": {"dispatcher", `{territories{name rep{name branch{name}} cells outline(zoom:11) measures{sites}}}`, 5},
		"slots":       {"dispatcher", `{slots(siteId:"SITE",minutes:30,from:"2026-11-23",days:14){rep{name branch{name}} date window{from} travelMinutes}}`, 16},
		"map":         {"dispatcher", `{mapCells(bounds:{south:55,west:37,north:57,east:39},zoom:14){cell visits load territory{name rep{name}} site{name customer{name}}}}`, 5},
	}
	cost := func(sites int) map[string]int {
		w := desktest.Add(t, postgres.New(pgtest.New(t)), sites)
		w.Align(t, 0)
		w.Plan(t, 0)
		h := open(t, w, false)
		statements := map[string]int{}
		for name, screen := range screens {
			h.counter.Take()
			h.must(t, screen.who, strings.ReplaceAll(screen.query, "SITE", w.Branches[0].Sites[0][0].String()), nil, nil)
			statements[name] = len(h.counter.Take())
		}
		return statements
	}
	few, many := cost(2), cost(24)
	for name, screen := range screens {
		if many[name] > few[name] || many[name] > screen.most {
			t.Errorf("%s: %d statements for many things, %d for few; want at most %d", name, many[name], few[name], screen.most)
		}
	}
}
