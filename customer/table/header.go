package table

import (
	"fmt"
	"strings"
)

// field is a column we understand.
type field int

// columns are the fields of one kind of file under the names people give them, in the spelling
// of key. The first name of a field is ours, the second its Russian twin; both win over the others.
type columns [][]string

// layout says where the fields stand in one file.
type layout struct {
	header []string
	at     []int // by field; -1: not in this file
	extra  []int // columns nobody asked for, kept as attributes
}

// Columns that WriteRejected puts in front. They say nothing about the row itself, so a mended
// file of refused rows can be read again as it is.
const (
	lineColumnEN, reasonColumnEN = "line_number", "reason"
	lineColumnRU, reasonColumnRU = "номер_строки", "причина"
)

// key makes spellings of a column's name equal: Visit Minutes, visit_minutes, VISIT-MINUTES.
func key(name string) string {
	name = strings.NewReplacer("_", " ", "-", " ", ".", " ", ",", " ", "ё", "е").Replace(strings.ToLower(clean(name)))
	return strings.Join(strings.Fields(name), " ")
}

// find is the field with that name, and how good the name is: 0 is ours.
func (c columns) find(name string) (f field, rank int, known bool) {
	k := key(name)
	for f, names := range c {
		for i, n := range names {
			if n == k {
				return field(f), max(0, i-1), true
			}
		}
	}
	return 0, 0, false
}

func (c columns) count(names []string) (n int) {
	for _, name := range names {
		if _, _, known := c.find(name); known {
			n++
		}
	}
	return n
}

func newLayout(cells string, known columns) (*layout, error) {
	header := strings.Split(cells, mark)
	if len(header) > maxColumns {
		return nil, fmt.Errorf("%w: %d columns, the limit is %d", ErrTooLarge, len(header), maxColumns)
	}
	lay := &layout{header: header, at: make([]int, len(known))}
	ranks := make([]int, len(known))
	for f := range lay.at {
		lay.at[f] = -1
	}
	for i, name := range header {
		header[i] = clean(name)
	}
	returned := written(header)
	for i, name := range header {
		f, rank, ok := known.find(name)
		switch {
		case name == "" || returned && i < 2:
		case !ok:
			lay.extra = append(lay.extra, i)
		case lay.at[f] < 0:
			lay.at[f], ranks[f] = i, rank
		case ranks[f] == rank:
			return nil, fmt.Errorf("%w: columns %d and %d both mean %q", ErrHeader, lay.at[f]+1, i+1, known[f][0])
		case ranks[f] > rank:
			lay.extra = append(lay.extra, lay.at[f])
			lay.at[f], ranks[f] = i, rank
		default:
			lay.extra = append(lay.extra, i)
		}
	}
	return lay, nil
}

// written says whether WriteRejected made this header.
func written(header []string) bool {
	return len(header) > 2 && (header[0] == lineColumnEN && header[1] == reasonColumnEN ||
		header[0] == lineColumnRU && header[1] == reasonColumnRU)
}

// shown are the columns nothing is computed from.
func (l *layout) shown() []int { return l.extra }

func (l *layout) has(f field) bool { return l.at[f] >= 0 }

// name is the column as the file calls it.
func (l *layout) name(f field) string {
	if l.at[f] < 0 {
		return ""
	}
	return l.header[l.at[f]]
}
