package graph

import (
	"context"
	"strconv"
	"strings"

	"github.com/hexbeat/hexbeat/auth"
)

// words is a sentence in both languages.
type words struct{ ru, en string }

// in is the sentence in the request's language.
func (w words) in(ctx context.Context) string {
	if localeOf(ctx) == "en" {
		return w.en
	}
	return w.ru
}

type acceptedKey struct{}

// withAccepted keeps the language a client asks for: the request's Accept-Language, or the locale of its connection_init.
func withAccepted(ctx context.Context, header string) context.Context {
	return context.WithValue(ctx, acceptedKey{}, header)
}

// localeOf is the request's language, "ru" or "en": the one asked for, else the caller's own, else English.
// Whoever asks reads the answer on a screen that speaks this language, whatever the account says.
func localeOf(ctx context.Context) string {
	header, _ := ctx.Value(acceptedKey{}).(string)
	if spoken := preferred(header); spoken != "" {
		return spoken
	}
	if caller, err := auth.From(ctx); err == nil {
		if spoken := language(caller.Locale); spoken != "" {
			return spoken
		}
	}
	return "en"
}

// preferred is the language of an Accept-Language header that is spoken here and weighs most, the first among equals;
// "" for none.
func preferred(header string) string {
	best, most := "", 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, parameter, _ := strings.Cut(part, ";")
		weight := 1.0
		if q, found := strings.CutPrefix(strings.TrimSpace(parameter), "q="); found {
			weight, _ = strconv.ParseFloat(q, 64)
		}
		if spoken := language(strings.TrimSpace(tag)); spoken != "" && weight > most {
			best, most = spoken, weight
		}
	}
	return best
}

// language is "ru" or "en" for a tag of either, such as "ru-RU", else "".
func language(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch primary {
	case "ru", "en":
		return primary
	}
	return ""
}
