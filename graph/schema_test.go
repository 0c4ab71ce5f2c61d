package graph_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/graph/gen"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

func theSchema() *ast.Schema { return gen.NewExecutableSchema(gen.Config{}).Schema() }

// TestEveryRootFieldSaysWhoMayAsk holds rule 19.
func TestEveryRootFieldSaysWhoMayAsk(t *testing.T) {
	t.Parallel()
	s := theSchema()
	for _, root := range []*ast.Definition{s.Query, s.Mutation, s.Subscription} {
		for _, field := range root.Fields {
			if !strings.HasPrefix(field.Name, "__") && field.Directives.ForName("role") == nil {
				t.Errorf("%s.%s has no @role", root.Name, field.Name)
			}
		}
	}
}

// TestEverythingIsDescribed holds rule 22: types, fields, arguments and enum values.
func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	for name, definition := range theSchema().Types {
		if definition.BuiltIn {
			continue
		}
		described(t, name, definition.Description)
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			described(t, name+"."+field.Name, field.Description)
		}
		for _, value := range definition.EnumValues {
			described(t, name+"."+value.Name, value.Description)
		}
	}
}

func described(t *testing.T, what, description string) {
	t.Helper()
	if strings.TrimSpace(description) == "" {
		t.Errorf("%s has no description", what)
	}
}

// TestMutationsHaveOneInputWithARequestID holds rules 8, 9 and 13.
func TestMutationsHaveOneInputWithARequestID(t *testing.T) {
	t.Parallel()
	s := theSchema()
	successes := map[string]int{"dayReplan": 2} // what is done at once, and what is left to a worker
	for _, field := range s.Mutation.Fields {
		if len(field.Arguments) != 1 || field.Arguments[0].Name != "input" {
			t.Errorf("%s: takes %v, want one input", field.Name, field.Arguments)
			continue
		}
		request := s.Types[field.Arguments[0].Type.Name()].Fields.ForName("requestId")
		if request == nil || request.Type.String() != "UUID!" {
			t.Errorf("%s: requestId is %v, want UUID!", field.Name, request)
		}
		problems := 0
		for _, member := range s.GetPossibleTypes(s.Types[field.Type.Name()]) {
			for _, face := range s.GetImplements(member) {
				if face.Name == "Problem" {
					problems++
				}
			}
		}
		if members, want := len(s.GetPossibleTypes(s.Types[field.Type.Name()])), max(1, successes[field.Name]); members-problems != want {
			t.Errorf("%s: %d of %d members are problems, want all but %d", field.Name, problems, members, want)
		}
	}
}

// TestSchemaIsTheGoldenOne shows every change of the surface in review.
func TestSchemaIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	formatter.NewFormatter(&got).FormatSchema(theSchema())
	matchGolden(t, "testdata/schema.golden", got.Bytes())
	files, err := filepath.Glob("schema/*.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	var sources []*ast.Source
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: file, Input: string(text)})
	}
	written, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	var now bytes.Buffer
	formatter.NewFormatter(&now).FormatSchema(written)
	if got.String() != now.String() {
		t.Error("the generated code is older than the schema: go generate ./graph")
	}
}
