package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/desk"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/postgres"
)

func branchTrafficCommand() command {
	return command{"branch traffic", "say how driving in a branch depends on place and hour", branchTraffic}
}

// largestTraffic is how many bytes a file of figures may have.
const largestTraffic = 1 << 20

func branchTraffic(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat branch traffic", "Says how driving in a branch depends on place and hour. Without --set and --file it prints what is in force, as a file "+
		"to change and give back. Where the branch's sites lie says what is a city's ground, a town's and open country; say it again when many came or left.")
	set := f.String("set", "", "city (two rushes a day, slower in cities) or even (one `speed` at all hours, as in the beginning)")
	file := f.String("file", "", "JSON `file` of your own figures; - reads the input")
	which, part, where := f.organization(), f.branch(), f.record()
	if err := f.parse(args); err != nil {
		return err
	}
	wish := desk.SetBranchTraffic{}
	switch {
	case *set != "" && *file != "":
		return misuse("--set and --file exclude each other")
	case *set == "city":
		wish.Traffic = &geo.CityTraffic
	case *set != "" && *set != "even":
		return misuse("--set is city or even, not %q: figures of your own go into --file", *set)
	case *file != "":
		traffic, err := readTraffic(env, *file)
		if err != nil {
			return err
		}
		wish.Traffic = &traffic
	}
	return where.atBranch(ctx, *which, *part, func(ctx context.Context, d *desk.Desk, branch uuid.UUID) error {
		if *set == "" && *file == "" {
			return printTraffic(ctx, env, d, branch)
		}
		wish.Branch = branch
		done, err := desk.Do(ctx, d, uuid.Nil, wish)
		if err != nil {
			return err
		}
		if done.Traffic == nil {
			_, err = fmt.Fprintf(env.stdout, "version %d: one speed at all hours\n", done.Version)
			return err
		}
		n := map[geo.Land]int{}
		for _, land := range done.Traffic.Cells {
			n[land]++
		}
		_, err = fmt.Fprintf(env.stdout, "version %d: %d cells of a city, %d of a town, open country elsewhere; days are timed by it from now on\n",
			done.Version, n[geo.CityLand], n[geo.TownLand])
		return err
	})
}

// readTraffic reads figures from a file. Which ground is what is found out anew.
func readTraffic(env environment, path string) (traffic geo.Traffic, err error) {
	in := env.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return traffic, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, largestTraffic))
	if err != nil {
		return traffic, fmt.Errorf("read %s: %w", path, err)
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.DisallowUnknownFields()
	if err := read.Decode(&traffic); err != nil {
		return traffic, fmt.Errorf("%s is no file of traffic, hexbeat branch traffic prints one: %w", path, err)
	}
	if err := traffic.Check(); err != nil {
		return traffic, fmt.Errorf("%s: %w", path, err)
	}
	return traffic, nil
}

// printTraffic prints what is in force.
func printTraffic(ctx context.Context, env environment, d *desk.Desk, branch uuid.UUID) error {
	caller, err := auth.From(ctx)
	if err != nil {
		return err
	}
	var now postgres.BranchTraffic
	err = d.DB.Read(ctx, caller.Organization, func(tx *postgres.Tx) (err error) {
		now, err = tx.BranchTraffic(ctx, branch)
		return err
	})
	if err != nil {
		return err
	}
	if now.Traffic == nil {
		_, err = fmt.Fprintln(env.stdout, "one speed at all hours: --set city, or --file with figures of your own, changes that")
		return err
	}
	now.Traffic.Cells = nil
	out := json.NewEncoder(env.stdout)
	out.SetIndent("", "  ")
	return out.Encode(now.Traffic)
}
