package graph

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// documents remembers parsed and checked documents by their text: apps send few different ones. When full, any goes.
type documents struct {
	most int

	mu    sync.Mutex
	known map[string]*ast.QueryDocument
}

func newDocuments(most int) *documents {
	return &documents{most: most, known: map[string]*ast.QueryDocument{}}
}

// Get finds a document.
func (d *documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, known := d.known[text]
	return doc, known
}

// Add keeps a document.
func (d *documents) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for other := range d.known {
		if len(d.known) < d.most {
			break
		}
		delete(d.known, other)
	}
	d.known[text] = doc
}

// introspection lets developers' tools read the schema.
type introspection struct{}

func (introspection) ExtensionName() string { return "Introspection" }

func (introspection) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext opens __schema and __type.
func (introspection) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	op.DisableIntrospection = false
	return nil
}
