package desk

import (
	"context"
	"strings"

	"github.com/hexbeat/hexbeat/roster"
)

// RegisterDevice makes the caller's alerts go to a phone or browser.
type RegisterDevice struct {
	Token      string
	Transport  string
	Platform   string
	Locale     string
	AppVersion string
}

func (c RegisterDevice) run(ctx context.Context, tx *Tx) (roster.Device, error) {
	for _, field := range []struct {
		name, value string
		longest     int
		required    bool
	}{
		{"token", c.Token, 4096, true},
		{"transport", c.Transport, 32, true},
		{"platform", c.Platform, 64, true},
		{"locale", c.Locale, 35, true}, // RFC 5646 asks for room for 35
		{"appVersion", c.AppVersion, 64, false},
	} {
		if field.required && strings.TrimSpace(field.value) == "" {
			return roster.Device{}, Invalid{Path: []string{field.name}, Code: "EMPTY"}
		}
		if len(field.value) > field.longest {
			return roster.Device{}, Invalid{Path: []string{field.name}, Code: "TOO_LONG"}
		}
	}
	device, err := tx.RegisterDevice(ctx, roster.Device{
		ID: newID(), PersonID: tx.Caller.Person, Token: c.Token, Transport: strings.ToUpper(c.Transport), Platform: c.Platform,
		Locale: c.Locale, AppVersion: c.AppVersion,
	}, tx.Now)
	tx.concerns(device.ID)
	return device, err
}
