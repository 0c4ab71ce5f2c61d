package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestASampleIsSpreadOverEachSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var files []string
	for _, size := range []int{3, 5} {
		for k := range 9 {
			file := filepath.Join(dir, fmt.Sprintf("s%d_%d.txt", size, k))
			rows := strings.Repeat("1 2 3 4 5 6 7\n", size+1)
			if err := os.WriteFile(file, []byte("NAME\n\n10 200\n"+rows), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
	}
	for name, test := range map[string]struct {
		choice instanceChoice
		want   string
	}{
		"three of each":   {instanceChoice{words: []string{""}, most: 3}, "s3_1 s3_4 s3_7 s5_1 s5_4 s5_7"},
		"of one size":     {instanceChoice{words: []string{""}, sizes: []int{5}, most: 2}, "s5_2 s5_6"},
		"by name":         {instanceChoice{words: []string{"_8", "s3_0"}}, "s3_0 s3_8 s5_8"},
		"more than exist": {instanceChoice{words: []string{"s3_"}, most: 20}, "s3_0 s3_1 s3_2 s3_3 s3_4 s3_5 s3_6 s3_7 s3_8"},
	} {
		got, err := test.choice.of(files)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, file := range got {
			names = append(names, instanceOf(file))
		}
		slices.Sort(names)
		if said := strings.Join(names, " "); said != test.want {
			t.Errorf("%s: %s, want %s", name, said, test.want)
		}
	}
}
