package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"

	"github.com/hexbeat/hexbeat/graph/model"
)

// longestPage is how many entries a page may have.
const longestPage = 100

// longestCursor is more than any cursor made here: a name and an id.
const longestCursor = 4096

// checkFirst refuses a page size that is not 1 to 100.
func checkFirst(first int) error {
	if first < 1 || first > longestPage {
		return badInput{path: "first", words: words{
			"Поле first: укажите от 1 до 100 записей на странице.",
			"Field first: ask for 1 to 100 entries a page.",
		}}
	}
	return nil
}

// cursor is where a list goes on: the list's name and the sort key of an entry. It holds nothing the entry does not show, and
// is used only under the caller's own rights, so it needs no signature; it is checked like any input.
type cursor[K any] struct {
	List string `json:"l"`
	Key  K      `json:"k"`
}

func writeCursor[K any](list string, key K) string {
	doc, _ := json.Marshal(cursor[K]{List: list, Key: key}) // keys are plain structs of times, texts and ids
	return base64.RawURLEncoding.EncodeToString(doc)
}

// readCursor is nil for none, and refuses what writeCursor did not write for this list.
func readCursor[K any](list string, text *string) (*K, error) {
	if text == nil {
		return nil, nil
	}
	forged := badInput{path: "after", words: words{
		"Поле after: это не курсор данного списка. Возьмите cursor из pageInfo или edges.",
		"Field after: this is no cursor of this list. Take one from pageInfo or edges.",
	}}
	if len(*text) > longestCursor {
		return nil, forged
	}
	doc, err := base64.RawURLEncoding.Strict().DecodeString(*text)
	if err != nil {
		return nil, forged
	}
	var c cursor[K]
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil || c.List != list || decoder.More() {
		return nil, forged
	}
	if written := writeCursor(list, c.Key); written != *text {
		return nil, forged
	}
	return &c.Key, nil
}

// page cuts what was read, one more than asked for, and says where it lies.
func page[T any](read []T, first int, after *string, at func(T) string) ([]T, []string, model.PageInfo) {
	info := model.PageInfo{HasNextPage: len(read) > first, HasPreviousPage: after != nil}
	nodes := read[:min(first, len(read))]
	cursors := make([]string, len(nodes))
	for i, node := range nodes {
		cursors[i] = at(node)
	}
	if len(cursors) > 0 {
		info.StartCursor, info.EndCursor = &cursors[0], &cursors[len(cursors)-1]
	}
	if nodes == nil {
		nodes = []T{}
	}
	return nodes, cursors, info
}

// badInput is an argument of a query that is wrong by itself. A mutation answers with Invalid instead.
type badInput struct {
	path string
	words
}

func (e badInput) Error() string { return e.en }

// paged checks a list's arguments and says how many to read: one more, to see whether there is a next page.
func paged[K any](list string, first int, after *string) (key *K, limit int, err error) {
	if err := checkFirst(first); err != nil {
		return nil, 0, err
	}
	key, err = readCursor[K](list, after)
	return key, first + 1, err
}
