package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/live"
	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/email"
	"github.com/hexbeat/hexbeat/notify/fcm"
	"github.com/hexbeat/hexbeat/notify/socket"
	"github.com/hexbeat/hexbeat/notify/webhook"
	"github.com/hexbeat/hexbeat/notify/webpush"
	"github.com/hexbeat/hexbeat/postgres"
)

// channelFlags are the channels alerts go out by. The open socket and Web Push need no setting.
type channelFlags struct {
	credentials, endpoint        *string // FCM
	rustore                      rustoreFlags
	hms                          hmsFlags
	contact                      *string // Web Push
	private                      *bool
	smtp, from, page, smtpCA     *string // mail
	webhook, webhookSecretHolder *string
}

func (f *flags) channels() channelFlags {
	return channelFlags{
		credentials:         f.String("fcm-credentials", "", "Firebase service-account `file`; without it phones are not pushed through Google"),
		endpoint:            f.String("fcm-endpoint", "", "`address` of the push service, instead of Google's"),
		rustore:             f.rustore(),
		hms:                 f.hms(),
		contact:             f.String("webpush-contact", "https://github.com/hexbeat/hexbeat", "mail `address` or https://… that browsers' push services may write to"),
		private:             f.Bool("webpush-private", false, "allow push services inside private networks and without TLS"),
		smtp:                f.String("smtp", "", "mail server, as an `address` like smtp://user:password@mail.example.org:587"),
		from:                f.String("smtp-from", "", "`address` that mails come from"),
		page:                f.String("page-address", "", "`address` of the rep's page, such as https://hexbeat.example.org/m, for links in mails"),
		smtpCA:              f.String("smtp-ca", "", "PEM `file` of who signs the mail server's certificate, where this machine does not know them"),
		webhook:             f.String("webhook", "", "`address` of a gateway of your own, such as for text messages"),
		webhookSecretHolder: f.String("webhook-secret-file", "", "`file` with the secret that calls of the gateway are signed with"),
	}
}

// vapidName is what the record keeps the keys of Web Push under.
const vapidName = "webpush keys"

// webPushKeys are the installation's, made at its first start.
func webPushKeys(ctx context.Context, db *postgres.DB, log *slog.Logger) (webpush.Keys, error) {
	text, made, err := db.Kept(ctx, vapidName, func() (string, error) {
		k, err := webpush.NewKeys()
		return k.String(), err
	})
	if err != nil {
		return webpush.Keys{}, err
	}
	keys, err := readKeys(text)
	if err != nil {
		return webpush.Keys{}, err
	}
	if !made {
		return keys, nil
	}
	browsers, err := db.Browsers(ctx)
	if err == nil && browsers > 0 {
		log.Error("the Web Push keys are lost and were made anew: browsers that subscribed before get nothing until their page is opened again, or the old row of table installation is restored",
			"browsers", browsers)
	}
	return keys, err
}

// readKeys reads what the record keeps.
func readKeys(text string) (webpush.Keys, error) {
	keys, err := webpush.ParseKeys(text)
	if err != nil {
		return webpush.Keys{}, fmt.Errorf("%w in the record's table installation, under %q: restore the row from a backup, or delete it; browsers then subscribe anew when their page is opened next", err, vapidName)
	}
	return keys, nil
}

// senders are the channels as they are set up, by transport.
func (c channelFlags) senders(ctx context.Context, db *postgres.DB, hub *live.Hub, keys webpush.Keys, log *slog.Logger) (map[string]notify.Sender, error) {
	senders := map[string]notify.Sender{
		notify.Socket:  socket.New(socket.Config{Confirmed: confirmed(db), Watch: watch(hub)}),
		notify.WebPush: webpush.New(webpush.Config{Keys: keys, Contact: strings.TrimPrefix(*c.contact, "mailto:"), Private: *c.private}),
	}
	if *c.credentials == "" {
		log.Info("no push credentials: phones are not reached through Google", "set", "--fcm-credentials or HEXBEAT_FCM_CREDENTIALS")
	}
	for _, one := range c.settable(ctx) {
		if !one.set {
			continue
		}
		sender, err := one.open()
		if err != nil {
			return nil, err
		}
		senders[one.transport] = sender
	}
	return senders, nil
}

// settable is a channel that is there when it is set up.
type settable struct {
	transport string
	thing     string // as doctor calls it
	set       bool
	open      func() (checkable, error)
	without   string // what doctor says where it is not set up,
	good      string // and where its check finds nothing
}

// checkable is a sender that can be looked at without sending anything.
type checkable interface {
	notify.Sender
	Check(ctx context.Context) error
}

// settable lists them.
func (c channelFlags) settable(ctx context.Context) []settable {
	return []settable{
		{
			notify.FCM, "push", *c.credentials != "", func() (checkable, error) { return c.google(ctx) },
			"no credentials: phones are not reached through Google (set HEXBEAT_FCM_CREDENTIALS)", "credentials are good",
		},
		{
			notify.RuStore, "rustore", *c.rustore.project != "", func() (checkable, error) { return c.rustore.open() },
			"no project: phones are not reached through RuStore (set HEXBEAT_RUSTORE_PROJECT)", "project and token are believed",
		},
		{
			notify.HMS, "huawei", *c.hms.app != "", func() (checkable, error) { return c.hms.open() },
			"no application: phones are not reached through Huawei (set HEXBEAT_HMS_APP)", "application and secret are believed",
		},
		{
			notify.Email, "mail", *c.smtp != "", func() (checkable, error) { return c.mail() },
			"no mail server: nobody is reached by mail (set HEXBEAT_SMTP)", "the server lets us in",
		},
		{
			notify.Webhook, "webhook", *c.webhook != "", func() (checkable, error) { return c.gateway() },
			"no gateway: nobody is reached by text messages (set HEXBEAT_WEBHOOK)", "the gateway can be reached",
		},
	}
}

func (c channelFlags) google(ctx context.Context) (*fcm.Sender, error) {
	return fcm.New(ctx, fcm.Config{CredentialsFile: *c.credentials, Endpoint: *c.endpoint})
}

func (c channelFlags) mail() (*email.Sender, error) {
	config := email.Config{Server: *c.smtp, From: *c.from, Page: *c.page}
	if *c.smtpCA != "" {
		text, err := os.ReadFile(*c.smtpCA)
		if err != nil {
			return nil, fmt.Errorf("--smtp-ca: %w", err)
		}
		if config.Roots = x509.NewCertPool(); !config.Roots.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("--smtp-ca: %s holds no certificate: give a PEM file that begins with -----BEGIN CERTIFICATE-----", *c.smtpCA)
		}
	}
	sender, err := email.New(config)
	if err != nil {
		return nil, fmt.Errorf("--smtp and --smtp-from: %w", err)
	}
	return sender, nil
}

func (c channelFlags) gateway() (*webhook.Sender, error) {
	secret, err := readSecret("webhook-secret-file", *c.webhookSecretHolder)
	if err != nil {
		return nil, err
	}
	sender, err := webhook.New(webhook.Config{URL: *c.webhook, Secret: secret}, time.Now)
	if err != nil {
		return nil, fmt.Errorf("--webhook and --webhook-secret-file: %w", err)
	}
	return sender, nil
}

// readSecret is what the flag's file holds, without the space around it.
func readSecret(name, file string) (string, error) {
	if file == "" {
		return "", fmt.Errorf("--%s: no file is named", name)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("--%s: %w", name, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// confirmed looks into the record: the word may have come through another process.
func confirmed(db *postgres.DB) func(context.Context, uuid.UUID, uuid.UUID) (bool, error) {
	return func(ctx context.Context, organization, alert uuid.UUID) (done bool, err error) {
		err = db.Read(ctx, organization, func(tx *postgres.Tx) error {
			a, err := tx.Alert(ctx, alert)
			done = a.DeliveredAt != nil
			return err
		})
		return done, err
	}
}

// watch gives a sign when an alert has changed.
func watch(hub *live.Hub) func(context.Context, uuid.UUID, uuid.UUID) <-chan struct{} {
	return func(ctx context.Context, organization, alert uuid.UUID) <-chan struct{} {
		hints := hub.Subscribe(ctx, organization, func(c live.Change) bool { return c.Kind == "alert" && c.ID == alert })
		sign := make(chan struct{}, 1)
		go func() {
			for range hints { // closed with the context
				select {
				case sign <- struct{}{}:
				default:
				}
			}
		}()
		return sign
	}
}
