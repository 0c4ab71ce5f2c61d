package graph

import (
	"context"
	"math"
	"strings"

	cost "github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/graph/gen"
	"github.com/hexbeat/hexbeat/graph/model"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// What one operation may ask for. The first screen of a phone has 150 tokens, 60 fields, depth 8 and complexity 1,500; the
// dispatcher's board complexity 60,000.
const (
	mostBody       = 1 << 20 // bytes of a request
	mostNesting    = 64      // of JSON in a request
	mostTokens     = 4000
	mostDepth      = 16
	mostFields     = 1000 // after fragments are put in
	mostAliases    = 100
	mostDirectives = 50
	mostComplexity = 100_000
)

// limits refuses documents that are too big before anything is spent on validating them.
type limits struct{ dev bool }

func (limits) ExtensionName() string { return "Limits" }

func (limits) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters looks at the document and changes nothing.
func (l limits) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, mostTokens)
	switch {
	case err != nil && strings.Contains(err.Error(), "limit"):
		return tooComplex(ctx, words{"в запросе слишком много слов", "the document has too many tokens"})
	case err != nil:
		return nil //nolint:nilerr // the executor says what is wrong with it
	}
	m := measure{fragments: doc.Fragments, sizes: map[string]size{}}
	total := size{}
	for _, op := range doc.Operations {
		total = total.plus(m.selections(op.SelectionSet))
		total.directives += len(op.Directives)
	}
	for _, f := range doc.Fragments {
		m.fragment(f.Name)
	}
	switch {
	case total.depth > mostDepth:
		return tooComplex(ctx, words{"запрос слишком глубоко вложен", "the document is nested too deeply"})
	case total.aliases > mostAliases:
		return tooComplex(ctx, words{"в запросе слишком много псевдонимов", "the document has too many aliases"})
	case total.directives > mostDirectives:
		return tooComplex(ctx, words{"в запросе слишком много директив", "the document has too many directives"})
	case total.fields > mostFields || m.total > mostFields:
		return tooComplex(ctx, words{"в запросе слишком много полей", "the document has too many fields"})
	case m.introspects && !l.dev:
		return &gqlerror.Error{Message: introspectionWords.in(ctx), Extensions: map[string]any{"code": "INTROSPECTION_DISABLED"}}
	}
	return nil
}

var introspectionWords = words{
	"Схему можно прочитать только у сервера, запущенного с --dev.", "The schema can be read only from a server started with --dev.",
}

func tooComplex(ctx context.Context, why words) *gqlerror.Error {
	said := words{"Запрос слишком велик: " + why.ru + ". Разделите его.", "The request is too big: " + why.en + ". Split it."}
	return &gqlerror.Error{Message: said.in(ctx), Extensions: map[string]any{"code": "TOO_COMPLEX"}}
}

// size is what a piece of a document comes to when its fragments are put in.
type size struct{ fields, depth, aliases, directives int }

func (s size) plus(o size) size {
	return size{add(s.fields, o.fields), max(s.depth, o.depth), add(s.aliases, o.aliases), add(s.directives, o.directives)}
}

// add stops at the greatest number: fragments that double each other must not overflow.
func add(a, b int) int {
	if a > math.MaxInt-b {
		return math.MaxInt
	}
	return a + b
}

// measure knows each fragment's size once, whatever the number of places it is put in.
type measure struct {
	fragments ast.FragmentDefinitionList
	sizes     map[string]size
	total     int // fields of all fragments, used or not

	introspects bool // asks for the schema
}

func (m *measure) selections(set ast.SelectionSet) size {
	var s size
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			s.fields = add(s.fields, 1)
			s.directives = add(s.directives, len(selection.Directives))
			if selection.Name == "__schema" || selection.Name == "__type" {
				m.introspects = true
			}
			if selection.Alias != selection.Name {
				s.aliases = add(s.aliases, 1)
			}
			below := m.selections(selection.SelectionSet)
			below.depth++
			s = s.plus(below)
		case *ast.InlineFragment:
			s.directives = add(s.directives, len(selection.Directives))
			s = s.plus(m.selections(selection.SelectionSet))
		case *ast.FragmentSpread:
			s.directives = add(s.directives, len(selection.Directives))
			s = s.plus(m.fragment(selection.Name))
		}
	}
	return s
}

// fragment is a fragment's size. One that holds itself counts as empty there; validation refuses it.
func (m *measure) fragment(name string) size {
	if s, known := m.sizes[name]; known {
		return s
	}
	m.sizes[name] = size{}
	definition := m.fragments.ForName(name)
	if definition == nil {
		return size{}
	}
	s := m.selections(definition.SelectionSet)
	m.sizes[name] = s
	m.total = add(m.total, s.fields)
	return s
}

// Entries that a list without a page size is counted as.
const (
	boundedList = 100 // territories, cells of the map
	shortList   = 30  // stops of a route, reps of a decision
)

// times is what a list costs: its entries, each with what is asked of it.
func times(entries, child int) int {
	entries = min(max(entries, 1), longestPage)
	if child > math.MaxInt/entries-1 {
		return math.MaxInt
	}
	return 1 + entries*child
}

// complexity counts a list as its page size times its entries. (Counting fields alone, a page of 100,000 costs as much as one of 1.)
func complexity() (c gen.ComplexityRoot) {
	c.Query.Alerts = func(child, first int, _ *string, _ *notify.State) int { return times(first, child) }
	c.Query.Reps = func(child, first int, _ *string, _ *uuid.UUID) int { return times(first, child) }
	c.Query.Visits = func(child, first int, _ *string, _ *model.VisitFilter) int { return times(first, child) }
	c.Query.Queue = func(child, first int, _ *string, _ *uuid.UUID) int { return times(first, child) }
	c.Query.Slowdowns = func(child int, _ uuid.UUID, _ *hours.Date) int { return times(mostSlowdowns, child) }
	c.Watch.Idle = func(child int) int { return times(mostWatched, child) }
	c.Watch.Late = func(child int) int { return times(mostWatched, child) }
	c.Watch.AtRisk = func(child int) int { return times(mostWatched, child) }
	c.Rep.WeekLoad = func(child int, _ *hours.Date) int { return child + boundedList } // a statement of its own
	c.Query.Offers = func(child, first int) int { return times(first, child) }
	c.Query.Changes = func(child int, _ string, first int) int { return times(first, child) }
	c.Query.Escalations = func(child, first int, _ *string) int { return times(first, child) }
	c.Query.DeadLetters = func(child, first int, _ *string) int { return times(first, child) }
	c.AlertsReceived.Alerts = func(child int) int { return times(boundedList, child) }
	c.Query.Slots = func(child int, _ uuid.UUID, _ int, _ hours.Date, days int) int {
		return times(mostSlots, child) + times(days, boundedList) // every rep's day is looked through
	}
	c.Day.Alerts = func(child, first int) int { return times(first, child) }
	c.Query.Territories = func(child int, _ *hours.Date, _ *uuid.UUID) int { return times(boundedList, child) }
	c.Query.MapCells = func(child int, _ geo.Bounds, _ float64) int { return times(boundedList, child) }
	c.Query.Alignments = func(child int, _ *uuid.UUID, _ *model.AlignmentState) int { return times(shortList, child) }
	c.Query.AlignmentWhatIf = func(child int, _ uuid.UUID, budgets []float64, _, _ *float64, _ *string) int {
		return max(dearFrom, times(len(budgets), child)) // it designs
	}
	c.AlignmentDrafted.Findings = func(child int) int { return times(shortList, child) }
	c.Alignment.Territories = func(child int) int { return times(boundedList, child) }
	c.Alignment.Handovers = func(child int) int { return times(boundedList, child) }
	c.AlignmentDrift.Territories = func(child int) int { return times(boundedList, child) }
	c.TerritoryCoverage.Unserved = func(child, first int) int { return times(first, child) }
	c.TerritoryCoverage.Idle = func(child, first int) int { return times(first, child) }
	c.TerritoryCoverage.Shared = func(child, first int) int { return times(first, child) }
	c.TerritoryCoverage.Disputed = func(child, first int) int { return times(first, child) }
	c.TerritoryCoverage.Vacancies = func(child int) int { return times(shortList, child) }
	c.Organization.Branches = func(child int) int { return times(shortList, child) }
	c.Territory.Cells = func(child int) int { return times(boundedList, child) }
	c.Route.Stops = func(child int) int { return times(shortList, child) }
	c.Alert.Visits = func(child int) int { return times(shortList, child) }
	c.VisitsReassigned.Moves = func(child int) int { return times(boundedList, child) }
	c.VisitsReassigned.Days = func(child int) int { return times(shortList, child) }
	c.RepDayReassigned.Moves = func(child int) int { return times(boundedList, child) }
	c.RepDayReassigned.Days = func(child int) int { return times(shortList, child) }
	c.AreaSlowed.Moves = func(child int) int { return times(boundedList, child) }
	c.AreaSlowed.Days = func(child int) int { return times(shortList, child) }
	c.BatchUndone.Moves = func(child int) int { return times(boundedList, child) }
	c.BatchUndone.Kept = func(child int) int { return times(boundedList, child) }
	c.BatchUndone.Days = func(child int) int { return times(shortList, child) }
	c.DayReplanned.Moves = func(child int) int { return times(boundedList, child) }
	c.DayReplanned.Days = func(child int) int { return times(shortList, child) }
	c.Decision.Refusals = func(child int) int { return times(shortList, child) }
	return c
}

// dear refuses operations that cost too much, by complexity.
type dear struct{ schema graphql.ExecutableSchema }

func (dear) ExtensionName() string { return "Complexity" }

func (dear) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext notes what the operation costs.
func (d dear) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	complexity := cost.Calculate(ctx, d.schema, op.Operation, op.Variables)
	op.Stats.SetExtension(costKey, complexity)
	if complexity > mostComplexity {
		return tooComplex(ctx, words{"ответ был бы слишком большим", "the answer would be too big"})
	}
	return nil
}
