package graph

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// loader reads things by their keys, each once a request. Whoever makes a list says which keys its entries will ask for
// (expect); the first that is asked for then brings all of them, in one statement. No timer guesses what else may come.
type loader[K comparable, V any] struct {
	read func(context.Context, []K) (map[K]V, error)

	turn sync.Mutex // held while a statement is under way: who waits for it may find the own key brought along

	mu       sync.Mutex // held for a moment only, so that reads may announce keys to each other's loaders
	expected map[K]bool
	known    map[K]V
	missing  map[K]bool
}

func newLoader[K comparable, V any](read func(context.Context, []K) (map[K]V, error)) *loader[K, V] {
	l := &loader[K, V]{read: read}
	l.forget()
	return l
}

// expect announces keys that may be asked for.
func (l *loader[K, V]) expect(keys ...K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		if _, known := l.known[key]; !known && !l.missing[key] {
			l.expected[key] = true
		}
	}
}

// know keeps what was read by the way.
func (l *loader[K, V]) know(key K, value V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.expected, key)
	l.known[key] = value
}

// load gives the thing and whether there is one.
func (l *loader[K, V]) load(ctx context.Context, key K) (V, bool, error) {
	if value, found, known := l.look(key); known {
		return value, found, nil
	}
	l.turn.Lock()
	defer l.turn.Unlock()
	if value, found, known := l.look(key); known {
		return value, found, nil
	}
	keys := l.due(key)
	found, err := l.read(ctx, keys)
	if err != nil {
		var none V
		return none, false, err
	}
	l.keep(keys, found)
	value, ok := found[key]
	return value, ok, nil
}

func (l *loader[K, V]) look(key K) (value V, found, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	value, found = l.known[key]
	return value, found, found || l.missing[key]
}

// due is what to read now: the key and all that is expected.
func (l *loader[K, V]) due(key K) []K {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected[key] = true
	return slices.Collect(maps.Keys(l.expected))
}

func (l *loader[K, V]) keep(keys []K, found map[K]V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		delete(l.expected, key)
		if value, ok := found[key]; ok {
			l.known[key] = value
		} else {
			l.missing[key] = true
		}
	}
}

// forget starts anew, after something was written.
func (l *loader[K, V]) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expected, l.known, l.missing = map[K]bool{}, map[K]V{}, map[K]bool{}
}

// byID makes a loader's answer of a list.
func byID[K comparable, V any](list []V, id func(V) K) map[K]V {
	found := make(map[K]V, len(list))
	for _, v := range list {
		found[id(v)] = v
	}
	return found
}
