package vroom

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// scanner reads JSON from a stream, value by value, and knows where it is when it must refuse one. It exists
// because nearly all of a large problem is one matrix: encoding/json takes seven times as long for it,
// holds the text in memory, and can't say which entry is wrong.
//
// Its methods panic with a *Error; Read recovers. That keeps the readers of each type down to the fields they name.
type scanner struct {
	from       io.Reader
	buffer     []byte
	next, end  int   // buffer[next:end] was not looked at yet
	passed     int64 // bytes before buffer[0]
	path       []step
	depth      int
	exhausted  bool
	sourceFail error // what the stream failed with, if not with its end
}

// step is one part of a path: a key of an object, or a position in an array.
type step struct {
	key   string
	index int // -1 for a key
}

// deepest is how many arrays and objects may lie inside each other; VROOM's own go four deep.
const deepest = 32

func newScanner(from io.Reader) *scanner {
	return &scanner{from: from, buffer: make([]byte, 1<<16)}
}

// fill makes sure that at least one byte can be looked at, and says whether there is one.
func (s *scanner) fill() bool {
	if s.next < s.end {
		return true
	}
	if s.exhausted {
		return false
	}
	s.passed += int64(s.end)
	s.next, s.end = 0, 0
	for s.end == 0 {
		n, err := s.from.Read(s.buffer)
		s.end = n
		if err != nil {
			s.exhausted = true
			if !errors.Is(err, io.EOF) {
				s.sourceFail = err
			}
			break
		}
	}
	return s.end > 0
}

// more makes sure that at least n bytes can be looked at, unless the stream ends before.
func (s *scanner) more(n int) {
	if s.end-s.next >= n || s.exhausted {
		return
	}
	s.passed += int64(s.next)
	s.end = copy(s.buffer, s.buffer[s.next:s.end])
	s.next = 0
	for s.end < n && !s.exhausted {
		got, err := s.from.Read(s.buffer[s.end:])
		s.end += got
		if err != nil {
			s.exhausted = true
			if !errors.Is(err, io.EOF) {
				s.sourceFail = err
			}
		}
	}
}

// peek is the next byte that is no space; 0 at the end.
func (s *scanner) peek() byte {
	for s.fill() {
		switch c := s.buffer[s.next]; c {
		case ' ', '\n', '\t', '\r':
			s.next++
		default:
			return c
		}
	}
	return 0
}

// over says whether nothing but spaces is left. A zero byte is something.
func (s *scanner) over() bool { return s.peek() == 0 && !s.fill() }

// passMark passes over the byte order mark that some editors put before the text.
func (s *scanner) passMark() {
	const mark = "\uFEFF"
	if s.more(len(mark)); s.end-s.next >= len(mark) && string(s.buffer[s.next:s.next+len(mark)]) == mark {
		s.next += len(mark)
	}
}

func (s *scanner) offset() int64 { return s.passed + int64(s.next) }

// refuse ends the reading at the value at hand.
func (s *scanner) refuse(format string, args ...any) {
	panic(&Error{Path: pathOf(s.path), Say: fmt.Sprintf(format, args...)})
}

// malformed ends the reading of what is no JSON.
func (s *scanner) malformed(wanted string) {
	if s.sourceFail != nil {
		panic(s.sourceFail)
	}
	if s.over() {
		panic(&Error{Path: pathOf(s.path), Say: fmt.Sprintf("the JSON ends at byte %d, where %s was expected", s.offset(), wanted)})
	}
	panic(&Error{Path: pathOf(s.path), Say: fmt.Sprintf("this is no JSON: byte %d is %q, where %s was expected", s.offset(), s.buffer[s.next], wanted)})
}

func (s *scanner) expect(c byte, wanted string) {
	if s.peek() != c {
		s.malformed(wanted)
	}
	s.next++
}

func (s *scanner) enter() {
	if s.depth++; s.depth > deepest {
		s.refuse("is nested more than %d deep", deepest)
	}
}

// object reads {…} and asks field to read the value of each key.
func (s *scanner) object(what string, field func(key string)) {
	if s.peek() != '{' {
		s.refuse("must be %s, {…}, not %s", what, s.kind())
	}
	s.next++
	s.enter()
	var seen []string
	for first := true; ; first = false {
		if s.peek() == '}' && first {
			break
		}
		if s.peek() != '"' {
			s.malformed("a key in quotes")
		}
		key := s.text()
		s.path = append(s.path, step{key, -1})
		for _, before := range seen {
			if before == key {
				s.refuse("is given twice")
			}
		}
		seen = append(seen, key)
		if len(seen) > mostKeys {
			s.refuse("is one key too many: %s has at most %d", what, mostKeys)
		}
		s.expect(':', `":"`)
		field(key)
		s.path = s.path[:len(s.path)-1]
		if s.peek() != ',' {
			break
		}
		s.next++
	}
	s.expect('}', `"," or "}"`)
	s.depth--
}

// mostKeys keeps the search for a key given twice short.
const mostKeys = 1000

// array reads […] and asks item to read each.
func (s *scanner) array(what string, item func(i int)) {
	if s.peek() != '[' {
		s.refuse("must be %s, […], not %s", what, s.kind())
	}
	s.next++
	s.enter()
	s.path = append(s.path, step{})
	for i := 0; ; i++ {
		if s.peek() == ']' && i == 0 {
			break
		}
		s.path[len(s.path)-1].index = i
		item(i)
		if s.peek() != ',' {
			break
		}
		s.next++
	}
	s.path = s.path[:len(s.path)-1]
	s.expect(']', `"," or "]"`)
	s.depth--
}

// kind says what the next value is, for a refusal of it.
func (s *scanner) kind() string {
	switch c := s.peek(); {
	case c == 0:
		s.malformed("a value")
		return ""
	case c == '{':
		return "an object"
	case c == '[':
		return "an array"
	case c == '"':
		return "a text"
	case c == 't' || c == 'f':
		return "true or false"
	case c == 'n':
		return "null"
	case c == '-' || '0' <= c && c <= '9':
		return string(s.number())
	}
	s.malformed("a value")
	return ""
}

// text reads "…".
func (s *scanner) text() string {
	if s.peek() != '"' {
		s.refuse("must be a text in quotes, not %s", s.kind())
	}
	s.next++
	raw := []byte{'"'}
	for plain := true; ; {
		if !s.fill() {
			s.malformed("the closing quote of a text")
		}
		c := s.buffer[s.next]
		s.next++
		raw = append(raw, c)
		switch {
		case len(raw) > longestText:
			s.refuse("is a text of more than %d bytes", longestText)
		case c == '\\':
			plain = false
			if !s.fill() {
				s.malformed("the closing quote of a text")
			}
			raw = append(raw, s.buffer[s.next])
			s.next++
		case c == '"' && plain && ascii(raw):
			return string(raw[1 : len(raw)-1])
		case c == '"':
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				s.refuse("is no text that JSON allows: %v", err)
			}
			return text
		}
	}
}

// longestText bounds a description.
const longestText = 1 << 16

func ascii(raw []byte) bool {
	for _, c := range raw {
		if c < ' ' || c >= 0x80 {
			return false
		}
	}
	return true
}

// truth reads true or false.
func (s *scanner) truth() bool {
	switch {
	case s.word("true"):
		return true
	case s.word("false"):
		return false
	}
	s.refuse("must be true or false, not %s", s.kind())
	return false
}

// word reads the word if it comes next.
func (s *scanner) word(w string) bool {
	if s.peek() != w[0] {
		return false
	}
	s.more(len(w))
	if s.end-s.next < len(w) || string(s.buffer[s.next:s.next+len(w)]) != w {
		s.malformed(w)
	}
	s.next += len(w)
	return true
}

// number reads a number as it is written. The bytes are good until the next read.
func (s *scanner) number() []byte {
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		s.refuse("must be a number, not %s", s.kind())
	}
	const longest = 64
	s.more(longest)
	length := 0
	for s.next+length < s.end {
		c := s.buffer[s.next+length]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		if length++; length == longest {
			s.refuse("is a number of more than %d digits", longest-1)
		}
	}
	written := s.buffer[s.next : s.next+length]
	if !json.Valid(written) {
		s.refuse("is no number that JSON allows: %s", written)
	}
	s.next += length
	return written
}

// whole reads a whole number from least to most.
func (s *scanner) whole(least, most int64) int64 {
	written := s.number()
	n, err := strconv.ParseInt(string(written), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		s.refuse("must be a whole number, not %s", written)
	case n < 0 && least == 0:
		s.refuse("must not be negative, and is %s", written)
	case err != nil || n < least || n > most:
		s.refuse("must lie between %d and %d, and is %s", least, most, written)
	}
	return n
}

// identity reads an id: a whole number of 64 bits without a sign.
func (s *scanner) identity() uint64 {
	written := s.number()
	n, err := strconv.ParseUint(string(written), 10, 64)
	if err != nil {
		s.refuse("must be a whole number from 0 to 18446744073709551615, not %s", written)
	}
	return n
}

// decimal reads a number that may have a fraction.
func (s *scanner) decimal() float64 {
	written := s.number()
	x, err := strconv.ParseFloat(string(written), 64)
	if err != nil {
		s.refuse("is a number too large: %s", written)
	}
	return x
}

// pathOf writes a path as one would in JavaScript: jobs[3].time_windows[0].
func pathOf(steps []step) string {
	var path []byte
	for _, s := range steps {
		switch {
		case s.index >= 0:
			path = fmt.Appendf(path, "[%d]", s.index)
		case len(path) > 0:
			path = append(append(path, '.'), s.key...)
		default:
			path = append(path, s.key...)
		}
	}
	return string(path)
}
