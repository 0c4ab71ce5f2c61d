package graph

import (
	"context"
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

// withAccepted keeps the request's Accept-Language, for who has no language of the own (yet).
func withAccepted(ctx context.Context, header string) context.Context {
	return context.WithValue(ctx, acceptedKey{}, header)
}

// localeOf is the request's language, "ru" or "en": the caller's, else the first of Accept-Language that is spoken here,
// else English.
func localeOf(ctx context.Context) string {
	if caller, err := auth.From(ctx); err == nil {
		if spoken := language(caller.Locale); spoken != "" {
			return spoken
		}
	}
	header, _ := ctx.Value(acceptedKey{}).(string)
	for _, tag := range strings.Split(header, ",") {
		if spoken := language(strings.TrimSpace(tag)); spoken != "" {
			return spoken
		}
	}
	return "en"
}

func language(tag string) string {
	switch tag = strings.ToLower(tag); {
	case strings.HasPrefix(tag, "ru"):
		return "ru"
	case strings.HasPrefix(tag, "en"):
		return "en"
	}
	return ""
}
