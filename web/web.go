// Package web is the dispatcher's door: the built map page, the rep's phone page and GraphiQL, carried in the
// binary. It knows how to hand out files, and nothing of the trade: the pages ask /graphql like everybody else.
//
//	mux.Handle("/", web.Handler(web.Options{Explore: true}))
//
// The source is in app/, what `make web` builds of it in dist/.
package web

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed all:dist
var built embed.FS

// Options says what the handler serves besides the two pages.
type Options struct {
	// Explore opens GraphiQL at /explore.
	Explore bool
}

// Handler serves / (dispatcher), /m (rep's phone), /explore (when opened) the service worker
// /push.js, which shows pushes, and the files they need under /assets/.
// Anything else is answered 404 with a sentence.
func Handler(o Options) http.Handler {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic("web: dist is not embedded: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", page(dist, "index.html", pagePolicy))
	mux.Handle("GET /m", page(dist, "m.html", pagePolicy))
	mux.Handle("GET /m/{$}", http.RedirectHandler("/m", http.StatusMovedPermanently))
	if o.Explore {
		mux.Handle("GET /explore", page(dist, "explore.html", explorePolicy))
	}
	mux.Handle("GET /push.js", page(dist, "push.js", workerPolicy))
	for _, asset := range assets(dist) {
		mux.Handle("GET /assets/"+asset.name, asset)
	}
	mux.HandleFunc("/", missing)
	return mux
}

func missing(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	http.Error(w, "Nothing is served here. The dispatcher's map is at /, the rep's day at /m, the API at /graphql.", http.StatusNotFound)
}
