package main

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// results are a Markdown table that can be read as it is. Figures stand to the right.
type results struct {
	head  []string
	words int // the leading columns that hold words, which stand to the left
	rows  [][]string
}

func (t *results) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *results) String() string {
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	line := func(cells []string) {
		for i, cell := range cells {
			space := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i < t.words {
				b.WriteString("| " + cell + space + " ")
			} else {
				b.WriteString("| " + space + cell + " ")
			}
		}
		b.WriteString("|\n")
	}
	line(t.head)
	for i, w := range width {
		dashes := strings.Repeat("-", w+1)
		if i < t.words {
			b.WriteString("|" + dashes + "-")
		} else {
			b.WriteString("|" + dashes + ":")
		}
	}
	b.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}

// replaceSection puts text between the lines <!-- bench NAME --> and <!-- end of bench NAME --> of a file.
func replaceSection(file, name, text string) error {
	begin, end := "<!-- bench "+name+" -->\n", "<!-- end of bench "+name+" -->\n"
	old, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	before, rest, found := strings.Cut(string(old), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return fmt.Errorf("write results: %s lacks the lines %s and %s", file, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	return os.WriteFile(file, []byte(before+begin+"\n"+text+"\n"+end+after), 0o644)
}

func percent(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

// seconds is a length of time, or nothing where none was measured.
func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", d.Seconds())
}
