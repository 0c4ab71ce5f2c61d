package fcm_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/hexbeat/hexbeat/notify"
	"github.com/hexbeat/hexbeat/notify/fcm"
	"github.com/hexbeat/hexbeat/notify/fcmtest"
)

func Example() {
	ctx := context.Background()
	fake, err := fcmtest.Start()
	if err != nil {
		panic(err)
	}
	defer fake.Close()
	fake.Next(fcmtest.TooMany(30 * time.Second))
	dir, err := os.MkdirTemp("", "fcm")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file, err := fake.WriteCredentials(dir)
	if err != nil {
		panic(err)
	}

	sender, err := fcm.New(ctx, fcm.Config{CredentialsFile: file, Endpoint: fake.URL})
	if err != nil {
		panic(err)
	}
	_, err = sender.Send(ctx, aPush("a-phone"))
	if failure, ok := errors.AsType[notify.Failure](err); ok {
		fmt.Println(failure)
		fmt.Println(failure.Action, failure.Wait(1, 0))
	}
	_, err = sender.Send(ctx, aPush("a-phone"))
	fmt.Println(err)
	// Output:
	// push not taken (QUOTA_EXCEEDED, HTTP 429): to be tried again
	// RETRY 30s
	// <nil>
}
