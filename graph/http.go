package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// answerWithin is how long one HTTP request may take.
const answerWithin = 10 * time.Second

// The media types of answers. The older one answers 200 to documents that can't be carried out.
const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
)

// refusal is a request that never becomes an operation.
type refusal struct {
	status int
	code   string
	words
	header [2]string // name and value; empty: none
}

var (
	refuseMethod    = refusal{http.StatusMethodNotAllowed, "BAD_REQUEST", words{"Годятся только GET (для запросов query) и POST.", "Only GET (for queries) and POST will do."}, [2]string{"Allow", "GET, POST"}}
	refuseMutation  = refusal{http.StatusMethodNotAllowed, "BAD_REQUEST", words{"Изменения отправляйте методом POST.", "Send mutations by POST."}, [2]string{"Allow", "POST"}}
	refuseAccept    = refusal{http.StatusNotAcceptable, "BAD_REQUEST", words{"Ответ бывает только application/graphql-response+json или application/json.", "The answer is application/graphql-response+json or application/json."}, [2]string{}}
	refuseMedia     = refusal{http.StatusUnsupportedMediaType, "BAD_REQUEST", words{"Тело запроса должно быть application/json в UTF-8; формы не принимаются.", "The body must be application/json in UTF-8; forms are not taken."}, [2]string{}}
	refuseBody      = refusal{http.StatusRequestEntityTooLarge, "BAD_REQUEST", words{"Запрос больше 1 МБ. Разделите его.", "The request is larger than 1 MB. Split it."}, [2]string{}}
	refuseBatch     = refusal{http.StatusBadRequest, "BAD_REQUEST", words{"Массив запросов не принимается: отправляйте по одному.", "An array of requests is not taken: send one at a time."}, [2]string{}}
	refuseNesting   = refusal{http.StatusBadRequest, "BAD_REQUEST", words{"JSON слишком глубоко вложен.", "The JSON is nested too deeply."}, [2]string{}}
	refuseJSON      = refusal{http.StatusBadRequest, "BAD_REQUEST", words{"Тело — не JSON вида {\"query\": \"…\", \"variables\": {…}}.", "The body is no JSON like {\"query\": \"…\", \"variables\": {…}}."}, [2]string{}}
	refuseNoQuery   = refusal{http.StatusBadRequest, "BAD_REQUEST", words{"Нет поля query с текстом запроса.", "There is no query."}, [2]string{}}
	refuseStream    = refusal{http.StatusBadRequest, "BAD_REQUEST", words{"Подписка возможна только через websocket (graphql-transport-ws).", "Subscriptions need a websocket (graphql-transport-ws)."}, [2]string{}}
	refuseUnknown   = refusal{http.StatusUnauthorized, "UNAUTHENTICATED", words{}, [2]string{"WWW-Authenticate", `Bearer realm="hexbeat"`}}
	refuseNoRecord  = refusal{http.StatusServiceUnavailable, "UNAVAILABLE", words{}, [2]string{"Retry-After", "3"}}
	refuseBusy      = refusal{http.StatusTooManyRequests, "RATE_LIMITED", busyWords, [2]string{"Retry-After", "3"}}
	refuseForFaults = refusal{http.StatusInternalServerError, "INTERNAL", words{}, [2]string{}}
)

func (d *door) serveHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), answerWithin)
	defer cancel()
	media, acceptable := negotiate(r.Header.Values("Accept"))
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if !acceptable {
		refuse(ctx, w, refuseAccept)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		refuse(ctx, w, refuseMethod)
		return
	}
	caller, refused := d.signIn(ctx, r)
	if refused != nil {
		refuse(ctx, w, *refused)
		return
	}
	ctx = d.admit(graphql.StartOperationTrace(ctx), caller)
	params, refused := readParams(w, r)
	if refused != nil {
		refuse(ctx, w, *refused)
		return
	}
	op, errs := d.exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		d.refuseDocument(graphql.WithOperationContext(ctx, op), w, media, errs)
		return
	}
	switch {
	case op.Operation.Operation == ast.Mutation && r.Method == http.MethodGet:
		refuse(ctx, w, refuseMutation)
		return
	case op.Operation.Operation == ast.Subscription:
		refuse(ctx, w, refuseStream)
		return
	}
	done, admitted := d.budget.take(ctx, op)
	if !admitted {
		refuse(ctx, w, refuseBusy)
		return
	}
	defer done()
	responses, ctx := d.exec.DispatchOperation(ctx, op)
	response := responses(ctx)
	if response == nil { // the request was broken off
		refuse(ctx, w, unavailable(ctx))
		return
	}
	write(w, http.StatusOK, response)
}

// signIn finds out who asks, from the Authorization header.
func (d *door) signIn(ctx context.Context, r *http.Request) (auth.Caller, *refusal) {
	caller, err := d.callerOf(ctx, r.Header.Get("Authorization"))
	if err != nil {
		return caller, d.refusalOf(ctx, err)
	}
	caller.Door = doorOf(r.Header.Get("Hexbeat-Door"))
	return caller, nil
}

// callerOf reads "Bearer …"; the scheme's name in any case.
func (d *door) callerOf(ctx context.Context, authorization string) (auth.Caller, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return auth.Caller{}, auth.ErrUnauthenticated
	}
	return d.SignIn(ctx, token)
}

// refusalOf says an error of sign-in.
func (d *door) refusalOf(ctx context.Context, err error) *refusal {
	code, sentence, known := sentenceFor(ctx, err)
	refused := refuseForFaults
	switch {
	case !known:
		sentence = faultWords.in(ctx) + d.faults.keep(ctx, err)
	case code == "UNAUTHENTICATED":
		refused = refuseUnknown
	case code == "UNAVAILABLE":
		refused = refuseNoRecord
	}
	refused.words = words{sentence, sentence}
	return &refused
}

func unavailable(ctx context.Context) refusal {
	_, sentence, _ := sentenceFor(ctx, context.DeadlineExceeded)
	refused := refuseNoRecord
	refused.words = words{sentence, sentence}
	return refused
}

// readParams reads an operation from a POST's body or a GET's address.
func readParams(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, *refusal) {
	start := graphql.Now()
	params := &graphql.RawParams{Headers: r.Header}
	if r.Method == http.MethodGet {
		if refused := fromAddress(r, params); refused != nil {
			return nil, refused
		}
	} else if refused := fromBody(w, r, params); refused != nil {
		return nil, refused
	}
	if params.Query == "" {
		return nil, &refuseNoQuery
	}
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, nil
}

func fromAddress(r *http.Request, params *graphql.RawParams) *refusal {
	if len(r.URL.RawQuery) > mostBody {
		return &refuseBody
	}
	query := r.URL.Query()
	params.Query, params.OperationName = query.Get("query"), query.Get("operationName")
	for name, into := range map[string]*map[string]any{"variables": &params.Variables, "extensions": &params.Extensions} {
		if value := query.Get(name); value != "" {
			if refused := decode([]byte(value), into); refused != nil {
				return refused
			}
		}
	}
	return nil
}

func fromBody(w http.ResponseWriter, r *http.Request, params *graphql.RawParams) *refusal {
	media, details, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaJSON || details["charset"] != "" && !strings.EqualFold(details["charset"], "utf-8") {
		return &refuseMedia
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return &refuseBody
	}
	if err != nil {
		return &refuseJSON
	}
	if !utf8.Valid(body) {
		return &refuseMedia
	}
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		return &refuseBatch
	}
	return decode(body, params)
}

// decode reads one JSON object, numbers as they were written.
func decode(doc []byte, into any) *refusal {
	if nesting(doc) > mostNesting {
		return &refuseNesting
	}
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return &refuseJSON
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return &refuseJSON
	}
	return nil
}

// nesting is how deeply brackets nest in JSON, those in texts not counted.
func nesting(doc []byte) int {
	depth, deepest, inText := 0, 0, false
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// negotiate chooses the answer's media type: the older one where the client says nothing.
func negotiate(accept []string) (media string, acceptable bool) {
	wanted := strings.Join(accept, ",")
	if strings.TrimSpace(wanted) == "" {
		return mediaJSON, true
	}
	for _, part := range strings.Split(wanted, ",") {
		name, details, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil || details["q"] == "0" || details["charset"] != "" && !strings.EqualFold(details["charset"], "utf-8") {
			continue
		}
		switch name {
		case mediaResponse:
			return mediaResponse, true
		case mediaJSON, "application/*", "*/*":
			return mediaJSON, true
		}
	}
	return mediaJSON, false
}

// refuseDocument answers an operation that can't be carried out as it is written.
func (d *door) refuseDocument(ctx context.Context, w http.ResponseWriter, media string, errs gqlerror.List) {
	status := http.StatusOK
	if media == mediaResponse {
		status = http.StatusBadRequest
	}
	write(w, status, d.exec.DispatchError(ctx, errs))
}

func refuse(ctx context.Context, w http.ResponseWriter, refused refusal) {
	if refused.header[0] != "" {
		w.Header().Set(refused.header[0], refused.header[1])
	}
	write(w, refused.status, &graphql.Response{Errors: gqlerror.List{{
		Message: refused.words.in(ctx), Extensions: map[string]any{"code": refused.code},
	}}})
}

// reply is a response on the wire. Data is absent, not null, where nothing was carried out.
type reply struct {
	Errors     gqlerror.List   `json:"errors,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
	Extensions map[string]any  `json:"extensions,omitempty"`
}

func write(w http.ResponseWriter, status int, response *graphql.Response) {
	doc, err := json.Marshal(reply{response.Errors, response.Data, response.Extensions})
	if err != nil { // gqlgen wrote the data: it is JSON
		status, doc = http.StatusInternalServerError, []byte(`{"errors":[{"message":"Internal fault.","extensions":{"code":"INTERNAL"}}]}`)
	}
	w.WriteHeader(status)
	_, _ = w.Write(doc)
}
