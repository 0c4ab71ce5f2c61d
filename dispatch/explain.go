package dispatch

import "github.com/google/uuid"

// Explain says a decision in one sentence, in Russian for a locale that begins with "ru", else in English.
// Names gives the name of a rep.
func Explain(d Decision, names func(uuid.UUID) string, locale string) string { return "" }
