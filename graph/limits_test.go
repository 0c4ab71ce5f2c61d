package graph_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/desk/desktest"
)

// TestHostileDocuments: each is refused with its code and one sentence, before it costs anything.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	deep := "{today" + strings.Repeat("{rep", 50) + "{id}" + strings.Repeat("}", 50) + "}"
	bomb := "{...f0}"
	for i := range 30 {
		bomb += fmt.Sprintf(" fragment f%d on Query {...f%d ...f%d}", i, i+1, i+1)
	}
	bomb += " fragment f30 on Query {me{roles}}"
	cases := []struct{ name, query, code string }{
		{"depth 50", deep, "TOO_COMPLEX"},
		{"10,000 aliases", "{" + many(10_000, "a%d:me{roles} ") + "}", "TOO_COMPLEX"},
		{"101 aliases", "{" + many(101, "a%d:me{roles} ") + "}", "TOO_COMPLEX"},
		{"1,000 duplicate fields", "{" + strings.Repeat("me{roles} ", 1000) + "}", "TOO_COMPLEX"},
		{"10,000 directives", "{me " + strings.Repeat("@include(if:true)", 10_000) + "{roles}}", "TOO_COMPLEX"},
		{"51 directives", "{" + many(51, "me @include(if:true) {roles} ") + "}", "TOO_COMPLEX"},
		{"circular fragments", "{...a} fragment a on Query {...b} fragment b on Query {...a}", "GRAPHQL_VALIDATION_FAILED"},
		{"doubling fragments", bomb, "TOO_COMPLEX"},
		{"a tree of lists", "{reps(first:100){nodes{route{stops{visit{rep{route{stops{visit{id}}}}}}}}}}", "TOO_COMPLEX"},
		{"introspection", "{__schema{types{name}}}", "INTROSPECTION_DISABLED"},
		{"a field that is not there", "{mee{roles}}", "GRAPHQL_VALIDATION_FAILED"},
		{"half a document", "{me{", "GRAPHQL_PARSE_FAILED"},
		{"nothing asked", "query", "GRAPHQL_PARSE_FAILED"},
		{"first -1", "{visits(first:-1){nodes{id}}}", "BAD_USER_INPUT"},
		{"first 0", "{visits(first:0){nodes{id}}}", "BAD_USER_INPUT"},
		{"first 101", "{visits(first:101){nodes{id}}}", "BAD_USER_INPUT"},
		{"first 2^31", "{visits(first:2147483648){nodes{id}}}", "BAD_USER_INPUT"},
		{"no first", "{visits{nodes{id}}}", "GRAPHQL_VALIDATION_FAILED"},
		{"null in non-null", "{visits(first:null){nodes{id}}}", "GRAPHQL_VALIDATION_FAILED"},
		{"forged cursor", `{visits(first:1, after:"bm9uc2Vuc2U"){nodes{id}}}`, "BAD_USER_INPUT"},
		{"no id", `{visit(id:"42"){id}}`, "BAD_USER_INPUT"},
		{"wrong enum", "{alerts(first:1,state:NONSENSE){nodes{id}}}", "GRAPHQL_VALIDATION_FAILED"},
		{"1e400", "{mapCells(bounds:{south:1e400,west:0,north:1,east:1},zoom:1){cell}}", "GRAPHQL_VALIDATION_FAILED"},
		{"latitude 91", "{territoryAt(point:{lat:91,lon:0}){id}}", "BAD_USER_INPUT"},
		{"south above north", "{mapCells(bounds:{south:2,west:0,north:1,east:1},zoom:1){cell}}", "BAD_USER_INPUT"},
		{"zoom 23", "{mapCells(bounds:{south:0,west:0,north:1,east:1},zoom:23){cell}}", "BAD_USER_INPUT"},
		{"year 10000", `{today(date:"10000-01-01"){date}}`, "BAD_USER_INPUT"},
		{"30 February", `{today(date:"2026-02-30"){date}}`, "BAD_USER_INPUT"},
		{"forbidden field", `{decision(id:"019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b"){id}}`, "FORBIDDEN"},
		{"forbidden field included", `query($y:Boolean=true){decision(id:"019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b") @include(if:$y) {id}}`, "FORBIDDEN"},
	}
	for _, c := range cases {
		got := h.ask(t, "rep", c.query, nil)
		if got.code() != c.code {
			t.Errorf("%s: answered %.300s, want code %s", c.name, got.body, c.code)
		}
		if got.status != http.StatusOK {
			t.Errorf("%s: status %d, want 200 for application/json", c.name, got.status)
		}
		if strings.Contains(got.body, "Did you mean") {
			t.Errorf("%s: suggests: %s", c.name, got.body)
		}
	}
	if got := h.ask(t, "rep", `query($n:Boolean=false){decision(id:"019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b") @include(if:$n) {id} me{roles}}`, nil); got.code() != "" {
		t.Errorf("a forbidden field left out: answered %s, want no error", got.body)
	}
	if got := h.ask(t, "rep", "{alerts(first:1,state:$s){nodes{id}}}", nil); got.code() == "INTERNAL" {
		t.Errorf("an undeclared variable: answered %s", got.body)
	}
}

func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%d") {
			fmt.Fprintf(&b, format, i)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}

// TestHostileRequests: what never becomes an operation, with its status.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	media := func(s string) http.Header { return http.Header{"Content-Type": {s}} }
	query := func(q string) string { return "/graphql?query=" + url.QueryEscape(q) }
	cases := []struct {
		name, method, address, body string
		header                      http.Header
		status                      int
	}{
		{"array batch", "POST", "/graphql", `[{"query":"{me{roles}}"}]`, nil, 400},
		{"no JSON", "POST", "/graphql", `{me{roles}}`, nil, 400},
		{"two values", "POST", "/graphql", `{"query":"{me{roles}}"} {}`, nil, 400},
		{"no query", "POST", "/graphql", `{}`, nil, 400},
		{"a query that is a number", "POST", "/graphql", `{"query":1}`, nil, 400},
		{"variables that are a list", "POST", "/graphql", `{"query":"{me{roles}}","variables":[]}`, nil, 400},
		{"JSON nested 10,000 deep", "POST", "/graphql", `{"query":"{me{roles}}","variables":{"a":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}}`, nil, 400},
		{"2 MB of query", "POST", "/graphql", `{"query":"{me{roles}}` + strings.Repeat(" ", 2<<20) + `"}`, nil, 413},
		{"form", "POST", "/graphql", "query={me{roles}}", media("application/x-www-form-urlencoded"), 415},
		{"multipart", "POST", "/graphql", "--x--", media("multipart/form-data; boundary=x"), 415},
		{"plain text", "POST", "/graphql", `{"query":"{me{roles}}"}`, media("text/plain"), 415},
		{"no UTF-8", "POST", "/graphql", "{\"query\":\"{me{roles}}\",\"variables\":{\"a\":\"\xff\"}}", nil, 415},
		{"another charset", "POST", "/graphql", `{"query":"{me{roles}}"}`, media("application/json; charset=cp1251"), 415},
		{"mutation over GET", "GET", query(`mutation{alertAcknowledge(input:{requestId:"019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b",alertId:"019a9b3c-5f10-7cc2-8b0f-0d3c6a1e2f4b"}){__typename}}`), "", nil, 405},
		{"subscription over HTTP", "POST", "/graphql", `{"query":"subscription{changed{kind}}"}`, nil, 400},
		{"PUT", "PUT", "/graphql", `{"query":"{me{roles}}"}`, nil, 405},
		{"only HTML wanted", "POST", "/graphql", `{"query":"{me{roles}}"}`, http.Header{"Accept": {"text/html"}}, 406},
		{"GET", "GET", query("{me{roles}}"), "", nil, 200},
		{"GET with broken variables", "GET", query("{me{roles}}") + "&variables=[", "", nil, 400},
		{"validation in the newer media type", "POST", "/graphql", `{"query":"{mee}"}`, http.Header{"Accept": {"application/graphql-response+json"}}, 400},
	}
	for _, c := range cases {
		got := h.send(t, c.method, c.address, "rep", c.body, c.header)
		if got.status != c.status {
			t.Errorf("%s: status %d, want %d: %.200s", c.name, got.status, c.status, got.body)
		}
		if c.status != 200 && (len(got.Errors) != 1 || got.Errors[0].Message == "" || len(got.Data) > 0) {
			t.Errorf("%s: answered %.300s, want one error with a sentence and no data", c.name, got.body)
		}
	}
}

// TestWhoIsNobody: no token, an unknown one and a broken header are answered 401, in the language asked for.
func TestWhoIsNobody(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), false)
	for _, token := range []string{"", "nonsense"} {
		got := h.post(t, token, `{"query":"{me{roles}}"}`, http.Header{"Accept-Language": {"de, ru;q=0.5"}})
		if got.status != 401 || got.code() != "UNAUTHENTICATED" || got.header.Get("WWW-Authenticate") == "" {
			t.Errorf("token %q: %d %s", token, got.status, got.body)
		}
		if !strings.Contains(got.body, "токен") {
			t.Errorf("token %q: answered %s, want Russian", token, got.body)
		}
	}
}

// TestDevelopersSeeTheSchema: with Dev, introspection and suggestions are open.
func TestDevelopersSeeTheSchema(t *testing.T) {
	t.Parallel()
	h := open(t, desktest.New(t), true)
	h.must(t, "rep", "{__schema{types{name}}}", nil, nil)
	if got := h.ask(t, "rep", "{mee{roles}}", nil); !strings.Contains(got.body, "Did you mean") {
		t.Errorf("answered %s, want a suggestion", got.body)
	}
}
