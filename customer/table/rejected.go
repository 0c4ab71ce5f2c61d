package table

import (
	stdcsv "encoding/csv"
	"io"
	"strconv"
	"strings"
)

// WriteRejected writes the refused rows as CSV: the line each stood on, the reason (in Russian when
// locale is ru, in English otherwise), then the row as it stood. A nil header is taken from the
// rows. Cells that a spreadsheet would run as a formula get an apostrophe, which the readers here
// take off again: a mended file can be imported as it is.
func WriteRejected(w io.Writer, header []string, rejected []Rejected, locale string) error {
	if header == nil && len(rejected) > 0 {
		header = rejected[0].Header
	}
	russian := strings.HasPrefix(strings.ToLower(locale), "ru")
	out := stdcsv.NewWriter(w)
	line := []string{lineColumnEN, reasonColumnEN}
	if russian {
		line = []string{lineColumnRU, reasonColumnRU}
	}
	if written(header) { // refused again after mending: the old line and reason go
		header = header[2:]
		line = append(line, header...)
	} else {
		line = append(line, header...)
	}
	if err := out.Write(escape(line)); err != nil {
		return err
	}
	for _, r := range rejected {
		reason := r.EN
		if russian {
			reason = r.RU
		}
		if r.Column != "" {
			reason = r.Column + ": " + reason
		}
		record := r.Record
		if written(r.Header) && len(record) >= 2 {
			record = record[2:]
		}
		line = append(append(line[:0], strconv.Itoa(r.Line), reason), record...)
		for len(line) < len(header)+2 {
			line = append(line, "")
		}
		if err := out.Write(escape(line)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// escape keeps a spreadsheet from running cells as formulas.
func escape(cells []string) []string {
	for i, c := range cells {
		if c != "" && risky(c[0]) {
			cells[i] = "'" + c
		}
	}
	return cells
}

// risky says whether a spreadsheet may run a cell that begins so.
func risky(c byte) bool { return strings.IndexByte("=+-@\t\r", c) >= 0 }
