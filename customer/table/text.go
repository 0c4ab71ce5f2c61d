package table

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// decode turns a text file into UTF-8. A file that is mostly UTF-8 stays so: its few damaged
// rows are refused by line, and the rest is not read as another alphabet.
func decode(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := utf.UTF16(utf.LittleEndian, utf.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		data = out
	case binary(data):
		return nil, ErrNotTable
	case !utf8.Valid(data) && !mostlyUTF8(data):
		out, err := charmap.Windows1251.NewDecoder().Bytes(data)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		data = out
	}
	if bytes.IndexByte(data, '\n') < 0 { // lines of an old Mac
		data = bytes.ReplaceAll(data, []byte{'\r'}, []byte{'\n'})
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, ErrEmpty
	}
	return data, nil
}

// binary says whether the beginning holds more control characters than text ever does.
func binary(data []byte) bool {
	head := data[:min(len(data), 4096)]
	odd := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			odd++
		}
	}
	return odd*20 > len(head) || bytes.HasPrefix(data, []byte("%PDF-"))
}

// mostlyUTF8 compares how many letters beyond ASCII are well formed with how many bytes are not.
// Windows-1251 text almost never forms a valid sequence.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		data = data[n:]
	}
	return good > bad
}

// clean makes equal what a reader sees as equal: NFC, no invisible or direction-changing
// characters, single plain spaces, none at the ends.
func clean(s string) string {
	if plain(s) {
		return strings.Trim(s, " ")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Cf, r), unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	if strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return norm.NFC.String(strings.Trim(s, " "))
}

// plain is the quick answer for the usual cell: ASCII and Russian letters with single spaces.
func plain(s string) bool {
	space := true
	for _, r := range s {
		switch {
		case r == ' ' && space, r < ' ', r == 0x7f:
			return false
		case r > 0x7f && (r < 0x400 || r > 0x45f) && r != '№' && r != '«' && r != '»':
			return false
		}
		space = r == ' '
	}
	return true
}

// short cuts what is shown of a value.
func short(s string) string {
	const most = 40
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
