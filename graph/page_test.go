package graph_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
)

type visitsPage struct {
	Visits struct {
		TotalCount int
		Nodes      []struct{ ID uuid.UUID }
		PageInfo   struct {
			HasNextPage, HasPreviousPage bool
			EndCursor                    *string
		}
	}
}

const visitsPageQuery = `query($a:String){visits(first:5,after:$a){totalCount nodes{id} pageInfo{hasNextPage hasPreviousPage endCursor}}}`

// TestPagesSurviveInsertions: whoever turns pages meets every visit that was there once, whatever comes in between.
func TestPagesSurviveInsertions(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	var seen []uuid.UUID
	var after *string
	total := 0
	for {
		var got visitsPage
		h.must(t, "dispatcher", visitsPageQuery, map[string]any{"a": after}, &got)
		if total == 0 {
			total = got.Visits.TotalCount
		}
		for _, v := range got.Visits.Nodes {
			if slices.Contains(seen, v.ID) {
				t.Errorf("visit %s came twice", v.ID)
			}
			seen = append(seen, v.ID)
		}
		if got.Visits.PageInfo.HasPreviousPage != (after != nil) {
			t.Errorf("hasPreviousPage is %v after %v", got.Visits.PageInfo.HasPreviousPage, after)
		}
		if !got.Visits.PageInfo.HasNextPage {
			break
		}
		after = got.Visits.PageInfo.EndCursor
		// It lands somewhere among the others: no page may shift.
		if _, err := desk.Do(h.As(h.Dispatcher), h.Desk, desktest.NewID(), desk.CreateVisit{Site: h.Branches[0].Sites[0][0], Rep: nil}); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < total {
		t.Errorf("met %d visits, want all %d that were there at first", len(seen), total)
	}
}

// TestCursorsOfAnotherListAreRefused.
func TestCursorsOfAnotherListAreRefused(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	var got visitsPage
	h.must(t, "dispatcher", visitsPageQuery, nil, &got)
	for _, list := range []string{"reps", "queue", "alerts"} {
		answered := h.ask(t, "dispatcher", fmt.Sprintf(`query($a:String){%s(first:1,after:$a){nodes{id}}}`, list), map[string]any{"a": got.Visits.PageInfo.EndCursor})
		if answered.code() != "BAD_USER_INPUT" {
			t.Errorf("%s took a cursor of visits: %s", list, answered.body)
		}
	}
}
