package graph_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// TestSchemaKeepsItsPromises fails on a change that would break an app. The golden schema shows every change; this list says
// which ones may not be made: it is written by hand and never updated from the schema.
func TestSchemaKeepsItsPromises(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/promised.txt")
	if err != nil {
		t.Fatal(err)
	}
	s := theSchema()
	promises := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		promises++
		if name, members, list := strings.Cut(line, " = "); list {
			for _, member := range strings.Fields(members) {
				if !hasMember(s, name, member) {
					t.Errorf("%s has lost %s", name, member)
				}
			}
			continue
		}
		if got := signature(s, line); got != line {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
	if promises < 100 {
		t.Errorf("%d promises were read, want all of them", promises)
	}
}

// hasMember says whether an enum has the value, or the type belongs to the union or interface.
func hasMember(s *ast.Schema, name, member string) bool {
	kind := s.Types[name]
	if kind == nil {
		return false
	}
	if kind.EnumValues.ForName(member) != nil {
		return true
	}
	for _, possible := range s.GetPossibleTypes(kind) {
		if possible.Name == member {
			return true
		}
	}
	return false
}

// signature writes the field that a promise names as the schema has it now. Arguments added later are left out where an app
// need not give them.
func signature(s *ast.Schema, promise string) string {
	name, _, _ := strings.Cut(promise, ":")
	name, _, _ = strings.Cut(name, "(")
	parent, child, _ := strings.Cut(name, ".")
	if s.Types[parent] == nil {
		return "no type " + parent
	}
	field := s.Types[parent].Fields.ForName(child)
	if field == nil {
		return "no field " + name
	}
	var args []string
	for _, a := range field.Arguments {
		arg := a.Name + ": " + a.Type.String()
		if a.Type.NonNull && a.DefaultValue == nil || strings.Contains(promise, arg) {
			args = append(args, arg)
		}
	}
	if len(args) > 0 {
		name += "(" + strings.Join(args, ", ") + ")"
	}
	return name + ": " + field.Type.String()
}
