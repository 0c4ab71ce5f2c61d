package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/desk/desktest"
	"github.com/vektah/gqlparser/v2/ast"
)

// tables are where everything with an id of its own lies.
var tables = []string{
	"visit", "rep", "batch", "site", "customer", "branch", "territory", "route", "shift", "engagement", "alert", "decision", "device", "person", "alignment",
}

// idsOf lists some ids of each kind that the condition lets through.
func idsOf(t *testing.T, w *desktest.World, table, condition string, args ...any) []string {
	t.Helper()
	rows, err := w.DB.Pool().Query(context.Background(),
		"SELECT id FROM "+table+" WHERE organization_id = '"+w.Organization.String()+"' AND "+condition+" ORDER BY id LIMIT 2", args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id.String())
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return ids
}

// furnished is a planned company that has something of every kind.
func furnished(t *testing.T, w *desktest.World) {
	t.Helper()
	w.Align(t, 0)
	w.Plan(t, 0)
	drafted, err := desk.DesignTerritories(w.As(w.Admin), w.Desk, desk.DesignBrief{Branch: w.Branches[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.NewWorkbenches(w.Desk).Do(w.As(w.Admin), uuid.Nil, desk.EditAlignment{Alignment: drafted.Alignment, Seen: 1, Repair: true}); err != nil {
		t.Fatal(err)
	}
	visits := idsOf(t, w, "visit", "rep_id = $1 AND state = 'ASSIGNED'", w.Branches[0].Reps[0].ID)
	if _, err := desk.Do(w.As(w.Dispatcher), w.Desk, desktest.NewID(), desk.ReassignVisit{
		Visit: uuid.MustParse(visits[1]), To: w.Branches[0].Reps[1].ID, Seen: 2, Reason: "OVERLOAD",
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Do(w.Rep(0, 0), w.Desk, desktest.NewID(), desk.RegisterDevice{
		Token: "token of " + w.Organization.String(), Transport: "FCM", Platform: "android", Locale: "ru",
	}); err != nil {
		t.Fatal(err)
	}
}

// TestIdsOfAnotherOrganizationAreNotFound gives every id of one company to every argument that takes an id, as an admin, a
// dispatcher and a rep of another company. The arguments are read from the schema, so that a new one is tested at once.
func TestIdsOfAnotherOrganizationAreNotFound(t *testing.T) {
	t.Parallel()
	theirs := desktest.New(t)
	furnished(t, theirs)
	ours := desktest.Add(t, theirs.DB, 3)
	furnished(t, ours)
	h := open(t, ours, false)
	var foreign []string
	for _, table := range tables {
		ids := idsOf(t, theirs, table, "true")
		if len(ids) == 0 {
			t.Errorf("the other company has no %s", table)
		}
		foreign = append(foreign, ids...)
	}
	foreign = append(foreign, theirs.Organization.String())
	for _, who := range []string{"admin", "dispatcher", "rep"} {
		strangers(t, h, who, foreign)
	}
}

// TestWorkOfAnotherRepIsNotFound gives everything of one rep to another of the same branch.
func TestWorkOfAnotherRepIsNotFound(t *testing.T) {
	t.Parallel()
	w := desktest.New(t)
	furnished(t, w)
	h := open(t, w, false)
	rep := w.Branches[0].Reps[0].ID
	var others []string
	for table, condition := range map[string]string{
		"visit": "rep_id = $1", "rep": "id = $1", "route": "rep_id = $1", "shift": "rep_id = $1", "engagement": "rep_id = $1",
		"alert": "rep_id = $1", "device": "person_id = (SELECT person_id FROM rep WHERE id = $1)",
		"person": "id = (SELECT person_id FROM rep WHERE id = $1)",
	} {
		ids := idsOf(t, w, table, condition, rep)
		if len(ids) == 0 {
			t.Errorf("the rep has no %s", table)
		}
		others = append(others, ids...)
	}
	h.know("stranger", w.Caller(0, 2))
	strangers(t, h, "stranger", others)
}

// strangers asks every root field about every id in each argument that takes one, and wants nothing.
func strangers(t *testing.T, h *house, who string, ids []string) {
	t.Helper()
	s := theSchema()
	for _, root := range []*ast.Definition{s.Query, s.Mutation} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") || !mayAsk(h, who, field) {
				continue
			}
			for _, place := range placesOfIDs(s, field) {
				for _, id := range ids {
					found(t, h, who, root, field, place, id)
				}
			}
		}
	}
}

func mayAsk(h *house, who string, field *ast.FieldDefinition) bool {
	least, _ := auth.ParseRole(field.Directives.ForName("role").Arguments.ForName("min").Value.Raw)
	return h.callers[who].Has(least)
}

// placesOfIDs are the paths of a field's arguments, and of their inputs' fields, that take an id. The id of a new visit is
// the caller's own choice.
func placesOfIDs(s *ast.Schema, field *ast.FieldDefinition) [][]string {
	var places [][]string
	for _, argument := range field.Arguments {
		if argument.Type.Name() == "ID" {
			places = append(places, []string{argument.Name})
		}
		if input := s.Types[argument.Type.Name()]; input.Kind == ast.InputObject {
			for _, f := range input.Fields {
				if f.Type.Name() == "ID" && f.Name != "id" {
					places = append(places, []string{argument.Name, f.Name})
				}
			}
		}
	}
	return places
}

// found sends the operation, everything else in it being right and the caller's own.
func found(t *testing.T, h *house, who string, root *ast.Definition, field *ast.FieldDefinition, place []string, id string) {
	t.Helper()
	arguments := map[string]any{}
	for _, argument := range field.Arguments {
		if argument.Type.NonNull || argument.Name == place[0] {
			arguments[argument.Name] = h.proper(t, who, argument.Name, argument.Type)
		}
	}
	if len(place) == 1 {
		arguments[place[0]] = id
	} else {
		arguments[place[0]].(map[string]any)[place[1]] = id
	}
	var declared, passed []string
	for name := range arguments {
		declared = append(declared, fmt.Sprintf("$%s: %s", name, field.Arguments.ForName(name).Type))
		passed = append(passed, name+": $"+name)
	}
	selection := "{ __typename }"
	switch {
	case strings.HasSuffix(field.Type.Name(), "Connection"):
		selection = "{ nodes { id } }"
	case strings.HasSuffix(field.Type.Name(), "Result"):
		selection = "{ __typename ... on Problem { code } }"
	}
	document := fmt.Sprintf("%s(%s) { got: %s(%s) %s }",
		strings.ToLower(root.Name), strings.Join(declared, ", "), field.Name, strings.Join(passed, ", "), selection)
	answered := h.ask(t, who, document, arguments)
	if field.Name == "visitCreate" && answered.code() == "FORBIDDEN" {
		return // a rep names nobody else, whoever it is
	}
	var got struct{ Got json.RawMessage }
	if len(answered.Errors) > 0 || json.Unmarshal(answered.Data, &got) != nil {
		t.Errorf("%s asks %s with a stranger's %v: %s", who, field.Name, place, answered.body)
		return
	}
	switch answer := string(got.Got); {
	case answer == "null", answer == "[]", answer == `{"nodes":[]}`:
	case strings.Contains(answer, `"__typename":"NotFound"`):
	case strings.Contains(answer, `"code":"NOT_A_REP"`): // a dispatcher's wish that only reps may have
	default:
		t.Errorf("%s asks %s with a stranger's %v (%s): found %s", who, field.Name, place, id, answer)
	}
}

// proper is a value that is right for an argument or an input's field, the caller's own where it is an id.
func (h *house) proper(t *testing.T, who, name string, typ *ast.Type) any {
	t.Helper()
	switch name {
	case "first":
		return 10
	case "since":
		return ""
	case "expectedVersion":
		return 2
	case "reason":
		return "CUSTOMER" // to reassign and to cancel
	case "outcome":
		return "CLOSED"
	case "point":
		return map[string]any{"lat": 55.75, "lon": 37.62}
	case "visitId":
		return idsOf(t, h.World, "visit", "rep_id = $1 AND state = 'ASSIGNED'", h.Branches[0].Reps[0].ID)[0]
	case "visitIds":
		return []any{h.proper(t, who, "visitId", typ.Elem)}
	case "repIds":
		return []any{h.proper(t, who, "repId", typ.Elem)}
	case "dates":
		return []any{desktest.Monday}
	case "polygon":
		return map[string]any{"type": "Polygon", "coordinates": []any{[]any{[]any{37, 55}, []any{38, 55}, []any{38, 56}, []any{37, 55}}}}
	case "factor":
		return 2
	case "policy":
		return "QUEUE"
	case "kind":
		return "SICK"
	case "batchId":
		return idsOf(t, h.World, "batch", "trace IS NOT NULL")[0]
	case "toRepId", "repId":
		return h.Branches[0].Reps[1].ID.String()
	case "minutes", "days":
		return 10
	case "from", "to":
		if typ.Name() == "DateTime" {
			return map[string]string{"from": "2026-11-23T09:00:00+03:00", "to": "2026-11-23T12:00:00+03:00"}[name]
		}
		return desktest.Monday
	case "siteId":
		return h.Branches[0].Sites[0][0].String()
	case "branchId":
		return h.Branches[0].ID.String()
	case "alertIds":
		return []any{h.proper(t, who, "alertId", typ.Elem)}
	case "channels":
		return []any{"FCM"}
	case "seen":
		return true
	case "alignmentId":
		return idsOf(t, h.World, "alignment", "state = 'DRAFT'")[0]
	case "toTerritoryId":
		return idsOf(t, h.World, "territory",
			"id IN (SELECT territory_id FROM alignment_territory JOIN alignment ON alignment.id = alignment_id WHERE state = 'DRAFT')")[0]
	case "alertId":
		return idsOf(t, h.World, "alert", "rep_id = $1", h.Branches[0].Reps[0].ID)[0]
	case "deviceId":
		return idsOf(t, h.World, "device", "true")[0]
	}
	s := theSchema()
	switch definition := s.Types[typ.Name()]; {
	case definition.Kind == ast.InputObject:
		input := map[string]any{}
		for _, f := range definition.Fields {
			if f.Type.NonNull {
				input[f.Name] = h.proper(t, who, f.Name, f.Type)
			}
		}
		return input
	case typ.Name() == "UUID", typ.Name() == "ID":
		return desktest.NewID().String()
	case typ.Name() == "Float":
		return 0.5
	}
	return "x"
}
