package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits that an honest workbook of half a million rows keeps and a zip bomb does not.
const (
	maxEntries = 1000
	maxUnzip   = 2 << 30 // bytes, all entries together
	maxRatio   = 300     // of an entry above freeSize
	freeSize   = 16 << 20
	inMemory   = 64 << 20 // a larger sheet lies in a temporary file while it is read
)

// xlsx reads the first visible sheet. Cells come as stored, not as formatted: a latitude shown
// with two decimals keeps all of its digits. Columns only people read come as they are shown.
type xlsx struct {
	book       *excelize.File
	raw, shown *excelize.Rows
	at         []int // columns taken from shown
	line       int
	width      int
}

func openXLSX(data []byte) (src source, err error) {
	defer guard(&err)
	if err := inspect(data); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: inMemory,
		ShortDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotTable, err)
	}
	x := &xlsx{book: book}
	sheet, err := x.sheet()
	if err == nil {
		x.raw, err = book.Rows(sheet)
	}
	if err != nil {
		return nil, errors.Join(err, x.close())
	}
	return x, nil
}

// sheet is the name of the first visible one.
func (x *xlsx) sheet() (string, error) {
	for _, name := range x.book.GetSheetList() {
		if visible, err := x.book.GetSheetVisible(name); err == nil && visible {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: the workbook shows no sheet", ErrNotTable)
}

func (x *xlsx) widen(width int, shown []int) {
	x.width, x.at = width, shown
	if len(shown) == 0 {
		return
	}
	sheet, err := x.sheet()
	if err != nil {
		return
	}
	if x.shown, err = x.book.Rows(sheet); err != nil {
		x.shown = nil // the stored values do as well
		return
	}
	for range x.line {
		x.shown.Next()
		_, _ = x.shown.Columns()
	}
}

func (x *xlsx) next() (rec record, err error) {
	defer guard(&err)
	for x.raw.Next() {
		x.line++
		cells, err := x.raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return record{}, fmt.Errorf("%w: row %d: %w", ErrDamaged, x.line, err)
		}
		if x.shown != nil && x.shown.Next() {
			nice, err := x.shown.Columns()
			if err != nil {
				return record{}, fmt.Errorf("%w: row %d: %w", ErrDamaged, x.line, err)
			}
			for _, i := range x.at {
				if i < len(cells) && i < len(nice) {
					cells[i] = nice[i]
				}
			}
		}
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) == 0 {
			continue
		}
		return x.record(cells), nil
	}
	if err := x.raw.Error(); err != nil {
		return record{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return record{}, io.EOF
}

func (x *xlsx) record(cells []string) record {
	rec := record{line: x.line}
	for _, c := range cells {
		if len(c) > 4*maxCell { // characters of up to four bytes
			rec.fault = &tooLong
		}
	}
	switch n := len(cells); {
	case x.width > 0 && n > x.width:
		rec.fault = ragged.with(n, x.width)
	case n < x.width:
		cells = append(cells, make([]string, x.width-n)...)
	}
	rec.cells = joinCells(cells)
	if rec.fault == nil {
		rec.fault = unreadable(rec.cells)
	}
	return rec
}

func (x *xlsx) close() error {
	var err error
	for _, rows := range []*excelize.Rows{x.raw, x.shown} {
		if rows != nil {
			err = errors.Join(err, rows.Close())
		}
	}
	return errors.Join(err, x.book.Close())
}

// guard turns a panic on a hostile workbook into an error: the library reads untrusted uploads.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %v", ErrDamaged, p)
	}
}

// inspect refuses what unzips to far more than it is, names that climb out of the archive, and
// sheets that are not well-formed: the library would end such a sheet early without a word.
// The declared sizes can be trusted: archive/zip stops at them.
func inspect(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(archive.File) > maxEntries {
		return fmt.Errorf("%w: the workbook has %d parts, the limit is %d", ErrTooLarge, len(archive.File), maxEntries)
	}
	var total uint64
	for _, entry := range archive.File {
		size := entry.UncompressedSize64
		if size > maxUnzip || total+size > maxUnzip {
			return fmt.Errorf("%w: the workbook unzips to more than %d MB", ErrTooLarge, maxUnzip>>20)
		}
		total += size
		if size > freeSize && size/maxRatio > entry.CompressedSize64 {
			return fmt.Errorf("%w: a part of the workbook unzips to more than %d times its size", ErrTooLarge, maxRatio)
		}
		name := strings.ReplaceAll(entry.Name, `\`, "/")
		if strings.HasPrefix(name, "/") || strings.Contains("/"+name+"/", "/../") {
			return fmt.Errorf("%w: a part of the workbook has a path outside it", ErrDamaged)
		}
	}
	for _, entry := range archive.File {
		name := strings.ToLower(entry.Name)
		if strings.HasSuffix(name, "xl/sharedstrings.xml") || strings.Contains(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml") {
			if err := wellFormed(entry); err != nil {
				return err
			}
		}
	}
	return nil
}

func wellFormed(entry *zip.File) error {
	r, err := entry.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer r.Close()
	for d := xml.NewDecoder(r); ; {
		switch token, err := d.Token(); token.(type) {
		case nil:
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		case xml.Directive:
			return fmt.Errorf("%w: a sheet declares a DOCTYPE", ErrDamaged)
		}
	}
}
