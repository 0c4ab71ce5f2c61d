package graph

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hexbeat/hexbeat/graph/scalar"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// scalarWords say what is wrong with a value that does not fit its type.
var scalarWords = map[error]words{
	scalar.ErrNoID:     {"Идентификатор — это UUID вида 019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b.", "An id is a UUID such as 019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b."},
	scalar.ErrNoMoment: {"Момент времени пишется так: 2026-11-23T09:00:00+03:00.", "A moment is written like 2026-11-23T09:00:00+03:00."},
	scalar.ErrNoDate:   {"Дата пишется так: 2026-11-23.", "A day is written like 2026-11-23."},
	scalar.ErrNoCell:   {"Ячейка — это индекс H3 в шестнадцатеричном виде, например 891181b6d53ffff.", "A cell is an H3 index in hexadecimal such as 891181b6d53ffff."},
	scalar.ErrNoObject: {"GeoJSON — это объект с type, например Polygon.", "GeoJSON is an object with a type, such as a Polygon."},
	scalar.ErrNoInt:    {"Нужно целое число от -2147483648 до 2147483647.", "A whole number between -2147483648 and 2147483647 is expected."},
	scalar.ErrNoText:   {"Нужен текст без символа NUL.", "A text without the character NUL is expected."},
	scalar.ErrNoFloat:  {"Нужно конечное число.", "A finite number is expected."},
}

var faultWords = words{"Внутренняя ошибка. Сообщите её номер поддержке: ", "Internal fault. Tell the support its reference: "}

// faults says errors to callers and to the log. Callers hear no SQL, no stack and no names.
type faults struct{ log *slog.Logger }

// present makes an error of the response: with a code, and a sentence in the caller's language.
func (f faults) present(ctx context.Context, err error) *gqlerror.Error {
	said := graphql.DefaultErrorPresenter(ctx, err)
	if code, sentence, known := sentenceFor(ctx, err); known {
		return coded(said, code, sentence)
	}
	var gql *gqlerror.Error
	if errors.As(err, &gql) && gql.Err == nil {
		// gqlgen's own words about the document. They quote what was sent and nothing of ours.
		if gql.Extensions["code"] == nil {
			return coded(said, "INTERNAL", gql.Message)
		}
		return said
	}
	reference := f.keep(ctx, err)
	fault := coded(said, "INTERNAL", faultWords.in(ctx)+reference)
	fault.Extensions["trace"] = reference
	return fault
}

// sentenceFor finds what callers are told of errors that are no faults of ours.
func sentenceFor(ctx context.Context, err error) (code, sentence string, known bool) {
	var bad badInput
	if errors.As(err, &bad) {
		return "BAD_USER_INPUT", bad.in(ctx), true
	}
	for _, top := range topLevel {
		if errors.Is(err, top.err) {
			return top.code, top.words.in(ctx), true
		}
	}
	for sentinel, said := range scalarWords {
		if errors.Is(err, sentinel) {
			return "BAD_USER_INPUT", said.in(ctx), true
		}
	}
	return "", "", false
}

func coded(err *gqlerror.Error, code, message string) *gqlerror.Error {
	return &gqlerror.Error{
		Message: message, Path: err.Path, Locations: err.Locations, Extensions: map[string]any{"code": code},
	}
}

// keep writes the fault to the log and names it. Errors of the record carry ids and SQL, never names or phones.
func (f faults) keep(ctx context.Context, err error) string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	reference := hex.EncodeToString(b[:])
	attrs := []slog.Attr{slog.String("trace", reference), slog.String("error", err.Error())}
	if graphql.HasOperationContext(ctx) {
		attrs = append(attrs, slog.String("operation", graphql.GetOperationContext(ctx).OperationName))
	}
	if path := graphql.GetPath(ctx); len(path) > 0 {
		attrs = append(attrs, slog.String("path", path.String()))
	}
	f.log.LogAttrs(ctx, slog.LevelError, "graphql fault", attrs...)
	return reference
}

// panicked makes an ordinary fault of a panic.
func (f faults) panicked(ctx context.Context, value any) error {
	f.log.LogAttrs(ctx, slog.LevelError, "graphql panic", slog.String("stack", string(debug.Stack())))
	return fmt.Errorf("panic: %v", value)
}
