package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hexbeat/hexbeat/city"
)

func regionCommand() command {
	return command{"region", "write the customer file of a made-up region", region}
}

func region(_ context.Context, env environment, args []string) error {
	f := newFlags(env, "region", "Writes the customers of a made-up region as a customer file. The same flags write the same bytes.")
	kind := f.String("kind", string(city.Province), "the `shape`: province, metropolis, valley, ring, coast or grid")
	n := f.Int("customers", 200_000, "how many customers")
	seed := f.Uint64("seed", 1, "another seed, another region of the kind")
	out := f.String("out", "", "the `file` to write; standard output without it")
	if err := parse(f, args); err != nil {
		return err
	}
	shape, err := city.ParseKind(*kind)
	if err != nil {
		return misuse("--kind: %v", err)
	}
	if *n < 1 {
		return misuse("--customers must be 1 or more")
	}
	customers := city.Region(*seed, *n, shape)
	if *out == "" {
		return city.WriteRegion(env.stdout, customers)
	}
	return writeRegion(*out, customers)
}

func writeRegion(name string, customers []city.Customer) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write region: %w", err)
	}
	if err := city.WriteRegion(file, customers); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
