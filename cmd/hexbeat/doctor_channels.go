package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hexbeat/hexbeat/postgres"
)

// check looks at the channels that need a setting, as far as one can without sending anything.
func (c channelFlags) check(ctx context.Context) (findings []finding) {
	for _, one := range c.settable(ctx) {
		findings = append(findings, one.check(ctx))
	}
	return findings
}

func (s settable) check(ctx context.Context) finding {
	if !s.set {
		return finding{thing: s.thing, say: s.without}
	}
	sender, err := s.open()
	if err == nil {
		err = sender.Check(ctx)
	}
	if err != nil {
		return finding{s.thing, explain(err), true}
	}
	return finding{thing: s.thing, say: s.good}
}

// errNoKeys stands for keys that the record has not got yet: looking must not make them.
var errNoKeys = errors.New("no Web Push keys yet")

// checkWebPush looks whether the record's keys are sound, and those that browsers have subscribed for.
func checkWebPush(ctx context.Context, db *postgres.DB) finding {
	text, _, err := db.Kept(ctx, vapidName, func() (string, error) { return "", errNoKeys })
	if errors.Is(err, errNoKeys) {
		browsers, err := db.Browsers(ctx)
		switch {
		case err != nil:
			return finding{"web push", explain(err), true}
		case browsers > 0:
			return finding{"web push", fmt.Sprintf("the keys are lost, and %d browsers had subscribed for them: restore the row %q of table installation", browsers, vapidName), true}
		}
		return finding{thing: "web push", say: "the first start makes the keys"}
	}
	if err != nil {
		return finding{"web push", explain(err), true}
	}
	keys, err := readKeys(text)
	if err != nil {
		return finding{"web push", explain(err), true}
	}
	strangers, err := db.BrowsersOfOtherKeys(ctx, keys.Public)
	if err != nil {
		return finding{"web push", explain(err), true}
	}
	if strangers > 0 {
		return finding{"web push", fmt.Sprintf("%d browsers had subscribed for other keys, and get nothing until their page is opened again: restore the older row %q of table installation, or ask their reps to open it",
			strangers, vapidName), true}
	}
	return finding{thing: "web push", say: "the keys are sound, and those that browsers subscribed for"}
}
