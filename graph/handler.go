package graph

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/board"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/graph/gen"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/postgres"
)

// Config is what the door needs.
type Config struct {
	DB             *postgres.DB
	Desk           *desk.Desk
	Hub            *live.Hub
	Board          *board.Board
	SignIn         func(ctx context.Context, token string) (auth.Caller, error) // postgres.SignIns.SignIn
	Clock          func() time.Time
	Log            *slog.Logger // nil: slog's default
	Dev            bool         // opens introspection and suggestions
	PushKey        string       // what browsers subscribe for Web Push with; "" where there is none
	AllowedOrigins []string     // pages of other hosts that may open a websocket, such as https://maps.example.org
	// Closing ends when open sockets are to say goodbye and no more are taken; requests under way go on. Nil: never.
	Closing context.Context
}

// remembered is how many documents are kept parsed and checked.
const remembered = 1000

// Door answers GraphQL over HTTP and over a websocket at one address.
type door struct {
	Config
	faults faults
	budget budget
	exec   *executor.Executor
}

// New makes the handler of /graphql: POST, GET for queries, and the websocket subprotocol graphql-transport-ws.
// http.Server.Shutdown knows nothing of sockets: end Closing at shutdown.
func New(config Config) http.Handler {
	if config.Log == nil {
		config.Log = slog.Default()
	}
	if config.Closing == nil {
		config.Closing = context.Background()
	}
	resolver := &Resolver{
		desk: config.Desk, drafts: desk.NewWorkbenches(config.Desk), hub: config.Hub, board: config.Board, clock: config.Clock,
		pushKey: config.PushKey,
	}
	schema := gen.NewExecutableSchema(gen.Config{
		Resolvers: resolver, Directives: gen.DirectiveRoot{Role: role}, Complexity: complexity(),
	})
	resolver.schema = schema.Schema()
	d := &door{Config: config, faults: faults{config.Log}, budget: newBudget(), exec: executor.New(schema)}
	d.exec.SetErrorPresenter(d.faults.present)
	d.exec.SetRecoverFunc(d.faults.panicked)
	d.exec.SetQueryCache(newDocuments(remembered))
	d.exec.SetParserTokenLimit(mostTokens)
	d.exec.SetDisableSuggestion(!config.Dev)
	d.exec.Use(limits{config.Dev})
	d.exec.Use(dear{schema})
	d.exec.Use(oneStream{})
	if config.Dev {
		d.exec.Use(introspection{})
	}
	return d
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = r.WithContext(withAccepted(r.Context(), r.Header.Get("Accept-Language")))
	if isUpgrade(r) {
		d.serveSocket(w, r)
		return
	}
	d.serveHTTP(w, r)
}

// admit puts who asks into the context, with readers of their own.
func (d *door) admit(ctx context.Context, caller auth.Caller) context.Context {
	return withLoaders(auth.With(ctx, caller), newLoaders(d.DB, caller, d.Clock()))
}

// doorOf reads through which door a client says it comes.
func doorOf(name string) auth.Door {
	switch door := auth.Door(name); door {
	case auth.Page, auth.Phone:
		return door
	}
	return auth.API
}
