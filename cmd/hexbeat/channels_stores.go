package main

import (
	"fmt"

	"github.com/hexbeat/hexbeat/notify/hms"
	"github.com/hexbeat/hexbeat/notify/rustore"
)

// rustoreFlags are the settings of push through RuStore.
type rustoreFlags struct{ project, tokenHolder, endpoint *string }

func (f *flags) rustore() rustoreFlags {
	return rustoreFlags{
		project:     f.String("rustore-project", "", "`id` of a push project at RuStore; without it phones are not pushed through RuStore"),
		tokenHolder: f.String("rustore-token-file", "", "`file` with the project's service token"),
		endpoint:    f.String("rustore-endpoint", "", "`address` of the push service, instead of RuStore's"),
	}
}

func (r rustoreFlags) open() (*rustore.Sender, error) {
	token, err := readSecret("rustore-token-file", *r.tokenHolder)
	if err != nil {
		return nil, err
	}
	sender, err := rustore.New(rustore.Config{Project: *r.project, Token: token, Endpoint: *r.endpoint})
	if err != nil {
		return nil, fmt.Errorf("--rustore-project, --rustore-token-file and --rustore-endpoint: %w", err)
	}
	return sender, nil
}

// hmsFlags are the settings of push through Huawei.
type hmsFlags struct {
	app, secretHolder, endpoint, tokenURI *string
	urgent                                *bool
}

func (f *flags) hms() hmsFlags {
	return hmsFlags{
		app:          f.String("hms-app", "", "client `id` of an application at Huawei; without it phones are not pushed through Huawei"),
		secretHolder: f.String("hms-secret-file", "", "`file` with the application's secret"),
		urgent:       f.Bool("hms-urgent", false, "wake phones at once: only where Huawei has granted the application urgent messages, others are refused"),
		endpoint:     f.String("hms-endpoint", "", "`address` of the push service, instead of Huawei's"),
		tokenURI:     f.String("hms-token-uri", "", "`address` where access tokens come from, instead of Huawei's"),
	}
}

func (h hmsFlags) open() (*hms.Sender, error) {
	secret, err := readSecret("hms-secret-file", *h.secretHolder)
	if err != nil {
		return nil, err
	}
	sender, err := hms.New(hms.Config{App: *h.app, Secret: secret, Urgent: *h.urgent, Endpoint: *h.endpoint, TokenURI: *h.tokenURI})
	if err != nil {
		return nil, fmt.Errorf("--hms-app, --hms-secret-file, --hms-endpoint and --hms-token-uri: %w", err)
	}
	return sender, nil
}
