package table

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// maxLines bounds how far an open quote may reach.
const maxLines = 100

// csv cuts text into records. Unlike encoding/csv it goes on after a broken record: what can't
// be a row is refused for its first line only, and reading resumes with the next line.
type csv struct {
	data  []byte
	pos   int
	line  int
	comma byte
	width int // cells of the header; 0 until known
	buf   []byte
}

func openCSV(data []byte, known columns) (source, error) {
	data, err := decode(data)
	if err != nil {
		return nil, err
	}
	at := csv{data: data, line: 1}
	if first, rest, _ := bytes.Cut(data, []byte{'\n'}); bytes.HasPrefix(bytes.ToLower(first), []byte("sep=")) {
		at = csv{data: rest, line: 2} // a note to Excel, no header
	}
	best, most := at, -1
	for _, comma := range []byte{',', ';', '\t'} {
		try := at
		try.comma = comma
		rec, err := try.next()
		if err != nil {
			return nil, ErrEmpty
		}
		cells := strings.Split(rec.cells, mark)
		if score := known.count(cells)*maxColumns + len(cells); rec.fault == nil && score > most {
			best, most = at, score
			best.comma = comma
		}
	}
	if best.comma == 0 {
		best.comma = ','
	}
	return &best, nil
}

func (c *csv) close() error             { return nil }
func (c *csv) widen(width int, _ []int) { c.width = width }

func (c *csv) next() (record, error) {
	for c.pos < len(c.data) {
		line := c.line
		end, lines, cells, f := c.cut()
		if f == nil && c.width > 0 && cells != c.width && !c.blank() {
			f = raggedFault(cells, c.width, c.comma)
		}
		if f != nil && lines != 1 || f == &tooLong || f == &openQuote || f == &afterQuote {
			end, lines = c.firstLine(), 1
		}
		c.pos, c.line = end, c.line+lines
		if c.blank() && f == nil {
			continue
		}
		rec := record{line: line, cells: string(c.buf), fault: f}
		if f == nil {
			rec.fault = unreadable(rec.cells)
		}
		return rec, nil
	}
	return record{}, io.EOF
}

// unreadable refuses characters that no honest row holds.
func unreadable(cells string) *fault {
	switch {
	case strings.IndexByte(cells, 0) >= 0:
		return &nulByte
	case !utf8.ValidString(cells) || strings.ContainsRune(cells, utf8.RuneError):
		return &badEncoding
	}
	return nil
}

// blank says whether the record in buf holds nothing but separators and spaces.
func (c *csv) blank() bool { return len(bytes.Trim(c.buf, mark+" \t\r")) == 0 }

// firstLine puts the line at pos into buf, cut at every separator, and returns where the next begins.
func (c *csv) firstLine() int {
	text, end := c.data[c.pos:], len(c.data)
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text, end = text[:i], c.pos+i+1
	}
	c.buf = c.buf[:0]
	size := 0
	for _, b := range bytes.TrimSuffix(text, []byte{'\r'}) {
		if b == c.comma {
			c.buf = append(c.buf, mark...)
			size = 0
			continue
		}
		if size++; size <= maxCell {
			c.put(b)
		}
	}
	return end
}

func (c *csv) put(b byte) {
	if b == mark[0] {
		b = ' '
	}
	c.buf = append(c.buf, b)
}

// cut reads one record at pos into buf: where it ends, over how many lines, in how many cells.
func (c *csv) cut() (end, lines, cells int, f *fault) {
	c.buf = c.buf[:0]
	i := c.pos
	for lines = 1; ; {
		cells++
		begin := len(c.buf)
		for i < len(c.data) && c.data[i] == ' ' {
			i++
		}
		if i < len(c.data) && c.data[i] == '"' {
			for i++; ; i++ {
				if i >= len(c.data) || lines > maxLines {
					return i, lines, cells, &openQuote
				}
				if len(c.buf)-begin > maxCell {
					return i, lines, cells, &tooLong
				}
				if c.data[i] == '"' {
					if i++; i >= len(c.data) || c.data[i] != '"' {
						break
					}
				} else if c.data[i] == '\n' {
					lines++
				}
				c.put(c.data[i])
			}
			for i < len(c.data) && (c.data[i] == ' ' || c.data[i] == '\r') {
				i++
			}
			if i < len(c.data) && c.data[i] != c.comma && c.data[i] != '\n' {
				return i, lines, cells, &afterQuote
			}
		} else {
			for i < len(c.data) && c.data[i] != c.comma && c.data[i] != '\n' {
				c.put(c.data[i])
				i++
			}
			if len(c.buf)-begin > maxCell {
				return i, lines, cells, &tooLong
			}
			if n := len(c.buf); n > begin && c.buf[n-1] == '\r' {
				c.buf = c.buf[:n-1]
			}
		}
		if i >= len(c.data) {
			return i, lines, cells, nil
		}
		i++
		if c.data[i-1] == '\n' {
			return i, lines, cells, nil
		}
		c.buf = append(c.buf, mark...)
	}
}
