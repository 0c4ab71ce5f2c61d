package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/hexbeat/hexbeat/geo"
)

// metisWay is how METIS is asked: in one go with its own promise of contiguity, or by halving
// again and again, which knows no such promise.
type metisWay struct {
	name  string
	ptype string
	flags func(k int) []string
}

func metisWays() []metisWay {
	return []metisWay{
		{"METIS -contig", "kway", func(int) []string { return []string{"-contig", "-ufactor=30"} }},
		{"METIS rb", "rb", func(k int) []string {
			halvings := max(1, math.Ceil(math.Log2(float64(k)))) // each adds its own imbalance
			return []string{fmt.Sprintf("-ufactor=%d", max(1, int(30/halvings)))}
		}},
	}
}

// metisWeight is what all vertices together weigh: METIS counts in 32-bit whole numbers.
const metisWeight = 20_000_000

// graph is the ground's units as a METIS graph file: neighbours that contiguity is judged on, and workload.
func (g *ground) graph() []byte {
	centers := make([]geo.Point, len(g.units))
	for u := range g.units {
		centers[u] = g.units[u].center
	}
	near := geo.Neighbours(centers)
	edges := 0
	for _, of := range near {
		edges += len(of)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%d %d 010\n", len(near), edges/2)
	for u, of := range near {
		out.WriteString(strconv.Itoa(int(math.Round(g.units[u].workload / g.total * metisWeight))))
		for _, v := range of {
			out.WriteByte(' ')
			out.WriteString(strconv.Itoa(int(v) + 1))
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// metis is the best of METIS's answers to as many seeds: the least medoid_km among those within
// the tolerance, or else the best balanced. Seconds are the mean of one run.
func metis(ctx context.Context, dir string, g *ground, k, seeds int, tolerance float64, way metisWay) (division, usage, error) {
	graph := g.graph()
	type answer struct {
		division
		usage
		err error
	}
	answers := parallel(seeds, func(seed int) answer {
		file := filepath.Join(dir, fmt.Sprintf("%s-%d.graph", way.ptype, seed))
		defer os.Remove(file)
		if err := os.WriteFile(file, graph, 0o644); err != nil {
			return answer{err: err}
		}
		args := append(way.flags(k), "-ptype="+way.ptype, "-seed="+strconv.Itoa(seed+1), file, strconv.Itoa(k))
		took, err := measured(ctx, exec.CommandContext(ctx, "gpmetis", args...))
		if err != nil {
			return answer{err: err}
		}
		parts := fmt.Sprintf("%s.part.%d", file, k)
		defer os.Remove(parts)
		data, err := os.ReadFile(parts)
		if err != nil {
			return answer{err: err}
		}
		words := strings.Fields(string(data))
		if len(words) != len(g.units) {
			return answer{err: fmt.Errorf("gpmetis answered %d parts for %d units", len(words), len(g.units))}
		}
		d := make(division, len(words))
		for u, word := range words {
			if d[u], err = strconv.Atoi(word); err != nil {
				return answer{err: fmt.Errorf("read %s: %w", parts, err)}
			}
		}
		return answer{division: d, usage: took}
	})
	var divisions []division
	var mean usage
	for _, a := range answers {
		if a.err != nil {
			return nil, usage{}, a.err
		}
		divisions = append(divisions, a.division)
		mean.wall += a.wall / time.Duration(seeds)
		mean.cpu += a.cpu / time.Duration(seeds)
	}
	return g.best(divisions, k, tolerance), mean, nil
}

// best is the division with the least medoid_km among those within the tolerance, or else the best
// balanced; nil if all leave a territory empty.
func (g *ground) best(divisions []division, k int, tolerance float64) division {
	type figures struct{ imbalance, medoid float64 }
	of := parallel(len(divisions), func(i int) figures {
		f := figures{g.imbalance(divisions[i], k), math.Inf(1)}
		if f.imbalance <= tolerance {
			f.medoid = g.medoidKm(divisions[i], k)
		}
		return f
	})
	var best division
	least := figures{math.Inf(1), math.Inf(1)}
	for i, f := range of {
		if f.medoid < least.medoid || math.IsInf(least.medoid, 1) && f.imbalance < least.imbalance {
			best, least = divisions[i], f
		}
	}
	return best
}
