package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/web"
)

func get(t *testing.T, o web.Options, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	web.Handler(o).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, answer *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("read body: %v", err)
	}
	return string(text)
}

func TestPagesAreServed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path    string
		options web.Options
		want    int
	}{
		{"/", web.Options{}, http.StatusOK},
		{"/m", web.Options{}, http.StatusOK},
		{"/explore", web.Options{}, http.StatusNotFound},
		{"/explore", web.Options{Explore: true}, http.StatusOK},
		{"/index.html", web.Options{}, http.StatusNotFound},
		{"/assets/", web.Options{}, http.StatusNotFound},
		{"/assets/none.js", web.Options{}, http.StatusNotFound},
		{"/anything/else", web.Options{}, http.StatusNotFound},
	} {
		if got := get(t, test.options, test.path).StatusCode; got != test.want {
			t.Errorf("GET %s with %+v = %d, want %d", test.path, test.options, got, test.want)
		}
	}
}

func TestPageKeepsToItsOrigin(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/m", "/explore"} {
		answer := get(t, web.Options{Explore: true}, path)
		policy := answer.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("policy of %s = %q, want it to say %q", path, policy, part)
			}
		}
		page := body(t, answer)
		if foreign := regexp.MustCompile(`(?:src|href)="(?:https?:)?//[^"]*`).FindString(page); foreign != "" {
			t.Errorf("%s loads %s from elsewhere", path, foreign)
		}
		if regexp.MustCompile(`<script(?:[^>]*)>[^<]`).MatchString(page) {
			t.Errorf("%s has a script of its own in the page", path)
		}
	}
}

func TestAssetsOfThePagesAreThere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/m", "/explore"} {
		page := body(t, get(t, web.Options{Explore: true}, path))
		for _, found := range regexp.MustCompile(`"(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1) {
			answer := get(t, web.Options{}, found[1])
			if answer.StatusCode != http.StatusOK {
				t.Errorf("GET %s = %d, want 200", found[1], answer.StatusCode)
			}
			if got := answer.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
				t.Errorf("Cache-Control of %s = %q, want it immutable", found[1], got)
			}
			want := map[bool]string{true: "text/javascript", false: ""}[strings.HasSuffix(found[1], "js")]
			if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, want) {
				t.Errorf("Content-Type of %s = %q, want %s", found[1], got, want)
			}
		}
	}
}

func TestPackedAnswerHoldsTheSame(t *testing.T) {
	t.Parallel()
	plain := body(t, get(t, web.Options{}, "/"))
	answer := get(t, web.Options{}, "/", "Accept-Encoding", "br, gzip;q=0.8")
	if got := answer.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding = %q, want gzip", got)
	}
	r, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatalf("unpack: %v", err)
	}
	unpacked, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("unpack: %v", err)
	}
	if string(unpacked) != plain {
		t.Error("the packed page differs from the plain one")
	}
	if got := get(t, web.Options{}, "/", "Accept-Encoding", "gzip;q=0").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("Content-Encoding for a reader without gzip = %q, want none", got)
	}
}

func TestUnchangedPageIsNotSentAgain(t *testing.T) {
	t.Parallel()
	tag := get(t, web.Options{}, "/").Header.Get("ETag")
	if got := get(t, web.Options{}, "/", "If-None-Match", tag).StatusCode; got != http.StatusNotModified {
		t.Errorf("GET / with its own tag = %d, want 304", got)
	}
}
