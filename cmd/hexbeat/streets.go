package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/hexbeat/hexbeat/postgres"
	"github.com/hexbeat/hexbeat/tiles"
)

// streets serves vector tiles at /tiles/{z}/{x}/{y}.mvt. Before anything was drawn every tile is empty.
type streets struct{ set atomic.Pointer[tiles.Set] }

// draw reads the ground anew.
func (h *streets) draw(ctx context.Context, db *postgres.DB) error {
	ground, err := db.Ground(ctx)
	if err != nil {
		return fmt.Errorf("read the ground: %w", err)
	}
	h.set.Store(tiles.NewSet(ground))
	return nil
}

func (h *streets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	y, isTile := strings.CutSuffix(r.PathValue("file"), ".mvt")
	var at [3]int
	for i, text := range []string{r.PathValue("z"), r.PathValue("x"), y} {
		n, err := strconv.Atoi(text)
		isTile = isTile && err == nil
		at[i] = n
	}
	if !isTile {
		http.Error(w, "A tile's address is /tiles/{z}/{x}/{y}.mvt with three whole numbers.", http.StatusNotFound)
		return
	}
	body, err := h.set.Load().Tile(at[0], at[1], at[2])
	if errors.Is(err, tiles.ErrNoTile) {
		http.Error(w, "There is no such tile.", http.StatusNotFound)
		return
	}
	if err != nil {
		http.Error(w, "The tile can't be drawn.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/vnd.mapbox-vector-tile")
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = w.Write(body) // the asker is gone
}
