package model

import (
	"context"

	"github.com/hexbeat/hexbeat/dispatch"
)

// PageInfo is where a page of a list lies.
type PageInfo struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}

// VisitEdge is an entry of a page of visits.
type VisitEdge struct {
	Cursor string
	Node   dispatch.Visit
}

// VisitConnection is a page of visits. Counting all pages costs a statement of its own, made only when asked for.
type VisitConnection struct {
	Edges    []VisitEdge
	Nodes    []dispatch.Visit
	PageInfo PageInfo
	Count    func(context.Context) (int, error)
}

// TotalCount is how many there are on all pages.
func (c VisitConnection) TotalCount(ctx context.Context) (int, error) { return c.Count(ctx) }
