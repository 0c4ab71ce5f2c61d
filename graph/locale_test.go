package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/auth"
)

const kinds = `{today{route{stops{visit{kind{name}}}}}}`

// kindName is the language of the first named kind in an answer: "ru", "en", or what it says instead.
func kindName(answer string) string {
	switch {
	case strings.Contains(answer, "Плановый визит"):
		return "ru"
	case strings.Contains(answer, "Regular visit"):
		return "en"
	}
	return answer
}

// TestLanguageAskedForWinsOverTheCallersOwn: the page speaks the language chosen on it, a program the account's.
func TestLanguageAskedForWinsOverTheCallersOwn(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.know("english", with(h.Caller(0, 0), "en"))
	h.know("russian", with(h.Caller(0, 0), "ru"))
	for _, c := range []struct{ who, header, want string }{
		{"russian", "", "ru"},
		{"english", "", "en"},
		{"russian", "en", "en"},
		{"english", "ru-RU,ru;q=0.9,en;q=0.8", "ru"},
		{"russian", "ru;q=0.3, en-GB;q=0.7", "en"},
		{"russian", "de, fr;q=0.5", "ru"},
		{"english", "ru;q=0", "en"},
		{"english", "rusyn", "en"},
	} {
		got := h.post(t, c.who, fmt.Sprintf(`{"query":%q}`, kinds), http.Header{"Accept-Language": {c.header}})
		if got := kindName(got.body); got != c.want {
			t.Errorf("%s with Accept-Language %q: answered in %s, want %s", c.who, c.header, got, c.want)
		}
	}
}

// TestLanguageOfASocketIsNamedAtItsStart.
func TestLanguageOfASocketIsNamedAtItsStart(t *testing.T) {
	t.Parallel()
	h := aHouse(t)
	h.know("russian", with(h.Caller(0, 0), "ru"))
	for _, c := range []struct{ locale, header, want string }{
		{"", "", "ru"},
		{"en", "ru", "en"},
		{"ru", "en", "ru"},
		{"", "en", "en"},
	} {
		ws, _, err := h.dial(t, http.Header{"Accept-Language": {c.header}})
		if err != nil {
			t.Fatal(err)
		}
		s := conversation{t, ws}
		hello, err := json.Marshal(map[string]string{"authorization": "Bearer russian", "locale": c.locale})
		if err != nil {
			t.Fatal(err)
		}
		s.say(fmt.Sprintf(`{"type":"connection_init","payload":%s}`, hello))
		s.hear("connection_ack")
		s.say(fmt.Sprintf(`{"id":"1","type":"subscribe","payload":{"query":%q}}`, kinds))
		if got := kindName(string(s.hear("next"))); got != c.want {
			t.Errorf("locale %q, Accept-Language %q: answered in %s, want %s", c.locale, c.header, got, c.want)
		}
	}
}

func with(c auth.Caller, locale string) auth.Caller {
	c.Locale = locale
	return c
}
