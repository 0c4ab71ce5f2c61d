package web

import (
	"io/fs"
	"net/http"
)

const (
	// Everything comes from where the page came from. MapLibre draws its icons from data: and blob: addresses.
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
		"connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

	// The service worker asks for the words of a push, and loads nothing.
	workerPolicy = "default-src 'none'; connect-src 'self'"

	// GraphiQL's menus write style elements while they run.
	explorePolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

// page serves one HTML file, asked for anew each time: it names the assets of its build.
func page(dist fs.FS, name, policy string) http.Handler {
	file := read(dist, name)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-cache")
		file.ServeHTTP(w, r)
	})
}

func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(), microphone=(), payment=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}
