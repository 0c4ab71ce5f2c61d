package table

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// ErrLine is returned for a sales line that no row of a file belongs to.
var ErrLine = errors.New("no customer of the line")

// ReadLine reads the rows of one sales line, as ReadCustomers does. A site that several lines call on
// may stand once for each, or once with all of them: "tea, coffee". It refuses with ErrLine a line that has
// no rows.
func ReadLine(r io.Reader, name, line string) ([]CustomerRow, []Rejected, error) {
	others := map[string]bool{}
	rows, rejected, err := readCustomers(r, name, func(c CustomerRow) bool {
		lines := c.Lines()
		if slices.ContainsFunc(lines, func(l string) bool { return key(l) == key(line) }) {
			return true
		}
		for _, l := range lines {
			others[l] = true
		}
		return false
	})
	if err == nil && len(rows) == 0 {
		err = fmt.Errorf("read %s: %w %q: it names %s", name, ErrLine, line, listed(slices.Sorted(maps.Keys(others))))
	}
	return rows, rejected, err
}

// Lines are the sales lines that call on the site; none where the file names none.
func (c CustomerRow) Lines() []string { return tags(c.SalesLine) }

func listed(names []string) string {
	const most = 5
	switch {
	case len(names) == 0:
		return "no lines"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
