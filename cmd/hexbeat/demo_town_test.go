package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hexbeat/hexbeat/hours"
)

// A file whose shops lie on one line, or in one house, has two branches all the same.
func TestAFileIsDividedHoweverCloseItsShopsLie(t *testing.T) {
	t.Parallel()
	for name, place := range map[string]string{"one meridian": "55.%d,37.5", "one house": "55.75,37.5"} {
		var file strings.Builder
		file.WriteString("id,name,lat,lon\n")
		for i := range 10 {
			at := place
			if strings.Contains(place, "%d") {
				at = fmt.Sprintf(place, 70+i)
			}
			fmt.Fprintf(&file, "%d,Магазин %d,%s\n", i, i, at)
		}
		path := filepath.Join(t.TempDir(), "shops.csv")
		if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := demoWish{Seed: 1, Reps: 4, Customers: path, Zone: "Europe/Moscow"}.town(hours.Window{})
		if err != nil {
			t.Fatal(err)
		}
		rows, reps := map[string]int{}, map[string]int{}
		for _, r := range got.rows {
			rows[r.Branch]++
		}
		for _, r := range got.reps {
			reps[r.Branch]++
		}
		for _, branch := range got.branches {
			if rows[branch] != 5 || reps[branch] != 2 {
				t.Errorf("%s: branch %s has %d shops and %d reps, want 5 and 2", name, branch, rows[branch], reps[branch])
			}
		}
	}
}
