package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// A type per extension: the machine's own table may not know .mjs, and a worker of the wrong type does not start.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".mjs":  "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".png":  "image/png",
}

// asset is one built file. Its name carries a hash of its content, so that browsers may keep it for good.
type asset struct {
	file
	name string
}

func (a asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	// The map's worker is a file of its own and takes its policy from its own answer.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
	a.file.ServeHTTP(w, r)
}

func assets(dist fs.FS) []asset {
	entries, err := fs.ReadDir(dist, "assets")
	if err != nil {
		panic("web: the page is not built: run make web: " + err.Error())
	}
	all := make([]asset, 0, len(entries))
	for _, entry := range entries {
		all = append(all, asset{read(dist, "assets/"+entry.Name()), entry.Name()})
	}
	return all
}

// file is the content of a built file, also packed for those who take gzip.
type file struct {
	contentType string
	tag         string
	plain       []byte
	packed      func() []byte
}

func read(dist fs.FS, name string) file {
	plain, err := fs.ReadFile(dist, name)
	if err != nil {
		panic("web: the page is not built: run make web: " + err.Error())
	}
	contentType, known := contentTypes[path.Ext(name)]
	if !known {
		contentType = "application/octet-stream"
	}
	sum := sha256.Sum256(plain)
	return file{
		contentType: contentType,
		tag:         base64.RawURLEncoding.EncodeToString(sum[:12]),
		plain:       plain,
		packed:      sync.OnceValue(func() []byte { return pack(plain) }),
	}
}

func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	content, tag := f.plain, f.tag
	if takesGzip(r) {
		content, tag = f.packed(), f.tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func takesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if name == "gzip" {
			return strings.ReplaceAll(quality, " ", "") != "q=0"
		}
	}
	return false
}

func pack(plain []byte) []byte {
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	// Neither writing to memory nor a known level can go wrong.
	_, _ = w.Write(plain)
	_ = w.Close()
	return packed.Bytes()
}
