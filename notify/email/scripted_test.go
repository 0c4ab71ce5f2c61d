package email_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/hexbeat/hexbeat/notify/notifytest"
)

// scripted is a mail server that answers as it is told, for what no real one does on demand.
type scripted struct {
	address string
	closed  chan struct{}

	mu     sync.Mutex
	answer notifytest.Answer
	asked  int
	seen   []byte
}

func aScripted(t *testing.T) *scripted {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &scripted{address: listener.Addr().String(), closed: make(chan struct{}), answer: notifytest.Take}
	t.Cleanup(func() {
		close(s.closed)
		_ = listener.Close()
	})
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(connection)
		}
	}()
	return s
}

func (s *scripted) serve(connection net.Conn) {
	defer connection.Close()
	s.mu.Lock()
	answer := s.answer
	s.asked++
	s.mu.Unlock()
	say := func(text string) { _, _ = fmt.Fprint(connection, text+"\r\n") }
	if answer == notifytest.Hang {
		<-s.closed
		return
	}
	say("220 scripted ESMTP")
	lines, inData := bufio.NewScanner(connection), false
	for lines.Scan() {
		line := lines.Text()
		s.mu.Lock()
		s.seen = append(s.seen, line...)
		s.mu.Unlock()
		command, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case inData && line != ".":
		case inData:
			inData = false
			switch answer {
			case notifytest.Cut:
				return
			case notifytest.Wrong:
				say("554 5.6.0 the mail is malformed")
			default:
				say("250 2.0.0 taken")
			}
		case command == "EHLO":
			say("250 scripted")
		case command == "MAIL" && answer == notifytest.Unknown:
			say("530 5.7.0 authentication required")
		case command == "MAIL" && answer == notifytest.Busy:
			say("421 4.3.2 come back later")
		case command == "MAIL" && answer == notifytest.Broken:
			say("451 4.3.0 a fault here")
		case command == "RCPT" && answer == notifytest.Gone:
			say("550 5.1.1 nobody of that name")
		case command == "DATA":
			inData = true
			say("354 go on")
		case command == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (s *scripted) Says(a notifytest.Answer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = a
	return true
}

func (s *scripted) Address() string { return "rep@example.org" }

func (s *scripted) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *scripted) Seen() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]byte(nil), s.seen...)
}
