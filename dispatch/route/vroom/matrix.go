package vroom

import "slices"

// Matrix is a square table of whole numbers, by row, as the place left and the place reached.
type Matrix struct {
	Size  int
	Cells []int32 // Size × Size; Unreachable where there is no way
}

// Unreachable stands in a Matrix where there is no way from one place to the other: null or -1 in the JSON.
// VROOM has no word for it.
const Unreachable int32 = -1

// At is the entry from one place to another.
func (m Matrix) At(from, to int32) int32 { return m.Cells[int(from)*m.Size+int(to)] }

// mostPlaces is how many places VROOM can number, too.
const mostPlaces = 1<<16 - 1

// matrix reads an array of equally long arrays of whole numbers.
func (s *scanner) matrix() Matrix {
	var m Matrix
	rows := 0
	s.array("a matrix", func(i int) {
		rows++
		if i > 0 && i >= m.Size {
			s.refuse("is row number %d, and the first has %d entries: a matrix has as many rows as columns", i+1, m.Size)
		}
		before := len(m.Cells)
		m.Cells = s.row(m.Cells, i > 0, m.Size)
		got := len(m.Cells) - before
		switch {
		case i == 0:
			m.Size = got
			m.Cells = slices.Grow(m.Cells, m.Size*m.Size-got) // at once: no growing, and no page is touched before it is filled
		case got != m.Size:
			s.refuse("has %d entries, and the first row %d: all rows must be equally long", got, m.Size)
		}
	})
	if rows == 0 || m.Size == 0 {
		s.refuse("is empty")
	}
	if rows < m.Size {
		s.refuse("has %d rows of %d entries: a matrix has as many rows as columns", rows, m.Size)
	}
	return m
}

// row appends one row to cells. Where bounded it stops at `most` entries and one more, which is enough to be wrong.
func (s *scanner) row(cells []int32, bounded bool, most int) []int32 {
	if !bounded {
		most = mostPlaces
	}
	begin := len(cells)
	if s.peek() != '[' {
		s.refuse("must be a row of a matrix, […], not %s", s.kind())
	}
	s.next++
	if s.peek() == ']' {
		s.next++
		return cells
	}
	for {
		if len(cells)-begin > most {
			if bounded {
				s.refuse("has more than %d entries, as many as the first row: all rows must be equally long", most)
			}
			s.refuse("has more than %d entries: no more places can be told apart", most)
		}
		value, closed, quick := s.quickCell()
		if !quick {
			s.path = append(s.path, step{index: len(cells) - begin})
			value = s.cell()
			closed = s.peek() == ']'
			if !closed && s.peek() != ',' {
				s.malformed(`"," or "]"`)
			}
			s.next++
			s.path = s.path[:len(s.path)-1]
		}
		cells = append(cells, value)
		if closed {
			return cells
		}
	}
}

// quickCell reads what nearly every entry is: a few digits and what ends them. If it is anything else, the entry
// stays unread.
func (s *scanner) quickCell() (value int32, closed, quick bool) {
	const window = 24
	if s.end-s.next < window {
		s.more(window)
	}
	b := s.buffer[s.next:s.end]
	i := 0
	for i < len(b) && b[i] == ' ' {
		i++
	}
	first := i
	for i < len(b) && b[i]-'0' <= 9 {
		value = value*10 + int32(b[i]-'0')
		i++
	}
	if digits := i - first; digits == 0 || digits > 9 || i == len(b) || digits > 1 && b[first] == '0' {
		return 0, false, false
	}
	if b[i] != ',' && b[i] != ']' {
		return 0, false, false
	}
	s.next += i + 1
	return value, b[i] == ']', true
}

// cell reads any entry of a matrix.
func (s *scanner) cell() int32 {
	if s.word("null") {
		return Unreachable
	}
	written := string(s.number())
	if written == "-1" {
		return Unreachable
	}
	var n int64
	for i, c := range []byte(written) {
		if c < '0' || c > '9' {
			s.refuse("must be a whole number, or null where there is no way, not %s", written)
		}
		if n = n*10 + int64(c-'0'); n > largest || i > 9 {
			s.refuse("is %s, and an entry can be at most %d: write null where there is no way", written, largest)
		}
	}
	return int32(n)
}

// largest is the largest entry of a matrix.
const largest = 1<<31 - 1
