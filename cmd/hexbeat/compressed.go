package main

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressed shrinks long answers: a dispatcher's first screen of 50 reps is most of a megabyte. A socket goes by untouched.
func compressed(h http.Handler) http.Handler {
	shrunk := gzhttp.GzipHandler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			h.ServeHTTP(w, r)
			return
		}
		shrunk.ServeHTTP(w, r)
	})
}
