// Package email hands pushes to a mail server. A mail says no more than a lock screen may show a stranger: the headline, and where to look.
// Its Message-ID is made of the alert's id, so that a mail sent twice is one to most mailboxes.
package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/words"
	"github.com/wneessen/go-mail"
)

// timeout is how long one mail may take. It is less than a worker has for its job.
const timeout = 10 * time.Second

// ErrConfig is the answer to a mail server that can't be used as it is set up.
var ErrConfig = errors.New("no usable mail server")

// Config says by whom mails are carried, and from whom they come.
type Config struct {
	// Server is smtp://user:password@host:587 (TLS where the server offers it, always before a password) or smtps://host:465.
	Server string
	From   string         // an address
	Page   string         // address of the rep's page, such as https://hexbeat.example.org/m; "" leaves the link out
	Roots  *x509.CertPool // whom the server's certificate may be signed by; nil: whom this machine trusts
}

// Sender sends through one mail server, a connection for each mail. It may be used from many goroutines.
type Sender struct {
	from, domain, page string
	host               string
	tls                *tls.Config
	implicit           bool // TLS from the first byte
	options            []mail.Option
}

var _ notify.Sender = (*Sender)(nil)

// New makes a sender. It refuses with ErrConfig an address that won't do, and calls nobody yet.
func New(c Config) (*Sender, error) {
	server, err := url.Parse(c.Server)
	if err != nil || server.Hostname() == "" || server.Scheme != "smtp" && server.Scheme != "smtps" {
		return nil, fmt.Errorf("%w: its address is not like smtp://user:password@mail.example.org:587", ErrConfig)
	}
	trial := mail.NewMsg()
	if err := trial.From(c.From); err != nil {
		return nil, fmt.Errorf("%w: the sender is not an address like alerts@example.org", ErrConfig)
	}
	s := &Sender{from: c.From, page: c.Page, host: server.Hostname(), implicit: server.Scheme == "smtps"}
	s.tls = &tls.Config{ServerName: s.host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	_, s.domain, _ = strings.Cut(strings.TrimRight(c.From, ">"), "@")
	port := 587
	policy := mail.TLSOpportunistic
	if server.User != nil && !s.implicit {
		policy = mail.TLSMandatory // or whoever sits between could ask for the password
	}
	s.options = []mail.Option{
		mail.WithTimeout(timeout), mail.WithTLSPolicy(policy), mail.WithoutNoop(), mail.WithoutRset(),
		mail.WithTLSConfig(s.tls),
	}
	if s.implicit {
		port = 465 // the library dials in the clear where somebody else dials for it: at does it
	}
	if text := server.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			return nil, fmt.Errorf("%w: port %s is none", ErrConfig, text)
		}
	}
	s.options = append(s.options, mail.WithPort(port))
	if user := server.User; user != nil {
		password, _ := user.Password()
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(user.Username()), mail.WithPassword(password))
	}
	return s, nil
}

// Send makes one attempt to hand a mail to the server, of 10 s at most. What it refuses is a [notify.Failure], always.
func (s *Sender) Send(ctx context.Context, p notify.Push) (notify.Receipt, error) {
	message, err := s.message(p)
	if err != nil {
		return notify.Receipt{}, notify.Failure{Action: notify.Forget, Code: "INVALID_ARGUMENT"}
	}
	err = s.at(ctx, func(client *mail.Client) error { return client.Send(message) })
	if err != nil {
		return notify.Receipt{}, err
	}
	return notify.Receipt{MessageID: message.GetMessageID()}, nil
}

// Check says whether the server lets us in, without sending anything. It refuses with ErrConfig, in a sentence, what somebody must mend.
func (s *Sender) Check(ctx context.Context) error {
	err := s.at(ctx, func(*mail.Client) error { return nil })
	if failure, ok := errors.AsType[notify.Failure](err); ok {
		return fmt.Errorf("%w: %s", ErrConfig, complaint(failure))
	}
	return err
}

// at does something at the server, in 10 s at most. What goes wrong is a [notify.Failure].
func (s *Sender) at(ctx context.Context, do func(*mail.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// The library looks at the context while it connects only; ending it must end everything.
	dial := func(_ context.Context, network, address string) (net.Conn, error) {
		connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = connection.Close() })
		if s.implicit {
			return tls.Client(connection, s.tls), nil
		}
		return connection, nil
	}
	client, err := mail.NewClient(s.host, append([]mail.Option{mail.WithDialContextFunc(dial)}, s.options...)...)
	if err != nil {
		return notify.Failure{Action: notify.Alarm, Code: "INVALID_ADDRESS"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return judge(ctx, err)
	}
	defer func() { _ = client.Close() }() // the mail is taken, or is not: what is said after that changes nothing
	if err := do(client); err != nil {
		return judge(ctx, err)
	}
	return nil
}

func (s *Sender) message(p notify.Push) (*mail.Msg, error) {
	m := mail.NewMsg()
	if err := m.From(s.from); err != nil {
		return nil, err
	}
	if err := m.To(p.Token); err != nil || len(m.GetToString()) != 1 {
		return nil, fmt.Errorf("no address: %w", err)
	}
	title := words.TitleOf(p.Kind, p.Locale)
	m.Subject("Hexbeat: " + title)
	text := words.OpenTheDay(p.Locale)
	if s.page != "" {
		text += "\n" + s.page
	}
	m.SetBodyString(mail.TypeTextPlain, title+". "+text+"\n")
	m.SetDate()
	to := uuid.NewSHA1(p.AlertID, []byte(p.Token)) // one mail to each address of a rep, without the address in its name
	m.SetMessageIDWithValue(p.AlertID.String() + "." + to.String()[:8] + "@" + s.domain)
	m.SetGenHeader("X-Hexbeat-Alert", p.AlertID.String())
	m.SetGenHeader("X-Hexbeat-Kind", string(p.Kind))
	m.SetGenHeader("X-Hexbeat-Version", strconv.Itoa(p.Version))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	return m, nil
}
