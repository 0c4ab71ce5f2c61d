package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/picture"
)

func territoriesCommand() command {
	return command{"territories", "design territories from a customer file, without a database", territories}
}

// territoriesWish is what hexbeat territories is asked for.
type territoriesWish struct {
	customers, line                         string
	reps                                    int
	territories, locked, barriers, measures string
	current, open                           string
	price, openPrice, budget                float64
	tolerance                               float64
	seed                                    uint64
	resolution                              int
	whatIf                                  bool
	out, geojson, report, picture, language string
}

const aboutTerritories = `Divides the ground of a customer file among reps: every territory in one piece, the work shared evenly,
the customers near the middle. Needs no database. The same input and seed give the same bytes.

Other files are tables too, CSV or XLSX, with these columns:
  --territories  territory, and where they differ capacity (1 is a full-time rep, 0 a vacancy), lat and lon of the rep's home
  --current      customer_id, territory: an earlier --out
  --locked       customer_id or cell, territory; a column "locked" of the customer file says the same
  --open         customer_id; a column "open_work" of the customer file with yes or 1 says the same
--measures names columns of the customer file; count, visits and minutes (of calls in four weeks) need none.`

func territories(ctx context.Context, env environment, args []string) error {
	f := newFlags(env, "hexbeat territories", aboutTerritories)
	var wish territoriesWish
	f.StringVar(&wish.customers, "customers", "", "the customer `file`, CSV or XLSX")
	f.StringVar(&wish.line, "line", "", "design for one sales line: only rows with this `name` under line")
	f.IntVar(&wish.reps, "reps", 0, "how many territories; without it as many as --territories or --current has")
	f.StringVar(&wish.territories, "territories", "", "a `file` of territories with capacities and homes")
	f.StringVar(&wish.measures, "measures", "", "what else to share evenly: `columns` of the customer file with tolerances, like revenue:0.1,count:0.05")
	f.StringVar(&wish.locked, "locked", "", "a `file` of customers and cells that stay in a territory")
	f.StringVar(&wish.barriers, "barriers", "", "a `file` of lines that no territory shall cross: rivers, railways; GeoJSON")
	f.Float64Var(&wish.tolerance, "tolerance", geo.DefaultTolerance, "how far a load may be off its target: 0.03 is 3 %")
	f.StringVar(&wish.current, "current", "", "an earlier --out `file` to start from, so that few customers change hands")
	f.Float64Var(&wish.price, "price", 5, "with --current: what a change of hands costs, against distance; 0 is nothing, 3 to 10 usual")
	f.Float64Var(&wish.budget, "budget", 1, "with --current: the largest share of the work that may change hands; 0.08 is 8 %")
	f.StringVar(&wish.open, "open", "", "with --current: a `file` of customers with open work, who had better stay")
	f.Float64Var(&wish.openPrice, "open-price", 10, "with --current: what it costs more when a customer with open work changes hands")
	f.BoolVar(&wish.whatIf, "what-if", false, "with --current: say how even the work would be if 0, 2, 4, 8 or 15 % of it changed hands")
	f.IntVar(&wish.resolution, "resolution", 0, "H3 resolution of the largest units, 7 to 11; 0: 9, and coarser for whole regions")
	f.Uint64Var(&wish.seed, "seed", 1, "another seed, another design of the same quality")
	f.StringVar(&wish.out, "out", "", "the `file` for the design: CSV, a line for each customer")
	f.StringVar(&wish.geojson, "geojson", "", "a `file` for the outlines")
	f.StringVar(&wish.report, "report", "", "a `file` for the measures, JSON")
	f.StringVar(&wish.picture, "picture", "", "a `file` for a picture of the loads, with --current before and after: SVG")
	f.StringVar(&wish.language, "language", string(picture.English), "the picture's: en or ru")
	if err := f.parse(args); err != nil {
		return err
	}
	if err := wish.check(); err != nil {
		return err
	}

	terms, err := wish.read(env)
	if err != nil {
		return err
	}
	done := design{terms: terms}
	if err := atWork(ctx, env, "designing territories", func() (err error) {
		if done.draft, err = geo.Design(terms.brief); err != nil || !wish.whatIf {
			return err
		}
		done.curve, err = geo.Curve(terms.brief, geo.CurveBudgets...)
		return err
	}); err != nil {
		return terms.inWords(err)
	}
	done.review(env)
	if err := wish.write(&done); err != nil {
		return err
	}
	return done.sum(env.stdout)
}

// check refuses a command line that can't be meant.
func (w territoriesWish) check() error {
	switch {
	case w.customers == "":
		return misuse("--customers is missing: name the customer file")
	case w.reps < 0 || w.reps == 0 && w.territories == "" && w.current == "":
		return misuse("--reps must be 1 or more: say how many territories to design")
	case w.out == "" && !w.whatIf:
		return misuse("--out is missing: name the file for the design")
	case !(w.tolerance > 0 && w.tolerance <= 1):
		return misuse("--tolerance must lie between 0 and 1: 0.03 is 3 %%")
	case !(w.price >= 0 && w.price <= 1e6):
		return misuse("--price must lie between 0 and a million: 3 to 10 are usual")
	case !(w.openPrice >= 0 && w.openPrice <= 1e6):
		return misuse("--open-price must lie between 0 and a million: 10 is usual")
	case !(w.budget >= 0 && w.budget <= 1):
		return misuse("--budget must lie between 0 and 1: 0.08 lets 8 %% of the work change hands")
	case w.resolution != 0 && (w.resolution < coarsest || w.resolution > 11):
		return misuse("--resolution must lie between %d and 11: 9 suits a city, 8 a region", coarsest)
	case w.language != string(picture.English) && w.language != string(picture.Russian):
		return misuse("--language must be en or ru, not %q", w.language)
	}
	if w.current == "" {
		for name, given := range map[string]bool{"budget": w.budget < 1, "open": w.open != "", "what-if": w.whatIf} {
			if given {
				return misuse("--%s needs --current: it is about who changes hands", name)
			}
		}
	}
	return w.checkFiles()
}

// checkFiles refuses to write one file over another.
func (w territoriesWish) checkFiles() error {
	type file struct {
		flag, name string
	}
	inputs := []file{{"customers", w.customers}, {"territories", w.territories}, {"locked", w.locked}, {"barriers", w.barriers}, {"current", w.current}, {"open", w.open}}
	taken := map[string]string{}
	for _, in := range inputs {
		taken[in.name] = in.flag
	}
	for _, out := range []file{{"out", w.out}, {"geojson", w.geojson}, {"report", w.report}, {"picture", w.picture}} {
		if out.name == "" {
			continue
		}
		for _, in := range inputs {
			if in.name == "" || !sameFile(in.name, out.name) {
				continue
			}
			if in.flag == "customers" {
				return misuse("--%s would overwrite the customer file: name another file", out.flag)
			}
			return misuse("--%s would overwrite the file of --%s: name another file", out.flag, in.flag)
		}
		if other, given := taken[out.name]; given {
			return misuse("--%s and --%s name the same file: give each its own", other, out.flag)
		}
		taken[out.name] = out.flag
	}
	return nil
}

// sameFile says whether two names lead to one file, by whatever path.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// inWords adds to a refusal of the engine what the caller of the command can do about it.
func (t terms) inWords(err error) error {
	if errors.Is(err, geo.ErrTerritories) {
		return fmt.Errorf("%w (--reps)", err)
	}
	return err
}
