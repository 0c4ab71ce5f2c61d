package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/hexbeat/hexbeat/postgres"
)

// check looks at the channels that need a setting, as far as one can without sending anything.
func (c channelFlags) check(ctx context.Context) []finding {
	return []finding{c.checkGoogle(ctx), c.checkMail(ctx), c.checkGateway(ctx)}
}

func (c channelFlags) checkGoogle(ctx context.Context) finding {
	if *c.credentials == "" {
		return finding{thing: "push", say: "no credentials: phones are not reached through Google (set HEXBEAT_FCM_CREDENTIALS)"}
	}
	sender, err := c.google(ctx)
	if err == nil {
		err = sender.Check(ctx)
	}
	if err != nil {
		return finding{"push", explain(err), true}
	}
	return finding{thing: "push", say: "credentials are good"}
}

func (c channelFlags) checkMail(ctx context.Context) finding {
	if *c.smtp == "" {
		return finding{thing: "mail", say: "no mail server: nobody is reached by mail (set HEXBEAT_SMTP)"}
	}
	sender, err := c.mail()
	if err == nil {
		err = sender.Check(ctx)
	}
	if err != nil {
		return finding{"mail", explain(err), true}
	}
	return finding{thing: "mail", say: "the server lets us in"}
}

func (c channelFlags) checkGateway(ctx context.Context) finding {
	if *c.webhook == "" {
		return finding{thing: "webhook", say: "no gateway: nobody is reached by text messages (set HEXBEAT_WEBHOOK)"}
	}
	sender, err := c.gateway()
	if err == nil {
		err = sender.Check(ctx)
	}
	if err != nil {
		return finding{"webhook", explain(err), true}
	}
	return finding{thing: "webhook", say: "the gateway can be reached"}
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
