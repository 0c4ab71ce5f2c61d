package table

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What makes a whole file useless.
var (
	ErrEmpty    = errors.New("the file is empty")
	ErrNotTable = errors.New("this is not a CSV or XLSX file")
	ErrHeader   = errors.New("the first line must name the columns")
	ErrNoRows   = errors.New("the file has a header and no rows")
	ErrTooLarge = errors.New("the file is too large")
	ErrDamaged  = errors.New("the file is damaged")
)

const (
	maxFile    = 512 << 20 // bytes taken from the reader
	maxCell    = 32 << 10  // bytes; Excel's own limit is 32,767 characters
	maxColumns = 500
	maxRows    = 2_000_000
)

// mark separates the cells of a record kept as one string. The readers drop it from the data.
const mark = "\x1f"

// record is one row as it stands in the file.
type record struct {
	line  int    // where it begins, 1 is the first line
	cells string // joined by mark; nothing is cleaned yet
	fault *fault // why it can't be read; nil: it can
}

// source gives the records of a file one after another, the header first; io.EOF ends it.
type source interface {
	next() (record, error)
	// widen tells the header's number of cells and which of them only a person will read.
	widen(width int, shown []int)
	close() error
}

// open recognises the file by its content and reads as far as the header.
func open(r io.Reader, known columns) (source, *layout, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > maxFile {
		return nil, nil, fmt.Errorf("%w: the limit is %d MB", ErrTooLarge, maxFile>>20)
	}
	var src source
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		src, err = openXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		err = fmt.Errorf("%w: old Excel files and files with a password must be saved as plain XLSX first", ErrNotTable)
	default:
		src, err = openCSV(data, known)
	}
	if err != nil {
		return nil, nil, err
	}
	lay, err := readHeader(src, known)
	if err != nil {
		return nil, nil, errors.Join(err, src.close())
	}
	src.widen(len(lay.header), lay.shown())
	return src, lay, nil
}

func readHeader(src source, known columns) (*layout, error) {
	rec, err := src.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, ErrEmpty
	case err != nil:
		return nil, err
	case rec.fault != nil:
		return nil, fmt.Errorf("%w: line %d: %s", ErrHeader, rec.line, rec.fault.EN)
	}
	return newLayout(rec.cells, known)
}

// each hands every record that can be read to take, and collects those that can't or that take refuses.
func each(src source, lay *layout, take func(*row)) (rejected []Rejected, err error) {
	r := row{layout: lay}
	for n := 0; ; n++ {
		rec, err := src.next()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				return nil, ErrNoRows
			}
			return rejected, nil
		}
		if err != nil {
			return nil, err
		}
		if n == maxRows {
			return nil, fmt.Errorf("%w: more than %d rows", ErrTooLarge, maxRows)
		}
		r.begin(rec)
		if r.fault == nil {
			take(&r)
		}
		if r.fault != nil {
			rejected = append(rejected, r.rejected())
		}
	}
}

func joinCells(cells []string) string {
	for i, c := range cells {
		if strings.Contains(c, mark) {
			cells[i] = strings.ReplaceAll(c, mark, " ")
		}
	}
	return strings.Join(cells, mark)
}
